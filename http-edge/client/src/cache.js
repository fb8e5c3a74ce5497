// All rows of a workspace: takes what the server says, lays effects over it, and tells what changed, a transaction at a time.

import { Dispatcher, Listeners } from './dispatch.js';
import { Draft } from './draft.js';
import { SkeinError } from './errors.js';
import { Table } from './table.js';

/** @typedef {import('./index.d.ts').ModuleDescription} ModuleDescription */
/** @typedef {import('./index.d.ts').Change} Change */
/** @typedef {import('./index.d.ts').RowChange} RowChange */
/** @typedef {import('./subs.js').Sub} Sub */
/** @typedef {{ rows: any[], versions?: number[] }} TableRows */
/** @typedef {{ insert?: any[], update?: any[], delete?: any[] }} TableDelta */
/** @typedef {{ effect: ((draft: any, args: any) => void) | null, args: any, writes: import('./draft.js').Write[] }} Laying what a call shows */

export class Cache {
  /** @type {Map<string, Table>} */
  tables = new Map();
  /** @type {Map<number, Sub>} */
  subs = new Map();
  /** Whether the store has to be written anew. */
  isAllUnsaved = false;
  changes = new Listeners();
  dispatcher = new Dispatcher();
  /** @type {ModuleDescription | null} */
  #schema = null;
  #ignoresUnknown = false;

  /** @param {string} name */
  table(name) {
    let table = this.tables.get(name);
    if (!table) {
      if (this.#schema && !this.#schema.tables[name]) throw new SkeinError('not_found', `the module ${this.#schema.module} has no table ${name}`);
      table = new Table(name);
      if (this.#schema) table.describe(this.#schema.tables[name]);
      this.tables.set(name, table);
    }
    return table;
  }

  /**
   * @param {ModuleDescription} schema
   * @param {boolean} ignoresUnknown whether the server may know tables that the program does not, because its types are older
   */
  describe(schema, ignoresUnknown) {
    this.#schema = schema;
    this.#ignoresUnknown = ignoresUnknown;
    for (const [name, table] of this.tables) if (schema.tables[name]) table.describe(schema.tables[name]);
  }

  /** @param {string} name @returns {Table | null} null: rows of it are passed over */
  #told(name) {
    if (!this.#schema?.tables[name] && this.#ignoresUnknown) return null;
    if (!this.#schema?.tables[name]) throw new SkeinError('internal', `there is no table ${name} in the schema`, { reason: 'unknown_table' });
    return this.table(name);
  }

  // ---- What the server says

  /** Everything anew. @param {Record<string, Record<string, TableRows>>} subs */
  reset(subs) {
    for (const tables of Object.values(subs)) for (const name of Object.keys(tables)) this.#told(name); // all of it, or nothing
    for (const table of this.tables.values()) table.clear();
    for (const [sub, tables] of Object.entries(subs)) this.#fill(Number(sub), tables);
    this.isAllUnsaved = true;
  }

  /** The rows of one more subscription. @param {number} sub @param {Record<string, TableRows>} tables */
  add(sub, tables) {
    for (const name of Object.keys(tables)) this.#told(name);
    this.forget(sub);
    this.#fill(sub, tables);
  }

  /** @param {number} sub */
  forget(sub) { for (const table of this.tables.values()) table.forget(sub); }

  /** @param {number} sub @param {Record<string, TableRows>} tables */
  #fill(sub, tables) {
    for (const [name, { rows, versions }] of Object.entries(tables)) {
      const table = this.#told(name);
      if (table && !table.event) rows.forEach((row, i) => table.put(sub, row, versions?.[i] ?? 0));
    }
  }

  /**
   * A transaction, whole: where something in it cannot be, it throws before it has changed anything.
   * @param {number} seq
   * @param {Record<string, Record<string, TableDelta>>} subs
   * @returns {RowChange[]} what it did to the rows that are confirmed here, each once however many subscriptions show it
   */
  apply(seq, subs) {
    this.#check(subs);
    /** @type {Map<Table, Map<string, { row: any, copies: number }>>} */
    const before = new Map();
    for (const [number, tables] of Object.entries(subs)) {
      const sub = Number(number);
      for (const [name, { insert = [], update = [], delete: gone = [] }] of Object.entries(tables)) {
        const table = this.#told(name);
        if (!table) continue;
        if (table.event) {
          this.#pass(table, insert);
          for (const row of insert) this.subs.get(sub)?.pass(name, row);
          continue;
        }
        const touched = before.get(table) ?? new Map();
        before.set(table, touched);
        const touch = (/** @type {string} */ text) => touched.has(text) || touched.set(text, standing(table, text));
        for (const key of gone) {
          const text = JSON.stringify(key);
          touch(text);
          table.drop(sub, text);
        }
        for (const row of [...insert, ...update]) {
          touch(table.textOf(row));
          table.put(sub, row, seq);
        }
      }
    }
    return [...this.#passed(), ...[...before].flatMap(([table, touched]) => [...touched].flatMap(([text, was]) => difference(table, was, standing(table, text))))];
  }

  /** An event that several subscriptions show is one. @param {Table} table @param {any[]} rows */
  #pass(table, rows) {
    const texts = new Map();
    for (const row of table.passing) count(texts, JSON.stringify(row));
    const seen = new Map();
    for (const row of rows) if (count(seen, JSON.stringify(row)) > (texts.get(JSON.stringify(row)) ?? 0)) table.passing.push(row);
  }

  /** @returns {RowChange[]} */
  #passed() { return [...this.tables.values()].flatMap((table) => table.passing.map((after) => ({ table: table.name, after }))); }

  /** @param {Record<string, Record<string, TableDelta>>} subs */
  #check(subs) {
    for (const [sub, tables] of Object.entries(subs)) {
      for (const [name, { insert = [], update = [], delete: gone = [] }] of Object.entries(tables)) {
        const table = this.#told(name);
        if (!table || table.event) continue;
        for (const row of [...insert, ...update]) table.textOf(row);
        const counts = new Map();
        for (const key of gone) {
          const text = JSON.stringify(key);
          if (count(counts, text) > table.copies(Number(sub), text)) throw new SkeinError('internal', `the server deletes a row that is not there: ${name} ${text}`);
        }
      }
    }
  }

  // ---- What effects say

  /**
   * Runs a call's effect over what is there, effects before it included. One that throws shows nothing.
   * @param {Laying} call
   * @param {string | null} identity
   */
  lay(call, identity) {
    const draft = new Draft(identity, (name) => this.table(name));
    if (call.effect) {
      try {
        call.effect(draft, call.args);
        call.writes = draft.writes();
      } catch {
        call.writes = []; // as index.d.ts says: nothing to show
      }
    }
    for (const [name, text, laid] of call.writes) {
      if (!this.#schema?.tables[name]) continue; // written by an older program
      const table = this.table(name);
      table.lay(text, { row: laid.row, delta: laid.delta + (table.overlay.get(text)?.delta ?? 0) });
    }
  }

  /** All effects anew, in their order. @param {Iterable<Laying>} calls @param {string | null} identity */
  rebase(calls, identity) {
    for (const table of this.tables.values()) table.uncover();
    for (const call of calls) this.lay(call, identity);
  }

  /** What is there now with all effects, to be read. @param {string | null} identity */
  reader(identity) { return new Draft(identity, (name) => this.table(name)); }

  // ---- Telling

  /**
   * Shows what has come in, and tells whom it concerns.
   * @param {Omit<Change, 'rows'>} about
   * @param {(() => void)[]} [besides] told last
   * @param {boolean} [always] whether a change without rows is told too
   */
  flush(about, besides = [], always = false) {
    /** @type {RowChange[]} */
    const all = [];
    /** @type {(() => void)[]} */
    const tellings = [];
    const subs = [...this.subs.values()];
    for (const table of this.tables.values()) {
      if (table.dirty.size === 0 && table.passing.length === 0) continue;
      const { rows, texts } = table.flush(subs);
      for (const row of rows) all.push(row);
      if (rows.length > 0) tellings.push(...table.tellings({ ...about, rows }, texts));
    }
    const change = { ...about, rows: all };
    for (const sub of subs) tellings.push(...sub.tellings(change));
    if (all.length > 0 || always) tellings.push(() => this.changes.tell(change));
    this.dispatcher.tell([...tellings, ...besides]);
  }
}

/** @param {Table} table @param {string} text */
function standing(table, text) {
  const entry = table.confirmed.get(text);
  return { row: entry?.row, copies: entry ? Math.max(...entry.copies.values()) : 0 };
}

/** @param {Table} table @param {{ row: any, copies: number }} was @param {{ row: any, copies: number }} is @returns {RowChange[]} */
function difference(table, was, is) {
  if (table.key?.length) return [{ table: table.name, ...(was.copies > 0 && { before: was.row }), ...(is.copies > 0 && { after: is.row }) }].filter((one) => 'before' in one || 'after' in one);
  const more = is.copies - was.copies;
  return Array.from({ length: Math.abs(more) }, () => (more > 0 ? { table: table.name, after: is.row } : { table: table.name, before: was.row }));
}

/** @param {Map<string, number>} counts @param {string} text */
function count(counts, text) {
  const now = (counts.get(text) ?? 0) + 1;
  counts.set(text, now);
  return now;
}
