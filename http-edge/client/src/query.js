// A subscription on the wire, and the queries that hold it.

import { Listeners } from './dispatch.js';
import { SkeinError } from './errors.js';
import { matches } from './filter.js';

/** @typedef {import('./table.js').Shown} Shown */
/** @typedef {import('./index.d.ts').Change} Change */
/** @typedef {import('./index.d.ts').RowChange} RowChange */
/** @typedef {string | { table: string, where?: readonly any[] }} Asked as the wire has it, or a table's name */

const NONE = Object.freeze(/** @type {any[]} */ ([]));

/** As the wire has it. @param {readonly Asked[]} tables */
export const wireTables = (tables) => tables.map((asked) => (typeof asked === 'string' && asked !== '*' ? { table: asked } : asked));

/** One subscription: what it asks for, and the rows of it that are shown. */
export class Sub {
  /** Whether its rows are here, as of the cursor. */
  isIn = false;
  /** Whether an answer is to come. */
  isAsked = false;
  /** @type {SkeinError | null} */
  error = null;
  /** @type {Set<Query>} */
  holders = new Set();
  /** @type {unknown} */
  linger = null;
  /** @type {Map<string, Map<string, Shown>>} table → text → row */
  #shown = new Map();
  /** @type {Map<string, readonly any[]>} */
  #lists = new Map();
  /** @type {RowChange[]} */
  #changed = [];

  /** @param {number} number @param {readonly Asked[]} tables */
  constructor(number, tables) {
    this.number = number;
    this.tables = tables;
    this.text = JSON.stringify(tables);
  }

  /** Whether a row that an effect wrote belongs to it. @param {string} table @param {any} row */
  takes(table, row) {
    return this.tables.some((asked) => asked === '*' || (typeof asked === 'object' && asked.table === table && (!asked.where || matches(asked.where, row))));
  }

  /** @param {string} table @param {string} text @param {Shown | null} now */
  show(table, text, now) {
    const rows = this.#shown.get(table) ?? new Map();
    const before = rows.get(text);
    if (now === null ? !before : before && before.row === now.row && before.copies === now.copies) return;
    if (now === null) rows.delete(text);
    else rows.set(text, now);
    this.#shown.set(table, rows);
    this.#lists.delete(table);
    this.#changed.push({ table, ...(before && { before: before.row }), ...(now && { after: now.row }) });
  }

  /** A row of an event table. @param {string} table @param {any} row */
  pass(table, row) { this.#changed.push({ table, after: row }); }

  /** @param {string} table */
  rows(table) {
    let list = this.#lists.get(table);
    if (!list) {
      list = Object.freeze([...(this.#shown.get(table)?.values() ?? NONE)].flatMap(({ row, copies }) => Array(copies).fill(row)));
      this.#lists.set(table, list);
    }
    return list;
  }

  get shownTables() { return [...this.#shown.keys()]; }

  /** @param {Change} about @returns {(() => void)[]} */
  tellings(about) {
    if (this.#changed.length === 0) return [];
    const change = { ...about, rows: this.#changed };
    this.#changed = [];
    return [...this.holders].map((query) => () => query.changed(change));
  }
}

/** What `workspace.subscribe` answers: a hold on a subscription. */
export class Query {
  /** @type {import('./index.d.ts').QueryStatus} */
  status = 'pending';
  /** @type {SkeinError | null} */
  error = null;
  #listeners = new Listeners();
  /** @type {import('./index.d.ts').QuerySnapshot | null} */
  #snapshot = null;
  /** @type {(value?: any) => void} */
  #resolve = () => {};
  /** @type {(error: SkeinError) => void} */
  #reject = () => {};
  #sub;
  #release;
  /** @type {Promise<void>} */
  ready = new Promise((resolve, reject) => Object.assign(this, this.#keep(resolve, reject)));

  /** @param {Sub} sub @param {(query: Query) => void} release */
  constructor(sub, release) {
    this.#sub = sub;
    this.#release = release;
    this.ready.catch(() => {}); // who does not wait for it learns of a failure from `status`
  }

  /** @param {(value?: any) => void} resolve @param {(error: SkeinError) => void} reject */
  #keep(resolve, reject) {
    this.#resolve = resolve;
    this.#reject = reject;
    return {};
  }

  /** @param {string} table */
  rows(table) { return this.status === 'closed' ? NONE : this.#sub.rows(table); }

  /** @param {(change?: any) => void} listener */
  subscribe(listener) { return this.#listeners.add(listener); }

  snapshot() {
    return (this.#snapshot ??= Object.freeze({
      status: this.status,
      error: this.error,
      tables: this.status === 'closed' ? {} : Object.fromEntries(this.#sub.shownTables.map((table) => [table, this.rows(table)])),
    }));
  }

  close() {
    if (this.status === 'closed') return;
    this.#reject(new SkeinError('unavailable', 'the query was closed'));
    this.become('closed', null)();
    this.#release(this);
  }

  /** @param {Change} change */
  changed(change) {
    if (this.status === 'closed') return;
    this.#snapshot = null;
    this.#listeners.tell(change);
  }

  /** Answers how to tell. @param {import('./index.d.ts').QueryStatus} status @param {SkeinError | null} error @returns {() => void} */
  become(status, error) {
    if (this.status === 'closed' || (this.status === status && this.error === error)) return () => {};
    Object.assign(this, { status, error });
    this.#snapshot = null;
    if (status === 'live') this.#resolve();
    if (error) this.#reject(error);
    return () => this.#listeners.tell();
  }
}
