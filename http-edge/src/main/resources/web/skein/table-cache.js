import { SkeinError } from './http.js';

/** One table over all subs. Without key columns it is a multiset, and a row is known by its JSON text. */
export class TableCache {
  #entries = new Map(); // text → { row, version, copies: Map(sub → how many) }

  constructor({ key = [], event = false }) {
    Object.assign(this, { key, event });
  }

  keyText(key) { return JSON.stringify(key); }
  textOf(row) {
    if (this.key.length === 0) return JSON.stringify(row);
    return this.keyText(this.key.length === 1 ? row[this.key[0]] : this.key.map((column) => row[column]));
  }
  find(key) { return this.#entries.get(this.keyText(key)); }
  all() { return [...this.#entries.values()].flatMap((entry) => Array(Math.max(...entry.copies.values())).fill(entry.row)); }
  clear() { this.#entries.clear(); }

  /** Answers the row that was there. */
  put(sub, row, version) {
    if (this.event) return undefined;
    const text = this.textOf(row);
    const old = this.#entries.get(text);
    const copies = old?.copies ?? new Map();
    copies.set(sub, this.key.length ? 1 : (copies.get(sub) ?? 0) + 1);
    this.#entries.set(text, { row, version, copies });
    return old?.row;
  }

  /** `key` is a row where the table has no key. Answers the row that was there. */
  drop(sub, key) {
    const text = this.keyText(key);
    const entry = this.#entries.get(text);
    const left = (entry?.copies.get(sub) ?? 0) - 1;
    if (left < 0) throw new SkeinError('internal', `the server deletes a row that is not there: ${text}`);
    if (left > 0) entry.copies.set(sub, left);
    else entry.copies.delete(sub);
    if (entry.copies.size === 0) this.#entries.delete(text);
    return entry.row;
  }
}
