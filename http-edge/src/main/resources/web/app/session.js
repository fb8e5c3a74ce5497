// Who this browser is: an identity and its token, kept in localStorage. A private window is somebody else.

import { connect, request } from '../skein/index.js';

const STORE = 'skein.identity';
export const origin = location.origin;

/** `current`: { identity, token, name } or null; `ended`: why there is nobody any more, to be told. */
export const session = { current: read(), ended: '' };

function read() {
  try {
    const stored = JSON.parse(localStorage.getItem(STORE));
    return stored?.identity && stored?.token ? stored : null;
  } catch {
    return null; // written by something else: as good as nothing
  }
}

function keep(identity) {
  session.current = identity;
  session.ended = '';
  if (identity === null) localStorage.removeItem(STORE);
  else localStorage.setItem(STORE, JSON.stringify(identity));
}

/** A fresh identity, in development mode. */
export async function signIn(name) {
  const { identity, token } = await request('POST', `${origin}/v1/identity`, { body: {} });
  keep({ identity, token, name });
}

/** An identity that somebody else vouches for. */
export async function signInWith(token, name) {
  const { identity } = await whoIs(token);
  keep({ identity, token, name });
}

/** Of whom a token is: { identity, issuer, subject, expiresAt, operator }. */
export const whoIs = (token) => request('GET', `${origin}/v1/identity`, { token });

/** `why` is told where one signs in, such as that the token has expired. */
export function signOut(why = '') {
  keep(null);
  session.ended = why;
}

/** Whoever is signed in, to the server that this page came from. */
export const client = connect(origin, { token: () => session.current?.token ?? null });

/** A request as whoever is signed in. */
export function api(method, path, body = null) {
  return request(method, origin + path, { token: session.current?.token ?? null, body });
}
