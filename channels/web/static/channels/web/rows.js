// One message as an element, and its later changes. An element is never rebuilt: screen readers would read it again.
import { h, icon, ICONS, link, linked, webAddress } from './dom.js';
import { draw, isPicture, sizeOf } from './files.js';
import { fill } from './texts.js';

const GROUP = 3 * 60 * 1000;

export const dayOf = (time) => time.toDateString();

export function dayName(time, texts, language) {
  const now = new Date();
  if (dayOf(time) === dayOf(now)) return texts.today;
  now.setDate(now.getDate() - 1);
  if (dayOf(time) === dayOf(now)) return texts.yesterday;
  const name = time.toLocaleDateString(language, { weekday: 'long', day: 'numeric', month: 'long' });
  return name[0].toLocaleUpperCase(language) + name.slice(1);
}

// The plain view of a row, whether it is stored or still on its way.
export function shown({ key, message, entry }) {
  if (message) return { key, ...message, time: new Date(message.created_at) };
  const text = entry.label || entry.text;
  return { key, entry, author: 'customer', text, choices: [], citations: [], attachments: entry.files || [], time: new Date(entry.at) };
}

export function together(one, other) {
  return Boolean(one && other) && one.author === other.author && (one.name || '') === (other.name || '') &&
    Math.abs(other.time - one.time) < GROUP && dayOf(one.time) === dayOf(other.time);
}

export class Row {
  // act: {choose(message, choice), again(entry), edit(entry), cancel(entry), load(file), open(file), drawn(work)}
  constructor(line, { texts, language, base, act }) {
    Object.assign(this, { texts, language, base, act });
    const who = { customer: texts.you, bot: texts.assistant, agent: line.name || texts.team, system: texts.notice }[line.author];
    this.who = h('span', { class: 'who' }, who);
    this.meta = h('span', { class: 'meta' });
    this.element = h('li', { class: `row ${line.author}`, 'data-key': line.key }, this.who, this.bubble(line), this.meta);
    this.choices = null;
  }

  bubble(line) {
    const hint = this.texts.opens_new;
    const files = (line.attachments || []).map((file) => this.file(file));
    return h(
      'div', { class: 'bubble', dir: 'auto' },
      line.text && h('div', { class: 'text' }, ...linked(line.text, hint)),
      ...files,
      line.citations?.length ? this.sources(line.citations) : null,
    );
  }

  file(file) {
    const name = file.name || this.texts.file;
    if (file.state && file.state !== 'kept') return h('span', { class: 'file' }, icon(ICONS.file), name);
    const size = file.size ? h('span', { class: 'size', dir: 'auto' }, sizeOf(file.size, this.language)) : null;
    const say = h('span', { class: 'vh' }, `${this.texts.open} `);
    const button = h('button', { type: 'button', class: 'file', title: name, onclick: () => this.act.open(file) }, say);
    const plain = () => button.replaceChildren(...[say, icon(ICONS.file), h('span', { class: 'name', dir: 'auto' }, name), size].filter(Boolean));
    if (isPicture(file)) {
      const canvas = h('canvas', { 'aria-hidden': 'true' });
      say.append(name);
      button.append(canvas);
      this.act.drawn(async () => draw(canvas, await this.act.load(file))).catch(plain);
    } else plain();
    return button;
  }

  sources(citations) {
    const items = citations.map((citation) => {
      const address = webAddress(citation.url, this.base);
      const name = citation.title || citation.slug;
      return h('li', {}, icon(ICONS.page), address ? link(address, name, this.texts.opens_new) : name);
    });
    return h('div', { class: 'sources' }, h('span', { class: 'label' }, this.texts.sources), h('ul', {}, ...items));
  }

  // first and last of its group, whether its choices can still be taken, and what became of its sending
  update(line, { first, last, open, state, progress }) {
    this.element.classList.toggle('first', first);
    this.element.classList.toggle('last', last);
    this.who.classList.toggle('vh', !first || line.author === 'customer' || line.author === 'system');
    this.showChoices(line, open);
    const failed = Boolean(line.entry?.failed);
    const time = line.time.toLocaleTimeString(this.language, { hour: '2-digit', minute: '2-digit' });
    const words = failed ? '' : [last || state !== this.texts.delivered ? time : '', state].filter(Boolean).join(' · ');
    this.meta.hidden = !failed && !last && (!state || state === this.texts.delivered);
    if (failed) this.showFailure(line.entry);
    else if (progress !== undefined) this.showProgress(line.entry, progress);
    else if (this.meta.textContent !== words) this.meta.replaceChildren(words);
  }

  showProgress(entry, part) {
    let bar = this.meta.querySelector('progress');
    if (!bar) {
      bar = h('progress', { max: '1', 'aria-label': this.texts.uploading });
      this.meta.replaceChildren(bar, h('button', { type: 'button', onclick: () => this.act.cancel(entry) }, this.texts.cancel));
    }
    bar.value = part;
  }

  showFailure(entry) {
    if (this.meta.querySelector('.bad')) return;
    this.meta.replaceChildren(
      h('span', { class: 'bad', dir: 'auto' }, [this.texts.failed, entry.failed === 'lost' ? this.texts.lost : entry.words].filter(Boolean).join(' ')),
      h('button', { type: 'button', onclick: () => this.act.again(entry) }, this.texts.again),
      h('button', { type: 'button', onclick: () => this.act.edit(entry) }, this.texts.edit),
    );
  }

  showChoices(line, open) {
    if (open && !this.choices) {
      const buttons = line.choices.map((choice) =>
        h('button', { type: 'button', dir: 'auto', onclick: () => this.act.choose(line, choice) }, choice.label));
      this.choices = h('div', { class: 'choices', role: 'group', 'aria-label': this.texts.choices }, ...buttons);
      this.element.append(this.choices);
    }
    if (this.choices) this.choices.hidden = !open;
  }
}

export function stateOf(line, chat, texts) {
  if (line.author !== 'customer') return '';
  if (line.entry) return chat.net === 'live' ? texts.sending : texts.waiting;
  return line.seq <= chat.read ? texts.read : texts.delivered;
}

export function answering(chat, texts) {
  if (chat.moved) return fill(texts.moved, { channel: texts.channels[chat.moved] || chat.moved });
  if (chat.status === 'resolved') return texts.resolved;
  if (chat.owner === 'queue') return texts.by_queue;
  if (chat.owner !== 'agent') return texts.by_bot;
  const name = agentName(chat);
  return name ? fill(texts.by_agent_named, { name }) : texts.by_agent;
}

export function agentName(chat) {
  const lines = [...chat.messages.values()].filter((message) => message.author === 'agent' && message.name);
  return lines.sort((one, other) => other.seq - one.seq)[0]?.name || '';
}
