// Where the customer writes: grows with the text, keeps the draft, and brings up the right keyboard for what is asked.
import { h, icon, ICONS } from './dom.js';
import { fill } from './texts.js';

export const LONGEST = 8000;
const TALLEST = 5;
const plain = { autocapitalize: 'none', spellcheck: 'false' };
const KEYBOARDS = {
  order_number: { inputmode: 'text', autocomplete: 'off', autocapitalize: 'characters', spellcheck: 'false' },
  email: { inputmode: 'email', autocomplete: 'email', ...plain },
  phone: { inputmode: 'tel', autocomplete: 'tel', ...plain },
  address: { inputmode: 'text', autocomplete: 'street-address', autocapitalize: 'words', spellcheck: 'false' },
  rating: { inputmode: 'numeric', autocomplete: 'off', ...plain },
};
const USUAL = { inputmode: 'text', autocomplete: 'off', autocapitalize: 'sentences', spellcheck: 'true' };

export class Composer {
  constructor({ texts, store, say }) {
    Object.assign(this, { texts, store, say });
    this.input = h('textarea', {
      id: 'write', rows: '1', enterkeyhint: 'send', dir: 'auto', placeholder: texts.write,
      'aria-describedby': 'trouble', oninput: () => this.changed(), onkeydown: (event) => this.pressed(event),
    });
    this.button = h('button', { type: 'submit', class: 'send', 'aria-label': texts.send, title: texts.send }, icon(ICONS.send));
    this.label = h('label', { for: 'write', class: 'vh' }, texts.write);
    this.trouble = h('p', { id: 'trouble', class: 'trouble', role: 'alert' });
    this.element = h('form', { class: 'composer', onsubmit: (event) => this.submit(event) }, this.label, this.trouble, this.input, this.button);
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
    const words = long ? fill(this.texts.too_long, { n: LONGEST.toLocaleString(this.element.lang || undefined) }) : '';
    if (this.trouble.textContent !== words) this.trouble.textContent = words;
    this.input.setAttribute('aria-invalid', String(long));
    this.button.disabled = long || !this.input.value.trim();
  }

  // By rows, because a height would need an inline style.
  grow() {
    const { input } = this;
    input.rows = 1;
    while (input.rows < TALLEST && input.scrollHeight > input.clientHeight + 2) input.rows += 1;
  }

  submit(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    if (!text || text.length > LONGEST) return;
    this.input.value = '';
    this.changed();
    this.say({ text });
  }

  // Gives back a message that could not be sent, before whatever is being written.
  restore(text) {
    this.input.value = [text, this.input.value].filter(Boolean).join('\n');
    this.changed();
    this.input.focus();
  }

  ask(slot) {
    if (this.slot === slot) return;
    this.slot = slot;
    for (const [name, value] of Object.entries(KEYBOARDS[slot] || USUAL)) this.input.setAttribute(name, value);
    const words = this.texts.asks[slot] || this.texts.write;
    this.input.placeholder = words;
    this.label.textContent = words;
    this.changed();
  }
}
