// K4: the next token comes over the open connection, before the one it was opened with expires.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stage, listening, resumed, settled, watch, welcome } from './support.js';

const MINUTE = 60_000;

/** A live connection whose token is good for `expiresIn` ms; `token` is what the program answers from the second time on. */
async function connected({ expiresIn = 10 * MINUTE, next = () => 'second', random = () => 0 } = {}) {
  let asked = 0;
  const fetch = async () => new Response(JSON.stringify({ token: 'ticket', expiresIn }));
  const stage = new Stage({ fetch, random, token: async () => (++asked === 1 ? 'first' : next(asked)) });
  const errors = listening({ subscribe: (listener) => stage.workspace.on('error', listener) });
  await stage.live();
  const pass = async (ms) => {
    // Heartbeats, which the watch over the connection wants.
    for (let left = ms; left > 0; left -= 10_000) {
      stage.clock.tick(Math.min(left, 10_000));
      await settled();
      stage.socket.say({ type: 'position', seq: 10 });
    }
  };
  return { stage, errors, pass, asked: () => asked };
}

test('K4: a fresh token is brought before the old one expires, and the connection stays', async () => {
  const { stage, pass } = await connected();
  await pass(9 * MINUTE - 10_000);
  assert.deepEqual(stage.socket.of('token'), []);
  await pass(10_000);
  const [{ id, token }] = stage.socket.of('token');
  assert.equal(token, 'second');
  stage.socket.say({ type: 'token', id, expiresIn: 5 * MINUTE });
  await settled();
  await pass(4 * MINUTE);
  assert.equal(stage.socket.of('token').length, 1, 'the same one is not brought again');
  assert.equal(stage.workspace.state, 'live');
});

test('K4: again for every token that follows', async () => {
  const { stage, pass } = await connected({ next: (n) => `token ${n}` });
  for (let round = 1; round <= 3; round++) {
    await pass(9 * MINUTE);
    assert.equal(stage.socket.of('token').length, round);
    stage.socket.say({ type: 'token', id: stage.socket.of('token').at(-1).id, expiresIn: 10 * MINUTE });
    await settled();
  }
});

test('K4: a program without another token yet is asked again; a refusal is told and cuts nothing', async () => {
  const answers = ['first', 'first', 'bad', 'second'];
  const { stage, pass, errors } = await connected({ expiresIn: 5 * MINUTE, next: () => answers.shift() ?? 'second' });
  await pass(4 * MINUTE);
  assert.deepEqual(stage.socket.of('token'), [], 'it is the one there is');
  await pass(30_000);
  const [bad] = stage.socket.of('token');
  assert.equal(bad.token, 'bad');
  stage.socket.say({ type: 'error', id: bad.id, error: { code: 'unauthenticated', message: 'no' } });
  await settled();
  assert.deepEqual(errors.map(({ code }) => code), ['unauthenticated']);
  assert.equal(stage.workspace.state, 'live');
  await pass(30_000);
  assert.equal(stage.socket.of('token').at(-1).token, 'second');
});

test('K4: where the token expires all the same, the next connection brings a fresh one', async () => {
  const { stage, asked } = await connected();
  stage.socket.say({ type: 'bye', code: 'unauthenticated', reason: 'token_expired', message: 'the token has expired' });
  assert.deepEqual([stage.workspace.state, stage.workspace.connection.snapshot().error.reason], ['waiting', 'token_expired']);
  await stage.reconnect(welcome(), resumed(10));
  assert.deepEqual([stage.workspace.state, asked()], ['live', 2]);
});

test('K4: nothing of an earlier connection comes over the next one', async () => {
  let give = () => {};
  const { stage, pass } = await connected({ next: (n) => (n === 2 ? new Promise((resolve) => { give = resolve; }) : 'third') });
  await pass(9 * MINUTE);
  stage.socket.cut();
  await stage.reconnect(welcome(), resumed(10));
  give('late');
  await settled();
  assert.deepEqual(stage.socket.of('token'), []);
});

test('a token that is good for a month sets no timer that some platforms would fire at once', async () => {
  const { stage } = await connected({ expiresIn: 30 * 24 * 60 * MINUTE });
  stage.clock.tick(0);
  await settled();
  assert.deepEqual(stage.socket.of('token'), []);
  const real = { now: () => stage.clock.now(), clearTimeout: () => {}, setTimeout: (_, delay) => assert.ok(delay <= 2 ** 31 - 1, `${delay} ms`) };
  const { Renewal } = await import('../src/renewal.js');
  const renewal = new Renewal({ clock: real, random: () => 0, token: async () => 'x', bring: () => null, failed: () => {} });
  renewal.opens('x', 30 * 24 * 60 * MINUTE);
  renewal.live();
});

test('K3: a revoked token ends the connection for good once the program has no other', async () => {
  let isRevoked = false;
  const fetch = async () =>
    isRevoked
      ? new Response(JSON.stringify({ code: 'unauthenticated', reason: 'token_revoked', detail: 'the token was revoked' }), { status: 401 })
      : new Response(JSON.stringify({ token: 'ticket', expiresIn: MINUTE }));
  const stage = new Stage({ fetch, token: () => 'only' });
  await stage.live();
  const call = watch(stage.workspace.call('add_card', {}));
  isRevoked = true;
  stage.socket.say({ type: 'bye', code: 'unauthenticated', reason: 'token_revoked', message: 'the token was revoked' });
  stage.clock.tick(1_000);
  await settled(10);
  assert.deepEqual([stage.workspace.state, stage.workspace.connection.snapshot().error.reason], ['closed', 'token_revoked']);
  assert.equal(call.now.reason, 'outcome_unknown');
});
