// A store in memory: what was kept lives as long as the object.

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./store.js').StoreBatch} StoreBatch */

/** @implements {Store} */
export class MemoryStore {
  /** @type {Map<string, string>} key → JSON text: a copy, as a real store makes one */
  #kept = new Map();
  #isOpen = false;

  /** @param {Iterable<[string, unknown]>} [kept] */
  constructor(kept = []) {
    for (const [key, value] of kept) this.#kept.set(key, JSON.stringify(value));
  }

  /** @returns {Promise<Map<string, unknown>>} */
  async open() {
    if (this.#isOpen) throw new Error('this store is open already');
    this.#isOpen = true;
    return new Map([...this.#kept].map(([key, text]) => [key, JSON.parse(text)]));
  }

  /** @param {StoreBatch} batch */
  async write({ clear = false, put = {}, delete: gone = [] }) {
    if (!this.#isOpen) throw new Error('this store is not open');
    const texts = Object.entries(put).map(([key, value]) => /** @type {const} */ ([key, JSON.stringify(value)])); // all of it, or an error and nothing
    if (clear) this.#kept.clear();
    for (const [key, text] of texts) this.#kept.set(key, text);
    for (const key of gone) this.#kept.delete(key);
  }

  async close() { this.#isOpen = false; }
}
