// The public web channel: POST /web/session, POST and GET /web/messages, GET /web/events.
import { aloneSoon } from './store.js';

const PATIENCE = 20000;

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
  constructor(base, store, language) {
    this.base = base;
    this.store = store;
    this.language = language;
  }

  get session() {
    return this.store.get('session');
  }

  // The token, asked for once whatever the number of tabs.
  async begin() {
    return this.session || aloneSoon(`${this.store.prefix}begin`, async () => {
      if (this.session) return this.session;
      const answer = await this.fetch('/web/session', { method: 'POST', body: { language: this.language } });
      const session = await answer.json();
      this.store.set('session', session);
      return session;
    });
  }

  async send(token, entry) {
    const said = entry.choice ? { choice: entry.choice } : { text: entry.text };
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
