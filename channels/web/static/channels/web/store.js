// What the browser keeps between pages and shares between tabs. Where storage is forbidden, memory takes its place.
export class Store {
  constructor(base) {
    this.prefix = `postventa:${base}:`;
    this.memory = {};
    this.heard = [];
    addEventListener('storage', (event) => {
      if (event.key === null || event.key.startsWith(this.prefix)) {
        const name = event.key === null ? '' : event.key.slice(this.prefix.length);
        this.heard.forEach((listener) => listener(name));
      }
    });
  }

  get(name, otherwise = null) {
    try {
      const kept = localStorage.getItem(this.prefix + name);
      return kept === null ? (this.memory[name] ?? otherwise) : JSON.parse(kept);
    } catch {
      return this.memory[name] ?? otherwise;
    }
  }

  set(name, value) {
    delete this.memory[name];
    try {
      if (value === null) localStorage.removeItem(this.prefix + name);
      else localStorage.setItem(this.prefix + name, JSON.stringify(value));
    } catch {
      if (value !== null) this.memory[name] = value;
    }
  }

  // The values kept under names that begin with `start`.
  list(start) {
    const names = new Set(Object.keys(this.memory));
    try {
      Object.keys(localStorage).forEach((key) => key.startsWith(this.prefix) && names.add(key.slice(this.prefix.length)));
    } catch { /* memory only */ }
    return [...names].filter((name) => name.startsWith(start)).map((name) => this.get(name)).filter(Boolean);
  }

  // Listeners hear only what other tabs wrote.
  onOthers(listener) {
    this.heard.push(listener);
  }
}

// One tab at a time where the browser has locks; elsewhere the server's own bookkeeping keeps things single.
export const alone = (name, work, signal) =>
  navigator.locks ? navigator.locks.request(name, signal ? { signal } : {}, work) : work();

// The same, but a tab that is frozen while it holds the lock is waited for no longer than this.
export async function aloneSoon(name, work, milliseconds = 4000) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), milliseconds);
  const begun = () => {
    clearTimeout(timer);
    return work();
  };
  try {
    return await alone(name, begun, patience.signal);
  } catch (error) {
    if (error?.name !== 'AbortError') throw error;
    return work();
  }
}
