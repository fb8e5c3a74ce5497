// What a workspace finds in its store when it starts, and what becomes of it.

import { SkeinError } from './errors.js';
import { Keeper } from './keeper.js';
import { same } from './values.js';

/** @typedef {import('./call.js').Call} Call */
/** @typedef {import('./index.d.ts').ModuleDescription} ModuleDescription */
/** @typedef {import('./keeper.js').Meta} Meta */

/**
 * @typedef {object} Around the workspace
 * @property {string} id
 * @property {import('./index.d.ts').WorkspaceOptions<any>} options
 * @property {import('./cache.js').Cache} cache
 * @property {import('./subs.js').Subs} subs
 * @property {import('./outbox.js').Outbox} outbox
 * @property {import('./stream.js').Stream} stream
 * @property {() => Meta} meta as it is now
 * @property {() => number} nextId for a call
 * @property {() => ModuleDescription | null} schema
 * @property {(schema: ModuleDescription) => void} describe
 * @property {(identity: string | null) => void} belongsTo where it is not known yet
 * @property {() => void} hasRows
 * @property {() => void} forgetRows rows and cursor are of no use any more
 * @property {(tellings: (() => void)[]) => void} tell with the next change
 * @property {(always: boolean) => void} show what came from the store, with effects over it
 * @property {(event: string, told: any) => void} emit
 */

export class Shelf {
  /** @type {Keeper | null} while there is a store that is open */
  keeper = null;
  #around;

  /** @param {Around} around */
  constructor(around) { this.#around = around; }

  /** Reads the store, if there is one. */
  async load() {
    const { options, cache, outbox, meta, nextId, emit } = this.#around;
    if (!options.store) return;
    const keeper = new Keeper({ store: options.store, cache, meta, failed: (error) => emit('error', error) });
    keeper.callsFrom(() => outbox.calls);
    try {
      const kept = await keeper.open(nextId);
      this.keeper = keeper;
      this.#restore(kept);
    } catch (e) {
      this.keeper = null;
      await keeper.close();
      emit('error', new SkeinError('internal', `the store cannot be read: ${/** @type {any} */ (e)?.message ?? e}`, { reason: 'store_failed' }));
    }
  }

  async close() {
    await this.keeper?.close();
    this.keeper = null;
  }

  /** @param {Awaited<ReturnType<Keeper['open']>>} kept */
  #restore({ meta, rows, calls, isReadable, unreadableCalls }) {
    const { id, options, outbox, stream, schema, describe, belongsTo, forgetRows, show } = this.#around;
    if (!isReadable) {
      const thrown = unreadableCalls.map(({ key, reducer, args, sentAt }) => ({ key, reducer, args, sent: sentAt !== null }));
      return this.discard(meta?.format === undefined ? 'unreadable' : 'format', thrown);
    }
    if (!meta) return this.#adopt(calls);
    if (meta.workspace !== id) return this.discard('workspace', calls.map((call) => call.kept));
    const whose = options.identity ?? stream.welcome?.identity ?? null;
    if (whose !== null && meta.identity !== null && meta.identity !== whose) return this.discard('identity', calls.map((call) => call.kept));
    belongsTo(meta.identity);
    forgetRows(); // of an earlier run of this object
    this.#adopt(calls);
    if (schema() && !same(schema(), meta.schema)) {
      this.discard('schema', []);
    } else if (meta.schema) {
      describe(meta.schema);
      try {
        this.#restoreRows(meta, rows);
      } catch {
        forgetRows();
        this.discard('unreadable', []); // the calls can be read
      }
    }
    show(true);
    outbox.pump();
  }

  /** @param {Meta} meta @param {import('./keeper.js').KeptRow[]} rows */
  #restoreRows({ subs: kept, cursor, role }, rows) {
    const { cache, subs, stream, tell, hasRows } = this.#around;
    tell(subs.restore(kept));
    for (const [table, row, version, copies] of rows) for (const [sub, many] of copies) cache.table(table).put(sub, row, version, many);
    for (const table of cache.tables.values()) table.unsaved.clear();
    cache.isAllUnsaved = false; // it is as it is kept
    Object.assign(stream, { cursor, role });
    hasRows();
  }

  /** @param {Call[]} calls */
  #adopt(calls) {
    const { options, outbox } = this.#around;
    for (const call of calls) call.effect = options.effects?.[call.reducer] ?? null;
    outbox.restore(calls);
    for (const call of outbox.calls) if (!call.restored) this.keeper?.callChanged(call); // made while the store was being read
  }

  /**
   * What is kept cannot be used: it is thrown away, and said so.
   * @param {import('./index.d.ts').Events['discarded']['reason']} reason
   * @param {readonly import('./index.d.ts').KeptCall[]} calls those that are thrown away too
   */
  discard(reason, calls) {
    const { emit, tell, show } = this.#around;
    this.keeper?.clear();
    tell([() => emit('discarded', { reason, calls })]);
    show(false);
  }
}
