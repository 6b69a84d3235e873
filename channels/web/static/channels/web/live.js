// Staying up to date. One tab holds the stream and passes on what it hears: browsers allow six connections to a
// site over HTTP/1.1, and each tab's own stream would use them up. Where the stream does not come through, it polls.
import { alone } from './store.js';
import { readEvents } from './sse.js';

const SILENCE = 40000; // the server speaks every 15 s
const FIRST_WORD = 8000; // a proxy that holds the stream back is noticed by this
const POLL = 3000;
const POLL_WAITING = 1000; // an answer is being made
const POLL_HIDDEN = 15000;
const STREAM_AGAIN = 60000;
const LONGEST_WAIT = 30000;

export class Live {
  // source: {api, last(): seq, waiting(): bool, take(event, data, own), state(name), expired(token)}
  constructor(name, source) {
    this.name = name;
    this.source = source;
    this.broken = 0;
    this.running = false;
    this.taken = 0;
    this.resting = new Set();
    addEventListener('online', () => this.nudge());
    addEventListener('pagehide', () => this.pause());
    addEventListener('pageshow', (event) => event.persisted && this.wanted && this.start());
    document.addEventListener('visibilitychange', () => document.hidden || this.nudge());
  }

  start() {
    this.wanted = true;
    if (this.running) return;
    this.running = true;
    this.heard = Date.now();
    this.abort = new AbortController();
    if ('BroadcastChannel' in window) {
      this.channel = new BroadcastChannel(this.name);
      this.channel.onmessage = ({ data }) => this.follow(data);
    }
    const round = this.abort;
    if (navigator.locks) this.watch(round);
    alone(`${this.name}stream`, () => this.lead(round), round.signal).catch(() => {});
  }

  stop() {
    this.wanted = false;
    this.pause();
  }

  pause() {
    if (!this.running) return;
    this.running = false;
    this.abort.abort();
    this.channel?.close();
    this.wake();
  }

  // Something changed (back online, tab in front): look now, not after the backoff.
  nudge() {
    this.broken = Math.min(this.broken, 1);
    this.wake();
  }

  wake() {
    [...this.resting].forEach((go) => go());
  }

  follow({ session, event, data }) {
    if (session !== this.source.api.session?.conversation) return;
    this.heard = Date.now();
    if (!event) return;
    this.taken += 1;
    this.source.take(event, data, false);
  }

  tell(event, data) {
    this.taken += 1;
    this.source.take(event, data, true);
    this.pass(event, data);
  }

  pass(event, data) {
    if (this.running) this.channel?.postMessage({ session: this.source.api.session?.conversation, event, data });
  }

  // A tab that follows catches up once, and again whenever the leading tab has gone quiet (phones freeze them).
  async watch(round) {
    for (let first = true; !round.signal.aborted; first = false) {
      if (!this.leading && (first || (!document.hidden && Date.now() - this.heard > SILENCE))) {
        await this.catchUp(round).then(() => this.source.state('live'), () => {});
      }
      await this.rest(10000);
    }
  }

  async lead(round) {
    this.leading = true;
    let failures = 0;
    let streamAgain = 0;
    while (!round.signal.aborted) {
      const token = this.source.api.session?.token;
      if (!token) break;
      try {
        await this.catchUp(round);
        // Somebody else may have come meanwhile: a stream that begins now would be the one before's.
        if (round.signal.aborted || token !== this.source.api.session?.token) continue;
        failures = 0;
        this.source.state('live');
        if (this.broken >= 3 && Date.now() < streamAgain) {
          await this.rest(this.source.waiting() ? POLL_WAITING : document.hidden ? POLL_HIDDEN : POLL);
          continue;
        }
        await this.stream(token, round);
        streamAgain = Date.now() + STREAM_AGAIN;
        await this.rest(250 + Math.random() * 500);
      } catch (problem) {
        if (round.signal.aborted) break;
        failures += 1;
        if (problem.status === 401) {
          await this.source.expired(token);
          if (failures < 3) continue;
        }
        this.source.state('waiting');
        await this.rest(wait(failures, problem.retryAfter));
      }
    }
    this.leading = false;
  }

  async catchUp(round) {
    const { leading } = this;
    for (;;) {
      const token = this.source.api.session?.token;
      if (!token || round.signal.aborted) return;
      const after = this.source.last();
      const { taken } = this;
      const page = await this.source.api.read(token, after);
      if (round.signal.aborted || token !== this.source.api.session?.token || leading !== this.leading) return;
      // What was heard while the page was on its way may be newer than it.
      if (taken !== this.taken) continue;
      this.tell('page', page);
      if (!page.messages.length || this.source.last() <= after) return;
    }
  }

  // Reads until the stream ends or falls silent; counts one that never spoke as broken.
  async stream(token, round) {
    const own = new AbortController();
    const stop = () => own.abort();
    round.signal.addEventListener('abort', stop);
    const began = Date.now();
    let timer = setTimeout(stop, FIRST_WORD);
    let spoke = false;
    try {
      const response = await this.source.api.stream(token, this.source.last(), own.signal);
      await readEvents(response, (name, data) => round.signal.aborted || this.tell(name, data), () => {
        spoke = true;
        clearTimeout(timer);
        timer = setTimeout(stop, SILENCE);
        this.pass();
      });
    } catch (problem) {
      if (problem.status) throw problem;
    } finally {
      clearTimeout(timer);
      own.abort();
      round.signal.removeEventListener('abort', stop);
    }
    this.broken = spoke && Date.now() - began > 5000 ? 0 : this.broken + 1;
  }

  rest(milliseconds) {
    return new Promise((resolve) => {
      const go = () => {
        clearTimeout(timer);
        this.resting.delete(go);
        resolve();
      };
      const timer = setTimeout(go, milliseconds);
      this.resting.add(go);
    });
  }
}

// Doubling from one second to half a minute, a random half of it, so that a shop's visitors do not return in step.
export function wait(failures, atLeast = 0) {
  const longest = Math.min(LONGEST_WAIT, 1000 * 2 ** (failures - 1));
  return Math.max(atLeast * 1000, longest / 2 + (Math.random() * longest) / 2);
}
