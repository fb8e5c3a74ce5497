// A document that saves itself: one JSON value, changed as often as one likes and written as seldom as is safe.
//
// One timer says when to write next. One write is on its way at a time; it carries the version it was made from, so that what somebody else wrote meanwhile is a conflict and not lost.
// A write whose answer never came may have been done: before the next one the server is asked what it has. What the server does not have is in a local copy
// while the server is away and when the page goes; opening the document again finds it there.

import { LocalCopy } from './autosave-copy.js';
import { watchPage } from './autosave-page.js';
import { textOf } from './autosave-text.js';
import { systemClock } from './connection.js';
import { Listeners } from './dispatch.js';
import { SkeinError } from './errors.js';

export { salvageCopy } from './autosave-copy.js';
export { httpDocument } from './autosave-http.js';

const DEBOUNCE_MS = 2_000;
const PERIOD_MS = 30_000;
const BACKOFF_BASE_MS = 1_000;
const BACKOFF_CAP_MS = 60_000;
/** What may pass by itself. Anything else is not tried again before the next change. */
const PASSING = new Set(['unavailable', 'overloaded', 'rate_limited', 'internal']);

/** @typedef {import('./autosave.js').AutosaveSnapshot<any>} Snapshot */
/** @typedef {import('./autosave.js').Saved<any>} Saved */
/** @typedef {import('./autosave.js').PageLike} PageLike */
/** @typedef {import('./autosave-copy.js').Copy} Copy */

export class Autosave {
  #load; #save; #onConflict; #debounceMs; #periodMs; #clock; #random; #page; #copy;
  #listeners = new Listeners();
  /** @type {Snapshot | null} */ #snapshot = null;
  /** @type {import('./autosave.js').AutosaveStatus} */ #status = 'saved';
  /** @type {SkeinError | null} */ #error = null;
  /** @type {SkeinError | null} */ #copyError = null;
  /** @type {unknown} */ #value = undefined;
  /** @type {string | null} what the server has, as far as is known */ #version = null;
  /** @type {string | null} */ #savedText = null;
  /** @type {string | null} of a write that may have been done: one on its way, or one without an answer */ #sentText = null;
  /** @type {Saved | null} what is there instead, in a conflict */ #there = null;
  #isChanged = false; #changes = 0; // counted: what a write began with is compared with what is there when it ends
  #dueAt = 0; #firstChangeAt = 0; #failures = 0;
  /** @type {unknown} */ #timer = null;
  /** @type {Promise<void> | null} */ #writing = null;
  #isOpen = false; #isHidden = false;
  #unwatch = () => {};

  /** @param {import('./autosave.js').AutosaveOptions<any>} options */
  constructor({ load, save, onConflict = () => undefined, store = null, debounceMs = DEBOUNCE_MS, periodMs = PERIOD_MS, clock = systemClock, random = Math.random, page = globalThis }) {
    this.#load = load;
    this.#save = save;
    this.#onConflict = onConflict;
    this.#debounceMs = debounceMs;
    this.#periodMs = periodMs;
    this.#clock = clock;
    this.#random = random;
    this.#page = /** @type {PageLike} */ (page);
    this.#copy = new LocalCopy(store, (e) => {
      this.#copyError = new SkeinError('internal', `there is no local copy: ${/** @type {Error} */ (e).message}`, { reason: 'store_failed' });
      this.#tell();
    });
  }

  get value() { return this.#value; }
  get status() { return this.#status; }

  /** @param {() => void} listener */
  subscribe(listener) { return this.#listeners.add(listener); }

  /** @returns {Snapshot} */
  snapshot() {
    return (this.#snapshot ??= Object.freeze({
      status: this.#status, value: this.#value, version: this.#version, error: this.#error, there: this.#there, copyError: this.#copyError,
    }));
  }

  /** Loads it. Rejects if neither the server nor a local copy has anything to say. */
  async open() {
    if (this.#isOpen) throw new SkeinError('invalid_args', 'this document is open already');
    const [server, copy] = await Promise.all([this.#load().then((saved) => ({ saved }), (error) => ({ error })), this.#copy.open()]);
    if ('error' in server && copy === null) {
      await this.#copy.close();
      throw server.error;
    }
    this.#isOpen = true;
    this.#unwatch = watchPage(this.#page, { hidden: () => this.#hide(), shown: () => this.#show() });
    if (copy) this.#recover(copy);
    if ('error' in server) this.#failed(server.error);
    else if (copy) this.#meet(server.saved);
    else {
      this.#settleOn(server.saved);
      this.#value = server.saved?.value;
      this.#become('saved');
    }
    return this.snapshot();
  }

  /** Takes a new state, which must not be changed afterwards: the next one is another value. @param {unknown} value */
  change(value) {
    if (!this.#isOpen) throw new SkeinError('unavailable', 'this document is not open');
    const now = this.#clock.now();
    this.#value = value;
    this.#touch();
    this.#dueAt = Math.min(now + this.#debounceMs, this.#firstChangeAt + this.#periodMs);
    if (this.#status === 'offline' || this.#status === 'conflict') this.#keepCopy();
    else if (!this.#writing) {
      this.#status = 'pending';
      this.#wake(this.#dueAt);
    }
    this.#tell();
  }

  /** Writes what is not written, now. Resolves once there is nothing to write, or it cannot be written for the time being: `snapshot()` tells. */
  async flush() {
    while (this.#writing || (this.#isOpen && this.#isChanged && this.#status !== 'conflict')) {
      await this.#write();
      if (this.#status === 'offline' || this.#status === 'refused') break;
    }
    await this.#copy.settled();
  }

  /** Ends a conflict: 'local' writes over what is there, 'server' takes it, `{ value }` writes that. @param {import('./autosave.js').Resolution<any>} choice */
  async resolve(choice) {
    if (this.#status !== 'conflict') return;
    const there = this.#there;
    this.#settleOn(there);
    if (choice === 'server') {
      this.#value = there?.value;
      this.#clean();
    } else {
      if (choice !== 'local') this.#value = choice.value;
      this.#touch();
      this.#become('pending');
      await this.flush();
    }
  }

  /** Writes what is not written, or leaves it in the local copy, and ends. */
  async close() {
    if (!this.#isOpen) return;
    await this.flush();
    this.#isOpen = false;
    this.#clock.clearTimeout(this.#timer);
    this.#unwatch();
    if (this.#isChanged) this.#keepCopy();
    await this.#copy.close();
  }

  // ---- What the server has, and what is here

  #touch() {
    if (!this.#isChanged) this.#firstChangeAt = this.#clock.now();
    this.#isChanged = true;
    this.#changes++;
  }

  /** @param {Saved | null} saved */
  #settleOn(saved) {
    this.#version = saved?.version ?? null;
    this.#savedText = saved ? textOf(saved.value) : null;
    this.#sentText = null;
  }

  #clean() {
    this.#isChanged = false;
    this.#copy.drop();
    this.#become('saved');
  }

  /** @param {Copy} copy */
  #recover({ value, version, sent }) {
    this.#value = value;
    this.#version = version;
    this.#sentText = sent;
    this.#touch();
    this.#dueAt = this.#clock.now();
  }

  /**
   * What is to be written, against what is there: that may be the version it was made from, or what we wrote ourselves without hearing of it. Anything else is a conflict.
   * @param {Saved | null} there
   */
  #meet(there) {
    const text = there && textOf(there.value);
    const isOurs = text !== null && (text === this.#sentText || text === textOf(this.#value));
    if (!isOurs && (there?.version ?? null) !== this.#version) return this.#conflict(there);
    this.#settleOn(there);
    if (textOf(this.#value) === this.#savedText) return this.#clean();
    this.#become('pending');
    return this.#wake(this.#dueAt);
  }

  /** @param {Saved | null} there */
  #conflict(there) {
    this.#there = there;
    this.#become('conflict');
    this.#keepCopy();
    void this.#ask();
  }

  /** Until the answer is about what is here: what was changed while it was thought about is not thrown away by it. */
  async #ask() {
    try {
      for (;;) {
        const [changes, there] = [this.#changes, this.#there];
        const choice = await this.#onConflict({ local: this.#value, there, version: this.#version });
        await this.#writing; // the one that found the conflict
        if (choice === undefined || this.#status !== 'conflict' || this.#there !== there || !this.#isOpen) return;
        if (changes === this.#changes || choice === 'local') return void await this.resolve(choice);
      }
    } catch (e) {
      this.#error = SkeinError.from(e, 'internal');
      this.#tell();
    }
  }

  // ---- Writing

  /** One at a time: who asks while one is on its way waits for that one. @returns {Promise<void>} */
  #write() {
    this.#writing ??= this.#writeNow().then(() => {
      this.#writing = null;
      if (!this.#isOpen || this.#status !== 'pending') return;
      if (this.#isHidden) void this.#write();
      else this.#wake(this.#dueAt);
    });
    return this.#writing;
  }

  /** Never rejects. */
  async #writeNow() {
    this.#clock.clearTimeout(this.#timer);
    try {
      if (this.#sentText !== null) {
        this.#meet(await this.#load()); // was it done?
        if (this.#status !== 'pending') return;
      }
      const [changes, value, text] = [this.#changes, this.#value, textOf(this.#value)];
      if (text === this.#savedText) return this.#clean();
      this.#sentText = text;
      this.#firstChangeAt = this.#clock.now(); // what is changed from here on is another write's
      this.#become('saving');
      if (this.#isHidden) this.#keepCopy();
      const { version } = await this.#save({ value, version: this.#version, keepalive: this.#isHidden });
      this.#written(changes, version, text);
    } catch (e) {
      await this.#wentWrong(e);
    }
  }

  /** @param {number} changes @param {string} version @param {string} text */
  #written(changes, version, text) {
    this.#version = version;
    this.#savedText = text;
    this.#sentText = null;
    this.#failures = 0;
    if (changes === this.#changes) return this.#clean();
    if (this.#isHidden) this.#keepCopy();
    return this.#become('pending');
  }

  /** @param {unknown} e */
  async #wentWrong(e) {
    const error = SkeinError.from(e);
    if (error.code !== 'conflict') return this.#failed(error);
    try {
      const there = await this.#load();
      if ((there?.version ?? null) === this.#version) throw new SkeinError('internal', 'the server refuses as a conflict what was made from what it has');
      return this.#meet(there);
    } catch (again) {
      return this.#failed(again);
    }
  }

  /** @param {unknown} e */
  #failed(e) {
    const error = SkeinError.from(e);
    this.#error = error;
    const isPassing = PASSING.has(error.code);
    if (!isPassing) this.#sentText = null; // it was refused: it is not done
    this.#keepCopy();
    this.#become(isPassing ? 'offline' : 'refused');
    if (!isPassing) return;
    this.#wake(this.#clock.now() + (error.retryAfter ?? this.#random() * Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** this.#failures)));
    this.#failures++;
  }

  #keepCopy() {
    this.#copy.keep(() => ({ value: this.#value ?? null, version: this.#version, sent: this.#sentText }), this.#isHidden);
  }

  // ---- Time and the page

  /** @param {number} at */
  #wake(at) {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(() => this.#due(), Math.max(0, at - this.#clock.now()));
  }

  #due() {
    if (this.#isOpen && this.#isChanged && !this.#writing && this.#status !== 'conflict') void this.#write();
  }

  /** It may be the last that this page does. A write that is on its way may be cut off, so what is here is copied; one that begins now outlives the page. */
  #hide() {
    this.#isHidden = true;
    if (!this.#isChanged) return;
    if (this.#writing || this.#sentText !== null || this.#status === 'conflict') this.#keepCopy(); // any other is copied as its write begins
    this.#due();
  }

  #show() {
    this.#isHidden = false;
    if (this.#status === 'offline') this.#due();
  }

  /** @param {import('./autosave.js').AutosaveStatus} status */
  #become(status) {
    this.#status = status;
    if (status !== 'conflict') this.#there = null;
    if (status === 'saved' || status === 'conflict') this.#error = null;
    this.#tell();
  }

  /** Only of what is another than before. */
  #tell() {
    const before = this.#snapshot;
    this.#snapshot = null;
    if (before && Object.entries(this.snapshot()).every(([name, value]) => before[/** @type {keyof Snapshot} */ (name)] === value)) this.#snapshot = before;
    else this.#listeners.tell();
  }
}
