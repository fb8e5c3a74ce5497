// Follows a stream of the module `streams`: replay from where this client was, then what comes, each event once and in its order.
//
// The server knows how far a client has come (its checkpoint); a program that keeps its own watermark says it itself. From there on events are rows of a
// subscription, which resumes by itself after a cut; whatever comes twice is recognised by its seq and counted. Where the events after the watermark are gone,
// the cursor is stale: that is said, and the reader begins anew with the oldest event that is there.

import { payloadHash } from './canonical.js';
import { systemClock } from './connection.js';
import { Listeners } from './dispatch.js';
import { SkeinError } from './errors.js';

export { canonicalJson, payloadHash } from './canonical.js';

const ACK_EVERY = 100;
const ACK_AFTER_MS = 1_000;
/** Events that wait for a slow handler; beyond that they are fetched anew. */
const MAX_WAITING = 10_000;
/** Beginnings without an event between them: a stream that is trimmed faster than it can be asked for, or a server that contradicts itself. */
const MAX_BEGINNINGS = 10;

/** @typedef {import('./streams.js').SyncEvent} SyncEvent */
/** @typedef {import('./streams.js').Stale} Stale */

/** One reader of one stream. */
export class StreamReader {
  #workspace; #streamId; #clientId; #onEvent; #onStale; #ackEvery; #ackAfterMs; #verify; #clock; #watermark;
  #listeners = new Listeners();
  /** @type {import('./streams.js').ReaderStatus} */ #status = 'stopped';
  /** @type {SkeinError | null} */ #error = null;
  /** The last event that the handler has done. */ #applied = 0;
  #acked = 0; #head = 0;
  #counts = { delivered: 0, duplicates: 0, stale: 0 };
  #beginnings = 0; // since the last event
  /** @type {Map<number, SyncEvent>} */ #waiting = new Map();
  /** @type {any} */ #query = null;
  /** @type {string | null} of the history that the watermark is of */ #epoch = null;
  /** @type {Promise<void> | null} */ #draining = null;
  /** @type {Promise<void> | null} */ #acking = null;
  /** @type {unknown} */ #ackTimer = null;
  /** Which start it is: what belongs to an earlier one stops. */ #run = 0;

  /** @param {import('./streams.js').StreamReaderOptions} options */
  constructor({ workspace, streamId, clientId, onEvent, onStale = () => {}, watermark, ackEvery = ACK_EVERY, ackAfterMs = ACK_AFTER_MS, verify = Boolean(globalThis.crypto?.subtle), clock = systemClock }) {
    this.#workspace = workspace;
    this.#streamId = streamId;
    this.#clientId = clientId;
    this.#onEvent = onEvent;
    this.#onStale = onStale;
    this.#watermark = watermark;
    this.#ackEvery = ackEvery;
    this.#ackAfterMs = ackAfterMs;
    this.#verify = verify;
    this.#clock = clock;
  }

  /** @param {() => void} listener */
  subscribe(listener) { return this.#listeners.add(listener); }

  /** @returns {import('./streams.js').ReaderSnapshot} */
  snapshot() {
    return Object.freeze({ status: this.#status, error: this.#error, applied: this.#applied, acked: this.#acked, head: this.#head, lag: Math.max(0, this.#head - this.#applied), ...this.#counts });
  }

  /** Resolves once replay has begun. Rejects if the stream cannot be subscribed to. */
  async start() {
    if (this.#query) return;
    const run = ++this.#run;
    this.#become('replaying', null);
    if (this.#applied === 0) this.#acked = this.#applied = this.#watermark ?? (await this.#checkpoint());
    if (run !== this.#run) return;
    await this.#follow(run);
  }

  /** Says how far it has come, and ends. */
  async stop() {
    this.#run++;
    this.#leave();
    this.#become('stopped', null);
    await this.#draining;
    await this.#ack();
  }

  /** What the server knows of this client; 0: nothing. @returns {Promise<number>} */
  async #checkpoint() {
    const query = this.#workspace.subscribe([{ table: 'sync_checkpoint', where: ['and', ['=', 'stream_id', this.#streamId], ['=', 'client_id', this.#clientId]] }]);
    try {
      await query.ready;
      // A stream's owner sees those of others, too.
      const own = query.rows('sync_checkpoint').find((/** @type {any} */ row) => row.identity === this.#workspace.identity);
      return Number(own?.applied_seq ?? 0);
    } finally {
      query.close();
    }
  }

  /** @param {number} run */
  async #follow(run) {
    const query = this.#workspace.subscribe([
      { table: 'sync_stream', where: ['=', 'stream_id', this.#streamId] },
      { table: 'sync_event', where: ['and', ['=', 'stream_id', this.#streamId], ['>', 'seq', this.#applied]] },
    ]);
    this.#query = query;
    query.subscribe((/** @type {any} */ change) => {
      if (run === this.#run) this.#hear(change);
    });
    await query.ready;
    if (run !== this.#run) return;
    this.#epoch ??= this.#workspace.epoch;
    this.#offer(query.rows('sync_event'));
    this.#drain(run);
  }

  #leave() {
    this.#query?.close();
    this.#query = null;
    this.#waiting.clear();
    this.#clock.clearTimeout(this.#ackTimer);
    this.#ackTimer = null;
  }

  // ---- What comes

  /** @param {any} change undefined: the query's status */
  #hear(change) {
    if (this.#query.error) return this.#fail(this.#query.error);
    if (this.#query.status !== 'live' || !change) return;
    // A snapshot may bring again what is here: at least once becomes exactly once by the seq.
    const rows = change.source === 'snapshot' ? this.#query.rows('sync_event') : change.rows.filter((/** @type {any} */ { table, after }) => table === 'sync_event' && after).map((/** @type {any} */ { after }) => after);
    this.#offer(rows);
    this.#drain(this.#run);
  }

  /** @param {readonly any[]} rows */
  #offer(rows) {
    for (const row of rows) {
      const seq = Number(row.seq);
      if (seq <= this.#applied || this.#waiting.has(seq)) this.#counts.duplicates++;
      else if (this.#waiting.size < MAX_WAITING) this.#waiting.set(seq, row);
      // What finds no room stays a row, and is taken when the handler has caught up; where it is gone by then, the cursor is stale.
    }
  }

  /** One after the other: the handler sees them in their order. @param {number} run */
  #drain(run) {
    this.#draining ??= this.#deliver(run)
      .catch((error) => { if (run === this.#run) this.#fail(SkeinError.from(error, 'internal')); })
      .finally(() => {
        this.#draining = null;
        if (run !== this.#run && this.#query) this.#drain(this.#run); // started again meanwhile
      });
  }

  /** @param {number} run */
  async #deliver(run) {
    while (run === this.#run && this.#query) {
      const stream = this.#query.rows('sync_stream')[0];
      const first = stream ? Number(stream.first_seq) : 1;
      this.#head = stream ? Number(stream.head_seq) : 0;
      const event = this.#next();
      if (this.#isStale(first, Boolean(event))) await this.#beginAnew(run, first);
      else if (event) await this.#apply(run, event);
      else return this.#become('live', null);
    }
  }

  /** @returns {any} */
  #next() {
    const seq = this.#applied + 1;
    const event = this.#waiting.get(seq) ?? this.#query.rows('sync_event').find((/** @type {any} */ row) => Number(row.seq) === seq && this.#waiting.size >= MAX_WAITING);
    this.#waiting.delete(seq);
    return event;
  }

  /** Whether what comes next cannot come any more, or what was is of another history. @param {number} first @param {boolean} isHere */
  #isStale(first, isHere) {
    const { epoch, state } = this.#workspace;
    if (state === 'live' && epoch !== null && this.#epoch !== null && epoch !== this.#epoch) return true;
    return this.#applied > this.#head || (!isHere && first > this.#applied + 1);
  }

  /** @param {number} run @param {number} first */
  async #beginAnew(run, first) {
    if (++this.#beginnings > MAX_BEGINNINGS) throw new SkeinError('unavailable', `stream ${this.#streamId} is trimmed before it can be read`, { reason: 'always_stale' });
    this.#counts.stale++;
    const stale = { watermark: this.#applied, firstSeq: first, headSeq: this.#head };
    this.#waiting.clear();
    this.#become('stale', null);
    await this.#onStale(stale);
    if (run !== this.#run) return;
    this.#leave();
    this.#epoch = this.#workspace.epoch;
    this.#acked = this.#applied = first - 1;
    this.#become('replaying', null);
    await this.#follow(run);
  }

  /** @param {number} run @param {SyncEvent} event */
  async #apply(run, event) {
    if (this.#verify && (await payloadHash(event.payload)) !== event.payload_hash) {
      throw new SkeinError('internal', `event ${event.seq} of stream ${this.#streamId} is not what was committed`, { reason: 'hash_mismatch' });
    }
    if (run !== this.#run) return;
    await this.#onEvent(event);
    this.#applied = Number(event.seq);
    this.#counts.delivered++;
    this.#beginnings = 0;
    this.#ackSoon();
    this.#listeners.tell();
  }

  // ---- Saying how far it has come

  #ackSoon() {
    if (this.#applied - this.#acked >= this.#ackEvery) void this.#ack();
    else this.#ackTimer ??= this.#clock.setTimeout(() => void this.#ack(), this.#ackAfterMs);
  }

  /** One on its way at a time; the next one says all that was done meanwhile. @returns {Promise<void>} */
  #ack() {
    this.#clock.clearTimeout(this.#ackTimer);
    this.#ackTimer = null;
    const seq = this.#applied;
    if (this.#acking || seq <= this.#acked || this.#workspace.state === 'closed') return this.#acking ?? Promise.resolve();
    this.#acking = this.#workspace.call('ack_checkpoint', { stream_id: this.#streamId, client_id: this.#clientId, applied_seq: seq }).then(
      () => { this.#acked = Math.max(this.#acked, seq); },
      (/** @type {SkeinError} */ error) => { this.#error = error; }, // said with the next one again: events are not lost by it, they would come twice
    ).finally(() => {
      this.#acking = null;
      if (this.#query && this.#applied > this.#acked && !this.#error) this.#ackSoon();
      this.#listeners.tell();
    });
    return this.#acking;
  }

  // ---- Telling

  /** @param {SkeinError} error */
  #fail(error) {
    this.#run++;
    this.#leave();
    this.#become('failed', error);
  }

  /** @param {import('./streams.js').ReaderStatus} status @param {SkeinError | null} error */
  #become(status, error) {
    this.#status = status;
    this.#error = error;
    this.#listeners.tell();
  }
}

/**
 * Adds an event. `key` names it for as long as the stream has it: the same again changes nothing. Rejects with reason `sequence_conflict` where the stream goes on with
 * another seq than `expectedNextSeq`.
 * @param {import('./index.d.ts').Workspace<any>} workspace
 * @param {import('./streams.js').NewEvent} event
 * @returns {Promise<import('./index.d.ts').Outcome>}
 */
export const appendEvent = (workspace, { streamId, kind, payload, key = crypto.randomUUID(), expectedNextSeq = null }) =>
  workspace.call('append_sync_event', { stream_id: streamId, idempotency_key: key, kind, payload, expected_next_seq: expectedNextSeq });
