// The client's side of the native wire (docs/native-wire.md): one socket to one workspace that is kept open, a cache of the rows
// the server shows, and calls that survive a cut. No dependencies; needs WebSocket, fetch and crypto.

import { Crowd } from './skein/crowd.js';
import { SkeinError, request, socketUrl } from './skein/http.js';
import { TableCache } from './skein/table-cache.js';

export { SkeinError, request, socketUrl };

const PROTOCOL = 'v1.json.skein';
const MAX_FRAME_BYTES = 1 << 20;
const BACKOFF_BASE_MS = 500;
const BACKOFF_CAP_MS = 30_000;
/** Half of what opening a connection may take. */
const CONNECT_TICK_MS = 5_000;
/** What may pass by itself. Any other code ends the connection until `start` is called again. */
const PASSING = new Set(['unavailable', 'overloaded', 'rate_limited', 'internal']);

/** 122 random bits; `randomUUID` exists on HTTPS and localhost only. */
const freshKey = () => crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** State × event → state. Total: an event that means nothing in a state leads back to it. */
const NEXT = {
  closed: { start: 'connecting', ready: 'closed', cut: 'closed', due: 'closed', stop: 'closed' },
  connecting: { start: 'connecting', ready: 'live', cut: 'waiting', due: 'connecting', stop: 'closed' },
  live: { start: 'live', ready: 'live', cut: 'waiting', due: 'live', stop: 'closed' },
  waiting: { start: 'connecting', ready: 'waiting', cut: 'waiting', due: 'connecting', stop: 'closed' },
};

/**
 * A connection to one workspace. Events for `on`: `state` (state, error?), `change` (a transaction, applied whole, or a snapshot),
 * `position` (seq), `role` (role), `signal` ({name, from, payload}), `presence` (the crowd), `error` (SkeinError that answers no request).
 */
export class Skein {
  /** The last welcome of the server: identity, role, module, epoch, …; null before. */
  welcome = null;
  state = 'closed';
  #options; #tables = new Map(); #listeners = new Map(); #pending = new Map(); // id → { text, again, settle }
  #nextId = 1; #socket = null; #attempt = 0; #failures = 0; #heard = 0; #retry; #watch;
  #cursor = null; // { epoch, seq, view }, as the server wants it back in `resume`
  #present = null; // what this session says of itself: { state, active }; null: it is not present
  #turn = null; // { seq, view } of a role change whose transaction is still to come

  /**
   * `url()` gives the socket's address, run again for every attempt. `tables`: name → { key: [column], event }, from the schema.
   * `subs` as in `hello`. `maxPending`: calls without an outcome, waiting for a connection or for the server; one more is
   * `overloaded`. The server takes 256 at once.
   */
  constructor({ url, tables, subs = [{ sub: 1, tables: ['*'] }], maxPending = 256, WebSocket = globalThis.WebSocket, random = Math.random }) {
    this.#options = { url, subs, maxPending, WebSocket, random };
    for (const [name, table] of Object.entries(tables)) this.#tables.set(name, new TableCache(table));
  }

  /** Who is here, once this session is present. */
  crowd = new Crowd();

  get seq() { return this.#cursor?.seq ?? 0; }
  get role() { return this.welcome?.role ?? 'none'; }
  get pending() { return this.#pending.size; }
  /** All rows of a table that the subs show, a keyless row as often as it is there. */
  rows(table) { return this.#table(table).all(); }
  /** The row with this primary key (an array of values for a composite one), or undefined. */
  row(table, key) { return this.#table(table).find(key)?.row; }
  /** The seq that last wrote the row; 0: there is none. What `expect` wants. */
  version(table, key) { return this.#table(table).find(key)?.version ?? 0; }

  /** Listens; answers how to stop. */
  on(event, listener) {
    if (!this.#listeners.has(event)) this.#listeners.set(event, new Set());
    this.#listeners.get(event).add(listener);
    return () => this.#listeners.get(event).delete(listener);
  }

  /** Connects, or tries again now instead of later. */
  start() { this.#go('start'); }
  /** Ends the connection; calls without an outcome fail, done or not. */
  stop() { this.#go('stop', new SkeinError('unavailable', 'the connection was closed before the answer came')); }

  /** Calls a reducer. Settles once: { seq, repeated } or a SkeinError. Sent again after a cut, under the same key. */
  call(reducer, args = {}, { key = freshKey(), expect } = {}) {
    return this.#request({ type: 'call', reducer, args, key, expect }, true);
  }

  /** Relays a signal, which is not sent again: while there is no connection it is refused. */
  signal(name, payload = null, to = undefined) {
    if (this.state !== 'live') return Promise.reject(new SkeinError('unavailable', 'there is no connection'));
    return this.#request({ type: 'signal', name, payload, to }, false);
  }

  /** Is present from now on, or says more of itself: `state` is merged by key, null takes one out. Said again after a cut. */
  present(state = {}, { active } = {}) {
    const before = this.#present ?? { state: {} };
    const kept = Object.entries({ ...before.state, ...state }).filter(([, value]) => value !== null);
    this.#present = { state: Object.fromEntries(kept), active: active ?? before.active };
    if (this.state === 'live') this.#socket.send(JSON.stringify({ type: 'presence', id: this.#nextId++, state, active }));
  }

  #request(message, again) {
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      const text = JSON.stringify({ ...message, id });
      if (this.state === 'closed') throw new SkeinError('unavailable', 'the connection is closed');
      if (this.#pending.size >= this.#options.maxPending) throw new SkeinError('overloaded', `${this.#pending.size} calls wait already`);
      if (new TextEncoder().encode(text).length > MAX_FRAME_BYTES) throw new SkeinError('too_large', 'a call has at most 1 MiB');
      this.#pending.set(id, { text, again, settle: (error, value) => (error ? reject(error) : resolve(value)) });
      if (this.state === 'live') this.#socket.send(text);
    });
  }

  #go(event, error) {
    const next = NEXT[this.state][event];
    if (next === this.state) return;
    this.state = next;
    if (next === 'connecting') this.#open();
    if (next === 'live') for (const { text } of this.#pending.values()) this.#socket.send(text);
    if (next === 'waiting' || next === 'closed') this.#leave(error);
    this.#emit('state', next, error);
  }

  #leave(error) {
    clearInterval(this.#watch);
    clearTimeout(this.#retry);
    this.#attempt++; // whatever an earlier attempt still does is none of ours
    this.#socket?.close(1000);
    this.#socket = null;
    for (const [id, call] of this.#pending) if (this.state === 'closed' || !call.again) this.#settle(id, error);
    if (this.state === 'closed') return;
    // The server has spread its retryAfter out already; without one, anything from now to an exponential bound ("full jitter").
    const delay = error.retryAfter ?? this.#options.random() * Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** this.#failures);
    this.#failures++;
    this.#retry = setTimeout(() => this.#go('due'), delay);
  }

  async #open() {
    clearTimeout(this.#retry);
    const attempt = ++this.#attempt;
    const ours = () => attempt === this.#attempt;
    this.#watchOver(CONNECT_TICK_MS);
    try {
      const url = await this.#options.url();
      if (!ours()) return;
      const socket = new this.#options.WebSocket(url, [PROTOCOL]);
      this.#socket = socket;
      const hello = { type: 'hello', id: 0, subs: this.#options.subs, resume: this.#cursor ?? undefined, presence: this.#present ?? undefined };
      socket.onopen = () => ours() && socket.send(JSON.stringify(hello));
      socket.onmessage = (event) => ours() && this.#frame(event.data, ours);
      socket.onclose = () => ours() && this.#lost(new SkeinError('unavailable', 'the connection was cut'));
    } catch (e) {
      if (ours()) this.#lost(e instanceof SkeinError ? e : new SkeinError('unavailable', e.message));
    }
  }

  /** Two ticks of silence are a cut; each tick asks for a sign of life. */
  #watchOver(tickMs) {
    this.#heard = Date.now();
    clearInterval(this.#watch);
    this.#watch = setInterval(() => {
      if (Date.now() - this.#heard >= 2 * tickMs) this.#lost(new SkeinError('unavailable', 'the server is silent'));
      else if (this.state === 'live') {
        this.#failures = 0; // not at once: a server that greets and hangs up is no reason to hurry
        this.#socket.send(JSON.stringify({ type: 'ping', id: this.#nextId++ }));
      }
    }, tickMs);
  }

  #lost(error) { this.#go(PASSING.has(error.code) ? 'cut' : 'stop', error); }

  #frame(text, ours) {
    this.#heard = Date.now();
    try {
      const frame = JSON.parse(text);
      for (const message of Array.isArray(frame) ? frame : [frame]) if (ours()) this.#hear(message);
    } catch (e) {
      this.#cursor = null; // what is here cannot be trusted: come back for a snapshot
      this.#lost(new SkeinError('internal', e.message));
    }
  }

  #hear(message) {
    switch (message.type) {
      case 'welcome': return this.#welcomed(message);
      case 'snapshot': return this.#snapshot(message);
      case 'resumed': return this.#go('ready');
      case 'tx': return this.#transaction(message);
      case 'position': return this.#advance(message.seq);
      case 'outcome': return this.#outcome(message);
      case 'role':
        this.#turn = message;
        this.welcome = { ...this.welcome, role: message.role };
        return this.#emit('role', message.role);
      case 'presence':
        if (this.crowd.hear(message)) return this.#emit('presence', this.crowd);
        return this.#socket.send(JSON.stringify({ type: 'presence', id: this.#nextId++, refresh: true }));
      case 'signal': return this.#emit('signal', message);
      case 'error':
        if (message.id === 0) return this.#lost(SkeinError.of(message.error));
        return this.#settle(message.id, SkeinError.of(message.error)) || this.#emit('error', SkeinError.of(message.error));
      case 'bye': return this.#lost(SkeinError.of(message));
      default: // pong, and what a newer server says besides
    }
  }

  #welcomed(message) {
    const before = this.welcome?.identity;
    this.welcome = message;
    if (before !== undefined && before !== message.identity) {
      // Keys are the sender's: under another identity a call that is sent again could be done twice.
      for (const id of [...this.#pending.keys()]) this.#settle(id, new SkeinError('unavailable', 'the identity changed meanwhile'));
    }
    this.#watchOver(message.heartbeat);
    if (this.#options.subs.length === 0) this.#go('ready');
  }

  #snapshot({ seq, view, reason, subs }) {
    for (const table of this.#tables.values()) table.clear();
    for (const [sub, tables] of Object.entries(subs)) {
      for (const [name, { rows, versions }] of Object.entries(tables)) {
        rows.forEach((row, i) => this.#table(name).put(sub, row, versions?.[i]));
      }
    }
    this.#turn = null;
    this.#cursor = { epoch: this.welcome.epoch, seq, view };
    this.#go('ready');
    this.#emit('change', { seq, snapshot: true, reason, rows: [] });
  }

  /** `rows` of the change: { table, before?, after? }, each row once however many subs show it. */
  #transaction({ seq, time, sender, reducer, subs }) {
    if (seq <= this.seq) throw new SkeinError('internal', `the server sent seq ${seq} after ${this.seq}`);
    const touched = new Map();
    const note = (table, name, row, before, after) => {
      const id = name + table.textOf(row);
      touched.set(id, { table: name, before: touched.has(id) ? touched.get(id).before : before, after });
    };
    for (const [sub, tables] of Object.entries(subs)) {
      for (const [name, { insert = [], update = [], delete: gone = [] }] of Object.entries(tables)) {
        const table = this.#table(name);
        for (const key of gone) { const row = table.drop(sub, key); note(table, name, row, row, undefined); }
        for (const row of [...insert, ...update]) note(table, name, row, table.put(sub, row, seq), row);
      }
    }
    this.#advance(seq);
    this.#emit('change', { seq, time, sender, reducer, rows: [...touched.values()] });
  }

  #advance(seq) {
    if (!this.#cursor || seq < this.#cursor.seq) return;
    this.#cursor = { ...this.#cursor, seq, view: this.#turn && seq >= this.#turn.seq ? this.#turn.view : this.#cursor.view };
    if (this.#turn && seq >= this.#turn.seq) this.#turn = null;
    this.#emit('position', seq);
  }

  #outcome({ id, ok, seq, repeated, error }) {
    // It stands in the place of a transaction that the subs do not show. A repeated one, or a signal's, has no place.
    if (ok && !repeated && this.#pending.get(id)?.again) this.#advance(seq);
    this.#settle(id, ok ? undefined : SkeinError.of(error), { seq, repeated });
  }

  #settle(id, error, value) {
    const call = this.#pending.get(id);
    return this.#pending.delete(id) && (call.settle(error, value), true);
  }

  #table(name) {
    const table = this.#tables.get(name);
    if (!table) throw new SkeinError('internal', `there is no table ${name} in the schema`);
    return table;
  }

  #emit(event, ...details) {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      // A listener's mistake must not leave a transaction half told.
      try { listener(...details); } catch (e) { setTimeout(() => { throw e; }, 0); }
    }
  }
}
