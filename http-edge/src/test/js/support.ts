// People, workspaces and connections for the tests. The server is somewhere else: SKEIN_TEST_URL.

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as after } from 'node:timers/promises';
import { Identity, Timestamp } from 'spacetimedb';
import { WebSocket } from 'undici';
import { DbConnection, type Sample } from './sample_bindings.ts';

const PATIENCE_MS = 20_000;
const POLL_MS = 5;

export function serverUrl(): string {
  const url = process.env.SKEIN_TEST_URL;
  assert.ok(url, 'SKEIN_TEST_URL is not set');
  return url;
}

// ---- the HTTP API, for what the SDK has no words for

export interface Who {
  identity: string;
  token: string;
}

async function http<T>(url: string, method: string, path: string, token = '', body?: object): Promise<T> {
  const answer = await fetch(url + path, {
    method,
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text || 'null');
}

export function somebody(url = serverUrl()): Promise<Who> {
  return http(url, 'POST', '/v1/identity');
}

/** A new workspace, of the sample module unless said otherwise; strangers are editors unless said otherwise. */
export async function workspace(owner: Who, access = 'public-write', url = serverUrl(), module = 'sample'): Promise<string> {
  const made = await http<{ id: string }>(url, 'POST', '/v1/workspaces', owner.token, { module, name: 'Test', access });
  return made.id;
}

/** Somebody new, made a member of this role by invitation. */
export async function member(owner: Who, workspace: string, role: string): Promise<Who> {
  const who = await somebody();
  const path = `/v1/workspaces/${workspace}`;
  const invite = await http<{ token: string }>(serverUrl(), 'POST', `${path}/invites`, owner.token, { role });
  await http(serverUrl(), 'POST', `${path}/join`, who.token, { token: invite.token });
  return who;
}

export async function setRole(owner: Who, workspace: string, who: Who, role: string): Promise<void> {
  await http(serverUrl(), 'PUT', `/v1/workspaces/${workspace}/members/${who.identity}`, owner.token, { role });
}

export async function removeMember(owner: Who, workspace: string, who: Who): Promise<void> {
  await http(serverUrl(), 'DELETE', `/v1/workspaces/${workspace}/members/${who.identity}`, owner.token);
}

// ---- connections

export interface Connected {
  conn: DbConnection;
  identity: Identity;
  token: string;
  /** Settles when the connection is gone, with the reason if there is one. */
  gone: Promise<Error | undefined>;
}

export interface Options {
  token?: string;
  url?: string;
  compression?: 'gzip' | 'none';
  confirmed?: boolean;
  /** What is offered to the server in place of what the SDK offers. */
  protocols?: string[];
}

/**
 * Begins to connect; rejects where there is no way in, be it with the SDK's error or by a socket that closes before it says who one is.
 * Disconnects when the test ends.
 */
export function connect(t: TestContext, workspace: string, options: Options = {}): Promise<Connected> {
  return new Promise((resolve, reject) => {
    let leave: (error?: Error) => void;
    const gone = new Promise<Error | undefined>((left) => { leave = left; });
    let builder = DbConnection.builder()
      .withUri(options.url ?? serverUrl())
      .withDatabaseName(workspace)
      .withToken(options.token)
      .withCompression(options.compression ?? 'gzip')
      .onConnect((conn, identity, token) => resolve({ conn, identity, token, gone }))
      .onConnectError((_ctx, error) => reject(error))
      .onDisconnect((_ctx, error) => {
        leave(error);
        reject(error ?? new Error('closed at once'));
      });
    if (options.confirmed !== undefined) builder = builder.withConfirmedReads(options.confirmed);
    if (options.protocols) builder = builder.withWSFn(offering(options.protocols));
    const conn = builder.build();
    t.after(() => conn.disconnect());
  });
}

export type Subscription = ReturnType<ReturnType<DbConnection['subscriptionBuilder']>['subscribe']>;

type SocketFactory = Parameters<ReturnType<typeof DbConnection.builder>['withWSFn']>[0];

/** Opens sockets as the SDK does, with other subprotocols, and without unpacking frames: they are never packed. */
function offering(protocols: string[]): SocketFactory {
  return async ({ url, nameOrAddress }) => {
    const socket = new WebSocket(new URL(`v1/database/${nameOrAddress}/subscribe`, url), protocols);
    socket.binaryType = 'arraybuffer';
    return {
      get protocol() { return socket.protocol; },
      send: (message) => socket.send(message),
      close: () => socket.close(),
      set onclose(handler: (event: any) => void) { socket.onclose = handler; },
      set onopen(handler: () => void) { socket.onopen = handler; },
      set onerror(handler: (event: any) => void) { socket.onerror = handler; },
      set onmessage(handler: (message: { data: Uint8Array }) => void) {
        socket.onmessage = ({ data }) => {
          const frame = new Uint8Array(data as ArrayBuffer);
          assert.equal(frame[0], 0, 'a frame that is not packed');
          handler({ data: frame.subarray(1) });
        };
      },
    };
  };
}

/** A subscription once it is applied; rejects with the server's reason. */
export function subscribe(conn: DbConnection, queries: string | string[]): Promise<Subscription> {
  return new Promise((resolve, reject) => {
    const handle: Subscription = conn.subscriptionBuilder()
      .onApplied(() => resolve(handle))
      .onError((ctx) => reject(ctx.event ?? new Error('no reason given')))
      .subscribe(queries as string[]);
  });
}

export function unsubscribe(handle: Subscription): Promise<void> {
  return new Promise((resolve) => handle.unsubscribeThen(() => resolve()));
}

/** Waits for what nothing announces. */
export async function eventually(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!holds()) {
    assert.ok(Date.now() < deadline, `not within ${PATIENCE_MS} ms: ${what}`);
    await after(POLL_MS);
  }
}

let fences = 0;

/** Whatever was committed before has reached both: a team that both subscribed to has come to both. */
export async function fence(writer: DbConnection, reader: DbConnection): Promise<void> {
  const id = `fence-${fences++}`;
  await writer.reducers.putTeam({ id, name: 'fence' });
  await eventually(`${id} arrives`, () => reader.db.team.id.find(id) !== null);
}

// ---- rows

/** A constant of an enum as the SDK reads it: more than its types say. */
export function unit<Tag extends string>(tag: Tag): { tag: Tag } {
  return { tag, value: {} } as { tag: Tag };
}

export function sample(id: number, changes: Partial<Sample> = {}): Sample {
  return {
    id,
    flag: false,
    count: 0,
    bigCount: 0n,
    hits: 0n,
    ratio: 0,
    title: `title ${id}`,
    blob: new Uint8Array(),
    takenAt: new Timestamp(0n),
    takenBy: Identity.zero(),
    mood: unit('Calm'),
    extra: 'null',
    note: undefined,
    peak: undefined,
    marks: [],
    place: { x: 0, y: 0, seenAt: undefined },
    path: [],
    moods: undefined,
    ...changes,
  };
}

/** The ids of the samples in the cache, in order. */
export function sampleIds(conn: DbConnection): number[] {
  return [...conn.db.sample.iter()].map((row) => row.id).sort((a, b) => a - b);
}
