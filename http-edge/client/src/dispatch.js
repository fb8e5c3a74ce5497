// Telling listeners, in order and one thing after another.

/** @typedef {() => void} Stop */

/** Those who listen to one thing. */
export class Listeners {
  /** @type {Set<(told?: any) => void>} */
  #all = new Set();

  get size() { return this.#all.size; }

  /** @param {(told?: any) => void} listener @returns {Stop} */
  add(listener) {
    const own = (/** @type {any} */ told) => listener(told); // the same function twice is two listeners
    this.#all.add(own);
    return () => void this.#all.delete(own);
  }

  /** @param {any} [told] */
  tell(told) {
    for (const listener of [...this.#all]) {
      if (!this.#all.has(listener)) continue; // stopped by one before it
      // A listener's mistake must not leave a transaction half told.
      try { listener(told); } catch (e) { queueMicrotask(() => { throw e; }); }
    }
  }
}

/** Tells one thing after another: what a listener sets off is told once everybody has heard of what came before. */
export class Dispatcher {
  /** @type {(() => void)[]} */
  #waiting = [];
  #isTelling = false;

  /** @param {(() => void)[]} tellings */
  tell(tellings) {
    this.#waiting.push(...tellings);
    if (this.#isTelling) return;
    this.#isTelling = true;
    try {
      for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) next();
    } finally {
      this.#isTelling = false;
    }
  }
}
