// A document that is one HTTP resource: GET answers it with an ETag, PUT writes it if that is still its ETag.

import { SkeinError } from './errors.js';

/** Browsers let requests that outlive their page have 64 KiB together. */
const KEEPALIVE_BYTES = 60_000;
const TIMEOUT_MS = 15_000;
const CODES = new Map([
  [400, 'invalid_args'], [401, 'unauthenticated'], [403, 'forbidden'], [404, 'not_found'], [409, 'conflict'], [412, 'conflict'], [413, 'too_large'], [422, 'invalid_args'], [429, 'rate_limited'],
]);

/**
 * @param {string} url @param {import('./autosave.js').HttpDocumentOptions} [options]
 * @returns {{ load: import('./autosave.js').Load<any>, save: import('./autosave.js').Save<any> }}
 */
export function httpDocument(url, { token = null, fetch = globalThis.fetch.bind(globalThis), headers = {}, timeoutMs = TIMEOUT_MS } = {}) {
  /** @param {string} method @param {Record<string, string>} more @param {RequestInit} [init] */
  const ask = async (method, more, init) => {
    const bearer = typeof token === 'function' ? await token() : token;
    const authorization = bearer ? { authorization: `Bearer ${bearer}` } : null;
    return fetch(url, { method, cache: 'no-store', ...init, headers: { ...headers, ...authorization, ...more }, signal: AbortSignal.timeout(timeoutMs) })
      .catch((e) => { throw new SkeinError('unavailable', `the server cannot be reached (${e.message})`); });
  };
  return {
    async load() {
      const answer = await ask('GET', { accept: 'application/json' });
      if (answer.status === 404) return null;
      if (!answer.ok) throw await refusal(answer);
      const value = await answer.json().catch((e) => { throw new SkeinError('unavailable', `the answer was cut off, or is no JSON (${e.message})`); });
      return { value, version: versionOf(answer) };
    },
    async save({ value, version, keepalive }) {
      const body = JSON.stringify(value);
      /** @type {Record<string, string>} */
      const condition = version === null ? { 'if-none-match': '*' } : { 'if-match': version };
      const fits = keepalive && new TextEncoder().encode(body).length <= KEEPALIVE_BYTES;
      const answer = await ask('PUT', { ...condition, 'content-type': 'application/json' }, { body, keepalive: fits });
      if (!answer.ok) throw await refusal(answer);
      return { version: versionOf(answer) };
    },
  };
}

/** @param {Response} answer */
function versionOf(answer) {
  const version = answer.headers.get('etag');
  if (version === null || version.startsWith('W/')) throw new SkeinError('invalid_args', `the server's answer has ${version ? 'a weak' : 'no'} ETag: nothing can be written on it`);
  return version;
}

/** @param {Response} answer */
async function refusal(answer) {
  const problem = await answer.json().catch(() => null); // not every proxy explains itself
  const code = CODES.get(answer.status) ?? (answer.status >= 500 ? 'unavailable' : 'invalid_args');
  const seconds = Number(answer.headers.get('retry-after') ?? NaN);
  return SkeinError.of({
    detail: `the server answered ${answer.status}`,
    ...(Number.isFinite(seconds) && { retryAfter: seconds * 1000 }),
    ...problem,
    code: code === 'conflict' ? code : (problem?.code ?? code),
  });
}
