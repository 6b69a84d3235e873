// The one line on a shop's page. Shows the button; the rest is fetched when it is wanted.
// <script async src="https://help.example.com/web/loader.js" data-language="es"></script>
// data-language es|en · data-title · data-greeting · data-position start|end · data-theme light|dark · data-open ·
// data-dir ltr|rtl · data-voice off · data-identity-url: where the shop's server tells who is signed in.
// data-api: where /web is, if this file comes from somewhere else.
(() => {
  'use strict';
  const script = document.currentScript;
  const before = window.postventa;
  if (!script || (before && before.open)) return;
  const src = new URL(script.src);
  const options = { ...script.dataset };
  const root = src.href.replace(/\/(static\/channels\/)?web\/loader\.js.*$/, '');
  const base = (options.api ? new URL(options.api, src).href : root).replace(/\/+$/, '');
  const wanted = options.language || document.documentElement.lang || navigator.language || 'es';
  const language = /^en/i.test(wanted) ? 'en' : 'es';
  const words = {
    es: ['Abrir el chat de ayuda', 'Cerrar el chat de ayuda', 'El chat no se ha podido cargar. Inténtalo otra vez.'],
    en: ['Open the help chat', 'Close the help chat', 'The chat could not be loaded. Please try again.'],
  }[language];

  const light = '--bg:#fff;--soft:#f4f5f6;--ink:#1b1f23;--dim:#5b646d;--line:#dfe3e6;--focus:#1b1f23;--bad:#b3261e;' +
    '--link:color-mix(in srgb,var(--accent) 85%,#000);--shadow:0 12px 40px rgb(16 24 32/.18),0 2px 8px rgb(16 24 32/.1)';
  const dark = '--bg:#16191c;--soft:#23282d;--ink:#eceff1;--dim:#a4aeb7;--line:#353c43;--focus:#fff;--bad:#ffb4ab;' +
    '--link:color-mix(in srgb,var(--accent) 40%,#fff);--shadow:0 12px 40px rgb(0 0 0/.6)';
  const css = `:host{all:initial;--accent:var(--postventa-accent,#0f6b62);--on:var(--postventa-on-accent,#fff);
--radius:var(--postventa-radius,18px);--font:var(--postventa-font,system-ui,-apple-system,"Segoe UI",Roboto,sans-serif);
--gap:var(--postventa-gap,20px);${light};color-scheme:light;font:16px/1.45 var(--font);position:fixed;
inset-block-end:calc(var(--gap) + env(safe-area-inset-bottom,0px));inset-inline-end:var(--gap);
z-index:var(--postventa-z,2147483000)}
:host([data-position=start]){inset-inline:var(--gap) auto}
@media(prefers-color-scheme:dark){:host(:not([data-theme=light])){${dark};color-scheme:dark}}
:host([data-theme=dark]){${dark};color-scheme:dark}
@media print{:host{display:none}}
.launch{all:unset;box-sizing:border-box;display:grid;place-items:center;inline-size:60px;block-size:60px;
border-radius:50%;background:var(--accent);color:var(--on);box-shadow:var(--shadow);cursor:pointer;position:relative;
border:1px solid transparent;transition:transform .15s}
.launch:hover{transform:scale(1.05)}
.launch:focus-visible{outline:3px solid var(--focus);outline-offset:3px}
.launch svg{inline-size:28px;block-size:28px;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;
stroke-linejoin:round}
.launch[aria-expanded=true] .talk,.launch[aria-expanded=false] .shut{display:none}
.launch[aria-busy=true] svg{opacity:.5}
.badge{position:absolute;inset-block-start:-4px;inset-inline-end:-4px;min-inline-size:22px;padding-inline:6px;
box-sizing:border-box;border-radius:11px;background:#b3261e;color:#fff;font:600 12px/22px var(--font);text-align:center}
.badge[hidden]{display:none}
@media(prefers-reduced-motion:reduce){.launch{transition:none}}`;

  const host = document.createElement('postventa-chat');
  const shadow = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  shadow.adoptedStyleSheets = [sheet];
  host.lang = language;
  for (const name of ['position', 'theme']) if (options[name]) host.dataset[name] = options[name];

  const svg = (kind, path) => {
    const picture = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    picture.setAttribute('viewBox', '0 0 24 24');
    picture.setAttribute('aria-hidden', 'true');
    picture.setAttribute('class', kind);
    line.setAttribute('d', path);
    picture.append(line);
    return picture;
  };
  const launcher = document.createElement('button');
  const badge = document.createElement('span');
  launcher.type = 'button';
  launcher.className = 'launch';
  launcher.setAttribute('aria-expanded', 'false');
  launcher.setAttribute('aria-controls', 'panel');
  launcher.setAttribute('aria-label', words[0]);
  badge.className = 'badge';
  badge.hidden = true;
  launcher.append(
    svg('talk', 'M4 5.5h16a1.5 1.5 0 0 1 1.5 1.5v9a1.5 1.5 0 0 1-1.5 1.5h-8.5L7 21v-3.5H4A1.5 1.5 0 0 1 2.5 16V7A1.5 1.5 0 0 1 4 5.5zM8 11.5h.01M12 11.5h.01M16 11.5h.01'),
    svg('shut', 'M6 9.5l6 6 6-6'),
    badge,
  );
  shadow.append(launcher);

  const listeners = {};
  const emit = (name, detail) => (listeners[name] || []).forEach((listener) => listener(detail));
  const on = (name, listener) => {
    (listeners[name] ||= []).push(listener);
    return () => { listeners[name] = listeners[name].filter((each) => each !== listener); };
  };
  let app;
  let who;
  const load = () => {
    launcher.setAttribute('aria-busy', 'true');
    app ||= import(`${base}/web/app.js`)
      .then((module) => module.start({ host, shadow, launcher, badge, base, language, options, words, emit, who }))
      .catch((error) => {
        app = undefined;
        launcher.title = words[2];
        console.error('postventa:', error);
        throw error;
      })
      .finally(() => launcher.removeAttribute('aria-busy'));
    return app;
  };
  const call = (name) => (...args) => load().then((chat) => chat[name](...args));
  window.postventa = { on, open: call('open'), close: call('close'), session: call('session'), reset: call('reset'),
    // callback(): the token that the shop's server signed for its customer, or nothing. Asked only when it is needed.
    identify: (callback) => { who = callback; return app && call('identify')(callback); } };
  launcher.addEventListener('click', () => call('toggle')().catch(() => {}));

  const mount = () => {
    document.body.append(host);
    let known = 'open' in options;
    try {
      known ||= Object.keys(localStorage).some((key) => key.startsWith(`postventa:${base}:`));
    } catch { /* storage is forbidden here; the chat keeps to its memory */ }
    if (known) load().catch(() => {});
    // Whatever the page asked for before this file arrived: window.postventa = [['open']]
    if (Array.isArray(before)) for (const [name, ...args] of before) window.postventa[name](...args);
  };
  if (document.body) mount();
  else addEventListener('DOMContentLoaded', mount);
})();
