// What an effect sees and writes: the server's rows with what effects before it wrote.

import { keyText } from './values.js';

/** @typedef {import('./table.js').Table} Table */
/** @typedef {import('./table.js').Laid} Laid */
/** @typedef {[table: string, text: string, laid: Laid]} Write */

/** Writes are held back until `commit`, so that an effect that throws has done nothing. */
export class Draft {
  /** @type {Map<string, DraftTable>} */
  #tables = new Map();
  #find;

  /** @param {string | null} identity @param {(name: string) => Table} find */
  constructor(identity, find) {
    this.identity = identity;
    this.#find = find;
  }

  /** @param {string} name @returns {any} */
  table(name) {
    let table = this.#tables.get(name);
    if (!table) {
      table = new DraftTable(this.#find(name));
      this.#tables.set(name, table);
    }
    return table;
  }

  /** @returns {Write[]} what it wrote, for `lay` and for a store */
  writes() { return [...this.#tables.values()].flatMap((table) => table.writes()); }
}

class DraftTable {
  #table;
  /** @type {Map<string, Laid>} */
  #written = new Map();

  /** @param {Table} table */
  constructor(table) { this.#table = table; }

  get #isKeyed() { return (this.#table.key ?? []).length > 0; }

  /** @returns {Write[]} */
  writes() { return [...this.#written].map(([text, laid]) => [this.#table.name, text, laid]); }

  /** @param {string} text */
  #row(text) {
    const laid = this.#written.get(text) ?? this.#table.overlay.get(text);
    if (this.#isKeyed) return laid ? (laid.row ?? undefined) : this.#table.confirmed.get(text)?.row;
    return this.#copies(text) > 0 ? (this.#table.confirmed.get(text)?.row ?? laid?.row) : undefined;
  }

  /** Of a multiset. @param {string} text */
  #copies(text) {
    const entry = this.#table.confirmed.get(text);
    return (entry ? Math.max(...entry.copies.values()) : 0) + (this.#table.overlay.get(text)?.delta ?? 0) + (this.#written.get(text)?.delta ?? 0);
  }

  /** @param {unknown} key */
  get(key) { return this.#row(keyText(key)); }

  *rows() {
    for (const text of new Set([...this.#table.confirmed.keys(), ...this.#table.overlay.keys(), ...this.#written.keys()])) {
      const row = this.#row(text);
      for (let i = this.#isKeyed ? 1 : this.#copies(text); row !== undefined && i > 0; i--) yield row;
    }
  }

  /** @param {any} row */
  insert(row) {
    const text = this.#table.textOf(row);
    if (this.#isKeyed && this.#row(text) !== undefined) throw new Error(`there is a row ${text} in ${this.#table.name}`);
    this.#write(text, row, 1);
  }

  /** @param {any} row */
  put(row) { this.#write(this.#table.textOf(row), row, 1); }

  /** @param {unknown} key @param {any} change */
  update(key, change) {
    const before = this.#row(keyText(key));
    if (before === undefined) return;
    const after = typeof change === 'function' ? change(before) : { ...before, ...change };
    this.delete(key);
    this.put(after);
  }

  /** @param {unknown} key */
  delete(key) {
    const text = keyText(key);
    const before = this.#row(text);
    if (before !== undefined) this.#write(text, this.#isKeyed ? null : before, -1);
  }

  /** @param {string} text @param {any} row @param {number} by */
  #write(text, row, by) {
    this.#written.set(text, { row, delta: this.#isKeyed ? 0 : (this.#written.get(text)?.delta ?? 0) + by });
  }
}
