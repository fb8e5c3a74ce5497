// The HTTP API, as little of it as a client needs, and what anything of Skein fails with.

/** A refusal: `code` is one of the wire's; `reason`, `current` (a seq) and `retryAfter` (ms) where they say something. */
export class SkeinError extends Error {
  constructor(code, message, { reason, current, retryAfter } = {}) {
    super(message);
    Object.assign(this, { name: 'SkeinError', code, reason, current, retryAfter });
  }

  /** From an error object of the wire, or a problem document of the HTTP API. */
  static of(error) {
    return new SkeinError(error.code ?? 'internal', error.message ?? error.detail ?? 'no reason was given', error);
  }
}

/** One JSON request to the HTTP API; what fails, fails with a SkeinError. `body` null: none is sent. */
export async function request(method, url, { token = null, body = null, headers = {}, timeoutMs = 15_000 } = {}) {
  const answer = await fetch(url, {
    method,
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

/** A `url` function for a workspace: trades the token for a socket ticket at every attempt. `token()` may be async. */
export const socketUrl = ({ origin, workspace, token }) => async () => {
  const answer = await request('POST', `${origin}/v1/identity/websocket-token`, { token: await token() });
  const path = `/v1/workspaces/${encodeURIComponent(workspace)}/socket?ticket=${encodeURIComponent(answer.token)}`;
  return origin.replace(/^http/, 'ws') + path;
};
