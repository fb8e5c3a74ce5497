// What anything of Skein fails with.

/** See index.d.ts: `code` is one of the wire's; `reason`, `current` (a seq), `retryAfter` (ms) and `details` (of the reducer) where they say something. */
export class SkeinError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {{ reason?: string, current?: number, retryAfter?: number, details?: any }} [more]
   */
  constructor(code, message, { reason, current, retryAfter, details } = {}) {
    super(message);
    this.name = /** @type {const} */ ('SkeinError');
    this.code = code;
    this.reason = reason;
    this.current = current;
    this.retryAfter = retryAfter;
    this.details = details;
  }

  /**
   * From an error object of the wire, or a problem document of the HTTP API.
   * @param {{ code?: string, message?: string, detail?: string, reason?: string, current?: number, retryAfter?: number, details?: any }} error
   */
  static of(error) {
    return new SkeinError(error.code ?? 'internal', error.message ?? error.detail ?? 'no reason was given', error);
  }

  /** Whatever was thrown, as one of ours. @param {any} error @param {string} code @returns {SkeinError} */
  static from(error, code = 'unavailable') {
    return error instanceof SkeinError ? error : new SkeinError(code, String(error?.message ?? error));
  }
}

/** @param {string} message */
export const notSent = (message) => new SkeinError('unavailable', `${message}; the call was never sent`, { reason: 'not_sent' });
/** @param {string} message @param {string} [code] */
export const outcomeUnknown = (message, code = 'unavailable') =>
  new SkeinError(code, `${message}; the call was sent, and may be done or not`, { reason: 'outcome_unknown' });
