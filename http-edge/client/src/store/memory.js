// A store that lives as long as its object: for tests, for servers that need no disk, and where a browser allows none.

import { Kept, StoreError, prepare } from './batch.js';

export { StoreError };

const MAX_SIZE = 64 << 20;

/** @implements {import('./batch.js').Store} */
export class MemoryStore {
  #kept = new Kept(); #open = false; #maxSize;

  /** @param {import('./memory.js').MemoryStoreOptions} [options] */
  constructor({ maxSize = MAX_SIZE } = {}) {
    this.#maxSize = maxSize;
  }

  async open() {
    this.#open = true;
    return this.#kept.values();
  }

  /** @param {import('./batch.js').Batch} batch */
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
