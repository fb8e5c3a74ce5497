// A diagram that lives here: edited without network, shared by wish, and brought together with its shared copy when somebody says so.
//
// What is on its way is in the store before it is sent, with its key: whatever is cut off is said again first, and gets the answer that it was given. What
// both sides have changed is asked about entity by entity, with both at hand; a choice holds for what it was made about and nothing later.

import { Copy } from './diagrams-copy.js';
import { conflicts, pulled, pushed } from './diagrams-merge.js';
import { Listeners } from './dispatch.js';
import { SkeinError } from './errors.js';
import { freshKey } from './values.js';

const TIMEOUT_MS = 60_000;
/** Others may change the shared copy again while somebody chooses; not for ever. */
const MAX_ROUNDS = 10;
const CHOICES = new Set(['local', 'shared', 'both']);
/** It may have been done, or may be yet. */
const PASSING = new Set(['unavailable', 'overloaded', 'rate_limited', 'internal']);

/** @type {Readonly<Record<import('./diagrams.js').DiagramStatus, string>>} */
export const STATUS_COLORS = Object.freeze({ local: '#8a8f98', 'in-sync': '#2e9e5b', pending: '#d9930d', conflicts: '#d2382f' });

/** @typedef {import('./diagrams.js').DiagramSnapshot} Snapshot */
/** @typedef {import('./diagrams.js').OnConflict} OnConflict */
/** @typedef {import('./diagrams.js').DiagramConflict} Conflict */
/** @typedef {import('./diagrams-merge.js').Picks} Picks */
/** @typedef {import('./diagrams-merge.js').Shared} Shared */
/** @typedef {import('./diagrams-copy.js').Sending} Sending */

export class LocalDiagram {
  #client; #copy; #now;
  #listeners = new Listeners();
  /** @type {Snapshot | null} */ #snapshot = null;
  /** @type {{ sharedChanges: number, conflictCount: number }} as far as the server was asked */ #there = { sharedChanges: 0, conflictCount: 0 };
  /** @type {SkeinError | null} */ #storeError = null;
  /** @type {Promise<unknown>} one thing at a time goes to the server */ #turn = Promise.resolve();
  #isBusy = false;

  /** @param {import('./diagrams.js').LocalDiagramOptions} options */
  constructor({ client, store, now = Date.now }) {
    this.#client = client;
    this.#now = now;
    this.#copy = new Copy(store, (e) => {
      this.#storeError = SkeinError.from(e, 'internal');
      this.#tell();
    });
  }

  /** Reads the local copy. */
  async open() {
    await this.#copy.open();
    this.#tell();
    return this.snapshot();
  }

  async close() {
    await this.#turn.catch(() => {}); // told to whoever asked for it
    await this.#copy.close();
  }

  /** Once what was changed so far is in the store. */
  written() { return this.#copy.written(); }

  // ---- What is here

  get status() { return this.snapshot().status; }

  /** @param {string} id */
  get(id) { return this.snapshot().entities.find((entity) => entity.id === id); }

  /** @param {import('./diagrams.js').Entity} entity */
  put({ id, kind, data }) {
    this.#copy.put(id, kind, data);
    this.#tell();
  }

  /** @param {string} id */
  remove(id) {
    this.#copy.remove(id);
    this.#tell();
  }

  /** @param {string} title */
  setTitle(title) {
    if (title === this.#copy.meta.title) return;
    this.#copy.write(new Map(), { title, titleDirty: true }).catch(() => {}); // told as `storeError`
    this.#tell();
  }

  /** @param {() => void} listener */
  subscribe(listener) { return this.#listeners.add(listener); }

  /** @returns {Snapshot} */
  snapshot() {
    if (this.#snapshot) return this.#snapshot;
    const { shared, base, lastSynced, title, titleDirty } = this.#copy.meta;
    const localChanges = this.#copy.dirty.length + (titleDirty ? 1 : 0);
    const { sharedChanges, conflictCount } = this.#there;
    /** @type {import('./diagrams.js').DiagramStatus} */
    const status = shared === null ? 'local' : conflictCount > 0 ? 'conflicts' : localChanges + sharedChanges > 0 ? 'pending' : 'in-sync';
    this.#snapshot = Object.freeze({
      status, color: STATUS_COLORS[status], shared, base, lastSynced, title, localChanges, sharedChanges, conflictCount,
      diverged: localChanges > 0 && sharedChanges > 0,
      entities: Object.freeze(this.#copy.visible),
      isBusy: this.#isBusy,
      storeError: this.#storeError,
    });
    return this.#snapshot;
  }

  // ---- The shared copy

  /** Makes a shared copy: a new workspace, with all that is here. @param {import('./diagrams.js').ShareOptions} [options] */
  share({ access = 'public-write', name, id } = {}) {
    return this.#serial(async () => {
      await this.#finish();
      if (this.#copy.meta.shared === null) {
        const body = { module: 'diagrams', name: name ?? (this.#copy.meta.title || 'Diagram'), access, ...(id !== undefined && { id }) };
        await this.#send({ path: '/v1/workspaces', key: freshKey(), body, picks: {} });
      }
      await this.#push(undefined);
      await this.#pull(undefined);
      return /** @type {string} */ (this.#copy.meta.shared);
    });
  }

  /** Takes a workspace for the shared copy, and reads it. @param {string} workspace @param {{ onConflict?: OnConflict }} [options] */
  attach(workspace, { onConflict } = {}) {
    return this.#serial(async () => {
      const { shared } = this.#copy.meta;
      if (shared !== null && shared !== workspace) throw new SkeinError('invalid_args', `this diagram is shared as ${shared}: detach it first`);
      if (shared === null) await this.#copy.write(new Map(), { shared: workspace, base: 0, epoch: null });
      return this.#pull(onConflict);
    });
  }

  /** Forgets the shared copy, which stays where it is: this one is local again. */
  detach() {
    return this.#serial(async () => {
      /** @type {[string, import('./diagrams-copy.js').Entry | null][]} */
      const own = [...this.#copy.entries].map(([id, entry]) => [id, entry.kind === null ? null : { ...entry, version: 0, dirty: true }]);
      await this.#copy.write(new Map(own), { shared: null, base: 0, epoch: null, lastSynced: null, sending: null });
      this.#there = { sharedChanges: 0, conflictCount: 0 };
    });
  }

  /** Local to shared. @param {{ onConflict?: OnConflict }} [options] @returns {Promise<import('./diagrams.js').PushResult>} */
  push({ onConflict } = {}) { return this.#serial(() => this.#push(onConflict)); }

  /** Shared to local. @param {{ onConflict?: OnConflict }} [options] @returns {Promise<import('./diagrams.js').PullResult>} */
  pull({ onConflict } = {}) { return this.#serial(() => this.#pull(onConflict)); }

  /** Asks how both stand to each other. Writes nothing, here or there. */
  refresh() {
    return this.#serial(async () => {
      await this.#finish();
      const { answer } = await this.#call('status', this.#copy.asked);
      this.#there = { sharedChanges: answer.shared_changes, conflictCount: answer.conflict_count };
      this.#tell();
      return this.snapshot();
    });
  }

  // ---- How

  /** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
  #serial(work) {
    const run = this.#turn.then(async () => {
      this.#become(true);
      try {
        return await work();
      } finally {
        this.#become(false);
      }
    });
    this.#turn = run.catch(() => {}); // told to whoever asked for it
    return run;
  }

  /** @param {boolean} isBusy */
  #become(isBusy) {
    this.#isBusy = isBusy;
    this.#tell();
  }

  #tell() {
    this.#snapshot = null;
    this.#listeners.tell();
  }

  /** @param {string} [more] */
  #path(more = '') {
    const { shared } = this.#copy.meta;
    if (shared === null) throw new SkeinError('invalid_args', 'this diagram is not shared');
    return `/v1/workspaces/${encodeURIComponent(shared)}${more}`;
  }

  /** @param {string} method @param {string} path @param {object} [options] @returns {Promise<any>} */
  #request(method, path, options) { return this.#client.request(method, path, { timeoutMs: TIMEOUT_MS, ...options }); }

  /** @param {string} reducer @param {unknown} body */
  #call(reducer, body) { return this.#request('POST', this.#path(`/calls/${reducer}`), { body }); }

  /** What was cut off, if anything was, comes first. */
  async #finish() {
    if (this.#copy.meta.sending) await this.#send(this.#copy.meta.sending);
  }

  /** @param {Sending} sending */
  async #send(sending) {
    if (sending !== this.#copy.meta.sending) await this.#copy.write(new Map(), { sending });
    const { path, key, body, picks } = sending;
    let answer;
    try {
      answer = await this.#request('POST', path, { body, headers: { 'idempotency-key': key } });
    } catch (e) {
      if (!PASSING.has(SkeinError.from(e).code)) await this.#copy.write(new Map(), { sending: null });
      throw e;
    }
    if (path === '/v1/workspaces') await this.#copy.write(new Map(), { sending: null, shared: answer.id, base: 0, epoch: null });
    else await this.#done(body.changes, picks, answer.answer);
    this.#tell();
    return answer.answer;
  }

  /** A push is done. @param {any[]} sent @param {Picks} picks @param {any} answer */
  async #done(sent, picks, answer) {
    const { changes, wanted } = pushed(this.#copy.entries, sent, picks, answer);
    const passed = this.#copy.passed(answer.base).filter(([id]) => !changes.has(id));
    await this.#copy.write(new Map([...changes, ...passed]), { sending: null, base: answer.base, lastSynced: this.#now() });
    this.#there = { sharedChanges: answer.missed, conflictCount: 0 };
    if (wanted.length === 0) return;
    const { shared } = await this.#read(answer.base);
    const news = pulled(this.#copy.entries, shared.filter(({ id }) => wanted.includes(id)), {});
    await this.#copy.write(news.changes);
    this.#there = { sharedChanges: Math.max(0, answer.missed - wanted.length), conflictCount: 0 };
  }

  /** @param {OnConflict} [onConflict] */
  async #push(onConflict) {
    await this.#finish();
    await this.#requireHistory();
    const { title, titleDirty } = this.#copy.meta;
    if (titleDirty && title.trim() !== '') {
      await this.#call('set_title', { title });
      await this.#copy.write(new Map(), { titleDirty: this.#copy.meta.title !== title });
    }
    /** @type {Picks} */ let picks = {};
    for (let round = 0; ; round++) {
      const asked = this.#copy.asked;
      if (asked.changes.length === 0) return { updated: 0, removed: 0, kept: 0, copies: [], missed: this.#there.sharedChanges, base: asked.base };
      const choices = Object.entries(picks).map(([id, { choice, version }]) => ({ id, choice: choice.toUpperCase(), version }));
      try {
        const { updated, removed, kept, copies, missed, base } = await this.#send({ path: this.#path('/calls/push'), key: freshKey(), body: { ...asked, choices }, picks });
        return { updated, removed, kept, copies, missed, base };
      } catch (e) {
        if (!(e instanceof SkeinError) || e.reason !== 'conflicts' || round === MAX_ROUNDS) throw e;
        this.#there = { ...this.#there, conflictCount: e.details?.total ?? 1 };
        this.#tell();
        const { shared } = await this.#read(asked.base);
        picks = await this.#decide(() => conflicts(this.#copy.entries, shared), onConflict);
      }
    }
  }

  /** @param {OnConflict} [onConflict] */
  async #pull(onConflict) {
    await this.#finish();
    const { meta } = this.#copy;
    let { shared, seq, epoch, title, removalsFrom } = await this.#read(meta.base);
    const isOtherHistory = meta.epoch !== null && epoch !== meta.epoch;
    const entries = () => (isOtherHistory ? new Map([...this.#copy.entries].map(([id, entry]) => [id, { ...entry, version: 0 }])) : this.#copy.entries);
    if (isOtherHistory || (meta.base > 0 && meta.base < removalsFrom)) {
      ({ shared, seq, epoch, title } = await this.#read(0));
      // What was removed is not told any more: it is what is not there.
      const present = new Set(shared.map(({ id }) => id));
      const gone = [...this.#copy.entries].filter(([id, { version }]) => version > 0 && !present.has(id));
      shared = [...shared, ...gone.map(([id]) => ({ id, kind: null, data: null, version: seq }))];
    }
    const picks = await this.#decide(() => conflicts(entries(), shared), onConflict);
    const { changes, updated, removed, kept, copies } = pulled(entries(), shared, picks);
    const passed = this.#copy.passed(seq).filter(([id]) => !changes.has(id));
    const named = this.#copy.meta.titleDirty ? {} : { title };
    await this.#copy.write(new Map([...changes, ...passed]), { base: seq, epoch, lastSynced: this.#now(), ...named });
    this.#there = { sharedChanges: 0, conflictCount: 0 };
    return { updated, removed, kept, copies, base: seq };
  }

  /** Asks about every conflict, again if it is about something else by now. @param {() => Conflict[]} find @param {OnConflict} [onConflict] @returns {Promise<Picks>} */
  async #decide(find, onConflict) {
    /** @type {Picks} */ const picks = {};
    const about = new Map();
    for (;;) {
      const open = find().filter(({ id }) => !picks[id] || about.get(id) !== this.#copy.entries.get(id));
      if (open.length === 0) return picks;
      for (const conflict of open) {
        about.set(conflict.id, this.#copy.entries.get(conflict.id));
        const choice = typeof onConflict === 'function' ? await onConflict(conflict) : onConflict;
        if (choice === undefined) throw undecided(open);
        if (!CHOICES.has(choice)) throw new SkeinError('invalid_args', `'${choice}' is none of the choices ${[...CHOICES].join(', ')}`);
        picks[conflict.id] = { choice, version: conflict.version };
      }
    }
  }

  /** A base means something in one history only. */
  async #requireHistory() {
    const { epoch } = await this.#request('GET', this.#path());
    const { meta } = this.#copy;
    if (meta.epoch === null) await this.#copy.write(new Map(), { epoch });
    else if (meta.epoch !== epoch) throw new SkeinError('stale_cursor', "the shared copy's history was replaced: pull before you push");
  }

  /** What the shared copy has since. @param {number} base @returns {Promise<{ shared: Shared[], seq: number, epoch: string, title: string, removalsFrom: number }>} */
  async #read(base) {
    const since = ['>', 'version', base];
    const query = JSON.stringify([{ table: 'diagram' }, { table: 'entity', where: since }, { table: 'removal', where: since }]);
    const { seq, epoch, tables } = await this.#request('GET', this.#path(`/snapshot?query=${encodeURIComponent(query)}`));
    const [diagram] = tables.diagram.rows;
    const present = tables.entity.rows.map((/** @type {any} */ row) => ({ ...row, kind: row.kind.toLowerCase() }));
    const removed = tables.removal.rows.map((/** @type {any} */ { id, version }) => ({ id, kind: null, data: null, version }));
    return { shared: [...present, ...removed], seq, epoch, title: diagram?.title ?? '', removalsFrom: diagram?.removals_from ?? 0 };
  }
}

/** @param {Conflict[]} open */
const undecided = (open) => new SkeinError('rejected', `both sides have changed ${open.length} entities, and nothing was chosen for them`, {
  reason: 'conflicts', details: { total: open.length, conflicts: open },
});
