// Calls without an outcome: in order, bounded, sent again with their keys until the server has said what came of them, or nobody can say any more.

import { Listeners } from './dispatch.js';
import { SkeinError, notSent, outcomeUnknown } from './errors.js';
import { bytesOf, freshKey } from './values.js';

/** @typedef {import('./index.d.ts').KeptCall} KeptCall */
/** @typedef {import('./index.d.ts').Clock} Clock */
/** @typedef {{ seq: number, repeated: boolean }} Outcome */

const MAX_FRAME_BYTES = 1 << 20;
/** Of the 256 that the server takes at once. */
const MAX_IN_FLIGHT = 200;
/** The call as such is in order, and the server asks for patience, or could not find out (`unavailable`). */
const AGAIN = new Set(['unavailable', 'overloaded', 'rate_limited']);
const MAX_ATTEMPTS = 10;
const AGAIN_BASE_MS = 200;
const AGAIN_CAP_MS = 10_000;

/** A call until its outcome. */
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

  /** @returns {KeptCall} */
  get kept() { return { key: this.key, reducer: this.reducer, args: this.args, sent: this.sentAt !== null }; }
}

/**
 * @typedef {object} Surroundings
 * @property {Clock} clock
 * @property {() => number} random
 * @property {number} maxPending
 * @property {number} maxPendingBytes
 * @property {number} keyWindowMs
 * @property {number} keyWindowCalls
 * @property {() => { number: number, seq: number, epoch: string } | null} live the connection while calls can be sent
 * @property {(text: string) => void} send
 * @property {(() => Promise<void>) | null} keep writes what is to be kept; null: no store
 * @property {(call: Call) => void} changed a call's record is another
 * @property {(call: Call, error: SkeinError | null, outcome: Outcome | null) => void} settled
 */

export class Outbox {
  /** @type {Map<number, Call>} id → call, in the order in which they are sent */
  #calls = new Map();
  #bytes = 0;
  /** Whether an effect is to be taken away that may still be shown. */
  isShownOtherwise = false;
  #inFlight = 0;
  #nextOrder = 1;
  /** @type {unknown} */
  #pause = null;
  #around;
  #listeners = new Listeners();
  /** @type {readonly KeptCall[] | null} */
  #snapshot = null;

  /** @param {Surroundings} around */
  constructor(around) { this.#around = around; }

  get size() { return this.#calls.size; }
  get calls() { return this.#calls.values(); }
  /** @param {number} id */
  find(id) { return this.#calls.get(id); }

  /** @param {() => void} listener */
  subscribe(listener) { return this.#listeners.add(listener); }
  snapshot() { return (this.#snapshot ??= Object.freeze([...this.#calls.values()].filter((call) => !call.isSettled).map((call) => Object.freeze(call.kept)))); }
  #isUntold = false;
  #changed() {
    this.#snapshot = null;
    this.#isUntold = true;
  }
  /** Tells those who bind to it, once a change is in. */
  tell() {
    if (!this.#isUntold) return;
    this.#isUntold = false;
    this.#listeners.tell();
  }

  /** @param {number} id @param {{ key?: string, reducer: string, args: any, expect?: unknown }} what */
  add(id, { key = freshKey(), reducer, args, expect }) {
    const call = new Call(id, { key, reducer, args, expect }, { order: this.#nextOrder });
    if (this.#calls.size >= this.#around.maxPending || this.#bytes + call.bytes > this.#around.maxPendingBytes) {
      throw new SkeinError('overloaded', `${this.#calls.size} calls of ${this.#bytes} bytes wait already; the call was never sent`, { reason: 'queue_full' });
    }
    if (call.bytes > MAX_FRAME_BYTES) throw new SkeinError('too_large', 'a call has at most 1 MiB');
    this.#nextOrder++;
    this.#put(call);
    return call;
  }

  /** Calls of an earlier run, which come before those made since. @param {Call[]} kept */
  restore(kept) {
    const since = [...this.#calls.values()].filter((call) => !call.restored);
    this.#calls.clear();
    this.#bytes = 0;
    this.#nextOrder = Math.max(0, ...kept.map((call) => call.order)) + 1;
    for (const call of [...kept, ...since]) {
      if (!call.restored) call.order = this.#nextOrder++;
      this.#put(call);
    }
  }

  /** @param {Call} call */
  #put(call) {
    this.#calls.set(call.id, call);
    this.#bytes += call.bytes;
    this.#changed();
  }

  // ---- Sending

  /** A new connection: what is on its way on another one is sent again. What the server cannot answer for any more is settled. */
  connected() {
    this.#inFlight = 0;
    this.#around.clock.clearTimeout(this.#pause);
    this.#pause = null;
    const now = this.#around.live();
    if (!now) return;
    for (const call of [...this.#calls.values()]) {
      const why = this.#unanswerable(call, now);
      call.isResent = call.sentAt !== null;
      if (why) this.settle(call, outcomeUnknown(why), null);
    }
    this.pump();
  }

  /** @param {Call} call @param {{ seq: number, epoch: string }} now @returns {string | null} why its key means nothing to the server any more */
  #unanswerable(call, { seq, epoch }) {
    if (call.sentAt === null || call.isSettled) return null;
    const { keyWindowMs, keyWindowCalls, clock } = this.#around;
    if (call.sentEpoch !== epoch) return "the workspace's history was replaced since";
    if (clock.now() - call.sentAt > keyWindowMs) return 'the server no longer remembers keys from then';
    if (seq - call.sentSeq > keyWindowCalls) return `${seq - call.sentSeq} transactions have been since, and the server may have forgotten its key`;
    return null;
  }

  /** Sends what may be sent. */
  pump() {
    const live = this.#around.live();
    if (!live || this.#pause !== null) return;
    for (const call of this.#calls.values()) {
      if (this.#inFlight >= MAX_IN_FLIGHT) return;
      if (call.isSettled || call.sentOn === live.number) continue;
      if (call.sentAt === null) {
        Object.assign(call, { sentAt: this.#around.clock.now(), sentSeq: live.seq, sentEpoch: live.epoch });
        this.#changed();
        this.#around.changed(call);
        if (call.isKeptUnsent && this.#around.keep) {
          // The store says it was never sent. It must say otherwise first: after a crash its key would be taken for good however old it is.
          call.isKeptUnsent = false;
          this.#waitFor(this.#around.keep());
          return;
        }
      }
      call.sentOn = live.number;
      this.#inFlight++;
      this.#around.send(call.text);
    }
  }

  /** @param {Promise<void>} kept */
  #waitFor(kept) {
    const pause = {};
    this.#pause = pause;
    const goOn = () => {
      if (this.#pause !== pause) return;
      this.#pause = null;
      this.pump();
    };
    kept.then(goOn, goOn); // a store that fails says so elsewhere
  }

  // ---- Outcomes

  /**
   * @param {Call} call
   * @param {SkeinError | null} error
   * @param {Outcome | null} outcome
   * @returns {boolean} false: it is to be sent again
   */
  answered(call, error, outcome) {
    if (call.sentOn === this.#around.live()?.number && this.#inFlight > 0) this.#inFlight--;
    if (error && AGAIN.has(error.code) && ++call.attempts < MAX_ATTEMPTS) {
      call.sentOn = 0;
      const { clock, random } = this.#around;
      const delay = error.retryAfter ?? random() * Math.min(AGAIN_CAP_MS, AGAIN_BASE_MS * 2 ** call.attempts);
      if (this.#pause === null) {
        this.#pause = clock.setTimeout(() => {
          this.#pause = null;
          this.pump();
        }, delay);
      }
      return false;
    }
    if (error?.code === 'unavailable') error = outcomeUnknown(error.message);
    this.settle(call, error, outcome);
    return true;
  }

  /** @param {Call} call @param {SkeinError | null} error @param {Outcome | null} outcome */
  settle(call, error, outcome) {
    if (call.isSettled) return;
    call.isSettled = true;
    if (call.landsAt === null) this.remove(call);
    this.#changed();
    this.#around.changed(call);
    if (error) call.reject(error);
    else call.resolve(/** @type {Outcome} */ (outcome));
    this.#around.settled(call, error, outcome);
  }

  /**
   * The call that a transaction of ours is taken for, where its outcome has not come with it.
   * @param {string} reducer
   * @param {boolean} mayBeFresh whether its outcome may still be on its way
   */
  presume(reducer, mayBeFresh) {
    for (const call of this.#calls.values()) {
      if (call.reducer !== reducer || call.isSettled || call.isPresumed || call.sentAt === null || !(mayBeFresh || call.isResent)) continue;
      call.isPresumed = true;
      return call;
    }
    return null;
  }

  /** Takes out those whose transactions are in now; whether there were any. @param {number} seq */
  landed(seq) {
    const landed = [...this.#calls.values()].filter((call) => call.landsAt !== null && call.landsAt <= seq);
    for (const call of landed) this.remove(call);
    return landed.length > 0;
  }

  /** What is to be shown over the rows. */
  get shown() { return [...this.#calls.values()].filter((call) => call.showsEffect); }

  /** @param {Call} call */
  remove(call) {
    if (!this.#calls.delete(call.id)) return;
    this.#bytes -= call.bytes;
    this.isShownOtherwise ||= call.showsEffect;
    this.#changed();
  }

  /**
   * Ends the wait: the connection ended for good.
   * @param {SkeinError | null} why null: by wish
   */
  end(why) {
    this.#around.clock.clearTimeout(this.#pause);
    this.#pause = null;
    for (const call of [...this.#calls.values()]) {
      const what = why ? `the connection has ended: ${why.message}` : 'the workspace was stopped before the outcome came';
      this.settle(call, call.sentAt === null ? notSent(what) : outcomeUnknown(what, why?.code), null);
      this.remove(call);
    }
  }

  /** This run of the program waits no longer; the calls stay as they are. */
  leave() {
    this.#around.clock.clearTimeout(this.#pause);
    this.#pause = null;
    for (const call of this.#calls.values()) {
      call.sentOn = 0;
      if (!call.restored) call.reject(new SkeinError('unavailable', 'the workspace was stopped before the outcome came; the call is kept and is sent at the next start', { reason: 'kept' }));
      call.restored = true;
    }
  }
}
