// Rows of a table by the values of some columns.

import { Listeners } from './dispatch.js';

/** @typedef {import('./table.js').Shown} Shown */

const NONE = Object.freeze(/** @type {any[]} */ ([]));

export class TableIndex {
  /** @type {Map<string, { shown: Map<string, Shown>, list: readonly any[] | null }>} values → text → row */
  #groups = new Map();
  /** @type {Map<string, Listeners>} */
  #listeners = new Map();
  /** @type {Set<string>} values whose rows changed since they were told */
  #changed = new Set();

  /** @param {string[]} columns @param {Map<string, Shown>} shown */
  constructor(columns, shown) {
    /** @type {readonly string[]} */
    this.columns = columns;
    for (const [text, one] of shown) this.#add(text, one);
  }

  /** @param {...unknown} values */
  find(...values) { return this.#list(JSON.stringify(values)); }

  /** @param {...unknown} values */
  rows(...values) {
    const group = JSON.stringify(values);
    return {
      snapshot: () => this.#list(group),
      /** @param {(change?: any) => void} listener */
      subscribe: (listener) => {
        const listeners = this.#listeners.get(group) ?? new Listeners();
        this.#listeners.set(group, listeners);
        const stop = listeners.add(listener);
        return () => {
          stop();
          if (listeners.size === 0 && this.#listeners.get(group) === listeners) this.#listeners.delete(group);
        };
      },
    };
  }

  /** @param {string} group */
  #list(group) {
    const found = this.#groups.get(group);
    if (!found) return NONE;
    return (found.list ??= Object.freeze([...found.shown.values()].flatMap(({ row, copies }) => Array(copies).fill(row))));
  }

  /** @param {any} row @returns {string} */
  #groupOf(row) { return JSON.stringify(this.columns.map((column) => row[column] ?? null)); }

  /** @param {string} text @param {Shown} one */
  #add(text, one) {
    const name = this.#groupOf(one.row);
    const group = this.#groups.get(name) ?? { shown: new Map(), list: null };
    group.shown.set(text, one);
    group.list = null;
    this.#groups.set(name, group);
    return name;
  }

  /** @param {string} text @param {Shown | undefined} before @param {Shown | undefined} after */
  changed(text, before, after) {
    const [from, to] = [before && this.#groupOf(before.row), after && this.#groupOf(after.row)];
    if (from !== undefined) this.#changed.add(from);
    if (from !== undefined && from !== to) {
      const group = /** @type {{ shown: Map<string, Shown>, list: any }} */ (this.#groups.get(from));
      group.shown.delete(text);
      group.list = null;
      if (group.shown.size === 0) this.#groups.delete(from);
    }
    if (after) this.#changed.add(this.#add(text, after));
  }

  /** @param {import('./index.d.ts').Change} change @returns {(() => void)[]} */
  tellings(change) {
    const tellings = [...this.#changed].filter((group) => this.#listeners.has(group)).map((group) => () => this.#listeners.get(group)?.tell(change));
    this.#changed.clear();
    return tellings;
  }
}
