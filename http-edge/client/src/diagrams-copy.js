// The local copy of a diagram: its entities, how far they have come, and what keeps both.
//
// An entity is clean (as the shared copy had it after `version`), dirty (changed here since), or a dirty removal (`data` null). `base` is the shared copy's
// `seq` up to which it is known; what was pushed from here after that has a `version` beyond it, and a clean removal is kept until the base has passed it.

import { SkeinError } from './errors.js';
import { same } from './values.js';

/** @typedef {import('./diagrams.js').Kind} Kind */
/** @typedef {{ kind: Kind | null, data: any, version: number, dirty: boolean }} Entry never changed: another one takes its place */
/** @typedef {{ shared: string | null, epoch: string | null, base: number, lastSynced: number | null, title: string, titleDirty: boolean, sending: Sending | null }} Meta */
/** @typedef {{ path: string, key: string, body: any, picks: import('./diagrams-merge.js').Picks }} Sending a request that may have been done: it is sent again, with its key, before anything else */

const META = 'diagram';
const ENTRY = 'entity/';
const ID = /^[A-Za-z0-9_:.-]{1,64}$/;
const KINDS = new Set(['shape', 'connector', 'note']);

export class Copy {
  /** @type {Map<string, Entry>} */ entries = new Map();
  /** @type {Meta} */ meta = { shared: null, epoch: null, base: 0, lastSynced: null, title: '', titleDirty: false, sending: null };
  #store; #failed;
  /** @type {Promise<void>} */ #written = Promise.resolve();

  /** @param {import('./store/store.js').Store} store @param {(error: unknown) => void} failed */
  constructor(store, failed) {
    this.#store = store;
    this.#failed = failed;
  }

  async open() {
    for (const [key, value] of await this.#store.open()) {
      if (key === META) this.meta = { ...this.meta, .../** @type {Meta} */ (value) };
      else if (key.startsWith(ENTRY)) this.entries.set(key.slice(ENTRY.length), /** @type {Entry} */ (value));
    }
  }

  async close() {
    await this.#written;
    await this.#store.close();
  }

  /** Once all that was changed so far is in the store, or has failed. */
  written() { return this.#written; }

  /** The clean removals that nobody needs any more once this is the base. @param {number} base @returns {[string, null][]} */
  passed(base) { return [...this.entries].filter(([, { kind, dirty, version }]) => kind === null && !dirty && version <= base).map(([id]) => [id, null]); }

  /** All of it or nothing, also after a crash. @param {Map<string, Entry | null>} entries null: there is none any more @param {Partial<Meta>} [meta] */
  write(entries, meta) {
    /** @type {Record<string, unknown>} */ const put = {};
    /** @type {string[]} */ const gone = [];
    for (const [id, entry] of entries) {
      if (entry) {
        this.entries.set(id, entry);
        put[ENTRY + id] = entry;
      } else if (this.entries.delete(id)) gone.push(ENTRY + id);
    }
    if (meta) put[META] = this.meta = { ...this.meta, ...meta };
    const write = this.#store.write({ put, delete: gone });
    this.#written = Promise.all([this.#written, write.catch(this.#failed)]).then(() => {});
    return write;
  }

  /** @param {string} id @param {Kind} kind @param {any} data */
  put(id, kind, data) {
    if (!ID.test(id)) throw new SkeinError('invalid_args', 'an id has 1 to 64 of the characters A-Z a-z 0-9 _ : . -');
    if (!KINDS.has(kind)) throw new SkeinError('invalid_args', `an entity is one of ${[...KINDS].join(', ')}`);
    if (data === null || data === undefined) throw new SkeinError('invalid_args', 'an entity has data');
    const before = this.entries.get(id);
    if (before && before.kind === kind && same(before.data, data)) return;
    this.#change(id, { kind, data, version: before?.version ?? 0, dirty: true });
  }

  /** @param {string} id */
  remove(id) {
    const before = this.entries.get(id);
    if (!before || before.kind === null) return;
    // What was never shared, and may not be on its way, leaves no trace.
    const isUnknown = before.version === 0 && before.dirty && !this.meta.sending;
    this.#change(id, isUnknown ? null : { kind: null, data: null, version: before.version, dirty: true });
  }

  /** @param {string} id @param {Entry | null} entry */
  #change(id, entry) {
    this.write(new Map([[id, entry]])).catch(() => {}); // told by `failed`
  }

  /** What is shown. */
  get visible() {
    return [...this.entries].filter(([, { kind }]) => kind !== null).map(([id, { kind, data }]) => Object.freeze({ id, kind: /** @type {Kind} */ (kind), data }));
  }

  get dirty() { return [...this.entries].filter(([, { dirty }]) => dirty); }

  /** What `push` and `status` are asked with. */
  get asked() {
    const { base } = this.meta;
    return {
      base,
      changes: this.dirty.map(([id, { kind, data, version }]) => ({ id, kind: kind && kind.toUpperCase(), data, version })),
      known: [...this.entries].filter(([, { version }]) => version > base).map(([id, { version }]) => ({ id, version })),
    };
  }
}
