// A workspace as a program sees it. Puts the parts together: rows (cache), what is asked for (subs), calls (outbox), the socket (connection), what
// the server says (stream), who is here (presence), undo (history), and what is kept (shelf, keeper).

import { Cache } from './cache.js';
import { Connection } from './connection.js';
import { Listeners } from './dispatch.js';
import { SkeinError, notSent } from './errors.js';
import { History } from './history.js';
import { Outbox } from './outbox.js';
import { Presence } from './presence.js';
import { Renewal } from './renewal.js';
import { Shelf } from './shelf.js';
import { Stream } from './stream.js';
import { Subs } from './subs.js';
import { same } from './values.js';

/** @typedef {import('./index.d.ts').ModuleDescription} ModuleDescription */
/** @typedef {import('./index.d.ts').WorkspaceOptions<any>} Options */
/** @typedef {import('./call.js').Call} Call */
/** @typedef {import('./history.js').Doing} Doing */
/** @typedef {import('./client.js').Door} Door */

/** Without an answer. */
const MAX_SIGNALS = 256;

export class Workspace {
  #door;
  #options;
  #cache = new Cache();
  #subs; #outbox; #presence; #history; #renewal;
  /** @type {Stream} */
  #stream;
  /** @type {Connection} */
  #connection;
  /** @type {Shelf} */
  #shelf;
  /** @type {Map<string, Listeners>} */
  #listeners = new Map();
  #nextId = 1;
  /** @type {ModuleDescription | null} */
  #schema = null;
  #isSchemaSure = false;
  /** @type {string | null} */
  #identity = null;
  /** @type {Promise<void> | null} */
  #loading = null;
  #hasRows = false;
  /** @type {(() => void)[]} to be told with the next change */
  #tellings = [];
  /** @type {WeakMap<Call, () => void>} how to take a call out of the history */
  #records = new WeakMap();
  /** @type {import('./index.d.ts').ConnectionSnapshot | null} */
  #connectionSnapshot = null;
  #connectionListeners = new Listeners();

  /** @param {string} id @param {Door} door @param {Options} options */
  constructor(id, door, options) {
    this.id = id;
    this.#door = door;
    this.#options = options;
    const { clock, random, WebSocket, wakeups } = door;
    const send = (/** @type {object} */ message) => this.#send(message);
    this.#presence = new Presence(clock, send);
    this.#subs = new Subs({ cache: this.#cache, clock, lingerMs: options.lingerMs ?? 2_000, send });
    this.#outbox = new Outbox(this.#aroundOutbox());
    this.#history = new History((doing, as) => this.#make(doing, as), options.maxUndo ?? 100);
    this.#connection = new Connection({
      clock,
      random,
      WebSocket,
      wakeups,
      url: () => this.#address(),
      hello: () => this.#stream.hello(),
      hear: (message) => this.#stream.hear(message),
      distrusted: (error) => this.#distrusted(error),
      ping: () => ({ type: 'ping', id: this.#nextId++ }),
      became: (state, error) => this.#became(state, error),
    });
    this.#renewal = new Renewal({
      clock,
      random,
      token: door.token,
      bring: (token) => {
        const id = this.#send({ type: 'token', token });
        return id === null ? null : this.#stream.answer(id);
      },
      failed: (error) => this.#emit('error', error),
    });
    this.#stream = new Stream({
      cache: this.#cache,
      subs: this.#subs,
      outbox: this.#outbox,
      presence: this.#presence,
      connection: this.#connection,
      show: (about, besides, always) => {
        this.#rebase();
        this.#flush(about, besides, always);
      },
      emit: (event, told) => this.#emit(event, told),
      identified: (identity) => this.#identified(identity),
      changed: () => this.#shelf.keeper?.changed(),
      schema: () => this.#schema,
    });
    this.#shelf = new Shelf({
      id,
      options,
      cache: this.#cache,
      subs: this.#subs,
      outbox: this.#outbox,
      stream: this.#stream,
      meta: () => this.#meta(),
      nextId: () => this.#nextId++,
      schema: () => this.#schema,
      describe: (schema) => this.#describe(schema, Boolean(options.schema)),
      belongsTo: (identity) => { this.#identity ??= identity; },
      hasRows: () => { this.#hasRows = true; },
      forgetRows: () => this.#forgetRows(),
      tell: (tellings) => void this.#tellings.push(...tellings),
      show: (always) => {
        this.#rebase();
        this.#flush({ source: 'store', own: false }, [], always);
      },
      emit: (event, told) => this.#emit(event, told),
    });
    this.#identity = options.identity ?? null;
    if (options.schema) this.#describe(options.schema, true);
    this.#cache.changes.add((change) => this.#emit('change', change));
  }

  /** @returns {import('./outbox.js').Surroundings} */
  #aroundOutbox() {
    const { clock, random } = this.#door;
    const { maxPending = 1_024, maxPendingBytes = 8 << 20, keyWindowMs = 23 * 3_600_000, keyWindowCalls = 10_000 } = this.#options;
    return {
      clock,
      random,
      maxPending,
      maxPendingBytes,
      keyWindowMs,
      keyWindowCalls,
      live: () => (this.state === 'live' ? { number: this.#connection.number, seq: this.#stream.head, epoch: this.#stream.welcome.epoch } : null),
      send: (text) => void this.#connection.send(text),
      keep: this.#options.store ? () => this.#shelf.keeper?.flushed() ?? Promise.resolve() : null,
      changed: (call) => this.#shelf.keeper?.callChanged(call),
      settled: (call, error, outcome) => this.#settled(call, error, outcome),
    };
  }

  // ---- What it is

  get state() { return this.#connection.state; }
  get seq() { return this.#stream.seq; }
  get epoch() { return this.#stream.cursor?.epoch ?? this.#stream.welcome?.epoch ?? null; }
  get role() { return this.#stream.role; }
  get identity() { return this.#identity; }
  get schema() { return this.#schema; }
  get presence() { return this.#presence; }
  get outbox() { return this.#outbox; }
  get history() { return this.#history; }
  /** What a connection's binding shows. */
  connection = {
    subscribe: (/** @type {() => void} */ listener) => this.#connectionListeners.add(listener),
    snapshot: () => (this.#connectionSnapshot ??= this.#describeConnection()),
  };

  /** @returns {import('./index.d.ts').ConnectionSnapshot} */
  #describeConnection() {
    const { state, error, retryAt } = this.#connection;
    return Object.freeze({ state, error, retryAt, hasRows: this.#hasRows, identity: this.#identity, role: this.role });
  }

  /** Answers how to tell, where it is another than before. @returns {(() => void)[]} */
  #connectionTellings() {
    const before = this.#connectionSnapshot;
    const now = this.#describeConnection();
    if (before && Object.keys(now).every((key) => /** @type {any} */ (now)[key] === /** @type {any} */ (before)[key])) return [];
    this.#connectionSnapshot = now;
    return [() => this.#connectionListeners.tell()];
  }

  // ---- Beginning and end

  start() {
    this.#loading ??= this.#shelf.load();
    this.#connection.start();
    return this.#loading;
  }

  async stop() {
    this.#connection.stop(null);
    await this.#loading;
    this.#loading = null;
    await this.#shelf.keeper?.flushed();
    if (this.#shelf.keeper?.isKept) this.#outbox.leave();
    else this.#outbox.end(null);
    this.#flush({ source: 'effect', own: true });
    await this.#shelf.close();
  }

  /** @returns {import('./keeper.js').Meta} */
  #meta() {
    return { format: 1, workspace: this.id, identity: this.#identity, role: this.role, schema: this.#schema, cursor: this.#stream.cursor, subs: this.#subs.kept };
  }

  /** Rows and cursor are of no use any more. */
  #forgetRows() {
    this.#subs.lost();
    this.#cache.reset({});
    this.#stream.distrust();
    this.#rebase();
  }

  // ---- The connection

  /** Where to connect; run again for every attempt. */
  async #address() {
    await this.#loading;
    const token = await this.#door.token();
    const [, { address, expiresIn }] = await Promise.all([this.#learnSchema(token), this.#door.socketUrl(this.id, token)]);
    this.#renewal.opens(token, expiresIn);
    return address;
  }

  /** @param {string | null} token */
  async #learnSchema(token) {
    if (this.#isSchemaSure) return;
    const described = await this.#door.schemaOf(this.id, this.#schema?.module ?? null, token);
    if (this.#isSchemaSure) return;
    const isOther = this.#schema !== null && !same(this.#schema, described);
    this.#describe(described, false);
    this.#isSchemaSure = true;
    if (!isOther) return;
    this.#forgetRows();
    this.#shelf.discard('schema', []);
  }

  /** @param {ModuleDescription} schema @param {boolean} isGiven */
  #describe(schema, isGiven) {
    this.#schema = schema;
    this.#isSchemaSure = isGiven;
    this.#cache.describe(schema, isGiven);
  }

  /** @param {SkeinError} error */
  #distrusted(error) {
    this.#stream.distrust();
    if (error.reason === 'unknown_table') this.#isSchemaSure = false;
    this.#emit('error', error);
  }

  /** @param {string} identity as a welcome says */
  #identified(identity) {
    const before = this.#identity;
    this.#identity = identity;
    if (before === null || before === identity) return;
    // Keys are the sender's: under another identity a call that is sent again could be done twice.
    const calls = [...this.#outbox.calls].filter((call) => !call.isSettled);
    const error = () => new SkeinError('unavailable', 'the identity changed before the outcome came', { reason: 'identity_changed' });
    for (const call of calls) this.#outbox.settle(call, error(), null);
    this.#history.clear();
    this.#forgetRows();
    this.#shelf.discard('identity', calls.map((call) => call.kept));
  }

  /** @param {import('./index.d.ts').ConnectionState} state @param {SkeinError | null} error */
  #became(state, error) {
    if (state === 'live') {
      this.#hasRows = true;
      this.#subs.live();
      this.#presence.live();
      this.#outbox.connected();
      this.#renewal.live();
    } else if (state === 'waiting' || state === 'closed') {
      this.#presence.cut();
      this.#renewal.cut();
      this.#stream.cut(error ?? notSent('the workspace was stopped'));
      if (state === 'closed' && error) this.#ended(error);
    }
    this.#flush({ source: 'effect', own: true });
  }

  /** The server, or the program's own mistake, has ended it. @param {SkeinError} error */
  #ended(error) {
    if (error.code === 'forbidden' && this.#shelf.keeper) {
      // What somebody may no longer see is not kept.
      const calls = [...this.#outbox.calls].filter((call) => !call.isSettled).map((call) => call.kept);
      this.#outbox.end(error);
      this.#stream.distrust();
      this.#forgetRows();
      this.#shelf.discard('forbidden', calls);
    } else if (this.#shelf.keeper?.isOpen) {
      this.#outbox.leave();
    } else {
      this.#outbox.end(error);
    }
    this.#rebase();
  }

  /** A message with an id of its own, while the connection is live. @param {object} message @returns {number | null} the id; null: not sent */
  #send(message) {
    if (this.state !== 'live') return null;
    const id = this.#nextId++;
    return this.#connection.send(JSON.stringify({ ...message, id })) ? id : null;
  }

  // ---- What a program does

  /** @param {string} name @returns {any} */
  table(name) { return this.#cache.table(name); }

  /** @param {readonly any[]} tables @returns {any} */
  subscribe(tables) { return this.#subs.subscribe(tables); }

  /** @param {string} reducer @param {any} [args] @param {import('./index.d.ts').CallOptions<any>} [options] @returns {Promise<import('./index.d.ts').Outcome>} */
  call(reducer, args = {}, options = {}) { return this.#make({ ...options, reducer, args }, 'call'); }

  /**
   * @param {Doing & { key?: string, expect?: any, group?: string, merge?: boolean }} doing
   * @param {'call' | 'undo' | 'redo'} as
   * @returns {Promise<import('./index.d.ts').Outcome>}
   */
  #make({ key, expect, group, merge, ...doing }, as) {
    return new Promise((resolve, reject) => {
      if (this.state === 'closed') throw notSent('the workspace is not connected, and does not try to be');
      const { reducer, args } = doing;
      const undoings = as === 'undo' ? [] : this.#undoingsOf(doing);
      const call = this.#outbox.add(this.#nextId++, { key, reducer, args, expect });
      Object.assign(call, { resolve, reject, args: JSON.parse(call.text).args }); // the caller may change its own
      call.effect = doing.effect === undefined ? (this.#options.effects?.[reducer] ?? null) : doing.effect;
      if (undoings.length > 0) {
        const redo = as === 'redo' ? (this.#history.redoing ?? undefined) : undefined;
        this.#records.set(call, this.#history.record(doing, undoings, { group, merge, redo }));
      }
      if (call.effect) this.#cache.lay(call, this.#identity);
      this.#outbox.pump();
      if (call.sentAt === null) this.#shelf.keeper?.callChanged(call);
      this.#flush({ source: 'effect', own: true, reducer });
    });
  }

  /** @param {Doing} doing @returns {{ reducer: string, args: any }[]} */
  #undoingsOf({ reducer, args, inverse = this.#options.inverses?.[reducer] ?? null }) {
    const undoings = inverse?.(args, this.#cache.reader(this.#identity)) ?? [];
    return Array.isArray(undoings) ? undoings : [undoings];
  }

  /** @param {Call} call @param {SkeinError | null} error @param {import('./index.d.ts').Outcome | null} outcome */
  #settled(call, error, outcome) {
    if (error) this.#records.get(call)?.();
    const { key, reducer, args, restored } = call;
    this.#tellings.push(() => this.#emit('settled', { key, reducer, args, restored, ...(error ? { error } : { outcome: /** @type {any} */ (outcome) }) }));
  }

  /** @param {string} name @param {unknown} [payload] @param {any} [to] @returns {Promise<void>} */
  signal(name, payload = null, to = undefined) {
    if (this.#stream.asking >= MAX_SIGNALS) {
      return Promise.reject(new SkeinError('overloaded', `${MAX_SIGNALS} signals wait for their answers; this one was not sent`, { reason: 'queue_full' }));
    }
    const id = this.#send({ type: 'signal', name, payload, to });
    if (id === null) return Promise.reject(new SkeinError('unavailable', 'there is no connection; the signal was not sent', { reason: 'not_sent' }));
    return this.#stream.answer(id);
  }

  /** Effects anew, over the rows as they are now. */
  #rebase() {
    this.#outbox.isShownOtherwise = false;
    this.#cache.rebase(this.#outbox.shown, this.#identity);
  }

  // ---- Telling

  /** @param {string} event @param {(told: any) => void} listener */
  on(event, listener) {
    const listeners = this.#listeners.get(event) ?? new Listeners();
    this.#listeners.set(event, listeners);
    return listeners.add(listener);
  }

  /** @param {string} event @param {any} told */
  #emit(event, told) {
    if (event === 'role') this.#cache.dispatcher.tell(this.#connectionTellings());
    this.#listeners.get(event)?.tell(told);
  }

  /** @param {Omit<import('./index.d.ts').Change, 'rows'>} about @param {(() => void)[]} [besides] @param {boolean} [always] */
  #flush(about, besides = [], always = false) {
    if (this.#outbox.isShownOtherwise) this.#rebase();
    const more = [...this.#connectionTellings(), ...this.#tellings.splice(0), () => this.#outbox.tell()];
    this.#cache.flush(about, [...besides, ...more], always);
  }
}
