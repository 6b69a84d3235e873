// Puts the parts together for the loader: start(…) gives {open, close, toggle, session, reset, identify}.
import { Api } from './api.js';
import { Chat } from './chat.js';
import { Files } from './files.js';
import { Panel } from './panel.js';
import { Store } from './store.js';
import { CSS } from './style.js';
import { TEXTS, fill } from './texts.js';

export function start({ host, shadow, launcher, badge, base, language, options, words, emit, who }) {
  const texts = TEXTS[language];
  const sheet = new CSSStyleSheet();
  const room = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, sheet, room];

  const store = new Store(base);
  // On a page that runs no script of its own the server tells at an address who is signed in.
  const asked = options.identityUrl && (async () => {
    const answer = await fetch(options.identityUrl, { credentials: 'same-origin', cache: 'no-store', signal: AbortSignal.timeout(10000) });
    if (answer.status >= 500) throw new Error(`${answer.status} ${answer.url}`);
    return answer.status === 200 ? (await answer.text()).trim() : null;
  });
  const api = new Api(base, store, language, who || asked);
  let panel;
  let unread = 0;
  const changed = () => {
    if (!panel) return;
    panel.update();
    count();
  };
  const chat = new Chat({ api, store, files: new Files(store.prefix), emit, changed });
  panel = new Panel({ chat, store, texts, language, base, options, close });
  shadow.insertBefore(panel.element, launcher);

  function count() {
    const newest = chat.lastSeq;
    if (panel.isOpen && !document.hidden) {
      if (newest > store.get('read', 0)) store.set('read', newest);
    }
    const read = store.get('read', 0);
    report(newest, read);
    const now = [...chat.messages.values()].filter((message) => message.author !== 'customer' && message.seq > read).length;
    if (now === unread) return;
    unread = now;
    badge.hidden = !now;
    badge.textContent = now > 99 ? '99+' : String(now);
    label();
    emit('unread', { count: now });
  }

  // The shop is told what has arrived and what has been seen, by one tab, when a burst is over.
  let telling;
  function report(newest, read) {
    const told = store.get('told', {});
    if (!chat.live.leading || (newest <= (told.newest || 0) && read <= (told.read || 0))) return;
    clearTimeout(telling);
    telling = setTimeout(() => {
      store.set('told', { newest, read });
      api.signal({ delivered: newest, read });
    }, 300);
  }

  function label() {
    const waiting = unread ? `, ${fill(texts.unread[unread === 1 ? 0 : 1], { n: unread })}` : '';
    launcher.setAttribute('aria-label', panel.isOpen ? words[1] : words[0] + waiting);
    launcher.setAttribute('aria-expanded', String(panel.isOpen));
    host.toggleAttribute('data-open', panel.isOpen);
  }

  // Whether it was open is remembered while the customer goes from page to page.
  const remember = (open) => {
    try {
      if (open) sessionStorage.setItem(`postventa:${base}:open`, '1');
      else sessionStorage.removeItem(`postventa:${base}:open`);
    } catch { /* then it is not remembered */ }
  };
  const wasOpen = () => {
    try {
      return sessionStorage.getItem(`postventa:${base}:open`) === '1';
    } catch {
      return false;
    }
  };

  function open({ focus = true } = {}) {
    if (panel.isOpen) return;
    panel.open(focus);
    remember(true);
    label();
    count();
    emit('open');
  }

  function close() {
    if (!panel.isOpen) return;
    const inside = panel.element.contains(shadow.activeElement);
    panel.hide();
    remember(false);
    label();
    if (inside) launcher.focus();
    emit('close');
  }

  // On iOS the keyboard covers a full-screen window unless its height follows the part of the page that is visible.
  const fit = () => room.replaceSync(`:host{--seen:${Math.round(visualViewport.height)}px}`);
  if (window.visualViewport) {
    visualViewport.addEventListener('resize', fit);
    fit();
  }
  document.addEventListener('visibilitychange', changed);

  chat.start();
  if ('open' in options || wasOpen()) open({ focus: false });
  changed();
  emit('ready');
  const identify = (callback) => {
    api.who = callback;
    return chat.identify();
  };
  const toggle = () => (panel.isOpen ? close() : open());
  return { open, close, toggle, session: () => chat.session(), reset: () => chat.reset(), identify };
}
