// What is known of the conversation, and what still has to be sent. Knows no page.
import { Live, wait } from './live.js';
import { aloneSoon } from './store.js';

const TYPING_ENDS = 30000;

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export class Chat {
  // changed() is called after every change; emit(name, detail) tells the page.
  constructor({ api, store, emit, changed }) {
    Object.assign(this, { api, store, emit, changed });
    this.live = new Live(`${store.prefix}live`, {
      api,
      last: () => this.known,
      waiting: () => this.typing,
      take: (event, data, own) => this.take(event, data, own),
      state: (name) => this.connection(name),
      expired: (token) => this.expired(token),
    });
    this.forget();
    this.net = navigator.onLine === false ? 'waiting' : 'live';
    this.ended = false;
    store.onOthers((name) => this.heardFromTab(name));
    addEventListener('offline', () => this.connection('waiting'));
    addEventListener('online', () => this.wake?.());
  }

  forget() {
    this.messages = new Map();
    this.keys = new Map(); // seq → the client_id it was sent under
    this.receipts = new Map();
    this.known = 0; // everything up to this seq has been read in order
    this.owner = this.status = null;
    this.typing = false;
    this.language = '';
    this.synced = false;
  }

  start() {
    if (this.api.session) this.live.start();
    if (this.outbox.length) this.drain();
  }

  get outbox() {
    return this.store.list('outbox:').sort((one, other) => one.at - other.at);
  }

  get lastSeq() {
    return Math.max(0, ...this.messages.keys());
  }

  say({ text = '', choice = '', label = '' }) {
    const newest = this.outbox.at(-1)?.at ?? 0;
    const at = Math.max(Date.now(), newest + 1);
    this.keep({ client_id: newId(), text: text.trim(), choice, label, at, after: this.lastSeq });
    this.ended = false;
    this.drain();
  }

  again(entry) {
    this.keep({ ...entry, failed: '' });
    this.drain();
  }

  drop(entry) {
    this.store.set(`outbox:${entry.client_id}`, null);
    this.changed();
  }

  keep(entry) {
    this.store.set(`outbox:${entry.client_id}`, entry);
    this.changed();
  }

  // Sends what waits, oldest first and one at a time; a repeated client_id gets its first answer, so nothing doubles.
  async drain() {
    this.wake?.();
    if (this.draining) return;
    this.draining = true;
    try {
      await aloneSoon(`${this.store.prefix}outbox`, () => this.sendAll());
    } finally {
      this.draining = false;
    }
    if (this.outbox.some((entry) => !entry.failed)) this.drain();
  }

  async sendAll() {
    let failures = 0;
    for (let entry; (entry = this.outbox.find((each) => !each.failed)); ) {
      let token;
      try {
        const session = await this.api.begin();
        token = session.token;
        this.begun(session);
        this.settle(entry, await this.api.send(token, entry));
        failures = 0;
        this.connection('live');
      } catch (problem) {
        if (problem.status === 401) this.expired(token);
        else if (!problem.passing) {
          this.keep({ ...entry, failed: problem.code || String(problem.status) });
          continue;
        }
        failures += 1;
        if (problem.status !== 401) this.connection('waiting');
        if (problem.status !== 401 || failures > 2) await this.rest(wait(failures, problem.retryAfter));
      }
    }
  }

  rest(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  begun(session) {
    if (this.conversation !== session.conversation) {
      this.conversation = session.conversation;
      this.emit('session', { conversation: session.conversation });
    }
    this.live.start();
  }

  settle(entry, { id, seq }) {
    this.keys.set(seq, entry.client_id);
    if (!this.messages.has(seq)) {
      const text = entry.label || entry.text;
      const created_at = new Date(entry.at).toISOString();
      this.messages.set(seq, { id, seq, author: 'customer', text, choices: [], citations: [], attachments: [], created_at });
    }
    this.drop(entry);
  }

  // `own` is false for what another tab passed on: it is shown, but only our own reading proves that nothing is missing.
  take(event, data, own) {
    if (event === 'page') {
      data.messages.forEach((message) => this.put(message, own));
      this.setOwner(data.owner);
      this.status = data.status;
      this.language = data.language || this.language;
      this.setTyping(data.pending);
      if (own) this.synced = true;
    } else if (event === 'message') {
      this.put(data, own);
    } else if (event === 'typing') {
      this.setTyping(data.on);
    } else if (event === 'owner') {
      this.setOwner(data.owner);
    } else if (event === 'status') {
      this.status = data.status;
      this.language = data.language || this.language;
    } else if (event === 'delivery') {
      this.receipts.set(data.seq, data.state);
    }
    this.changed();
  }

  put(message, own) {
    const news = !this.messages.has(message.seq) && this.synced;
    this.messages.set(message.seq, message);
    if (own) this.known = Math.max(this.known, message.seq);
    if (message.author !== 'customer') this.setTyping(false);
    if (news) this.emit('message', { seq: message.seq, author: message.author, text: message.text });
  }

  setOwner(owner) {
    const changed = owner !== this.owner && this.synced;
    this.owner = owner;
    if (changed) this.emit('owner', { owner });
  }

  setTyping(on) {
    clearTimeout(this.typingTimer);
    this.typing = Boolean(on);
    if (on) {
      this.typingTimer = setTimeout(() => {
        this.typing = false;
        this.changed();
      }, TYPING_ENDS);
    }
  }

  connection(name) {
    if (name === 'live' && navigator.onLine === false) return;
    if (this.net !== name) {
      this.net = name;
      this.changed();
    }
    if (name === 'live') this.wake?.();
  }

  // The server no longer knows our token: what was typed moves to a new conversation.
  expired(token) {
    if (this.api.session && this.api.session.token !== token) return;
    this.ended = this.ended || this.messages.size > 0 || !this.synced;
    this.store.set('session', null);
    this.restart();
    for (const entry of this.outbox) {
      const text = entry.text || entry.label;
      this.keep({ ...entry, text, choice: '', label: '', after: 0 });
    }
  }

  restart() {
    this.live.stop();
    this.forget();
    this.store.set('read', null);
    this.changed();
  }

  // Begin again as a new visitor, for a shared computer or after signing out.
  reset() {
    this.store.set('session', null);
    this.outbox.forEach((entry) => this.drop(entry));
    this.ended = false;
    this.conversation = null;
    this.restart();
  }

  async session() {
    const session = await this.api.begin();
    this.begun(session);
    return { conversation: session.conversation };
  }

  heardFromTab(name) {
    if (name === 'session' || name === '') {
      const session = this.api.session;
      if (session?.conversation !== this.conversation) {
        this.conversation = session?.conversation;
        this.restart();
        if (session) this.live.start();
      }
    }
    if (name.startsWith('outbox:')) this.wake?.();
    this.changed();
  }

  // What is to be seen, in order: stored messages, then those on their way. A message that has come back by the stream
  // before its own request was answered (or in another tab) is shown once.
  rows() {
    const stored = [...this.messages.values()].sort((one, other) => one.seq - other.seq);
    const own = stored.filter((message) => message.author === 'customer' && !this.keys.has(message.seq));
    const waiting = this.outbox.filter((entry) => {
      const text = entry.label || entry.text;
      const twin = own.find((message) => message.seq > entry.after && message.text === text);
      if (twin) {
        this.keys.set(twin.seq, entry.client_id);
        own.splice(own.indexOf(twin), 1);
      }
      return ![...this.keys.values()].includes(entry.client_id);
    });
    return [
      ...stored.map((message) => ({ key: this.keys.get(message.seq) || `seq${message.seq}`, message })),
      ...waiting.map((entry) => ({ key: entry.client_id, entry })),
    ];
  }
}
