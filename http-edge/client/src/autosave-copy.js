// The local copy of a document that the server does not have yet. What changes while one is being written is in the next: however fast somebody types, one is on its way.

/** @typedef {{ value: unknown, version: string | null, sent: string | null }} Copy `version` it was made from; `sent`: text of a write that may have been done, if any */

const KEY = 'copy';

export class LocalCopy {
  #store; #failed;
  #isThere = false;
  /** @type {(() => Copy) | 'none' | null} what is to be there, once what is on its way is */ #next = null;
  /** @type {Promise<void> | null} */ #writing = null;

  /** @param {import('./store/store.js').Store | null} store null: there is none @param {(error: unknown) => void} failed */
  constructor(store, failed) {
    this.#store = store;
    this.#failed = failed;
  }

  /** @returns {Promise<Copy | null>} */
  async open() {
    try {
      const copy = /** @type {Copy | undefined} */ ((await this.#store?.open())?.get(KEY));
      this.#isThere = copy !== undefined;
      return copy ?? null;
    } catch (e) {
      this.#store = null; // the document works without one
      this.#failed(e);
      return null;
    }
  }

  /** The copy is asked for when it can be written. @param {() => Copy} copy @param {boolean} now in this turn, whatever is on its way: there may be no other */
  keep(copy, now = false) {
    this.#next = copy;
    this.#write(now);
  }

  drop() {
    if (!this.#isThere && this.#next === null && this.#writing === null) return;
    this.#next = 'none';
    this.#write();
  }

  /** Once what was asked for so far is there, or has failed. */
  async settled() {
    while (this.#writing) await this.#writing;
  }

  async close() {
    await this.settled();
    await this.#store?.close();
  }

  #write(now = false) {
    const store = this.#store;
    const next = this.#next;
    if ((this.#writing && !now) || next === null || store === null) return;
    this.#next = null;
    this.#isThere = next !== 'none';
    const write = store.write(next === 'none' ? { delete: [KEY] } : { put: { [KEY]: next() } }).catch(this.#failed);
    const all = Promise.all([this.#writing, write]).then(() => {
      if (this.#writing !== all) return; // another one was urgent
      this.#writing = null;
      this.#write();
    });
    this.#writing = all;
  }
}

/** For a store with a place per tab: takes a copy that was left behind, unless there is one here. @type {import('./store/indexeddb.js').Salvage} */
export const salvageCopy = (left, kept) => (kept.has(KEY) || !left.has(KEY) ? {} : { put: { [KEY]: left.get(KEY) }, delete: [KEY] });
