// What is known of the conversation, and what still has to be sent. Knows no page.
import { Live, wait } from './live.js';
import { aloneSoon } from './store.js';

const TYPING_ENDS = 30000;
const AGENT_TYPING_ENDS = 8000;
const TYPING_AGAIN = 5000;

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export class Chat {
  // changed() is called after every change; emit(name, detail) tells the page.
  constructor({ api, store, files, emit, changed }) {
    Object.assign(this, { api, store, files, emit, changed });
    this.progress = new Map(); // client_id → how much of its files is up, 0 to 1
    this.since = Date.now(); // until it is known who is here: what was written before this page
    this.uploads = new Map(); // client_id → what stops its upload
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
    this.read = 0; // the customer's own messages up to this one have been read
    this.known = 0; // everything up to this seq has been read in order
    this.owner = this.status = null;
    this.moved = ''; // the channel on which the conversation goes on
    this.typing = false;
    this.language = '';
    this.synced = false;
  }

  async start() {
    this.conversation = this.api.session?.conversation;
    await this.identify();
    this.since = Infinity;
    if (this.api.session) this.live.start();
    if (this.outbox.length) this.drain();
  }

  // Who is signed in may have changed since the last page, and nobody may see or send what was another's: nothing
  // goes out before this is known.
  identify() {
    const before = this.api.session;
    this.ready = before && this.api.who ? this.api.ask(before).then((after) => this.adopt(before, after), () => {}) : null;
    return this.ready;
  }

  // What waits from before somebody else came is theirs, and goes.
  adopt(before, after) {
    if (before.signed_in && after.subject !== before.subject) {
      this.outbox.filter((entry) => entry.at < this.since).forEach((entry) => this.drop(entry));
    }
    this.begun(after);
  }

  get outbox() {
    return this.store.list('outbox:').sort((one, other) => one.at - other.at);
  }

  get lastSeq() {
    return Math.max(0, ...this.messages.keys());
  }

  async say({ text = '', choice = '', label = '', files = [] }) {
    const newest = this.outbox.at(-1)?.at ?? 0;
    const at = Math.max(Date.now(), newest + 1);
    this.ended = false;
    const kept = files.map((file) => ({ key: newId(), name: file.name, size: file.size, type: file.type }));
    await Promise.all(kept.map(({ key }, index) => this.files.put(key, files[index])));
    this.keep({ client_id: newId(), text: text.trim(), choice, label, at, files: kept.length ? kept : undefined });
    this.drain();
  }

  // The bytes of a file that is on its way, or was sent by either side.
  async load(file) {
    return (file.key && await this.files.get(file.key)) || this.api.file(file.id);
  }

  // Told to a person who answers, and not with every key.
  typed() {
    if (!/queue|agent/.test(this.owner) || Date.now() - (this.typedAt || 0) < TYPING_AGAIN) return;
    this.typedAt = Date.now();
    this.api.signal({ typing: true });
  }

  again(entry) {
    this.keep({ ...entry, failed: '' });
    this.drain();
  }

  drop(entry) {
    this.uploads.get(entry.client_id)?.abort();
    this.store.set(`outbox:${entry.client_id}`, null);
    entry.files?.forEach(({ key }) => this.files.drop(key));
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
    await this.ready;
    for (let entry; (entry = this.outbox.find((each) => !each.failed)); ) {
      let token;
      try {
        const session = await this.api.begin();
        token = session.token;
        this.begun(session);
        if (!this.store.get(`outbox:${entry.client_id}`)) continue;
        if (entry.files) entry = await this.uploaded(token, entry);
        if (!entry) continue;
        const sent = await this.api.send(token, entry);
        if (session.conversation === this.conversation) this.settle(entry, sent);
        else this.drop(entry);
        failures = 0;
        this.connection('live');
      } catch (problem) {
        if (problem.code === 'aborted') continue;
        if (problem.status === 401) await this.expired(token);
        else if (problem.code === 'gone' && entry.files?.some((file) => file.id)) this.keep(forgetIds(entry));
        else if (!problem.passing) {
          const words = entry.files ? problem.message : '';
          this.keep({ ...entry, failed: problem.code || String(problem.status), words });
          continue;
        }
        failures += 1;
        if (problem.status !== 401) this.connection('waiting');
        if (problem.status !== 401 || failures > 2) await this.rest(wait(failures, problem.retryAfter));
      }
    }
  }

  // What is up already is remembered, so that a message that is tried again does not send its files twice.
  async uploaded(token, entry) {
    const stop = new AbortController();
    this.uploads.set(entry.client_id, stop);
    const tell = (done) => {
      this.progress.set(entry.client_id, done / entry.files.length);
      this.changed();
    };
    try {
      for (const [index, file] of entry.files.entries()) {
        if (file.id) continue;
        const data = await this.files.get(file.key);
        if (!data) throw Object.assign(new Error(), { code: 'lost' });
        tell(index);
        const { id } = await this.api.upload(token, data, file.name, (part) => tell(index + part), stop.signal);
        entry = { ...entry, files: entry.files.with(index, { ...file, id }) };
        if (stop.signal.aborted) return null;
        this.keep(entry);
      }
      return entry;
    } finally {
      this.uploads.delete(entry.client_id);
      this.progress.delete(entry.client_id);
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
      if (this.conversation) this.restart();
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
      this.messages.set(seq, { id, seq, author: 'customer', text, choices: [], citations: [], attachments: entry.files || [], created_at });
    }
    this.drop(entry);
  }

  // `own` is false for what another tab passed on: it is shown, but only our own reading proves that nothing is missing.
  take(event, data, own) {
    if (event === 'page') {
      data.messages.forEach((message) => this.put(message, own));
      this.setOwner(data.owner);
      this.status = data.status;
      this.moved = data.moved_to || '';
      this.language = data.language || this.language;
      this.setTyping(data.pending);
      this.read = data.read;
      if (own) this.synced = true;
    } else if (event === 'message') {
      this.put(data, own);
    } else if (event === 'typing') {
      this.setTyping(data.on, data.author === 'agent' ? AGENT_TYPING_ENDS : TYPING_ENDS);
    } else if (event === 'owner') {
      this.setOwner(data.owner);
    } else if (event === 'status') {
      this.status = data.status;
      this.language = data.language || this.language;
    } else if (event === 'moved') {
      this.moved = data.to || '';
    } else if (event === 'delivery') {
      this.read = Math.max(this.read, data.seq);
    }
    this.changed();
  }

  put(message, own) {
    const news = !this.messages.has(message.seq) && this.synced;
    this.messages.set(message.seq, message);
    if (message.client_id) this.keys.set(message.seq, message.client_id);
    if (own) this.known = Math.max(this.known, message.seq);
    if (message.author !== 'customer') this.setTyping(false);
    if (news) this.emit('message', { seq: message.seq, author: message.author, text: message.text });
  }

  setOwner(owner) {
    const changed = owner !== this.owner && this.synced;
    this.owner = owner;
    if (changed) this.emit('owner', { owner });
  }

  setTyping(on, ends = TYPING_ENDS) {
    clearTimeout(this.typingTimer);
    this.typing = Boolean(on);
    if (on) {
      this.typingTimer = setTimeout(() => {
        this.typing = false;
        this.changed();
      }, ends);
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

  // Our token is no longer good. A customer is vouched for anew; a visitor's words move to a new conversation.
  async expired(token) {
    const before = this.api.session;
    if (before?.token !== token) return;
    if (before.signed_in) {
      await this.api.begin(before).then((after) => this.adopt(before, after), () => this.connection('waiting'));
      return;
    }
    this.ended = this.ended || this.messages.size > 0 || !this.synced;
    this.store.set('session', null);
    this.restart();
    for (const entry of this.outbox) {
      this.keep({ ...forgetIds(entry), text: entry.text || entry.label, choice: '', label: '' });
    }
  }

  restart() {
    this.live.stop();
    this.forget();
    this.store.set('read', null);
    this.store.set('told', null);
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
    const arrived = new Set(this.keys.values());
    return [
      ...stored.map((message) => ({ key: this.keys.get(message.seq) || `seq${message.seq}`, message })),
      ...this.outbox.filter((entry) => !arrived.has(entry.client_id)).map((entry) => ({ key: entry.client_id, entry })),
    ];
  }
}

const forgetIds = (entry) => ({ ...entry, files: entry.files?.map(({ id, ...file }) => file) });
