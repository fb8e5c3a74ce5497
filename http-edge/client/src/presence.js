// Who is here, put together from what the server tells, and what this session says of itself.

import { Listeners } from './dispatch.js';

/** @typedef {import('./index.d.ts').Person} Person */
/** @typedef {{ state?: Record<string, unknown>, active?: boolean, watch?: string, leave?: boolean, refresh?: boolean }} Said */

/** The server takes 60 such messages in a second; what is said within this time is one. */
const TOGETHER_MS = 50;

export class Presence {
  /** @type {'list' | 'active' | 'counts'} */
  #mode = 'list';
  #users = 0;
  #sessions = 0;
  /** @type {Map<string, Person>} */
  #people = new Map();
  /** @type {number | null} the number of the last message; null: a list must come first */
  #n = null;
  #isListWanted = false;
  /** @type {import('./index.d.ts').PresenceSnapshot | null} */
  #snapshot = null;
  #listeners = new Listeners();
  /** @type {{ state: Record<string, unknown>, active?: boolean } | null} what this session says of itself; null: it is not present */
  #self = null;
  /** @type {string | undefined} */
  #watch;
  /** @type {Said | null} to be said with the next message */
  #unsaid = null;
  #saidAt = -Infinity;
  /** @type {unknown} */
  #timer = null;
  #send;
  #clock;

  /** @param {import('./index.d.ts').Clock} clock @param {(message: object) => number | null} send null: there is no live connection */
  constructor(clock, send) {
    this.#clock = clock;
    this.#send = send;
  }

  /** @param {() => void} listener */
  subscribe(listener) { return this.#listeners.add(listener); }

  snapshot() {
    return (this.#snapshot ??= Object.freeze({ mode: this.#mode, users: this.#users, sessions: this.#sessions, people: Object.freeze([...this.#people.values()]) }));
  }

  /** @param {string} identity */
  get(identity) { return this.#people.get(identity); }

  /** @param {Record<string, unknown>} state @param {{ active?: boolean }} [options] */
  set(state, { active } = {}) {
    const before = this.#self ?? { state: {} };
    const kept = Object.entries({ ...before.state, ...state }).filter(([, value]) => value !== null && value !== undefined);
    this.#self = { state: Object.fromEntries(kept), active: active ?? before.active };
    this.#say({ state, ...(active !== undefined && { active }) });
  }

  leave() {
    this.#self = null;
    this.#say({ leave: true });
  }

  /** @param {'list' | 'counts' | 'off'} mode */
  watch(mode) {
    this.#watch = mode;
    this.#say({ watch: mode });
  }

  // ---- The wire

  /** For a hello, which says all of it. */
  hello() {
    this.#unsaid = null;
    this.#n = null;
    this.#isListWanted = false;
    const said = { ...this.#self, ...(this.#watch && { watch: this.#watch }) };
    return Object.keys(said).length > 0 ? said : undefined;
  }

  /** @param {Said} more */
  #say({ state, ...more }) {
    const before = more.leave ? {} : (this.#unsaid ?? {});
    const unsaid = { ...before, ...more, ...((state || before.state) && { state: { ...before.state, ...state } }) };
    if (state) delete unsaid.leave;
    this.#unsaid = unsaid;
    const wait = this.#saidAt + TOGETHER_MS - this.#clock.now();
    if (wait <= 0) this.#saySoFar();
    else this.#timer ??= this.#clock.setTimeout(() => this.#saySoFar(), wait);
  }

  #saySoFar() {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
    if (!this.#unsaid) return;
    if (this.#send({ type: 'presence', ...this.#unsaid }) === null) return; // the next hello says it
    this.#unsaid = null;
    this.#saidAt = this.#clock.now();
  }

  /** What was said since the hello. */
  live() { this.#saySoFar(); }

  /** @param {any} message */
  hear({ n, mode, users, sessions, list = [], put = list, remove = [] }) {
    if (mode === undefined && (this.#n === null || n !== this.#n + 1)) {
      if (!this.#isListWanted) this.#send({ type: 'presence', refresh: true });
      this.#isListWanted = true;
      return;
    }
    if (mode !== undefined) {
      this.#mode = mode;
      this.#people.clear();
      this.#isListWanted = false;
    }
    for (const identity of remove) this.#people.delete(identity);
    for (const person of put) this.#people.set(person.identity, Object.freeze(person));
    this.#users = users;
    this.#sessions = sessions;
    this.#n = n;
    this.#snapshot = null;
    this.#listeners.tell();
  }

  /** What was not said is said with the next hello. */
  cut() {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }
}
