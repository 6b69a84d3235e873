// The chat window's looks. Colours come from the loader's custom properties, so light, dark and theme are one place.
export const CSS = `
*,*::before,*::after{box-sizing:border-box}
[hidden]{display:none!important}
.vh{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
button{font:inherit;color:inherit;cursor:pointer}
:focus-visible{outline:2px solid var(--focus);outline-offset:2px}
.panel{position:absolute;inset-block-end:calc(100% + 12px);inset-inline-end:0;display:flex;flex-direction:column;
inline-size:min(392px,calc(100vw - 2*var(--gap)));block-size:min(660px,calc(100dvh - 72px - 2*var(--gap)));
background:var(--bg);color:var(--ink);border:1px solid var(--line);border-radius:var(--radius);box-shadow:var(--shadow);
overflow:hidden;font:15px/1.5 var(--font);text-align:start;animation:rise .18s ease-out}
:host([data-position=start]) .panel{inset-inline:0 auto}
@keyframes rise{from{opacity:0;transform:translateY(10px)}}
.head{display:flex;align-items:center;gap:8px;padding-block:12px;padding-inline:18px 8px;background:var(--accent);color:var(--on);flex:none}
.names{flex:1;min-inline-size:0}
h2{margin:0;font-size:17px;font-weight:650;line-height:1.3}
.sub{margin:0;font-size:13px;line-height:1.35}
.close{flex:none;display:grid;place-items:center;inline-size:44px;block-size:44px;border:0;border-radius:50%;background:none}
.close:hover{background:rgb(255 255 255/.16)}
.head :focus-visible{outline-color:var(--on);outline-offset:-3px}
svg{inline-size:22px;block-size:22px;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round;flex:none}
.net{margin:0;flex:none;background:var(--soft);border-block-end:1px solid var(--line);font-size:13px;text-align:center;padding-inline:14px}
.net:not(:empty){padding-block:7px}
.log{flex:1;min-block-size:0;overflow-y:auto;overscroll-behavior:contain;padding:16px 14px 8px}
.log:focus-visible{outline-offset:-3px}
ol,.sources ul{list-style:none;margin:0;padding:0}
.row{display:flex;flex-direction:column;align-items:flex-start;margin-block-end:3px;position:relative}
.row.last{margin-block-end:14px}
.row.customer{align-items:flex-end}
.row.system{align-items:center;margin-block:6px 14px}
.who,.meta{font-size:12px;color:var(--dim);padding-inline:4px}
.who{margin-block-end:3px;font-weight:600}
.meta{margin-block-start:3px;display:flex;flex-wrap:wrap;align-items:center;gap:4px 10px}
.meta button{border:0;background:none;padding:4px 2px;min-block-size:32px;color:var(--link);text-decoration:underline;text-underline-offset:2px}
.bad{color:var(--bad)}
.bubble{max-inline-size:86%;padding:9px 13px;border-radius:16px;background:var(--soft);overflow-wrap:anywhere;border:1px solid transparent}
.text{white-space:pre-wrap}
.row.bot.first .bubble,.row.agent.first .bubble{border-start-start-radius:5px}
.row.agent .bubble{background:var(--bg);border-color:var(--line)}
.row.customer .bubble{background:var(--accent);color:var(--on);border-end-end-radius:5px}
.row.system .meta{display:none}
.row.system .bubble{max-inline-size:94%;background:none;border-color:var(--line);border-style:dashed;color:var(--dim);font-size:14px;text-align:center}
a{color:var(--link);text-underline-offset:2px}
.customer a{color:inherit}
.day{display:flex;justify-content:center;margin-block:4px 12px}
.day span{font-size:12px;color:var(--dim);background:var(--bg);padding-inline:10px}
.sources{margin-block-start:9px;padding-block-start:8px;border-block-start:1px solid var(--line);font-size:13.5px}
.sources .label{color:var(--dim);font-size:12px;font-weight:600}
.sources li{display:flex;gap:6px;align-items:flex-start;padding-block:3px;line-height:1.4}
.sources a{padding-block:2px}
.sources svg{inline-size:17px;block-size:17px;margin-block-start:2px}
.file{display:flex;gap:6px;align-items:center;margin-block:4px;padding:6px 8px;min-block-size:44px;max-inline-size:100%;border:1px solid currentColor;border-radius:10px;background:none;text-align:start}
.file:has(canvas){padding:0;border:0;overflow:hidden}
canvas{display:block;max-inline-size:100%;block-size:auto}
.name{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;min-inline-size:0}
.size{font-size:12px;white-space:nowrap;flex:none}
.customer .file :focus-visible,.customer .file:focus-visible{outline-color:var(--on);outline-offset:-3px}
progress{inline-size:120px;block-size:8px;accent-color:var(--accent)}
.tray{flex:1 0 100%;display:flex;flex-wrap:wrap;gap:8px;margin:0;padding:0;list-style:none;max-block-size:132px;overflow-y:auto}
.tray:empty{display:none}
.tray li{display:flex;align-items:center;gap:6px;max-inline-size:100%;padding-inline-start:8px;border:1px solid var(--line);border-radius:12px;background:var(--soft);font-size:13px}
.tray canvas{max-block-size:40px;max-inline-size:56px;border-radius:6px}
.tray .name{max-inline-size:140px}
.tray button{display:grid;place-items:center;inline-size:44px;block-size:44px;border:0;background:none;flex:none}
.tray button svg{inline-size:16px;block-size:16px}
.aid{display:flex;align-items:center;gap:6px;min-block-size:44px;padding:6px 14px;border:1.5px solid var(--link);border-radius:22px;background:none;color:var(--link);font-weight:550}
.aids{flex:1 0 100%;display:flex;flex-wrap:wrap;gap:8px}
.aids:not(:has(>:not([hidden]))){display:none}
.aid[aria-pressed=true]{background:var(--soft)}
.drop{display:none}
.is-dropping .drop{position:absolute;inset:8px;margin:0;display:grid;place-items:center;border:2px dashed var(--link);border-radius:12px;background:var(--bg);color:var(--link);font-weight:600;text-align:center;pointer-events:none}
.choices{display:flex;flex-wrap:wrap;gap:8px;margin-block:9px 2px;max-inline-size:100%;align-self:flex-start}
.row.system .choices{align-self:center}
.choices button{min-block-size:44px;padding:8px 16px;border-radius:22px;border:1.5px solid var(--link);background:var(--bg);color:var(--link);font-weight:550;text-align:start;line-height:1.3;overflow-wrap:anywhere}
.choices button:hover{background:var(--soft)}
.welcome{margin-block-end:18px}
.welcome .about{margin:8px 0 0;font-size:.85em}.about a{display:inline-block;line-height:24px;color:inherit}
.expired{margin:0 0 12px;padding:10px 12px;border-radius:12px;border:1px dashed var(--line);font-size:14px;color:var(--dim)}
.typing{margin:0;font-size:13px;color:var(--dim);padding-inline:4px;min-block-size:22px;display:flex;gap:8px;align-items:center}
.is-typing .typing::before{content:"";inline-size:26px;block-size:6px;flex:none;background:radial-gradient(circle 3px,currentColor 98%,transparent) 0 0/10px 6px;animation:breathe 1.2s ease-in-out infinite}
@keyframes breathe{50%{opacity:.3}}
.newer{position:absolute;inset-block-end:84px;inset-inline:0;margin-inline:auto;inline-size:max-content;display:flex;align-items:center;gap:6px;min-block-size:44px;padding:8px 16px 8px 12px;border-radius:22px;border:1px solid var(--line);background:var(--bg);color:var(--ink);box-shadow:var(--shadow);font-size:14px}
.newer svg{inline-size:18px;block-size:18px}
.composer{flex:none;display:flex;flex-wrap:wrap;align-items:flex-end;gap:8px;padding:10px 12px;border-block-start:1px solid var(--line)}
.composer{padding-block-end:max(10px,env(safe-area-inset-bottom,0px))}
textarea{flex:1;min-inline-size:0;margin:0;padding:10px 14px;border:1px solid var(--dim);border-radius:22px;background:var(--bg);color:var(--ink);font:16px/22px var(--font);resize:none;overflow-y:auto}
textarea::placeholder{color:var(--dim);opacity:1}
textarea:focus-visible{outline:2px solid var(--link);outline-offset:0;border-color:transparent}
.tool{flex:none;display:grid;place-items:center;inline-size:44px;block-size:44px;padding:0;border:1px solid transparent;border-radius:50%;background:none;color:var(--dim)}
.tool:hover{background:var(--soft);color:var(--ink)}
.mic[aria-pressed=true]{background:var(--bad);color:var(--bg)}
.send,.send:hover{background:var(--accent);color:var(--on)}
.send:disabled{background:var(--soft);color:var(--dim);cursor:default}
.send svg:dir(rtl){transform:scaleX(-1)}
.trouble{margin:0;flex:1 0 100%;font-size:13px;color:var(--bad)}
.trouble:empty{display:none}
@media(max-width:480px),(max-height:420px){
.panel{position:fixed;inset:0 0 auto;inline-size:auto;block-size:var(--seen,100dvh);border:0;border-radius:0}
.head{padding-block-start:max(12px,env(safe-area-inset-top,0px))}
:host([data-open]) .launch{visibility:hidden}}
@media(prefers-reduced-motion:reduce){*,*::before,*::after{animation:none!important;transition:none!important}}
@media(forced-colors:active){.bubble,.close,.tool,.choices button{border:1px solid}}
`;
