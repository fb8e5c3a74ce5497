// The way of one tree's operations to the server: what is saved while a call is on its way goes with the next one, so that many small changes are few calls, in their order.

import { SkeinError } from '../errors.js';

/** @typedef {import('../spaces.js').TreeOp} TreeOp */
/** @typedef {{ left: number, error: any, resolve: () => void, reject: (error: unknown) => void }} Save */
/** @typedef {{ op: TreeOp, text: string, save: Save, apart: object | null }} Waiting `apart`: goes with none but those that have the same */

const MAX_BATCH_OPS = 1_000;
/** Characters of JSON; a frame of the wire has a mebibyte. */
const MAX_BATCH_LENGTH = 256 << 10;
const MAX_QUEUED_OPS = 200_000;

export class Sending {
  /** @type {Waiting[]} */
  #queue = [];
  #send; #isBusy = false;

  /** @param {(ops: TreeOp[]) => Promise<unknown>} send resolves once the server has them durably */
  constructor(send) { this.#send = send; }

  /** Resolves once the server has all of them; if it refuses some it has the others, and this rejects with the first refusal. @param {readonly TreeOp[]} ops @returns {Promise<void>} */
  save(ops) {
    if (ops.length === 0) return Promise.resolve();
    if (this.#queue.length + ops.length > MAX_QUEUED_OPS) {
      return Promise.reject(new SkeinError('overloaded', `${MAX_QUEUED_OPS} operations wait to be sent; these are not sent`, { reason: 'queue_full' }));
    }
    return new Promise((resolve, reject) => {
      const save = { left: ops.length, error: null, resolve, reject };
      for (const op of ops) this.#queue.push({ op, text: JSON.stringify(op), save, apart: null });
      void this.#pump();
    });
  }

  async #pump() {
    if (this.#isBusy) return;
    this.#isBusy = true;
    while (this.#queue.length > 0) {
      const batch = this.#next();
      try {
        await this.#send(batch.map(({ op }) => op));
        for (const { save } of batch) settle(save, null);
      } catch (error) {
        this.#failed(batch, error);
      }
    }
    this.#isBusy = false;
  }

  #next() {
    const { apart } = this.#queue[0];
    let [count, length] = [0, 0];
    for (const next of this.#queue) {
      if (count === MAX_BATCH_OPS || next.apart !== apart || (count > 0 && length + next.text.length > MAX_BATCH_LENGTH)) break;
      length += next.text.length;
      count++;
    }
    return this.#queue.splice(0, count);
  }

  /** @param {Waiting[]} batch @param {any} error */
  #failed(batch, error) {
    if (error?.code !== 'rejected') {
      const saves = new Set(batch.map(({ save }) => save));
      for (const save of saves) save.reject(error);
      this.#queue = this.#queue.filter(({ save }) => !saves.has(save));
      return;
    }
    const parts = partsOf(batch, error);
    if (parts.length === 1) {
      for (const { save } of batch) settle(save, error);
      return;
    }
    // One of them cannot be; the others are sent without it.
    this.#queue.unshift(...parts.flatMap((part) => {
      const apart = {};
      return part.map((waiting) => ({ ...waiting, apart }));
    }));
  }
}

/** What a refused batch is sent as instead, to find what is refused: saves, then halves; peers, where it is a peer. One part: all of it is refused. @param {Waiting[]} batch @param {any} error @returns {Waiting[][]} */
function partsOf(batch, error) {
  const by = error.reason === 'peer_taken' ? (/** @type {Waiting} */ { op }) => op.id.peerId : (/** @type {Waiting} */ { save }) => save;
  /** @type {Map<unknown, Waiting[]>} */
  const parts = new Map();
  for (const waiting of batch) parts.set(by(waiting), [...(parts.get(by(waiting)) ?? []), waiting]);
  if (parts.size > 1 || batch.length === 1 || error.reason === 'peer_taken') return [...parts.values()];
  const half = batch.length >> 1;
  return [batch.slice(0, half), batch.slice(half)];
}

/** @param {Save} save @param {any} error */
function settle(save, error) {
  save.error ??= error;
  if (--save.left > 0) return;
  if (save.error) save.reject(save.error);
  else save.resolve();
}
