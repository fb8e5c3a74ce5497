// The way of one tree's operations to the server: what is saved while a call is on its way goes with the next one, so that many small changes are few calls, in their order.

import { SkeinError } from '../errors.js';

/** @typedef {import('../spaces.js').TreeOp} TreeOp */
/** @typedef {{ left: number, alone: boolean, resolve: () => void, reject: (error: unknown) => void }} Save */

const MAX_BATCH_OPS = 1_000;
/** Characters of JSON; a frame of the wire has a mebibyte. */
const MAX_BATCH_LENGTH = 256 << 10;
const MAX_QUEUED_OPS = 200_000;

export class Sending {
  /** @type {{ op: TreeOp, text: string, save: Save }[]} */
  #queue = [];
  #send; #isBusy = false;

  /** @param {(ops: TreeOp[]) => Promise<unknown>} send resolves once the server has them durably */
  constructor(send) { this.#send = send; }

  /** Resolves once the server has all of them. @param {readonly TreeOp[]} ops @returns {Promise<void>} */
  save(ops) {
    if (ops.length === 0) return Promise.resolve();
    if (this.#queue.length + ops.length > MAX_QUEUED_OPS) {
      return Promise.reject(new SkeinError('overloaded', `${MAX_QUEUED_OPS} operations wait to be sent; these are not sent`, { reason: 'queue_full' }));
    }
    return new Promise((resolve, reject) => {
      const save = { left: ops.length, alone: false, resolve, reject };
      for (const op of ops) this.#queue.push({ op, text: JSON.stringify(op), save });
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
        for (const { save } of batch) if (--save.left === 0) save.resolve();
      } catch (error) {
        this.#failed(batch, error);
      }
    }
    this.#isBusy = false;
  }

  #next() {
    const { alone, save } = { alone: this.#queue[0].save.alone, save: this.#queue[0].save };
    let [count, length] = [0, 0];
    for (const next of this.#queue) {
      const isOther = next.save !== save && (alone || next.save.alone);
      if (count === MAX_BATCH_OPS || isOther || (count > 0 && length + next.text.length > MAX_BATCH_LENGTH)) break;
      length += next.text.length;
      count++;
    }
    return this.#queue.splice(0, count);
  }

  /** @param {{ op: TreeOp, text: string, save: Save }[]} batch @param {any} error */
  #failed(batch, error) {
    const saves = new Set(batch.map(({ save }) => save));
    if (saves.size > 1 && error?.code === 'rejected') {
      // One of them cannot be; the others are sent without it.
      for (const save of saves) save.alone = true;
      this.#queue.unshift(...batch);
      return;
    }
    for (const save of saves) save.reject(error);
    this.#queue = this.#queue.filter(({ save }) => !saves.has(save));
  }
}
