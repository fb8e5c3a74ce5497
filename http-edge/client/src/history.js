// Undo and redo of own changes, by calls that undo them.

import { Listeners } from './dispatch.js';

/** @typedef {{ reducer: string, args: any, effect?: any, inverse?: any }} Doing */
/** @typedef {{ doings: Doing[], undoings: { reducer: string, args: any }[], group: string | undefined }} Entry */

/** Calls that are undone together. */
const MAX_GROUP = 1_000;
const NEITHER = Object.freeze({ canUndo: false, canRedo: false });

export class History {
  /** @type {Entry[]} */
  #done = [];
  /** @type {Entry[]} */
  #undone = [];
  /** @type {{ readonly canUndo: boolean, readonly canRedo: boolean }} */
  #snapshot = NEITHER;
  #listeners = new Listeners();
  #call;
  #max;

  /**
   * @param {(doing: Doing, as: 'undo' | 'redo') => Promise<any>} call
   * @param {number} max entries
   */
  constructor(call, max) {
    this.#call = call;
    this.#max = max;
  }

  get canUndo() { return this.#done.length > 0; }
  get canRedo() { return this.#undone.length > 0; }
  snapshot() { return this.#snapshot; }
  /** @param {() => void} listener */
  subscribe(listener) { return this.#listeners.add(listener); }

  /**
   * A call that was made; answers how to take it out again where it is refused.
   * @param {Doing} doing
   * @param {{ reducer: string, args: any }[]} undoings
   * @param {{ group?: string, redo?: Entry }} how
   */
  record(doing, undoings, { group, redo }) {
    const last = this.#done.at(-1);
    let entry = last && (redo ? last === redo : group !== undefined && last.group === group && last.doings.length < MAX_GROUP) ? last : null;
    if (!entry) {
      entry = redo ?? { doings: [], undoings: [], group };
      this.#done.push(entry);
      if (this.#done.length > this.#max) this.#done.shift();
    }
    if (!redo) this.#undone = [];
    entry.doings.push(doing);
    entry.undoings.unshift(...undoings);
    this.#changed();
    const own = entry;
    return () => {
      own.doings = own.doings.filter((one) => one !== doing);
      own.undoings = own.undoings.filter((one) => !undoings.includes(one));
      const isGone = (/** @type {Entry} */ one) => one === own && own.doings.length === 0;
      this.#done = this.#done.filter((one) => !isGone(one));
      this.#undone = this.#undone.filter((one) => !isGone(one));
      this.#changed();
    };
  }

  async undo() {
    const entry = this.#done.pop();
    if (!entry) return false;
    const { undoings } = entry;
    this.#undone.push(entry);
    this.#changed();
    try {
      await together(undoings.map((one) => this.#call(one, 'undo')));
    } catch (error) {
      this.#undone = this.#undone.filter((one) => one !== entry);
      this.#changed();
      throw error;
    }
    return true;
  }

  async redo() {
    const entry = this.#undone.pop();
    if (!entry) return false;
    const { doings } = entry;
    Object.assign(entry, { doings: [], undoings: [] });
    this.redoing = entry;
    try {
      const calls = doings.map((one) => this.#call(one, 'redo')); // recorded again as they are made, with what undoes them now
      this.redoing = null;
      await together(calls);
    } finally {
      this.redoing = null;
      this.#changed();
    }
    return true;
  }

  /** @type {Entry | null} The change that is being done again. */
  redoing = null;

  clear() {
    [this.#done, this.#undone] = [[], []];
    this.#changed();
  }

  #changed() {
    const { canUndo, canRedo } = this;
    if (this.#snapshot.canUndo === canUndo && this.#snapshot.canRedo === canRedo) return;
    this.#snapshot = Object.freeze({ canUndo, canRedo });
    this.#listeners.tell();
  }
}

/** All of them, and then the first failure if there is one. @param {Promise<any>[]} calls */
async function together(calls) {
  const failed = (await Promise.allSettled(calls)).find((one) => one.status === 'rejected');
  if (failed) throw /** @type {PromiseRejectedResult} */ (failed).reason;
}

/**
 * Effects and inverses of reducers that only put or remove whole rows; see index.d.ts.
 * @param {string} table
 * @param {{ put?: string, remove?: string, key: readonly string[], defaults?: object }} reducers
 */
export function rowReducers(table, { put, remove, key, defaults = {} }) {
  const keyOf = (/** @type {any} */ args) => (key.length === 1 ? args[key[0]] : key.map((column) => args[column]));
  const keyArgs = (/** @type {any} */ row) => Object.fromEntries(key.map((column) => [column, row[column]]));
  /** @type {Record<string, any>} */
  const effects = {};
  /** @type {Record<string, any>} */
  const inverses = {};
  if (put) {
    effects[put] = (/** @type {any} */ draft, /** @type {any} */ args) => draft.table(table).put({ ...defaults, ...draft.table(table).get(keyOf(args)), ...args });
    inverses[put] = (/** @type {any} */ args, /** @type {any} */ rows) => {
      const before = rows.table(table).get(keyOf(args));
      if (before) return { reducer: put, args: before };
      return remove ? { reducer: remove, args: keyArgs(args) } : null;
    };
  }
  if (remove) {
    effects[remove] = (/** @type {any} */ draft, /** @type {any} */ args) => draft.table(table).delete(keyOf(args));
    inverses[remove] = (/** @type {any} */ args, /** @type {any} */ rows) => {
      const before = rows.table(table).get(keyOf(args));
      return before && put ? { reducer: put, args: before } : null;
    };
  }
  return { effects, inverses };
}
