// A clock that goes on when a test says so.

export class ManualClock {
  #now = 1_000_000; #timers = new Map(); #ids = 0;

  now = () => this.#now;
  setTimeout = (action, delay) => {
    this.#timers.set(++this.#ids, { at: this.#now + delay, action });
    return this.#ids;
  };
  clearTimeout = (id) => { this.#timers.delete(id); };

  /** Timers that wait. */
  get size() { return this.#timers.size; }

  /** Lets time pass; between two timers all promises that can go on do. */
  async pass(ms) {
    const until = this.#now + ms;
    await settle();
    for (;;) {
      const [next] = [...this.#timers].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at);
      if (next === undefined) break;
      const [id, { at, action }] = next;
      this.#timers.delete(id);
      this.#now = Math.max(this.#now, at);
      action();
      await settle();
    }
    this.#now = until;
  }
}

/** Once everything that waits for nothing from outside is done. */
export const settle = () => new Promise((resolve) => setImmediate(resolve));
