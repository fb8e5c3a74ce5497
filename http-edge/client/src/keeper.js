// What keeps a workspace in a store: its rows, how far they have come, and its calls without an outcome.
//
// Keys: `meta`; `row <table> <text>`; `call <order>`. What is written together was so together: a batch is put together in one go, between two
// transactions, and while one is being written the next one gathers.

import { SkeinError } from './errors.js';
import { Call } from './outbox.js';

/** @typedef {import('./store/store.d.ts').Store} Store */
/** @typedef {import('./index.d.ts').ModuleDescription} ModuleDescription */
/** @typedef {{ epoch: string, seq: number, view: string }} Cursor */
/**
 * @typedef {object} Meta
 * @property {1} format
 * @property {string} workspace
 * @property {string | null} identity
 * @property {string} role
 * @property {ModuleDescription | null} schema
 * @property {Cursor | null} cursor
 * @property {{ sub: number, tables: any[] }[]} subs
 */
/** @typedef {[table: string, row: any, version: number, copies: [number, number][]]} KeptRow */
/** @typedef {{ reason: import('./index.d.ts').Events['discarded']['reason'] }} Reason */

const FORMAT = 1;
const MAX_FAILURES = 5;

/** @param {number} order */
const callKey = (order) => `call ${String(order).padStart(16, '0')}`;
/** @param {string} table @param {string} text */
const rowKey = (table, text) => `row ${table} ${text}`;

export class Keeper {
  #store;
  #cache;
  #meta;
  #failed;
  /** @type {Map<number, Call>} whose record is to be written anew or taken out */
  #calls = new Map();
  #isMetaUnsaved = false;
  #isClearing = false;
  /** @type {Promise<void> | null} the writing that goes on */
  #writing = null;
  #failures = 0;
  #isOpen = false;
  /** Also where it could not be written and is given up. */
  #isOpened = false;

  /**
   * @param {{ store: Store, cache: import('./cache.js').Cache, meta: () => Meta, failed: (error: SkeinError) => void }} around `meta` as it is now
   */
  constructor({ store, cache, meta, failed }) {
    this.#store = store;
    this.#cache = cache;
    this.#meta = meta;
    this.#failed = failed;
  }

  get isOpen() { return this.#isOpen; }

  /**
   * @param {() => number} nextId for calls
   * @returns {Promise<{ meta: Meta | null, rows: KeptRow[], calls: Call[], isReadable: boolean, unreadableCalls: any[] }>}
   */
  async open(nextId) {
    const kept = await this.#store.open();
    this.#isOpen = this.#isOpened = true;
    this.#failures = 0;
    const meta = /** @type {any} */ (kept.get('meta') ?? null);
    const records = [...kept].filter(([key]) => key.startsWith('call ')).sort(([a], [b]) => (a < b ? -1 : 1));
    const isReadable = kept.size === 0 || (meta?.format === FORMAT && typeof meta.workspace === 'string');
    if (!isReadable) return { meta, rows: [], calls: [], isReadable, unreadableCalls: records.map(([, record]) => record) };
    const rows = [...kept].filter(([key]) => key.startsWith('row ')).map(([, row]) => /** @type {KeptRow} */ (row));
    return { meta, rows, calls: records.map(([key, record]) => restored(nextId(), Number(key.slice(5)), record)), isReadable, unreadableCalls: [] };
  }

  /** Something of the workspace or of its rows has changed. */
  changed() {
    if (!this.#isOpen) return;
    this.#isMetaUnsaved = true;
    this.#soon();
  }

  /** @param {Call} call */
  callChanged(call) {
    if (!this.#isOpen) return;
    this.#calls.set(call.order, call);
    if (call.sentAt === null) call.isKeptUnsent = true;
    this.#soon();
  }

  /** Throws everything away; what is changed afterwards is written again. */
  clear() {
    if (!this.#isOpen) return;
    this.#isClearing = true;
    this.changed();
  }

  /** Once all of it is written, or could not be. @returns {Promise<void>} */
  async flushed() {
    this.#soon();
    while (this.#writing) await this.#writing;
  }

  /** Whether all of it is in the store. */
  get isKept() { return this.#isOpen && this.#failures === 0 && !this.#hasUnsaved && !this.#writing; }

  async close() {
    if (!this.#isOpened) return;
    await this.flushed();
    this.#isOpen = this.#isOpened = false;
    await this.#store.close();
  }

  get #hasUnsaved() { return this.#isMetaUnsaved || this.#isClearing || this.#calls.size > 0; }

  #soon() {
    if (this.#writing || !this.#hasUnsaved || !this.#isOpen) return;
    this.#writing = this.#write().finally(() => {
      this.#writing = null;
      if (this.#failures === 0) this.#soon();
    });
  }

  async #write() {
    await undefined; // what the same turn changes besides is the same batch
    const isWhole = this.#isClearing || this.#cache.isAllUnsaved;
    /** @type {Record<string, unknown>} */
    const put = { meta: this.#meta() };
    /** @type {string[]} */
    const gone = [];
    for (const table of this.#cache.tables.values()) {
      for (const text of isWhole ? table.confirmed.keys() : table.unsaved) {
        const entry = table.confirmed.get(text);
        if (entry) put[rowKey(table.name, text)] = [table.name, entry.row, entry.version, [...entry.copies]];
        else gone.push(rowKey(table.name, text));
      }
      table.unsaved.clear();
    }
    const calls = isWhole ? new Map([...this.#unsettled()].map((call) => [call.order, call])) : this.#calls;
    for (const [order, call] of calls) {
      if (call.isSettled) gone.push(callKey(order));
      else put[callKey(order)] = recordOf(call);
    }
    this.#calls = new Map();
    this.#isMetaUnsaved = this.#isClearing = this.#cache.isAllUnsaved = false;
    try {
      await this.#store.write({ ...(isWhole && { clear: true }), put, delete: gone });
      this.#failures = 0;
    } catch (e) {
      this.#cache.isAllUnsaved = true; // nothing of it is there: all of it again with the next change
      this.#isMetaUnsaved = true;
      this.#failures++;
      this.#failed(new SkeinError('internal', `the store cannot be written: ${/** @type {any} */ (e)?.message ?? e}`, { reason: 'store_failed' }));
      if (this.#failures >= MAX_FAILURES) this.#isOpen = false;
    }
  }

  /** @type {() => Iterable<Call>} */
  #unsettled = () => [];
  /** Where all calls are, for a store that is written anew. @param {() => Iterable<Call>} calls */
  callsFrom(calls) { this.#unsettled = calls; }
}

/** @param {Call} call */
function recordOf({ key, reducer, args, expect, sentAt, sentSeq, sentEpoch, writes }) {
  return { key, reducer, args, ...(expect !== undefined && { expect }), sentAt, sentSeq, sentEpoch, writes };
}

/** @param {number} id @param {number} order @param {any} record */
function restored(id, order, record) {
  const call = new Call(id, record, { restored: true, order });
  const { sentAt, sentSeq, sentEpoch, writes } = record;
  Object.assign(call, { sentAt, sentSeq, sentEpoch, writes, isKeptUnsent: sentAt === null });
  return call;
}
