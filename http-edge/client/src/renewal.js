// Brings the next token over the open connection before the one it was opened with expires, so that nothing is cut for it.

import { SkeinError } from './errors.js';

/** Of what is left of a token, a fifth and at most a minute is kept for bringing the next one. */
const KEPT = 0.2;
const KEPT_AT_MOST_MS = 60_000;
/** A program that has no other token yet is asked again, not more often than this. */
const AGAIN_AT_LEAST_MS = 1_000;
/** Timers of some platforms fire at once where they are set for longer than 24.8 days. */
const LONGEST_TIMER_MS = 86_400_000;

/**
 * @typedef {object} Surroundings
 * @property {import('./index.d.ts').Clock} clock
 * @property {() => number} random
 * @property {() => Promise<string | null>} token
 * @property {(token: string) => Promise<{ expiresIn: number }> | null} bring over the connection; null: there is none
 * @property {(error: SkeinError) => void} failed the connection goes on, until its token expires
 */

export class Renewal {
  #around;
  /** @type {string | null} */ #token = null;
  #expiresAt = Infinity;
  /** @type {unknown} */ #timer = null;
  /** Which connection it is about. */ #run = 0;

  /** @param {Surroundings} around */
  constructor(around) { this.#around = around; }

  /** A connection is opened with this token, which is good for so long (in ms; undefined: the server does not say). @param {string | null} token @param {number | undefined} expiresIn */
  opens(token, expiresIn) {
    this.cut();
    this.#token = token;
    this.#lasts(expiresIn);
  }

  /** The connection is live. */
  live() { this.#wait(); }

  /** It is not any more. */
  cut() {
    this.#run++;
    this.#around.clock.clearTimeout(this.#timer);
    this.#expiresAt = Infinity;
  }

  /** @param {number | undefined} expiresIn */
  #lasts(expiresIn) { this.#expiresAt = typeof expiresIn === 'number' ? this.#around.clock.now() + expiresIn : Infinity; }

  #wait() {
    const { clock, random } = this.#around;
    if (this.#expiresAt === Infinity) return;
    const left = this.#expiresAt - clock.now();
    // Many who came at once do not all come again at once.
    const kept = Math.min(left * KEPT, KEPT_AT_MOST_MS) * (1 + random());
    this.#in(left - kept);
  }

  /** @param {number} delay */
  #in(delay) {
    const { clock } = this.#around;
    clock.clearTimeout(this.#timer);
    this.#timer = clock.setTimeout(() => (delay > LONGEST_TIMER_MS ? this.#in(delay - LONGEST_TIMER_MS) : this.#renew()), Math.min(delay, LONGEST_TIMER_MS));
  }

  async #renew() {
    const { clock, token, bring, failed } = this.#around;
    const run = this.#run;
    try {
      const next = await token();
      if (run !== this.#run) return;
      const answer = next === null || next === this.#token ? null : await bring(next);
      if (run !== this.#run) return;
      if (answer) {
        this.#token = next;
        this.#lasts(answer.expiresIn);
        return this.#wait();
      }
    } catch (e) {
      if (run !== this.#run) return;
      failed(SkeinError.from(e));
    }
    // Once it has expired the server ends the connection, and the next one asks for a token anyway.
    const left = this.#expiresAt - clock.now();
    if (left > 0) this.#in(Math.max(AGAIN_AT_LEAST_MS, left / 4));
  }
}
