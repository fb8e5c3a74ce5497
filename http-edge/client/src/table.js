// One table: what the server says, what effects put over it, and what is therefore shown.
//
// `confirmed` holds the server's rows, each with the subscriptions that show it and how often. `overlay` holds what effects wrote. `shown` is both
// together, and changes in `flush` only: until then listeners, indexes and queries stand as they were, so nobody sees half of a transaction.
// A table without key columns is a multiset: its rows are known by their JSON text, and an overlay counts copies more or less.

import { Listeners } from './dispatch.js';
import { SkeinError } from './errors.js';
import { TableIndex } from './table-index.js';
import { keyText, same, textOf } from './values.js';

/** @typedef {{ row: any, version: number, copies: Map<number, number> }} Entry copies: sub → how many */
/** @typedef {{ row: any, delta: number }} Laid keyed: row or null for none; a multiset: how many copies more */
/** @typedef {{ row: any, copies: number }} Shown */
/** @typedef {import('./index.d.ts').RowChange} RowChange */
/** @typedef {import('./index.d.ts').Change} Change */
/** @typedef {import('./subs.js').Sub} Sub */

export class Table {
  /** @type {readonly string[] | null} null until the schema is known */
  key = null;
  event = false;
  /** @type {Map<string, Entry>} */
  confirmed = new Map();
  /** @type {Map<string, Laid>} */
  overlay = new Map();
  /** @type {Set<string>} Rows that may be shown otherwise than they are. */
  dirty = new Set();
  /** @type {Set<string>} Rows that are confirmed otherwise than they are kept. */
  unsaved = new Set();
  /** @type {any[]} Rows of an event table that passed by since the last flush. */
  passing = [];
  /** @type {Map<string, Shown>} */
  #shown = new Map();
  /** @type {readonly any[] | null} */
  #list = null;
  #listeners = new Listeners();
  /** @type {Map<string, Listeners>} */
  #rowListeners = new Map();
  /** @type {Map<string, TableIndex>} */
  #indexes = new Map();

  /** @param {string} name */
  constructor(name) { this.name = name; }

  /** @param {import('./index.d.ts').TableDescription} description */
  describe({ key, event = false }) { Object.assign(this, { key, event }); }

  // ---- What is shown

  get size() { return this.snapshot().length; }

  /** All rows shown, one of several copies as often as it is there. */
  snapshot() {
    return (this.#list ??= Object.freeze([...this.#shown.values()].flatMap(({ row, copies }) => (copies === 1 ? [row] : Array(copies).fill(row)))));
  }

  /** @param {unknown} key */
  get(key) { return this.#shown.get(keyText(key))?.row; }
  /** @param {unknown} key */
  version(key) { return this.confirmed.get(keyText(key))?.version ?? 0; }

  /** @param {(change?: any) => void} listener */
  subscribe(listener) { return this.#listeners.add(listener); }

  /** One row, as something to bind to. @param {unknown} key */
  row(key) {
    const text = keyText(key);
    return {
      snapshot: () => this.#shown.get(text)?.row,
      /** @param {(change?: any) => void} listener */
      subscribe: (listener) => {
        const listeners = this.#rowListeners.get(text) ?? new Listeners();
        this.#rowListeners.set(text, listeners);
        const stop = listeners.add(listener);
        return () => {
          stop();
          if (listeners.size === 0 && this.#rowListeners.get(text) === listeners) this.#rowListeners.delete(text);
        };
      },
    };
  }

  /** @param {string[]} columns */
  index(...columns) {
    const name = JSON.stringify(columns);
    let index = this.#indexes.get(name);
    if (!index) {
      index = new TableIndex(columns, this.#shown);
      this.#indexes.set(name, index);
    }
    return index;
  }

  // ---- What the server says

  /** @param {any} row */
  textOf(row) {
    if (!this.key) throw new SkeinError('internal', `there is no table ${this.name} in the schema`);
    return textOf(this.key, row);
  }

  /** @param {number} sub @param {any} row @param {number} version @param {number} [copies] */
  put(sub, row, version, copies = 1) {
    const text = this.textOf(row);
    const entry = this.confirmed.get(text) ?? { row, version, copies: new Map() };
    entry.copies.set(sub, this.key?.length ? 1 : (entry.copies.get(sub) ?? 0) + copies);
    this.confirmed.set(text, Object.assign(entry, { row, version }));
    this.#touch(text);
  }

  /** @param {number} sub @param {string} text */
  drop(sub, text) {
    const entry = this.confirmed.get(text);
    const left = (entry?.copies.get(sub) ?? 0) - 1;
    if (!entry || left < 0) throw new SkeinError('internal', `the server deletes a row that is not there: ${this.name} ${text}`);
    if (left > 0) entry.copies.set(sub, left);
    else entry.copies.delete(sub);
    if (entry.copies.size === 0) this.confirmed.delete(text);
    this.#touch(text);
  }

  /** How often a subscription shows a row. @param {number} sub @param {string} text */
  copies(sub, text) { return this.confirmed.get(text)?.copies.get(sub) ?? 0; }

  /** Takes everything of a subscription out. @param {number} sub */
  forget(sub) {
    for (const [text, entry] of this.confirmed) {
      if (!entry.copies.delete(sub)) continue;
      if (entry.copies.size === 0) this.confirmed.delete(text);
      this.#touch(text);
    }
  }

  clear() {
    for (const text of this.confirmed.keys()) this.#touch(text);
    this.confirmed.clear();
  }

  /** @param {string} text */
  #touch(text) {
    this.dirty.add(text);
    this.unsaved.add(text);
  }

  // ---- What effects say

  /** @param {string} text @param {Laid} laid */
  lay(text, laid) {
    this.overlay.set(text, laid);
    this.dirty.add(text);
  }

  uncover() {
    for (const text of this.overlay.keys()) this.dirty.add(text);
    this.overlay.clear();
  }

  // ---- Showing it

  /**
   * Brings what is shown up to date.
   * @param {readonly Sub[]} subs
   * @returns {{ rows: RowChange[], texts: string[] }} what changed, a multiset's row as often as copies came or went
   */
  flush(subs) {
    /** @type {RowChange[]} */
    const rows = this.passing.map((after) => ({ table: this.name, after }));
    /** @type {string[]} */
    const texts = [];
    this.passing = [];
    for (const text of this.dirty) {
      let [row, copies] = [undefined, 0];
      const before = this.#shown.get(text);
      for (const sub of subs) {
        const one = this.#in(sub, text);
        sub.show(this.name, text, one.copies > 0 ? { row: before && same(before.row, one.row) ? before.row : one.row, copies: one.copies } : null);
        if (one.copies > copies) ({ row, copies } = one);
      }
      this.#show(text, before, row, copies, rows) && texts.push(text);
    }
    this.dirty.clear();
    if (texts.length > 0) this.#list = null;
    return { rows, texts };
  }

  /** A row as a subscription shows it. @param {Sub} sub @param {string} text @returns {Shown} */
  #in(sub, text) {
    const entry = this.confirmed.get(text);
    const there = entry?.copies.get(sub.number) ?? 0;
    const laid = this.overlay.get(text);
    if (!laid) return { row: entry?.row, copies: there };
    const taken = laid.row !== null && sub.takes(this.name, laid.row);
    if (this.key?.length) return { row: laid.row, copies: taken ? 1 : 0 };
    return { row: laid.row, copies: taken ? Math.max(0, there + laid.delta) : there };
  }

  /** @param {string} text @param {Shown | undefined} before @param {any} row @param {number} copies @param {RowChange[]} rows */
  #show(text, before, row, copies, rows) {
    if (copies === (before?.copies ?? 0) && (copies === 0 || same(before?.row, row))) return false;
    if (copies === 0) this.#shown.delete(text);
    else this.#shown.set(text, { row, copies });
    for (const index of this.#indexes.values()) index.changed(text, before, this.#shown.get(text));
    if (this.key?.length) rows.push({ table: this.name, ...(before && { before: before.row }), ...(copies > 0 && { after: row }) });
    else {
      for (let i = before?.copies ?? 0; i < copies; i++) rows.push({ table: this.name, after: row });
      for (let i = copies; i < (before?.copies ?? 0); i++) rows.push({ table: this.name, before: before?.row });
    }
    return true;
  }

  /** How to tell those who listen here. @param {Change} change of this table's rows @param {string[]} texts @returns {(() => void)[]} */
  tellings(change, texts) {
    const tellings = [];
    if (this.#rowListeners.size > 0) for (const text of texts) if (this.#rowListeners.has(text)) tellings.push(() => this.#rowListeners.get(text)?.tell(change));
    for (const index of this.#indexes.values()) tellings.push(...index.tellings(change));
    if (this.#listeners.size > 0) tellings.push(() => this.#listeners.tell(change));
    return tellings;
  }
}
