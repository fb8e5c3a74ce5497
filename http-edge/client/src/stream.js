// What the server says, message by message: how far it has come, which rows that makes, and which calls it settles.

import { SkeinError } from './errors.js';

/** @typedef {import('./keeper.js').Cursor} Cursor */
/** @typedef {import('./call.js').Call} Call */

/**
 * @typedef {object} Parts
 * @property {import('./cache.js').Cache} cache
 * @property {import('./subs.js').Subs} subs
 * @property {import('./outbox.js').Outbox} outbox
 * @property {import('./presence.js').Presence} presence
 * @property {import('./connection.js').Connection} connection
 * @property {(about: Omit<import('./index.d.ts').Change, 'rows'>, besides?: (() => void)[], always?: boolean) => void} show effects anew over what is there now, and tells
 * @property {<E extends keyof import('./index.d.ts').Events>(event: E, told: import('./index.d.ts').Events[E]) => void} emit
 * @property {(identity: string) => void} identified before anything else of a welcome counts
 * @property {() => void} changed what a store keeps has changed
 * @property {() => import('./index.d.ts').ModuleDescription | null} schema
 */

/** When a message can come: before the welcome, before the first rows, afterwards. Others may come at any time. @type {Record<string, string[]>} */
const NEEDS = {
  welcome: ['new'],
  resumed: ['greeted'],
  snapshot: ['greeted', 'live'],
  tx: ['live'],
  position: ['live'],
  outcome: ['live'],
  subscribed: ['live'],
  unsubscribed: ['live'],
};
/** Errors of a hello that may be about what it asks for. */
const ASKED_WRONGLY = new Set(['invalid_args', 'not_found', 'too_large']);

export class Stream {
  /** @type {any} the last welcome */
  welcome = null;
  role = 'none';
  /** @type {Cursor | null} as the server wants it back in `resume` */
  cursor = null;
  /** @type {{ seq: number, view: string } | null} a role change whose transaction is still to come */
  #turn = null;
  /** Whether this connection's hello was answered. */
  #isGreeted = false;
  /** Whether the last hello asked for rows. */
  #isAsking = false;
  /** @type {Map<number, { resolve: (answer?: any) => void, reject: (error: SkeinError) => void }>} signals, and fresh tokens */
  #requests = new Map();
  #parts;

  /** @param {Parts} parts */
  constructor(parts) { this.#parts = parts; }

  get seq() { return this.cursor?.seq ?? 0; }
  /** The newest transaction that the server is known to have. */
  get head() { return Math.max(this.seq, this.welcome?.seq ?? 0); }

  hello() {
    const { subs, presence } = this.#parts;
    const asked = subs.hello(this.cursor !== null);
    this.#isAsking = asked.length > 0;
    this.#isGreeted = false;
    return { type: 'hello', id: 0, ...(this.#isAsking && { subs: asked, resume: this.cursor ?? undefined }), presence: presence.hello() };
  }

  /** What is here cannot be trusted: the next hello asks for everything anew. */
  distrust() {
    this.cursor = null;
    this.#turn = null;
    this.#parts.changed();
  }

  /** Signals and fresh tokens without an answer. */
  get asking() { return this.#requests.size; }

  /** @param {number} id @returns {Promise<any>} */
  answer(id) { return new Promise((resolve, reject) => this.#requests.set(id, { resolve, reject })); }

  /** Whatever is not sent again will not be answered. @param {SkeinError} error */
  cut(error) {
    for (const { reject } of this.#requests.values()) reject(error);
    this.#requests.clear();
  }

  /** @param {any} message */
  hear(message) {
    const needed = NEEDS[message.type];
    if (needed && !needed.includes(this.#parts.connection.state === 'live' ? 'live' : this.#isGreeted ? 'greeted' : 'new')) {
      throw new SkeinError('internal', `the server says ${message.type} out of turn`);
    }
    switch (message.type) {
      case 'welcome': return this.#welcomed(message);
      case 'snapshot': return this.#snapshot(message);
      case 'resumed': return this.#resumed();
      case 'tx': return this.#transaction(message);
      case 'position': return this.#position(message.seq);
      case 'outcome': return this.#outcome(message);
      case 'subscribed': return this.#subscribed(message);
      case 'unsubscribed': return this.#unsubscribed(message);
      case 'role': return this.#turned(message);
      case 'presence': return this.#parts.presence.hear(message);
      case 'signal': return this.#parts.emit('signal', { name: message.name, from: message.from, payload: message.payload });
      case 'token': return this.#answered(message);
      case 'error': return this.#error(message.id, SkeinError.of(message.error));
      case 'bye': return this.#parts.connection.lost(SkeinError.of(message));
      default: // pong, and what a newer server says besides
    }
  }

  // ---- The beginning

  /** @param {any} message */
  #welcomed(message) {
    const { connection, cache, subs, identified, schema } = this.#parts;
    if (schema()?.module !== message.module) {
      return connection.lost(new SkeinError('invalid_args', `the workspace is one of the module ${message.module}, not of ${schema()?.module}`));
    }
    this.#isGreeted = true;
    identified(message.identity);
    this.welcome = message;
    this.#become(message.role);
    connection.watchOver(message.heartbeat);
    this.#parts.changed();
    if (this.#isAsking) return;
    this.distrust();
    subs.lost();
    cache.reset({});
    this.#show({ source: 'snapshot' });
    connection.ready();
  }

  #resumed() {
    if (!this.cursor) throw new SkeinError('internal', 'the server resumes what was not asked for');
    this.#parts.connection.ready();
  }

  /** @param {any} message */
  #snapshot({ seq, view, reason, subs: rows }) {
    const { cache, subs, connection, outbox } = this.#parts;
    if (connection.state === 'live' && seq < this.seq) throw new SkeinError('internal', `the server sent a snapshot of seq ${seq} after ${this.seq}`);
    cache.reset(rows);
    this.#turn = null;
    this.cursor = { epoch: this.welcome.epoch, seq, view };
    this.#parts.changed();
    const tellings = subs.reset(Object.keys(rows).map(Number));
    outbox.landed(seq);
    this.#show({ source: 'snapshot', seq, reason }, [...tellings, () => this.#parts.emit('position', seq)], true);
    connection.ready();
  }

  // ---- The stream

  /** @param {any} message */
  #transaction(message) {
    const { cache, outbox } = this.#parts;
    const { seq, time, sender, reducer } = message;
    if (!this.cursor || seq <= this.cursor.seq) throw new SkeinError('internal', `the server sent seq ${seq} after ${this.seq}`);
    const rows = cache.apply(seq, message.subs);
    this.#advance(seq);
    const call = this.#doneBy(message);
    outbox.landed(seq);
    const about = { seq, time, sender, reducer, own: call !== null };
    this.#show({ source: 'transaction', ...about }, [() => this.#parts.emit('transaction', { ...about, rows }), () => this.#parts.emit('position', seq)]);
    outbox.pump();
  }

  /**
   * Which call did it: that of the outcome behind it. Where the frame ends between both, or calls from before a cut are still without an outcome, the
   * oldest one it can be is taken for it, so that its effect does not stand beside what it did; an outcome puts that right.
   * @param {any} message
   */
  #doneBy({ seq, sender, reducer }) {
    const { outbox, connection } = this.#parts;
    for (const next of connection.following()) {
      const call = next.type === 'outcome' && next.ok && !next.repeated && !next.query && next.seq === seq ? outbox.find(next.id) : undefined;
      if (!call) continue;
      outbox.answered(call, null, outcomeOf(next));
      return call;
    }
    return sender === this.welcome.identity ? outbox.presume(reducer, connection.isFrameEnd) : null;
  }

  /** @param {number} seq */
  #position(seq) {
    if (!this.#advance(seq)) return;
    if (this.#parts.outbox.landed(seq)) this.#show({ source: 'effect', own: true });
    this.#parts.emit('position', seq);
  }

  /** @param {number} seq */
  #advance(seq) {
    if (!this.cursor || seq < this.cursor.seq) return false;
    const isTurned = this.#turn !== null && seq >= this.#turn.seq;
    this.cursor = { ...this.cursor, seq, ...(this.#turn && isTurned && { view: this.#turn.view }) };
    if (isTurned) this.#turn = null;
    this.#parts.changed();
    return true;
  }

  /** @param {any} message */
  #outcome(message) {
    const { id, ok, seq, repeated = false, error } = message;
    const { outbox } = this.#parts;
    const request = this.#requests.get(id);
    if (request) {
      this.#requests.delete(id);
      return ok ? request.resolve() : request.reject(SkeinError.of(error));
    }
    const call = outbox.find(id);
    if (!call) return;
    // It stands in the place of a transaction that the subs do not show. A repeated one has no place.
    const isHere = ok && !repeated && this.#advance(seq);
    if (ok && repeated && this.cursor && seq > this.cursor.seq) call.landsAt = seq;
    call.isPresumed = false;
    outbox.answered(call, ok ? null : SkeinError.of(error), ok ? outcomeOf(message) : null);
    this.#show({ source: 'effect', own: true }, isHere ? [() => this.#parts.emit('position', seq)] : []);
    outbox.pump();
  }

  /** @param {{ id: number }} message the answer to what is no call */
  #answered(message) {
    this.#requests.get(message.id)?.resolve(message);
    this.#requests.delete(message.id);
  }

  /** @param {any} message */
  #turned({ seq, role, view }) {
    this.#turn = { seq, view };
    this.#become(role);
    this.#parts.changed();
  }

  /** @param {string} role */
  #become(role) {
    if (role === this.role) return;
    this.role = role;
    this.welcome = { ...this.welcome, role };
    this.#parts.emit('role', role);
  }

  // ---- Subscriptions

  /** @param {any} message */
  #subscribed(message) {
    const { cache, subs } = this.#parts;
    const tellings = subs.subscribed(message);
    if (tellings === null) throw new SkeinError('internal', `the server has a subscription ${message.sub} that nobody asked for`);
    this.#seen(message);
    cache.add(message.sub, message.tables);
    this.#show({ source: 'subscription' }, tellings);
    subs.reconcile();
  }

  /** @param {any} message */
  #unsubscribed(message) {
    const { cache, subs } = this.#parts;
    if (!subs.unsubscribed(message)) throw new SkeinError('internal', `the server ends a subscription ${message.sub} that nobody gave up`);
    cache.forget(message.sub);
    this.#seen(message);
    if (!subs.all.some((sub) => sub.isIn)) this.distrust(); // there is no view to resume
    this.#show({ source: 'subscription' });
    subs.reconcile();
  }

  /** @param {{ seq: number, view: string }} message */
  #seen({ seq, view }) {
    if (seq < this.seq) throw new SkeinError('internal', `the server sent rows of seq ${seq} after ${this.seq}`);
    this.#advance(seq);
    this.cursor = { epoch: this.cursor?.epoch ?? this.welcome.epoch, seq: Math.max(seq, this.seq), view };
    this.#parts.changed();
  }

  // ---- Refusals

  /** @param {number} id @param {SkeinError} error */
  #error(id, error) {
    const { outbox, subs, connection, cache } = this.#parts;
    if (id === 0) {
      if (!ASKED_WRONGLY.has(error.code) || !this.#isAsking || subs.isCareful) return connection.lost(error);
      subs.isCareful = true;
      subs.lost();
      this.distrust();
      return connection.lost(new SkeinError('unavailable', error.message, { retryAfter: 0 }));
    }
    const call = outbox.find(id);
    if (call) {
      call.isPresumed = false;
      outbox.answered(call, error, null);
      this.#show({ source: 'effect', own: true });
      return outbox.pump();
    }
    const tellings = subs.refused(id, error);
    if (tellings) return cache.dispatcher.tell(tellings);
    const request = this.#requests.get(id);
    this.#requests.delete(id);
    if (request) request.reject(error);
    else this.#parts.emit('error', error);
  }

  /** @param {any} about @param {(() => void)[]} [besides] @param {boolean} [always] */
  #show(about, besides, always) {
    this.#parts.show({ own: false, ...about }, besides, always);
  }
}

/** What a caller is told of the server's `outcome`. @param {any} message @returns {import('./index.d.ts').Outcome} */
const outcomeOf = ({ seq, repeated = false, answer }) => ({ seq, repeated, ...(answer !== undefined && { answer }) });
