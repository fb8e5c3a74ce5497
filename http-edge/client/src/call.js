// A call until its outcome.

import { bytesOf } from './values.js';

/** @typedef {import('./index.d.ts').Outcome} Outcome */
/** @typedef {import('./errors.js').SkeinError} SkeinError */

export class Call {
  /** @type {number | null} when it was first sent; null: the server cannot have heard of it */
  sentAt = null;
  /** The `seq` and epoch of the workspace then. */
  sentSeq = 0;
  /** @type {string | null} */
  sentEpoch = null;
  /** The connection on which it was sent last; 0: none. */
  sentOn = 0;
  attempts = 0;
  isSettled = false;
  /** Whether it was sent on an earlier connection, so that its transaction may come without its outcome. */
  isResent = false;
  /** Whether its transaction is taken to be in already, though its outcome is not: its effect is laid aside. */
  isPresumed = false;
  /** @type {number | null} its outcome is known, its transaction is still to come */
  landsAt = null;
  /** @type {((draft: any, args: any) => void) | null} */
  effect = null;
  /** @type {import('./draft.js').Write[]} what its effect wrote last */
  writes = [];
  /** Whether its record as one that was never sent may be in the store. */
  isKeptUnsent = false;
  /** @type {(outcome: Outcome) => void} */
  resolve = () => {};
  /** @type {(error: SkeinError) => void} */
  reject = () => {};

  /**
   * @param {number} id
   * @param {{ key: string, reducer: string, args: any, expect?: unknown }} what
   * @param {{ restored?: boolean, order?: number }} [more] `order`: its place in the store
   */
  constructor(id, { key, reducer, args, expect }, { restored = false, order = id } = {}) {
    this.id = id;
    this.key = key;
    this.reducer = reducer;
    this.args = args;
    this.expect = expect;
    this.restored = restored;
    this.order = order;
    this.text = JSON.stringify({ type: 'call', reducer, args, key, expect, id });
    this.bytes = bytesOf(this.text);
  }

  get showsEffect() { return !this.isPresumed && (this.effect !== null || this.writes.length > 0); }

  /** @returns {import('./index.d.ts').KeptCall} */
  get kept() { return { key: this.key, reducer: this.reducer, args: this.args, sent: this.sentAt !== null }; }
}
