// The public web channel: /web/session, /web/messages, /web/events, /web/attachments, /web/signals.
import { aloneSoon } from './store.js';

const PATIENCE = 20000;
const ENDING = 10000;

export class Problem extends Error {
  constructor(status, code, message, retryAfter) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }

  // Whether the same request may succeed later.
  get passing() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

export class Api {
  // who(): the page's word about its customer, a token that the shop's server signed, or nothing.
  constructor(base, store, language, who) {
    Object.assign(this, { base, store, language, who });
  }

  get session() {
    return this.store.get('session');
  }

  // The session, asked for once whatever the number of tabs. `old` is one that is no longer good.
  async begin(old) {
    const now = this.session;
    if (now && now.token !== old?.token && !(now.signed_in && Date.parse(now.expires_at) - Date.now() < ENDING)) return now;
    return this.ask(now);
  }

  ask(old) {
    return aloneSoon(`${this.store.prefix}begin`, async () => {
      const now = this.session;
      if (now && now.token !== old?.token) return now;
      const identity = await this.identity(now);
      if (!identity && now && !now.signed_in) return now;
      const visit = now?.signed_in ? {} : { token: now?.token };
      return this.open(identity, visit).catch((problem) => {
        if (!identity || problem.passing) throw problem;
        // The shop's own mistake: its developer is told, and its customer goes on as a visitor.
        console.error('postventa:', problem.message);
        return now && !now.signed_in ? now : this.open(null, {});
      });
    });
  }

  async open(identity, { token }) {
    const body = { language: this.language, ...(identity && { identity }) };
    const session = await (await this.fetch('/web/session', { method: 'POST', token, body })).json();
    if (identity) session.subject = subjectOf(identity);
    this.store.set('session', session);
    return session;
  }

  async identity(now) {
    try {
      return (await this.who()?.()) || null;
    } catch (error) {
      console.error('postventa: identify', error);
      if (now?.signed_in) throw new Problem(0, 'identify', String(error));
      return null;
    }
  }

  async send(token, entry) {
    const attachments = entry.files?.map((file) => file.id);
    const said = entry.choice ? { choice: entry.choice } : { text: entry.text, attachments };
    const answer = await this.fetch('/web/messages', { method: 'POST', token, body: { client_id: entry.client_id, ...said } });
    return answer.json();
  }

  async read(token, after) {
    return (await this.fetch(`/web/messages?after=${after}`, { token })).json();
  }

  // EventSource cannot send an Authorization header, so the stream is read from an ordinary response.
  stream(token, after, signal) {
    return this.fetch(`/web/events?after=${after}`, { token, signal, accept: 'text/event-stream' });
  }

  // Nobody waits for these, and none is worth repeating.
  signal(body) {
    const token = this.session?.token;
    if (token) this.fetch('/web/signals', { method: 'POST', token, body }).catch(() => {});
  }

  async file(id) {
    return (await this.fetch(`/web/attachments/${id}`, { token: this.session?.token, accept: '*/*' })).blob();
  }

  // An old-fashioned request, because only that tells how much of a file has gone out.
  upload(token, file, name, progress, signal) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const form = new FormData();
      form.append('file', file, name);
      request.open('POST', `${this.base}/web/attachments`);
      request.setRequestHeader('authorization', `Bearer ${token}`);
      request.responseType = 'json';
      request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
      request.onload = () => {
        const { status, response } = request;
        if (status === 201) resolve(response);
        else reject(new Problem(status, response?.error?.code || '', response?.error?.message || '', Number(request.getResponseHeader('retry-after')) || 0));
      };
      request.onerror = () => reject(new Problem(0, 'network', ''));
      request.onabort = () => reject(new Problem(0, 'aborted', ''));
      signal.addEventListener('abort', () => request.abort());
      request.send(form);
    });
  }

  async fetch(path, { method = 'GET', token, body, signal, accept = 'application/json' }) {
    const headers = { accept };
    if (token) headers.authorization = `Bearer ${token}`;
    if (body) headers['content-type'] = 'application/json';
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), PATIENCE);
    const stop = () => limit.abort();
    signal?.addEventListener('abort', stop);
    let answer;
    try {
      answer = await fetch(this.base + path, {
        method, headers, body: body && JSON.stringify(body), signal: limit.signal, credentials: 'omit', cache: 'no-store',
      });
    } catch (error) {
      throw new Problem(0, 'network', String(error));
    } finally {
      clearTimeout(timer);
    }
    if (answer.ok) return answer;
    signal?.removeEventListener('abort', stop);
    const said = await answer.json().catch(() => ({}));
    const wait = Number(answer.headers.get('retry-after')) || 0;
    throw new Problem(answer.status, said.error?.code || '', said.error?.message || answer.statusText, wait);
  }
}

// Whom a token speaks for. Only the server checks it; this tells one customer of this browser from the next.
function subjectOf(token) {
  try {
    return JSON.parse(atob(token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/'))).sub;
  } catch {
    return token;
  }
}
