// The HTTP API, as little of it as a client needs.

import { SkeinError } from './errors.js';

/**
 * One JSON request; what fails, fails with a SkeinError. `body` null: none is sent.
 * @param {string} method
 * @param {string} url
 * @param {{ token?: string | null, body?: unknown, headers?: Record<string, string>, timeoutMs?: number, keepalive?: boolean, fetch?: typeof globalThis.fetch }} [options]
 * @returns {Promise<any>}
 */
export async function request(method, url, { token = null, body = null, headers = {}, timeoutMs = 15_000, keepalive = false, fetch = globalThis.fetch } = {}) {
  const answer = await fetch(url, {
    method,
    keepalive,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== null && { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body === null ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((e) => { throw new SkeinError('unavailable', `the server cannot be reached (${e.message})`); });
  const value = await answer.json().catch(() => null);
  if (answer.ok) return value;
  throw SkeinError.of(value ?? { code: 'unavailable', message: `the server answered ${answer.status} without a reason` });
}
