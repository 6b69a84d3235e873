// One phone: shows what the stand-in provider has for its holder, and does what its holder does.
const POLL = 1500;
const SOON = 350;
const LARGEST = 1400000;
const LIST_LINE = /^(\d{1,3})[.)]\s+\S/;

const make = (tag, className, ...children) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ''));
  return element;
};

const button = (className, label, press) => {
  const element = make('button', className, label);
  element.type = 'button';
  element.addEventListener('click', press);
  return element;
};

export class Phone {
  constructor(element, words) {
    Object.assign(this, { element, words, channel: element.dataset.channel });
    const find = (selector) => element.querySelector(selector);
    this.holder = find('.holder');
    this.today = find('.today');
    this.list = find('ol');
    this.log = find('.log');
    this.state = find('.state');
    this.window = find('.window');
    this.notice = find('.notice');
    this.form = find('.compose');
    this.input = find('textarea');
    this.menu = find('.attach');
    this.holder.addEventListener('change', () => this.take());
    this.today.addEventListener('change', () => this.setDay());
    this.form.addEventListener('submit', (event) => this.submit(event));
    this.input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) this.submit(event);
    });
    this.menu.querySelectorAll('[data-attachment]').forEach((each) =>
      each.addEventListener('click', () => this.attach(each.dataset.attachment)));
    find('input[type=file]').addEventListener('change', (event) => this.attachFile(event.target));
    document.addEventListener('visibilitychange', () => document.hidden || this.look());
  }

  get address() {
    return `/sandbox/api/${this.channel}/${encodeURIComponent(this.holder.value)}`;
  }

  start() {
    const kept = sessionStorage.getItem(`sandbox:${this.channel}`);
    if ([...this.holder.options].some((option) => option.value === kept)) this.holder.value = kept;
    this.take();
  }

  // Another holder: another phone.
  take() {
    sessionStorage.setItem(`sandbox:${this.channel}`, this.holder.value);
    this.after = 0;
    this.day = undefined;
    this.list.replaceChildren();
    this.empty = make('li', 'empty', this.words.empty);
    this.list.append(this.empty);
    this.say('');
    this.look();
  }

  async look() {
    clearTimeout(this.timer);
    const address = this.address;
    let soon = false;
    try {
      const answer = await fetch(`${address}?after=${this.after}&all=1`);
      const seen = await answer.json();
      if (address !== this.address) return;
      if (answer.ok) soon = this.show(seen);
      else this.say(seen.error.message, true);
    } catch { /* the server is away; the next look may find it */ }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), soon ? SOON : document.hidden ? POLL * 6 : POLL);
  }

  show(seen) {
    if (seen.messages.length) this.empty.remove();
    const near = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 120;
    for (const message of seen.messages) {
      if (message.number <= this.after) continue;
      this.after = message.number;
      this.list.append(this.row(message));
    }
    if (seen.messages.length && near) this.log.scrollTop = this.log.scrollHeight;
    const owner = seen.status === 'resolved' ? this.words.nobody : this.words[seen.owner] || this.words.online;
    const state = seen.typing || seen.pending ? this.words.typing : owner;
    if (this.state.textContent !== state) this.state.textContent = state;
    this.showWindow(seen.window_closes_at);
    if (this.day !== seen.today) {
      this.day = seen.today;
      this.today.value = seen.today || '';
    }
    return seen.pending || seen.messages.length > 0;
  }

  showWindow(closes) {
    const at = closes && new Date(closes);
    const time = at && at.toLocaleString(document.documentElement.lang, { weekday: 'short', hour: '2-digit', minute: '2-digit' });
    const words = !at ? '' : at > Date.now() ? this.words.window_open.replace('{time}', time) : this.words.window_closed;
    if (this.window.textContent !== words) this.window.textContent = words;
    this.window.hidden = !words;
  }

  row(message) {
    const mine = message.from === 'customer';
    if (mine && this.channel === 'telegram' && message.sent.choice) {
      return make('li', 'mine', make('span', 'pressed', this.words.pressed + message.text));
    }
    const time = new Date(message.at).toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit' });
    const ticks = mine && this.channel === 'whatsapp' ? ' ✓✓' : '';
    const trouble = message.error_code ? ` · ${this.words.outside.replace('{code}', message.error_code)}` : '';
    const bubble = make('div', 'bubble', make('span', 'vh', `${mine ? this.words.you : this.words.shop}: `),
      ...message.media.map((file) => this.file(file)), ...(mine ? [message.text] : this.text(message)),
      make('span', 'time', time + ticks + trouble));
    return make('li', mine ? 'mine' : '', bubble, message.choices.length ? this.keys(message) : null);
  }

  file(file) {
    const name = this.words[file.kind === 'image' ? 'photo' : file.kind] || file.kind;
    if (file.kind !== 'image' || !file.url) return make('span', 'pressed', `📎 ${name} ${file.name || ''}\n`);
    const picture = document.createElement('img');
    picture.src = file.url;
    picture.alt = name;
    picture.addEventListener('load', () => { this.log.scrollTop = this.log.scrollHeight; });
    return picture;
  }

  // The text with its links; a numbered list without buttons can be tapped, which sends the number.
  text(message) {
    const parts = [];
    let from = 0;
    for (const { offset, length, url } of message.links) {
      parts.push(...this.plain(message.text.slice(from, offset)), this.link(url, message.text.slice(offset, offset + length)));
      from = offset + length;
    }
    const rest = message.text.slice(from);
    const lines = rest.split('\n');
    const numbers = lines.filter((line) => LIST_LINE.test(line));
    if (message.choices.length || numbers.length < 2 || !/\n\n[^\n]*$/.test(rest)) return [...parts, ...this.plain(rest)];
    const shown = lines.map((line) => LIST_LINE.test(line)
      ? button('tap', line, () => this.send({ text: line.match(LIST_LINE)[1] }))
      : make('span', '', ...this.plain(`${line}\n`)));
    return [...parts, ...shown];
  }

  plain(text) {
    const parts = [];
    let from = 0;
    for (const match of text.matchAll(/https?:\/\/[^\s<>"]+/g)) {
      const address = match[0].replace(/[.,;:!?)\]}'»”]+$/, '');
      parts.push(text.slice(from, match.index), this.link(address, address));
      from = match.index + address.length;
    }
    return [...parts, text.slice(from)];
  }

  link(url, label) {
    const link = make('a', '', label);
    link.href = url;
    link.target = '_blank';
    link.rel = 'noopener';
    return link;
  }

  keys(message) {
    const press = (choice) => () => this.send({ choice: choice.id });
    const keys = message.choices.map((choice) => {
      const key = button(choice.description ? 'described' : '', choice.label, press(choice));
      if (choice.description) key.append(make('small', '', choice.description));
      return key;
    });
    const box = make('div', 'keys', ...keys);
    if (!message.list_button) return box;
    box.hidden = true;
    const opener = button('', `☰ ${message.list_button}`, () => {
      box.hidden = !box.hidden;
      opener.setAttribute('aria-expanded', String(!box.hidden));
    });
    opener.setAttribute('aria-expanded', 'false');
    return make('div', 'keys', opener, box);
  }

  submit(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    if (!text) return;
    this.input.value = '';
    this.send({ text });
  }

  attach(kind) {
    this.menu.open = false;
    this.send({ attachment: kind });
  }

  async attachFile(input) {
    const file = input.files[0];
    this.menu.open = false;
    if (!file) return;
    if (file.size > LARGEST) {
      this.say(this.words.too_big, true);
      return;
    }
    const bytes = new Uint8Array(await file.arrayBuffer());
    let binary = '';
    for (let start = 0; start < bytes.length; start += 8192) binary += String.fromCharCode(...bytes.subarray(start, start + 8192));
    const kind = ['image', 'audio', 'video'].find((each) => file.type.startsWith(each)) || 'document';
    input.value = '';
    this.send({ attachment: { kind, name: file.name, mime: file.type || 'application/octet-stream', data: btoa(binary) } });
  }

  async setDay() {
    this.day = this.today.value || null;
    if (await this.send({ today: this.today.value || null })) {
      this.say(this.today.value ? this.words.day_set.replace('{day}', this.today.value) : this.words.day_real);
    }
  }

  async send(body) {
    this.say('');
    try {
      const answer = await fetch(this.address, {
        method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
      });
      if (!answer.ok) {
        this.say(`${this.words.failed} ${(await answer.json()).error.message}`, true);
        return false;
      }
    } catch (error) {
      this.say(`${this.words.failed} ${error}`, true);
      return false;
    }
    this.log.scrollTop = this.log.scrollHeight;
    this.look();
    return true;
  }

  say(text, bad = false) {
    this.notice.textContent = text;
    this.notice.classList.toggle('bad', bad);
  }
}
