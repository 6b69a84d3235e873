// The chat window: what is known of the conversation, made visible and audible.
import { Composer } from './composer.js';
import { h, icon, ICONS, link } from './dom.js';
import { save } from './files.js';
import { Row, agentName, answering, dayName, dayOf, shown, stateOf, together } from './rows.js';
import { fill } from './texts.js';

const NEAR_END = 80;

export class Panel {
  constructor({ chat, store, texts, language, base, options, close }) {
    Object.assign(this, { chat, store, texts, language, base, close });
    this.rows = new Map();
    this.days = new Map();
    this.composer = new Composer({ texts, store, language, options, say: (said) => this.say(said), typed: () => chat.typed(), largest: () => chat.api.session?.largest_file || 16e6 });
    this.list = h('ol');
    this.sub = h('p', { class: 'sub' });
    this.net = h('p', { class: 'net', role: 'status' });
    this.typing = h('p', { class: 'typing', role: 'status' });
    this.newer = h('button', { type: 'button', class: 'newer', hidden: true, onclick: () => this.toEnd() }, icon(ICONS.down), texts.newer);
    this.welcome = this.welcoming(options);
    this.log = h('div', { class: 'log', role: 'log', tabindex: '0', 'aria-live': 'off', 'aria-relevant': 'additions', 'aria-label': texts.log, onscroll: () => this.scrolled() },
      this.welcome, this.list, this.typing);
    const shut = h('button', { type: 'button', class: 'close', 'aria-label': texts.close, title: texts.close, onclick: () => close() }, icon(ICONS.close));
    const title = h('h2', { id: 'title' }, options.title || texts.title);
    this.element = h('section', { id: 'panel', class: 'panel', role: 'dialog', 'aria-labelledby': 'title', lang: language, dir: options.dir || 'ltr', hidden: true, onkeydown: (event) => this.pressed(event),
      ondragover: (event) => this.dragged(event, true), ondragleave: (event) => this.dragged(event, this.element.contains(event.relatedTarget)), ondrop: (event) => this.dropped(event) },
      h('div', { class: 'head' }, h('div', { class: 'names' }, title, this.sub), shut),
      this.net, this.log, this.newer, this.composer.element, h('p', { class: 'drop', 'aria-hidden': 'true' }, texts.drop));
    // A taller composer takes room from the list; whoever was at its end stays there.
    new ResizeObserver(() => this.stay && this.toEnd()).observe(this.log);
    this.phone = matchMedia('(max-width: 480px), (max-height: 420px)');
  }

  welcoming({ greeting }) {
    this.expired = h('p', { class: 'expired', hidden: true }, this.texts.expired);
    const starters = this.texts.starters.map((text) =>
      h('button', { type: 'button', onclick: () => { this.say({ text }); this.afterChoice(); } }, text));
    this.starters = h('div', { class: 'choices', role: 'group', 'aria-label': this.texts.choices }, ...starters);
    return h('div', { class: 'welcome row bot' }, this.expired,
      h('div', { class: 'bubble' }, h('div', { class: 'text' }, greeting || this.texts.greeting)), this.starters,
      h('p', { class: 'about' }, link(`${this.base}/our-messages`, this.texts.our_messages, this.texts.opens_new)));
  }

  get isOpen() {
    return !this.element.hidden;
  }

  open(focus) {
    this.element.hidden = false;
    this.element.toggleAttribute('aria-modal', false);
    if (this.phone.matches) this.element.setAttribute('aria-modal', 'true');
    this.composer.grow();
    this.update();
    this.toEnd();
    // What is already there is not read out; what comes from now on is.
    requestAnimationFrame(() => this.log.setAttribute('aria-live', 'polite'));
    if (focus) this.composer.input.focus({ preventScroll: true });
  }

  hide() {
    this.element.hidden = true;
    this.log.setAttribute('aria-live', 'off');
  }

  pressed(event) {
    if (event.key === 'Escape' && !event.isComposing) {
      event.stopPropagation();
      this.close();
    } else if (event.key === 'Tab' && this.phone.matches) {
      this.keepFocus(event);
    }
  }

  // On a phone the chat covers the page, and Tab must not wander behind it.
  keepFocus(event) {
    const stops = [...this.element.querySelectorAll('button, a[href], textarea, [tabindex="0"]')].filter((each) => !each.disabled && each.offsetParent !== null);
    const [first, last] = [stops[0], stops.at(-1)];
    const active = this.element.getRootNode().activeElement;
    if (event.shiftKey ? active === first : active === last) {
      event.preventDefault();
      (event.shiftKey ? last : first).focus();
    }
  }

  dragged(event, over) {
    if (!event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    this.element.classList.toggle('is-dropping', over);
  }

  dropped(event) {
    this.dragged(event, false);
    this.composer.attach([...event.dataTransfer.files]);
    this.composer.input.focus();
  }

  say(said) {
    this.chat.say(said);
    this.toEnd();
  }

  choose(line, choice) {
    this.say({ choice: choice.id, label: choice.label });
    this.afterChoice();
  }

  // The button that was pressed goes away; a keyboard that comes up on a phone would cover the answer.
  afterChoice() {
    (matchMedia('(pointer: coarse)').matches ? this.log : this.composer.input).focus({ preventScroll: true });
  }

  async edit(entry) {
    const files = await Promise.all((entry.files || []).map(({ key }) => this.chat.files.get(key)));
    this.chat.drop(entry);
    this.composer.restore(entry.label || entry.text);
    this.composer.attach(files.filter(Boolean));
  }

  // What is drawn later makes the list taller; whoever was at its end stays there.
  async drawn(work) {
    const stay = this.atEnd;
    await work();
    if (stay && this.isOpen) this.toEnd();
  }

  update() {
    const stay = this.atEnd;
    const lines = this.chat.rows().map(shown);
    this.showRows(lines);
    this.showAround(lines);
    if (!this.isOpen) return;
    if (stay) this.toEnd();
    else if (lines.length && lines.at(-1).key !== this.seen) this.newer.hidden = false;
  }

  showRows(lines) {
    const keys = new Set(lines.map((line) => line.key));
    for (const [key, row] of this.rows) if (!keys.has(key)) this.forget(key, row);
    const offer = this.openOffer(lines);
    let place = this.list.firstChild;
    const put = (element) => {
      if (element === place) place = place.nextSibling;
      else this.list.insertBefore(element, place);
    };
    const days = new Set();
    lines.forEach((line, index) => {
      const [before, after] = [lines[index - 1], lines[index + 1]];
      if (!before || dayOf(before.time) !== dayOf(line.time)) {
        days.add(dayOf(line.time));
        put(this.day(line.time));
      }
      const row = this.row(line);
      row.update(line, { first: !together(before, line), last: !together(line, after), open: line === offer, state: stateOf(line, this.chat, this.texts), progress: this.chat.progress.get(line.key) });
      put(row.element);
    });
    for (const [name, element] of this.days) if (!days.has(name)) { element.remove(); this.days.delete(name); }
  }

  forget(key, row) {
    row.element.remove();
    this.rows.delete(key);
  }

  row(line) {
    if (!this.rows.has(line.key)) {
      const act = { choose: (of, choice) => this.choose(of, choice), again: (entry) => this.chat.again(entry), edit: (entry) => this.edit(entry), cancel: (entry) => this.chat.drop(entry),
        load: (file) => this.chat.load(file), open: async (file) => save(await this.chat.load(file), file.name), drawn: (work) => this.drawn(work) };
      this.rows.set(line.key, new Row(line, { texts: this.texts, language: this.language, base: this.base, act }));
    }
    return this.rows.get(line.key);
  }

  day(time) {
    const name = dayOf(time);
    if (!this.days.has(name)) this.days.set(name, h('li', { class: 'day' }, h('span', {}, dayName(time, this.texts, this.language))));
    return this.days.get(name);
  }

  // A choice can be taken until the customer answers or an agent takes over; leaving the queue, while they wait in it.
  openOffer(lines) {
    const { owner } = this.chat;
    const answered = (index) => lines.slice(index + 1).some((later) => later.author === 'customer');
    return lines.findLast((line, index) => line.choices?.length && (line.author === 'system' && owner === 'queue'
      ? true : !answered(index) && (owner !== 'agent' || line.author === 'agent')));
  }

  showAround(lines) {
    const { chat, texts } = this;
    setText(this.sub, answering(chat, texts));
    const down = chat.net !== 'live';
    setText(this.net, down ? (navigator.onLine === false ? texts.offline : texts.reconnecting) : '');
    const name = chat.owner === 'agent' ? agentName(chat) || texts.team : texts.assistant;
    setText(this.typing, chat.typing && !down ? fill(texts.typing, { name }) : '');
    this.element.classList.toggle('is-typing', this.typing.textContent !== '');
    if (chat.language && this.list.lang !== chat.language) this.list.lang = chat.language;
    this.expired.hidden = !chat.ended;
    this.starters.hidden = lines.length > 0;
    this.composer.ask(lines.findLast((line) => line.author === 'bot' || line.author === 'customer')?.asks || null);
  }

  get atEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_END;
  }

  scrolled() {
    this.stay = this.atEnd;
    if (!this.stay) return;
    this.newer.hidden = true;
    this.seen = this.list.lastElementChild?.dataset.key;
  }

  toEnd() {
    this.log.scrollTop = this.rows.size ? this.log.scrollHeight : 0;
    this.newer.hidden = true;
    this.seen = this.list.lastElementChild?.dataset.key;
  }
}

function setText(element, words) {
  if (element.textContent !== words) element.textContent = words;
}
