// Which subscriptions a workspace wants, and which it has. What is wanted and not there is asked for, what is there and not wanted is given up, one
// step at a time and only while the connection is live; after a cut the hello names those that the cursor is of, so that adding one costs no snapshot.

import { SkeinError } from './errors.js';
import { Query, Sub, wireTables } from './query.js';

export { Sub };

/** @typedef {import('./query.js').Asked} Asked */

/** What the server takes (`docs/native-wire.md`, Limits). */
const MAX_SUBS = 64;

export class Subs {
  #cache;
  #send;
  #clock;
  #lingerMs;
  /** @type {Map<number, Sub>} id of a request → whose answer it will be */
  #asked = new Map();
  /** After a hello that was refused: ask for each alone, so that one that is wrong fails alone. */
  isCareful = false;

  /**
   * @param {{ cache: import('./cache.js').Cache, clock: import('./index.d.ts').Clock, lingerMs: number, send: (message: object) => number | null }} options `send`
   *     answers the request's id, or null while there is no live connection
   */
  constructor({ cache, clock, lingerMs, send }) {
    this.#cache = cache;
    this.#clock = clock;
    this.#lingerMs = lingerMs;
    this.#send = send;
  }

  get all() { return [...this.#cache.subs.values()]; }
  get #confirmed() { return this.all.filter((sub) => sub.isIn); }

  /** @param {readonly Asked[]} tables */
  subscribe(tables) {
    const wanted = wireTables(tables);
    const text = JSON.stringify(wanted);
    let sub = this.all.find((one) => one.text === text && !one.error);
    if (!sub) {
      if (this.#cache.subs.size >= MAX_SUBS) throw new SkeinError('overloaded', `a workspace has at most ${MAX_SUBS} subscriptions at once`, { reason: 'queue_full' });
      sub = this.#add(this.#freeNumber(), wanted);
    }
    this.#clock.clearTimeout(sub.linger);
    sub.linger = null;
    const query = new Query(sub, (gone) => this.#release(/** @type {Sub} */ (sub), gone));
    sub.holders.add(query);
    if (sub.isIn) query.become('live', null);
    this.reconcile();
    return query;
  }

  /** Those that were kept, under their numbers, which are part of the view; others that were asked for meanwhile make room. @param {{ sub: number, tables: readonly Asked[] }[]} kept */
  restore(kept) {
    const others = new Set(this.all);
    this.#cache.subs.clear();
    for (const { sub: number, tables } of kept) {
      const text = JSON.stringify(tables);
      const sub = [...others].find((one) => one.text === text) ?? new Sub(number, tables);
      others.delete(sub);
      Object.assign(sub, { number, isIn: true });
      this.#cache.subs.set(number, sub);
    }
    for (const sub of others) {
      sub.number = this.#freeNumber();
      sub.isIn = false;
      this.#cache.subs.set(sub.number, sub);
    }
    return this.all.flatMap((sub) => (sub.isIn ? this.#tellings(sub, 'live', null) : []));
  }

  /** What a cursor is of. */
  get kept() { return this.#confirmed.map(({ number, tables }) => ({ sub: number, tables: [...tables] })); }

  /** @param {number} number @param {readonly Asked[]} tables */
  #add(number, tables) {
    const sub = new Sub(number, tables);
    this.#cache.subs.set(number, sub);
    return sub;
  }

  /** Small numbers: sessions that ask for the same under the same number share their frames. */
  #freeNumber() {
    let number = 1;
    while (this.#cache.subs.has(number)) number++;
    return number;
  }

  /** @param {Sub} sub @param {Query} query */
  #release(sub, query) {
    sub.holders.delete(query);
    this.#abandon(sub);
    this.reconcile();
  }

  /** Nobody holds it: it stays for a while, as somebody may come back for it. @param {Sub} sub */
  #abandon(sub) {
    if (sub.holders.size > 0 || sub.linger !== null) return;
    sub.linger = this.#clock.setTimeout(() => this.reconcile(), this.#lingerMs);
    if (this.#lingerMs === 0) this.#clock.clearTimeout(sub.linger);
    this.#until.set(sub, this.#clock.now() + this.#lingerMs);
  }

  /** @type {WeakMap<Sub, number>} */
  #until = new WeakMap();
  /** @param {Sub} sub */
  #isWanted(sub) { return sub.holders.size > 0 || (sub.linger !== null && this.#clock.now() < (this.#until.get(sub) ?? 0)); }

  // ---- The wire

  /** For a hello. `subs`: those that the cursor is of, or where there is none, all that are wanted. @param {boolean} hasCursor */
  hello(hasCursor) {
    this.#asked.clear();
    for (const sub of this.all) sub.isAsked = false;
    const named = hasCursor ? this.#confirmed : this.isCareful ? [] : this.all.filter((sub) => !sub.error && this.#isWanted(sub));
    return named.map(({ number, tables }) => ({ sub: number, tables }));
  }

  /** What was kept and is held by nobody stays for a while from the first connection on. */
  live() {
    for (const sub of this.all) this.#abandon(sub);
    this.reconcile();
  }

  /** One step nearer to what is wanted. */
  reconcile() {
    for (const sub of this.all) {
      if (sub.isAsked) continue;
      const wanted = this.#isWanted(sub);
      if (!wanted && !sub.isIn) {
        this.#forget(sub);
      } else if (!sub.error && wanted !== sub.isIn) {
        const { number, tables } = sub;
        const id = this.#send(wanted ? { type: 'subscribe', sub: number, tables } : { type: 'unsubscribe', sub: number });
        if (id === null) continue;
        sub.isAsked = true;
        this.#asked.set(id, sub);
      }
    }
  }

  /** @param {Sub} sub */
  #forget(sub) {
    this.#clock.clearTimeout(sub.linger);
    this.#cache.subs.delete(sub.number);
  }

  /** These are in, and no others. Answers how to tell. @param {number[]} numbers */
  reset(numbers) {
    return this.all.flatMap((sub) => {
      sub.isIn = numbers.includes(sub.number);
      return sub.isIn ? this.#tellings(sub, 'live', null) : [];
    });
  }

  /** Nothing is in any more. */
  lost() { for (const sub of this.all) sub.isIn = false; }

  /** @param {{ id: number, sub: number }} message @returns {(() => void)[] | null} how to tell; null: nobody asked for it */
  subscribed({ id, sub: number }) {
    const sub = this.#answered(id);
    if (!sub || sub.number !== number) return null;
    sub.isIn = true;
    return this.#tellings(sub, 'live', null);
  }

  /** @param {{ id: number, sub: number }} message @returns {boolean} false: nobody asked for it */
  unsubscribed({ id, sub: number }) {
    const sub = this.#answered(id);
    if (!sub || sub.number !== number) return false;
    sub.isIn = false;
    return true;
  }

  /** A request was refused. Answers how to tell; null: it was none of these. @param {number} id @param {SkeinError} error */
  refused(id, error) {
    const sub = this.#answered(id);
    if (!sub) return null;
    sub.error = error;
    return this.#tellings(sub, 'failed', error);
  }

  /** @param {number} id */
  #answered(id) {
    const sub = this.#asked.get(id);
    this.#asked.delete(id);
    if (sub) sub.isAsked = false;
    return sub;
  }

  /** @param {Sub} sub @param {import('./index.d.ts').QueryStatus} status @param {SkeinError | null} error */
  #tellings(sub, status, error) { return [...sub.holders].map((query) => query.become(status, error)); }
}
