"""How the report looks, in light and in dark."""

STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --dim: #66707d; --paper: #fbfaf8; --rail: #e7e4de; --good: #2f8f5b;
  --bad: #c8432f; --all: #3b5b8c; --es: #c77f1b; --en: #3f8fa8; --card: #ffffff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e6e1; --dim: #9aa3ad; --paper: #14181d; --rail: #2a3038;
  --good: #5bbf87; --bad: #ef7a66; --all: #86a8dd; --es: #e0a44a; --en: #6fbcd4; --card: #1b2027; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1040px; margin: 0 auto; padding: 24px 16px 64px; }
h1 { font-size: 24px; } h2 { font-size: 18px; margin-top: 36px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; }
dt, .dim { color: var(--dim); } dd { margin: 0; }
table { border-collapse: collapse; } th { text-align: left; font-weight: 500; }
th, td { padding: 5px 14px 5px 0; border-bottom: 1px solid var(--rail); font-variant-numeric: tabular-nums; }
td.good { color: var(--good); } td.bad { color: var(--bad); font-weight: 600; }
figure { margin: 32px 0 0; overflow-x: auto; } figcaption { font-weight: 600; margin-bottom: 6px; }
svg { max-width: none; } svg text { font: 12px system-ui, sans-serif; fill: var(--ink); }
svg text.dim { fill: var(--dim); }
.rail { fill: var(--rail); } rect.all, rect.dialogues { fill: var(--all); } rect.es, rect.attacks { fill: var(--es); }
rect.en { fill: var(--en); } rect.good { fill: var(--good); } rect.bad { fill: var(--bad); }
.note { border-left: 3px solid var(--es); padding-left: 10px; }
details { background: var(--card); border: 1px solid var(--rail); border-radius: 8px;
  padding: 10px 14px; margin: 10px 0; }
summary { cursor: pointer; font-weight: 600; } details ul { color: var(--bad); margin: 4px 0 8px; }
details p { margin: 2px 0; font-size: 13px; }
.line { white-space: pre-wrap; overflow-wrap: anywhere; max-width: 80%; margin: 6px 0;
  padding: 6px 10px; border-radius: 8px; background: var(--rail); } .line .dim { font-size: 12px; }
.line.customer { margin-left: auto; background: color-mix(in srgb, var(--all) 22%, var(--card)); }
.line.system { background: none; border: 1px dashed var(--rail); }
"""
