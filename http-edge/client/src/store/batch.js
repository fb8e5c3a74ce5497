// What all stores share: their error, and a batch put into one form before anything is changed by it.

/**
 * What a store fails with. `code`: `closed` (not open), `invalid` (not JSON, or not a batch), `quota` (no room; nothing was changed), `overloaded` (too many
 * writes wait), `held` (another process or too many tabs have it), `lost` (deleted, or closed by the browser; `open` begins anew), `outdated` (a newer version
 * of the program has changed it), `corrupt` (what is kept is damaged), `unsupported` (this environment cannot keep anything), `failed` (the medium's own error, in `cause`).
 */
export class StoreError extends Error {
  /** @param {import('./batch.js').StoreErrorCode} code @param {string} message @param {unknown} [cause] */
  constructor(code, message, cause) {
    super(message, { cause });
    this.name = 'StoreError';
    this.code = code;
  }
}

/** Writes that wait for a medium, at most; one more is `overloaded`. */
export const MAX_WAITING = 1024;

const PARTS = new Set(['clear', 'put', 'delete']);

/**
 * Values become JSON text at once: the caller may change them afterwards, and what is no JSON is refused before anything is written.
 * @param {import('./store.js').StoreBatch} batch
 * @returns {import('./batch.js').Prepared}
 */
export function prepare(batch) {
  for (const part of Object.keys(batch)) if (!PARTS.has(part)) throw new StoreError('invalid', `a batch has no part ${part}`);
  const gone = batch.delete ?? [];
  if (!Array.isArray(gone) || gone.some((key) => typeof key !== 'string')) throw new StoreError('invalid', 'delete is a list of keys');
  return { clear: batch.clear === true, gone: [...gone], put: Object.entries(batch.put ?? {}).map(([key, value]) => [key, textOf(key, value)]) };
}

/** @param {string} key @param {unknown} value */
function textOf(key, value) {
  let text;
  try {
    text = JSON.stringify(value);
  } catch (e) {
    throw new StoreError('invalid', `the value of ${key} is no JSON`, e);
  }
  if (text === undefined) throw new StoreError('invalid', `the value of ${key} is no JSON`);
  return text;
}

/** Kept texts by key, and their size. The one place that says what a batch does: clear, then put, then delete. */
export class Kept {
  /** @type {Map<string, string>} */
  texts = new Map();
  /** UTF-16 units of keys and texts. */
  size = 0;

  /** The size after this batch. @param {import('./batch.js').Prepared} batch */
  sizeAfter({ clear, put, gone }) {
    const changed = new Map(put.map(([key, text]) => [key, key.length + text.length]));
    for (const key of gone) changed.set(key, 0);
    let size = clear ? 0 : this.size;
    for (const [key, length] of changed) {
      const text = clear ? undefined : this.texts.get(key);
      size += length - (text === undefined ? 0 : key.length + text.length);
    }
    return size;
  }

  /** @param {import('./batch.js').Prepared} batch */
  apply(batch) {
    this.size = this.sizeAfter(batch);
    if (batch.clear) this.texts.clear();
    for (const [key, text] of batch.put) this.texts.set(key, text);
    for (const key of batch.gone) this.texts.delete(key);
  }

  /** Fresh values, the caller's own. @returns {Map<string, unknown>} */
  values() {
    return new Map([...this.texts].map(([key, text]) => [key, JSON.parse(text)]));
  }
}
