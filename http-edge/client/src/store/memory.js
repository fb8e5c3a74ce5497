// A store that lives as long as its object: for tests, for servers that need no disk, and where a browser allows none.

import { Kept, StoreError, prepare } from './batch.js';

export { StoreError };

const MAX_SIZE = 64 << 20;

/** @typedef {import('./store.js').Store} Store */

/** @implements {Store} */
export class MemoryStore {
  #kept = new Kept(); #open = false; #maxSize;

  /** @param {Iterable<[string, unknown]>} [kept] @param {import('./memory.js').MemoryStoreOptions} [options] */
  constructor(kept = [], { maxSize = MAX_SIZE } = {}) {
    this.#maxSize = maxSize;
    this.#kept.apply(prepare({ put: Object.fromEntries(kept) }));
  }

  async open() {
    if (this.#open) throw new StoreError('held', 'this store is open already');
    this.#open = true;
    return this.#kept.values();
  }

  /** @param {import('./store.js').StoreBatch} batch */
  async write(batch) {
    if (!this.#open) throw new StoreError('closed', 'the store is not open');
    const prepared = prepare(batch);
    if (this.#kept.sizeAfter(prepared) > this.#maxSize) throw new StoreError('quota', `the store holds at most ${this.#maxSize} characters`);
    this.#kept.apply(prepared);
  }

  async close() {
    this.#open = false;
  }
}
