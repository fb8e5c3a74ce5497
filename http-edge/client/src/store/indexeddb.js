// A store in a browser: one database per name, in it a slot per tab. A tab takes the first slot that no other tab has and keeps it by a Web Lock, which the
// browser lets go of whatever becomes of the tab. So tabs of one identity never write into one another's rows and cursor; what a tab left behind is opened by the next
// tab that comes. What must not wait for that tab (calls that were never sent), `salvage` picks out of the slots nobody has.
// A batch is one transaction, made in the call of `write`: the browser runs those of a database in the order in which they were made.

import { MAX_WAITING, StoreError, prepare } from './batch.js';

export { StoreError };

/** @typedef {import('./store.js').Store} Store */

/** Of the layout in the database: `kept` has key → JSON text, keys are [slot, key]. */
const VERSION = 1;
const KEPT = 'kept';
const MAX_TABS = 16;
/** How long other tabs may take to let go of an older layout. */
const BLOCKED_MS = 5_000;

/** @implements {Store} */
export class IndexedDbStore {
  #name; #durability; #salvage; #maxTabs; #indexedDB; #locks; #range;
  /** @type {IDBDatabase | null} */ #database = null;
  /** Why it is not open. */
  #why = closed();
  #slot = 0;
  /** @type {null | (() => void)} */ #unlock = null;
  #waiting = /** @type {Set<Promise<void>>} */ (new Set());
  #turn = /** @type {Promise<unknown>} */ (Promise.resolve()); // opening and closing, one after the other

  /** @param {string} name @param {import('./indexeddb.js').IndexedDbStoreOptions} [options] */
  constructor(name, options = {}) {
    const { durability = 'relaxed', salvage = null, maxTabs = MAX_TABS, indexedDB, locks, IDBKeyRange } = { ...surroundings(), ...options };
    this.#name = name;
    this.#durability = durability;
    this.#salvage = salvage;
    this.#maxTabs = maxTabs;
    this.#indexedDB = indexedDB;
    this.#locks = locks;
    this.#range = IDBKeyRange;
  }

  /** Which of the tabs' places this one has; 0 is the first. */
  get slot() { return this.#slot; }

  open() {
    return this.#inTurn(async () => {
      if (this.#database !== null) throw new StoreError('held', 'this store is open already');
      if (!this.#indexedDB || !this.#locks) throw new StoreError('unsupported', 'needs IndexedDB and Web Locks, which browsers have for https and localhost only');
      await this.#takeSlot();
      try {
        this.#database = await this.#connect();
        const kept = await this.#salvageOthers(this.#database, await this.#load(this.#database));
        return new Map([...kept].map(([key, text]) => [key, JSON.parse(text)]));
      } catch (e) {
        this.#leave(e instanceof StoreError ? e : failure(e, `cannot open ${this.#name}`));
        throw this.#why;
      }
    });
  }

  /** @param {import('./store.js').StoreBatch} batch @returns {Promise<void>} */
  write(batch) {
    return new Promise((resolve, reject) => {
      if (this.#database === null) throw this.#why;
      if (this.#waiting.size >= MAX_WAITING) throw new StoreError('overloaded', `${MAX_WAITING} writes wait already`);
      const work = this.#put(this.#database, prepare(batch));
      const settled = work.then(() => { this.#waiting.delete(settled); }, () => { this.#waiting.delete(settled); });
      this.#waiting.add(settled);
      work.then(resolve, reject);
    });
  }

  close() {
    return this.#inTurn(async () => {
      const waiting = [...this.#waiting];
      this.#database?.close(); // transactions that were made go on to their end
      this.#database = null;
      this.#why = closed();
      await Promise.all(waiting);
      this.#leave(closed());
    });
  }

  /** @template T @param {() => Promise<T>} job @returns {Promise<T>} */
  #inTurn(job) {
    const done = this.#turn.then(job);
    this.#turn = done.catch(() => {}); // whoever asked hears of it; the next one starts all the same
    return done;
  }

  /** @param {StoreError} why */
  #leave(why) {
    this.#database?.close();
    this.#database = null;
    this.#why = why;
    this.#unlock?.();
    this.#unlock = null;
  }

  async #takeSlot() {
    for (this.#slot = 0; this.#slot < this.#maxTabs; this.#slot++) {
      this.#unlock = await this.#tryLock(this.#slot);
      if (this.#unlock !== null) return;
    }
    throw new StoreError('held', `${this.#maxTabs} other tabs have ${this.#name} open`);
  }

  /** @param {number} slot @returns {Promise<null | (() => void)>} how to let go of it; null: another tab has it */
  #tryLock(slot) {
    return new Promise((resolve, reject) => {
      const lock = this.#locks?.request(`skein-store/${this.#name}/${slot}`, { ifAvailable: true }, (lock) => {
        if (lock === null) return resolve(null);
        return new Promise((release) => resolve(() => release(undefined)));
      });
      lock?.catch((e) => reject(failure(e, `cannot lock ${this.#name}`)));
    });
  }

  /** @returns {Promise<IDBDatabase>} */
  #connect() {
    return new Promise((resolve, reject) => {
      const request = /** @type {IDBFactory} */ (this.#indexedDB).open(this.#name, VERSION);
      let late = false;
      const giveUp = () => {
        late = true;
        reject(new StoreError('held', `another tab does not let go of ${this.#name}, which is being deleted or has an older layout`));
      };
      let timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
      request.onblocked = () => { timer = setTimeout(giveUp, BLOCKED_MS); };
      request.onupgradeneeded = () => request.result.createObjectStore(KEPT);
      request.onerror = () => {
        clearTimeout(timer);
        const outdated = request.error?.name === 'VersionError';
        reject(outdated ? new StoreError('outdated', `a newer version of the program has changed ${this.#name}; reload the page`) : failure(request.error, `cannot open ${this.#name}`));
      };
      request.onsuccess = () => {
        clearTimeout(timer);
        if (late) return request.result.close();
        this.#watch(request.result);
        return resolve(request.result);
      };
    });
  }

  /** What others do to the database: this tab lets go at once, so that nobody waits for it, and says so to who writes next. @param {IDBDatabase} database */
  #watch(database) {
    database.onversionchange = (event) => {
      database.close();
      const why = event.newVersion === null
        ? new StoreError('lost', `${this.#name} was deleted; open begins anew`)
        : new StoreError('outdated', `a newer version of the program has changed ${this.#name}; reload the page`);
      if (database === this.#database) this.#leave(why);
    };
    database.onclose = () => {
      if (database === this.#database) this.#leave(new StoreError('lost', `the browser has closed ${this.#name}; open begins anew`));
    };
  }

  /** @param {IDBDatabase} database @returns {Promise<Map<string, string>>} */
  async #load(database) {
    const store = database.transaction(KEPT).objectStore(KEPT);
    const [keys, texts] = await Promise.all([answer(store.getAllKeys(this.#all(this.#slot))), answer(store.getAll(this.#all(this.#slot)))]);
    return new Map(keys.map((key, i) => [/** @type {[number, string]} */ (key)[1], texts[i]]));
  }

  /** Every key of a slot: an array is after all strings. @param {number} slot */
  #all(slot) {
    return /** @type {typeof IDBKeyRange} */ (this.#range).bound([slot], [slot, []]);
  }

  /** @param {IDBDatabase} database @param {import('./batch.js').Prepared} batch @returns {Promise<void>} */
  #put(database, { clear, put, gone }) {
    const transaction = database.transaction(KEPT, 'readwrite', { durability: this.#durability });
    const store = transaction.objectStore(KEPT);
    const slot = this.#slot;
    if (clear) store.delete(this.#all(slot));
    for (const [key, text] of put) store.put(text, [slot, key]);
    for (const key of gone) store.delete([slot, key]);
    return ended(transaction, `cannot write to ${this.#name}`);
  }

  /**
   * Takes over what nobody else would come for; in one transaction, and under the other slot's lock.
   * @param {IDBDatabase} database @param {Map<string, string>} kept
   */
  async #salvageOthers(database, kept) {
    if (this.#salvage === null) return kept;
    const keys = await answer(database.transaction(KEPT).objectStore(KEPT).getAllKeys());
    let all = kept;
    const slots = new Set(keys.map((key) => /** @type {[number, string]} */ (key)[0]));
    for (const slot of slots) {
      if (slot === this.#slot) continue;
      const unlock = await this.#tryLock(slot);
      if (unlock === null) continue;
      try {
        all = await this.#salvageOne(database, all, slot);
      } finally {
        unlock();
      }
    }
    return all;
  }

  /** @param {IDBDatabase} database @param {Map<string, string>} kept @param {number} slot */
  async #salvageOne(database, kept, slot) {
    const salvage = /** @type {import('./indexeddb.js').Salvage} */ (this.#salvage);
    const transaction = database.transaction(KEPT, 'readwrite', { durability: this.#durability });
    const store = transaction.objectStore(KEPT);
    const done = ended(transaction, `cannot write to ${this.#name}`, false);
    const range = this.#all(slot);
    const keys = store.getAllKeys(range);
    const texts = store.getAll(range);
    const taken = new Map(kept);
    let mistake = /** @type {unknown} */ (null);
    texts.onsuccess = () => {
      try {
        const left = new Map(keys.result.map((key, i) => [/** @type {[number, string]} */ (key)[1], JSON.parse(texts.result[i])]));
        const { put, gone } = prepare(salvage(left, new Map([...kept].map(([key, text]) => [key, JSON.parse(text)]))));
        for (const key of gone) store.delete([slot, key]);
        for (const [key, text] of put) store.put(text, [this.#slot, key]);
        for (const [key, text] of put) taken.set(key, text);
      } catch (e) {
        mistake = e;
        transaction.abort();
      }
    };
    await done.catch((e) => { throw mistake ?? e; });
    return taken;
  }
}

/** See indexeddb.d.ts. @type {import('./indexeddb.js').Salvage} */
export function salvageCalls(left, kept) {
  const isCall = (/** @type {string} */ key) => key.startsWith('call ');
  if (!kept.has('meta')) return { put: Object.fromEntries(left), delete: [...left.keys()] };
  const mine = [...kept.keys()].filter(isCall);
  const known = new Set(mine.map((key) => /** @type {{ key?: string }} */ (kept.get(key)).key));
  const calls = [...left.keys()].filter(isCall).sort();
  let order = Math.max(0, ...mine.map((key) => Number(key.slice(5))));
  /** @type {Record<string, unknown>} */
  const put = {};
  for (const key of calls) {
    const record = /** @type {{ key?: string }} */ (left.get(key));
    if (!known.has(record.key)) put[`call ${String(++order).padStart(16, '0')}`] = record;
  }
  return { put, delete: calls };
}

/** Deletes all that is kept under a name, for all tabs: theirs is `lost`. @param {string} name @param {IDBFactory} [indexedDB] @returns {Promise<void>} */
export function deleteIndexedDbStore(name, indexedDB = globalThis.indexedDB) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(failure(request.error, `cannot delete ${name}`));
  });
}

const surroundings = () => ({ indexedDB: globalThis.indexedDB, locks: globalThis.navigator?.locks, IDBKeyRange: globalThis.IDBKeyRange });

const closed = () => new StoreError('closed', 'the store is not open');

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function answer(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * Nothing of a transaction counts before it is complete: it can be aborted for want of room at its very end. `whole`: no more requests come, so it is
 * committed now; it then counts though the page is gone in the next instant, but for one in forty or so that Chromium drops with it.
 * @param {IDBTransaction} transaction @param {string} what @returns {Promise<void>}
 */
function ended(transaction, what, whole = true) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(failure(transaction.error, what));
    if (whole) transaction.commit();
  });
}

/** @param {unknown} cause @param {string} what */
function failure(cause, what) {
  const { name, message } = /** @type {Partial<DOMException>} */ (cause ?? { name: 'AbortError', message: 'the browser gave it up' });
  return new StoreError(name === 'QuotaExceededError' ? 'quota' : 'failed', `${what}: ${message}`, cause);
}
