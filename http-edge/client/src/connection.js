// One socket to one workspace that is kept open: when to try, when to give up, and whether the other end still lives. Knows nothing of rows and calls.

import { Listeners } from './dispatch.js';
import { SkeinError } from './errors.js';

/** @typedef {import('./index.d.ts').ConnectionState} State */
/** @typedef {'start' | 'ready' | 'cut' | 'due' | 'wake' | 'stop'} Event */

const PROTOCOL = 'v1.json.skein';
const BACKOFF_BASE_MS = 500;
const BACKOFF_CAP_MS = 30_000;
/** Half of what opening a connection may take. */
const CONNECT_TICK_MS = 5_000;
/** What may pass by itself. Any other code ends the connection until `start` is called again. */
const PASSING = new Set(['unavailable', 'overloaded', 'rate_limited', 'internal']);

/**
 * State × event → state. Total: an event that means nothing in a state leads back to it.
 * @type {Record<State, Record<Event, State>>}
 */
const NEXT = {
  closed: { start: 'connecting', ready: 'closed', cut: 'closed', due: 'closed', wake: 'closed', stop: 'closed' },
  connecting: { start: 'connecting', ready: 'live', cut: 'waiting', due: 'connecting', wake: 'connecting', stop: 'closed' },
  live: { start: 'live', ready: 'live', cut: 'waiting', due: 'live', wake: 'live', stop: 'closed' },
  waiting: { start: 'connecting', ready: 'waiting', cut: 'waiting', due: 'connecting', wake: 'connecting', stop: 'closed' },
};

/**
 * @typedef {object} Surroundings
 * @property {import('./index.d.ts').Clock} clock
 * @property {() => number} random
 * @property {import('./index.d.ts').ConnectOptions['WebSocket']} WebSocket
 * @property {import('./index.d.ts').ConnectOptions['wakeups']} wakeups
 * @property {() => Promise<string>} url run again for every attempt
 * @property {() => object} hello
 * @property {(message: any) => void} hear what it throws means that the server said what cannot be
 * @property {(error: SkeinError) => void} distrusted the server said what cannot be
 * @property {() => object} ping
 * @property {(state: State, error: SkeinError | null) => void} became
 */

export class Connection {
  /** @type {State} */
  state = 'closed';
  /** @type {SkeinError | null} */
  error = null;
  /** @type {number | null} */
  retryAt = null;
  /** Which connection it is; a new one for every attempt. */
  number = 0;
  #around;
  /** @type {import('./index.d.ts').WebSocketLike | null} */
  #socket = null;
  #failures = 0;
  #heard = 0;
  /** Whether the pause is one that the server asked for. */
  #isTold = false;
  /** @type {unknown} */
  #retry = null;
  /** @type {unknown} */
  #watch = null;
  /** @type {() => void} */
  #sleep = () => {};
  listeners = new Listeners();

  /** @param {Surroundings} around */
  constructor(around) { this.#around = around; }

  start() { this.#go('start'); }
  /** @param {SkeinError | null} error why; null: by wish */
  stop(error) { this.#go('stop', error); }
  ready() { this.#go('ready'); }

  /** It is over with this connection: tries again if that may help. @param {SkeinError} error */
  lost(error) {
    // A token that was good when the connection began may have run out: the next attempt brings a new one.
    const isPassing = PASSING.has(error.code) || (error.code === 'unauthenticated' && this.state === 'live');
    this.#go(isPassing ? 'cut' : 'stop', error);
  }

  /** A message to the server; false: there is no socket to send it by. @param {string} text */
  send(text) {
    if (!this.#socket) return false;
    try {
      this.#socket.send(text);
      return true;
    } catch {
      return false; // it is closing; `onclose` says the rest
    }
  }

  /** The network is back, or somebody looks: a pause ends, unless the server asked for it; a connection has to show that it lives. */
  wake() {
    if (this.state === 'waiting' && !this.#isTold) this.#go('wake');
    else if (this.state === 'live') this.#probe();
  }

  /** @param {Event} event @param {SkeinError | null} [error] */
  #go(event, error = null) {
    const next = NEXT[this.state][event];
    if (next === this.state) return;
    const before = this.state;
    this.state = next;
    if (next === 'waiting' || next === 'closed') this.error = error;
    if (next === 'live') this.error = null;
    if (before === 'closed') this.#sleep = this.#around.wakeups?.subscribe(() => this.wake()) ?? (() => {});
    if (next === 'closed') this.#sleep();
    if (next === 'connecting') this.#open();
    if (next === 'waiting' || next === 'closed') this.#leave(error);
    this.#around.became(next, error);
  }

  /** @param {SkeinError | null} error */
  #leave(error) {
    const { clock, random } = this.#around;
    clock.clearTimeout(this.#watch);
    clock.clearTimeout(this.#retry);
    this.retryAt = null;
    this.number++; // whatever an earlier attempt still does is none of ours
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(1000);
    if (this.state === 'closed') {
      this.#failures = 0;
      return;
    }
    // The server has spread its retryAfter out already; without one, anything from now to an exponential bound ("full jitter").
    this.#isTold = error?.retryAfter !== undefined;
    const delay = error?.retryAfter ?? random() * Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** this.#failures);
    this.#failures++;
    this.retryAt = clock.now() + delay;
    this.#retry = clock.setTimeout(() => this.#go('due'), delay);
  }

  async #open() {
    const { clock, url, hello, WebSocket = globalThis.WebSocket } = this.#around;
    clock.clearTimeout(this.#retry);
    this.retryAt = null;
    const number = ++this.number;
    const ours = () => number === this.number;
    this.watchOver(CONNECT_TICK_MS);
    try {
      const address = await url();
      if (!ours()) return;
      if (!WebSocket) throw new SkeinError('invalid_args', 'this platform has no WebSocket: give one to connect()');
      const socket = /** @type {import('./index.d.ts').WebSocketLike} */ (new WebSocket(address, [PROTOCOL]));
      this.#socket = socket;
      socket.onopen = () => { if (ours()) this.send(JSON.stringify(hello())); };
      socket.onmessage = (/** @type {{ data: string }} */ { data }) => { if (ours()) this.#frame(data, ours); };
      socket.onclose = () => { if (ours()) this.lost(new SkeinError('unavailable', 'the connection was cut')); };
      socket.onerror = () => {}; // `onclose` follows
    } catch (e) {
      if (ours()) this.lost(SkeinError.from(e));
    }
  }

  /** Two ticks of silence are a cut; each tick asks for a sign of life. @param {number} tickMs */
  watchOver(tickMs) {
    const { clock } = this.#around;
    this.#heard = clock.now();
    clock.clearTimeout(this.#watch);
    const tick = () => {
      this.#watch = clock.setTimeout(tick, tickMs);
      if (clock.now() - this.#heard >= 2 * tickMs) this.lost(new SkeinError('unavailable', 'the server is silent'));
      else if (this.state === 'live') {
        this.#failures = 0; // not at once: a server that greets and hangs up is no reason to hurry
        this.send(JSON.stringify(this.#around.ping()));
      }
    };
    this.#watch = clock.setTimeout(tick, tickMs);
  }

  /** After a sleep a socket may be dead without knowing: an answer must come soon. */
  #probe() {
    const { clock } = this.#around;
    const [number, asked] = [this.number, clock.now()];
    this.send(JSON.stringify(this.#around.ping()));
    clock.setTimeout(() => {
      if (number === this.number && this.state === 'live' && this.#heard < asked) this.lost(new SkeinError('unavailable', 'the server is silent'));
    }, CONNECT_TICK_MS);
  }

  /** @param {string} text @param {() => boolean} ours */
  #frame(text, ours) {
    this.#heard = this.#around.clock.now();
    try {
      const frame = JSON.parse(text);
      const messages = Array.isArray(frame) ? frame : [frame];
      for (let i = 0; i < messages.length && ours(); i++) {
        this.#frameRest = { messages, from: i + 1 };
        this.#around.hear(messages[i]);
      }
    } catch (e) {
      // What is here cannot be trusted.
      const error = SkeinError.from(e, 'internal');
      this.#around.distrusted(error);
      if (ours()) this.lost(error);
    } finally {
      this.#frameRest = { messages: [], from: 0 };
    }
  }

  /** @type {{ messages: any[], from: number }} */
  #frameRest = { messages: [], from: 0 };

  /** What else is in the frame that is being heard, up to the next transaction. */
  *following() {
    const { messages, from } = this.#frameRest;
    for (let i = from; i < messages.length && messages[i].type !== 'tx'; i++) yield messages[i];
  }

  /** Whether nothing else is in the frame. */
  get isFrameEnd() { return this.#frameRest.from >= this.#frameRest.messages.length; }
}

/** `online` and `visibilitychange` of a browser; null elsewhere. */
export function browserWakeups() {
  const { addEventListener, document } = globalThis;
  if (typeof addEventListener !== 'function' || !document) return null;
  return {
    /** @param {() => void} listener */
    subscribe(listener) {
      const seen = () => { if (document.visibilityState === 'visible') listener(); };
      globalThis.addEventListener('online', listener);
      document.addEventListener('visibilitychange', seen);
      return () => {
        globalThis.removeEventListener('online', listener);
        document.removeEventListener('visibilitychange', seen);
      };
    },
  };
}

/** @type {import('./index.d.ts').Clock} */
export const systemClock = {
  now: () => Date.now(),
  setTimeout: (action, delay) => setTimeout(action, delay),
  clearTimeout: (timer) => clearTimeout(/** @type {any} */ (timer)),
};
