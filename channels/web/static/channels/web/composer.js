// Where the customer writes: grows with the text, keeps the draft, brings up the right keyboard for what is asked, and
// holds what is to be sent along.
import { h, icon, ICONS } from './dom.js';
import { draw, isPicture, sizeOf } from './files.js';
import { fill } from './texts.js';
import { Voice } from './voice.js';

export const LONGEST = 8000;
const TALLEST = 5;
const MOST_FILES = 10;
const TAKEN = 'image/*,application/pdf,text/plain,audio/*,video/*';
const plain = { autocapitalize: 'none', spellcheck: 'false' };
const digits = { inputmode: 'numeric', autocomplete: 'off', ...plain };
const KEYBOARDS = {
  order_number: digits,
  email: { inputmode: 'email', autocomplete: 'email', ...plain },
  phone: { inputmode: 'tel', autocomplete: 'tel', ...plain },
  address: { inputmode: 'text', autocomplete: 'street-address', autocapitalize: 'words', spellcheck: 'false' },
  postcode: { ...digits, autocomplete: 'postal-code' },
  name: { inputmode: 'text', autocomplete: 'name', autocapitalize: 'words', spellcheck: 'false' },
  code: { ...digits, autocomplete: 'one-time-code' },
  date: digits,
  quantity: digits,
  rating: digits,
};
const USUAL = { inputmode: 'text', autocomplete: 'off', autocapitalize: 'sentences', spellcheck: 'true' };

export class Composer {
  // say({text, files}), typed(), largest(): bytes
  constructor({ texts, store, language, options, say, typed, largest }) {
    Object.assign(this, { texts, store, language, say, typed, largest });
    this.attached = [];
    this.input = h('textarea', {
      id: 'write', rows: '1', enterkeyhint: 'send', dir: 'auto', placeholder: texts.write, 'aria-describedby': 'trouble',
      oninput: () => { this.changed(); typed(); }, onkeydown: (event) => this.pressed(event),
    });
    const button = (name, words, picture, onclick) => h('button', { type: 'button', class: `tool ${name}`, 'aria-label': words, title: words, onclick }, icon(picture));
    this.send = h('button', { type: 'submit', class: 'tool send', 'aria-label': texts.send, title: texts.send }, icon(ICONS.send));
    this.picker = h('input', { type: 'file', multiple: true, accept: TAKEN, hidden: true, 'aria-label': texts.attach, onchange: () => this.picked() });
    const pick = () => this.picker.click();
    this.voice = options.voice === 'off' ? null : Voice.for(this, language);
    this.mic = this.voice && button('mic', texts.dictate, ICONS.mic, () => this.voice.toggle());
    this.photo = h('button', { type: 'button', class: 'aid', hidden: true, onclick: pick }, icon(ICONS.photo), texts.add_photo);
    this.letters = h('button', { type: 'button', class: 'aid', hidden: true, 'aria-pressed': 'false', onclick: () => this.spell() }, texts.letters);
    this.tray = h('ul', { class: 'tray', 'aria-label': texts.attached });
    this.label = h('label', { for: 'write', class: 'vh' }, texts.write);
    this.trouble = h('p', { id: 'trouble', class: 'trouble', role: 'alert' });
    this.said = h('p', { class: 'vh', role: 'status' });
    this.element = h('form', { class: 'composer', onsubmit: (event) => this.submit(event), onpaste: (event) => this.pasted(event) },
      this.label, this.trouble, this.said, this.tray, this.photo, this.letters, this.picker,
      button('clip', texts.attach, ICONS.file, pick), this.input, this.mic, this.send);
    this.input.value = store.get('draft', '');
    this.ask(null);
  }

  pressed(event) {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) this.submit(event);
  }

  changed() {
    this.store.set('draft', this.input.value || null);
    this.grow();
    const long = this.input.value.trim().length > LONGEST;
    this.complain(long ? fill(this.texts.too_long, { n: LONGEST.toLocaleString(this.language) }) : '');
    this.input.setAttribute('aria-invalid', String(long));
    const ready = Boolean(this.input.value.trim() || this.attached.length);
    this.send.disabled = long || !ready;
    if (!this.mic) return;
    this.mic.hidden = ready && !this.voice.on;
    this.send.hidden = !this.mic.hidden;
  }

  complain(words) {
    if (this.trouble.textContent !== words) this.trouble.textContent = words;
  }

  // By rows, because a height would need an inline style.
  grow() {
    const { input } = this;
    input.rows = 1;
    while (input.rows < TALLEST && input.scrollHeight > input.clientHeight + 2) input.rows += 1;
  }

  submit(event) {
    event.preventDefault();
    this.voice?.stop();
    const text = this.input.value.trim();
    if (!(text || this.attached.length) || text.length > LONGEST) return;
    const files = this.attached.map(({ file }) => file);
    this.input.value = '';
    this.attached = [];
    this.tray.replaceChildren();
    this.changed();
    this.say({ text, files });
  }

  // Gives back a message that could not be sent, before whatever is being written.
  restore(text) {
    this.input.value = [text, this.input.value].filter(Boolean).join('\n');
    this.changed();
    this.input.focus();
  }

  picked() {
    this.attach([...this.picker.files]);
    this.picker.value = '';
    this.input.focus();
  }

  pasted(event) {
    const files = [...event.clipboardData.files];
    if (!files.length) return;
    event.preventDefault();
    this.attach(files);
  }

  attach(files) {
    const { texts } = this;
    const large = files.filter((file) => file.size > this.largest());
    const room = files.filter((file) => !large.includes(file)).slice(0, MOST_FILES - this.attached.length);
    room.forEach((file) => this.show(file));
    this.changed();
    if (room.length) this.said.textContent = fill(texts.added, { name: room.map((file) => file.name).join(', ') });
    if (large.length) this.complain(fill(texts.too_large, { name: large[0].name, size: sizeOf(this.largest(), this.language) }));
    else if (room.length < files.length) this.complain(fill(texts.too_many, { n: MOST_FILES }));
  }

  show(file) {
    const canvas = isPicture(file) && h('canvas', { 'aria-hidden': 'true' });
    if (canvas) draw(canvas, file).catch(() => canvas.replaceWith(icon(ICONS.file)));
    const words = fill(this.texts.remove, { name: file.name });
    const entry = { file };
    const remove = () => {
      this.attached = this.attached.filter((each) => each !== entry);
      item.remove();
      this.changed();
      this.input.focus();
    };
    const item = h('li', {}, canvas || icon(ICONS.file), h('span', { class: 'name', dir: 'auto' }, file.name), h('span', { class: 'size' }, sizeOf(file.size, this.language)),
      h('button', { type: 'button', 'aria-label': words, title: words, onclick: remove }, icon(ICONS.close)));
    this.attached.push(entry);
    this.tray.append(item);
  }

  // Who would rather write a word than the number that is asked for gets the letters back.
  spell() {
    const spelling = this.input.inputMode !== 'text';
    this.input.inputMode = spelling ? 'text' : KEYBOARDS[this.slot].inputmode;
    this.letters.setAttribute('aria-pressed', String(spelling));
    this.input.focus();
  }

  ask(slot) {
    if (this.slot === slot) return;
    this.slot = slot;
    const keyboard = KEYBOARDS[slot] || USUAL;
    for (const [name, value] of Object.entries(keyboard)) this.input.setAttribute(name, value);
    this.letters.hidden = !/numeric|tel/.test(keyboard.inputmode) || !matchMedia('(pointer: coarse)').matches;
    this.letters.setAttribute('aria-pressed', 'false');
    this.photo.hidden = slot !== 'photo';
    const words = this.texts.asks[slot] || this.texts.write;
    this.input.placeholder = words;
    this.label.textContent = words;
    this.changed();
  }
}
