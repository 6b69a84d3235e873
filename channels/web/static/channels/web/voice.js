// Dictating instead of typing, where the browser can: what is heard lands in the composer, and nothing is sent by itself.
// https://webaudio.github.io/web-speech-api/
const Recognition = window.SpeechRecognition || window.webkitSpeechRecognition;

export class Voice {
  static for(composer, language) {
    return Recognition ? new Voice(composer, language) : null;
  }

  constructor(composer, language) {
    Object.assign(this, { composer, language, on: false });
  }

  toggle() {
    if (this.on) this.stop();
    else this.start().catch(() => this.ended('failed'));
  }

  async start() {
    const { composer, language } = this;
    this.set(true);
    const before = composer.input.value;
    const hearing = new Recognition();
    this.hearing = hearing;
    hearing.lang = language;
    hearing.interimResults = true;
    // A browser that understands speech by itself need not send the voice to its maker.
    const here = await Recognition.available?.({ langs: [language], processLocally: true }).catch(() => '');
    if (here === 'available') hearing.processLocally = true;
    if (!this.on) return;
    hearing.onresult = ({ results }) => {
      const heard = [...results].map((result) => result[0].transcript).join('');
      composer.input.value = [before, heard.trim()].filter(Boolean).join(' ');
      composer.changed();
    };
    hearing.onerror = ({ error }) => this.ended(error);
    hearing.onend = () => this.ended();
    hearing.start();
  }

  stop() {
    if (this.on) this.hearing?.stop();
  }

  ended(error) {
    if (!this.on) return;
    const { composer } = this;
    const focused = composer.mic.matches(':focus');
    this.set(false);
    if (error && !/aborted|no-speech/.test(error)) {
      composer.complain(error === 'not-allowed' ? composer.texts.no_microphone : composer.texts.not_heard);
    }
    if (focused && composer.mic.hidden) composer.input.focus();
  }

  set(on) {
    const { mic, texts } = this.composer;
    const words = on ? texts.stop_dictating : texts.dictate;
    this.on = on;
    mic.setAttribute('aria-pressed', String(on));
    mic.title = words;
    this.composer.changed();
    this.composer.said.textContent = on ? texts.listening : '';
  }
}
