// Who this browser is: an identity and its token, kept in localStorage. A private window is somebody else.

import { connect, request } from '../skein/index.js';

const STORE = 'skein.identity';
export const origin = location.origin;

/** { identity, token, name } or null. */
export const session = { current: read() };

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
  const { identity } = await request('GET', `${origin}/v1/identity`, { token });
  keep({ identity, token, name });
}

export function signOut() {
  keep(null);
}

/** Whoever is signed in, to the server that this page came from. */
export const client = connect(origin, { token: () => session.current?.token ?? null });

/** A request as whoever is signed in. */
export function api(method, path, body = null) {
  return request(method, origin + path, { token: session.current?.token ?? null, body });
}
