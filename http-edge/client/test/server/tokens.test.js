// Drills of rules K1 to K4 with streams against the real server: tokens that rotate under load, and revocation while a stream is live.

import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Server } from '../../../src/test/web/server.js';
import { connect, request } from '../../src/index.js';
import { StreamReader, appendEvent } from '../../src/streams.js';

const PATIENCE_MS = 30_000;
/** Tokens are short, so that some expire while the test runs. */
const LIFETIME_S = 2;
const ROTATIONS = 4;

let server, ada, fleet;
const open = [];

before(async () => {
  process.env.JAVA_TOOL_OPTIONS += ' -Dskein.auth.clock-skew=0s';
  server = await Server.start(mkdtempSync(path.join(process.env.SKEIN_TEST_DIRECTORY, 'tokens-')));
  ada = await request('POST', `${server.url}/v1/identity`, { body: {} });
  fleet = (await request('POST', `${server.url}/v1/workspaces`, { token: ada.token, body: { module: 'streams', name: 'Fleet' } })).id;
});

after(async () => {
  await Promise.all(open.map((workspace) => workspace.stop()));
  await server?.stop();
});

const ask = (method, way, body, token = ada.token) => request(method, server.url + way, { token, body });
const narrowed = (wish) => ask('POST', '/v1/identity/tokens', wish);

async function until(what, holds) {
  const deadline = Date.now() + PATIENCE_MS;
  while (!holds()) {
    if (Date.now() > deadline) assert.fail(`not within ${PATIENCE_MS} ms: ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A program of its own with tokens of a device; it asks for another one whenever it is asked for one. */
function program(wish) {
  const made = [];
  const sockets = [];
  class Counted extends WebSocket {
    constructor(...more) {
      super(...more);
      sockets.push(this);
    }
  }
  const token = async () => {
    const next = await narrowed(wish);
    made.push(next);
    return next.token;
  };
  const workspace = connect(server.url, { token, WebSocket: Counted }).workspace(fleet);
  open.push(workspace);
  return { workspace, made, sockets };
}

async function reading(workspace, streamId, clientId) {
  const seen = [];
  const reader = new StreamReader({ workspace, streamId, clientId, onEvent: ({ seq }) => void seen.push(Number(seq)), ackEvery: 10, ackAfterMs: 50 });
  await reader.start();
  return { reader, seen };
}

const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test('K4: tokens rotate under load: no connection is cut, no event is lost or doubled', async () => {
  const scopes = [`skein:read:${fleet}`, `skein:call:${fleet}`];
  const [writer, follower] = ['writer', 'follower'].map((device) => program({ device, session: 'drill', scopes, lifetime: LIFETIME_S }));
  await Promise.all([writer.workspace.start(), follower.workspace.start()]);
  let appended = 0;
  const append = () => appendEvent(writer.workspace, { streamId: 'run', kind: 'step', payload: { n: ++appended }, key: `k${appended}` });
  await append();
  const { reader, seen } = await reading(follower.workspace, 'run', 'follower');
  const rotated = () => Math.min(writer.made.length, follower.made.length) > ROTATIONS;
  const deadline = Date.now() + PATIENCE_MS;
  while (!rotated()) {
    assert.ok(Date.now() < deadline, `${writer.made.length} and ${follower.made.length} tokens`);
    await Promise.all([append(), append(), append()]);
  }
  await append();
  await until(() => `${seen.length} of ${appended}`, () => reader.snapshot().applied === appended);
  assert.deepEqual(seen, range(1, appended));
  assert.deepEqual([writer.sockets.length, follower.sockets.length], [1, 1], 'no connection was cut for it');
  for (const { made } of [writer, follower]) {
    await assert.rejects(ask('GET', '/v1/identity', null, made[0].token), { code: 'unauthenticated', reason: 'token_expired' });
  }
  await reader.stop();
});

test('K3: a revocation ends a live stream; another device goes on where it had come to', async () => {
  const writer = program({ device: 'writer' });
  const lost = program({ device: 'lost', lifetime: 600 });
  await Promise.all([writer.workspace.start(), lost.workspace.start()]);
  const append = (from, to) => Promise.all(range(from, to).map((n) => appendEvent(writer.workspace, { streamId: 'live', kind: 'step', payload: { n }, key: `k${n}` })));
  await append(1, 30);
  const { reader, seen } = await reading(lost.workspace, 'live', 'worker');
  await until(() => `acked ${reader.snapshot().acked}`, () => reader.snapshot().acked === 30);
  const before = Date.now();
  await ask('POST', '/v1/identity/revocations', { device: 'lost' });
  await until(() => lost.workspace.state, () => lost.workspace.state === 'closed');
  const error = lost.workspace.connection.snapshot().error;
  assert.ok(error.code === 'forbidden' || error.reason === 'token_revoked', `${error.code} ${error.reason} after ${Date.now() - before} ms`);
  await append(31, 50);
  assert.deepEqual(seen, range(1, 30));
  await assert.rejects(narrowed({ device: 'lost' }), { code: 'forbidden' });
  const next = program({ device: 'spare' });
  await next.workspace.start();
  const spare = await reading(next.workspace, 'live', 'worker');
  await until(() => `${spare.seen.length} of 20`, () => spare.reader.snapshot().applied === 50);
  assert.deepEqual(spare.seen, range(31, 50));
  await spare.reader.stop();
});

test('K2: a worker that may only append to the streams of one workspace can do nothing else', async () => {
  const { token } = await narrowed({ device: 'worker', scopes: [`skein:call:${fleet}:append_sync_event`] });
  const call = (reducer, args) => ask('POST', `/v1/workspaces/${fleet}/calls/${reducer}`, args, token);
  const { seq } = await call('append_sync_event', { stream_id: 'live', idempotency_key: 'by-worker', kind: 'step', payload: { n: 51 } });
  assert.ok(seq > 0);
  for (const refused of [
    () => call('ack_checkpoint', { stream_id: 'live', client_id: 'x', applied_seq: 1 }),
    () => call('skein_rename', { name: 'Mine' }),
    () => ask('GET', `/v1/workspaces/${fleet}/snapshot`, null, token),
    () => ask('POST', '/v1/workspaces', { module: 'streams', name: 'Another' }, token),
  ]) {
    await assert.rejects(refused(), { code: 'forbidden', reason: 'scope' });
  }
  const workspace = connect(server.url, { token }).workspace(fleet, { schema: { module: 'streams', version: 1, tables: {} } });
  open.push(workspace);
  await workspace.start();
  await until(() => workspace.state, () => workspace.state === 'closed' || workspace.state === 'waiting');
  assert.notEqual(workspace.state, 'live');
});
