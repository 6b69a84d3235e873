// Files on their way out. They are kept in the browser's own database, so that they outlive a reload and whichever tab
// sends next has them; where there is none, in memory.
import { h } from './dom.js';

const SIDE = 240;

export class Files {
  constructor(name) {
    this.memory = new Map();
    this.database = new Promise((resolve, reject) => {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore('files');
      request.onsuccess = () => resolve(request.result);
      request.onerror = reject;
    }).catch(() => null);
  }

  async put(key, file) {
    this.memory.set(key, file);
    await this.run('readwrite', (store) => store.put(file, key));
  }

  async get(key) {
    return this.memory.get(key) || this.run('readonly', (store) => store.get(key));
  }

  drop(key) {
    this.memory.delete(key);
    return this.run('readwrite', (store) => store.delete(key));
  }

  async run(mode, work) {
    const database = await this.database;
    if (!database) return undefined;
    return new Promise((resolve) => {
      try {
        const request = work(database.transaction('files', mode).objectStore('files'));
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => resolve(undefined);
      } catch {
        resolve(undefined);
      }
    });
  }
}

// A small picture of a file, drawn rather than linked: the page's rules about images do not touch a canvas.
export async function draw(canvas, file) {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, SIDE / Math.max(bitmap.width, bitmap.height));
  canvas.width = Math.max(1, bitmap.width * scale);
  canvas.height = Math.max(1, bitmap.height * scale);
  canvas.getContext('2d').drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
}

export function save(file, name) {
  const address = URL.createObjectURL(file);
  h('a', { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

export const isPicture = (file) => /^image\//.test(file.type || file.mime || '') || file.kind === 'image';

export function sizeOf(bytes, language) {
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, 'kilobyte'] : [bytes / 1e6, 'megabyte'];
  return new Intl.NumberFormat(language, { style: 'unit', unit, maximumFractionDigits: unit === 'kilobyte' ? 0 : 1 }).format(value);
}
