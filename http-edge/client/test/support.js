// What the tests against a scripted server share: a clock that the test moves, the server's messages, and a workspace on both.

import { connect } from '../src/index.js';
import { ScriptedSocket } from './scripted-socket.js';

export const SCHEMA = {
  module: 'board',
  version: 1,
  tables: {
    card: { key: ['id'], event: false },
    place: { key: ['x', 'y'], event: false },
    remark: { key: [], event: false },
    nudge: { key: [], event: true },
  },
};

/** A clock that stands still until it is moved. */
export class Clock {
  #now = Date.parse('2026-01-01T00:00:00Z');
  #timers = new Map();
  #next = 1;

  now() { return this.#now; }
  setTimeout(action, delay) {
    this.#timers.set(this.#next, { action, at: this.#now + delay });
    return this.#next++;
  }
  clearTimeout(timer) { this.#timers.delete(timer); }
  /** Timers in their order, each at its time. */
  tick(ms) {
    const until = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter(([, { at }]) => at <= until).sort(([a, one], [b, other]) => one.at - other.at || a - b)[0];
      if (!due) break;
      this.#timers.delete(due[0]);
      this.#now = Math.max(this.#now, due[1].at);
      due[1].action();
    }
    this.#now = until;
  }
  /** When the next timer is due, in ms from now; undefined: there is none. */
  get next() { return [...this.#timers.values()].map(({ at }) => at - this.#now).sort((a, b) => a - b)[0]; }
}

/** What wakes a waiting connection in a browser. */
export class Wakeups {
  #listeners = new Set();
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  wake() { for (const listener of [...this.#listeners]) listener(); }
  get size() { return this.#listeners.size; }
}

/** Lets everything that waits for a promise go on. */
export const settled = async (turns = 3) => { for (let i = 0; i < turns; i++) await new Promise(setImmediate); };

export const card = (id, title = id, more = {}) => ({ id, title, column: 0, ...more });
export const welcome = (more = {}) => ({ type: 'welcome', id: 0, session: 's', identity: 'me', role: 'editor', workspace: 'w', module: 'board', epoch: 'e1', seq: 10, heartbeat: 15_000, ...more });
export const rowsOf = (seq, cards, more = {}) => ({ card: { rows: cards, versions: cards.map(() => seq) }, ...more });
export const snapshot = (seq, cards = [], more = {}) => ({ type: 'snapshot', seq, view: 'v1', subs: { 1: rowsOf(seq, cards) }, ...more });
export const resumed = (seq, view = 'v1') => ({ type: 'resumed', seq, view });
export const tx = (seq, tables, more = {}) => ({ type: 'tx', seq, time: '2026-01-01T00:00:00Z', sender: 'other', reducer: 'r', subs: { 1: tables }, ...more });
export const accepted = (id, seq, repeated = false) => ({ type: 'outcome', id, ok: true, seq, repeated });
export const refused = (id, code = 'rejected', more = {}) => ({ type: 'outcome', id, ok: false, error: { code, message: 'no', ...more } });

/** A test's own server end: a workspace, its clock, and how to bring it where the test begins. */
export class Stage {
  clock = new Clock();
  wakeups = new Wakeups();
  tokens = 0;

  /** `schema: null`: the library asks for it with `fetch`. */
  constructor({ schema = SCHEMA, random = () => 1, token = null, fetch = undefined, clock, ...options } = {}) {
    ScriptedSocket.all = [];
    if (clock) this.clock = clock;
    const provider = typeof token === 'function' ? token : () => (this.tokens++, token);
    this.client = connect('http://skein', { token: provider, fetch, WebSocket: ScriptedSocket, clock: this.clock, random, wakeups: this.wakeups });
    this.workspace = this.client.workspace('w', { ...(schema && { schema }), ...options });
  }

  get socket() { return ScriptedSocket.last; }

  /** Starts, subscribed to everything unless `tables` says otherwise, and says these messages. */
  async live(messages = [welcome(), snapshot(10, [card('a')])], tables = ['*']) {
    if (tables) this.query = this.workspace.subscribe(tables);
    this.workspace.start();
    await settled();
    return this.answer(...messages);
  }

  /** Waits until the pause is over, and lets the next attempt be answered so. */
  async reconnect(...messages) {
    this.clock.tick(Math.max(0, this.workspace.connection.snapshot().retryAt - this.clock.now()));
    await settled();
    return this.answer(...messages);
  }

  answer(...messages) {
    this.socket.open();
    if (messages.length > 0) this.socket.say(...messages);
    return this.socket;
  }
}

/** Everything that an observable tells. */
export function listening(observable) {
  const told = [];
  observable.subscribe((what) => told.push(what));
  return told;
}

/** What a promise has come to so far: 'pending', the value, or `{ error: code, reason }`. */
export function watch(promise) {
  const state = { now: 'pending', times: 0 };
  promise.then((value) => { state.now = value; state.times++; }, (error) => { state.now = { error: error.code, reason: error.reason }; state.times++; });
  return state;
}
