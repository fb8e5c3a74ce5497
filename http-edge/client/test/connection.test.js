// How a connection is made, kept and made again. Named after the rules of the contract where they show one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ScriptedSocket } from './scripted-socket.js';
import { Stage, card, listening, resumed, settled, snapshot, tx, welcome, watch } from './support.js';

test('says hello first, with its subscriptions, and is live with the snapshot', async () => {
  const stage = new Stage();
  const states = [];
  stage.workspace.connection.subscribe(() => states.push(stage.workspace.state));
  const socket = await stage.live();
  assert.equal(socket.url, 'ws://skein/v1/workspaces/w/socket');
  assert.deepEqual(socket.protocols, ['v1.json.skein']);
  assert.deepEqual(socket.sent, [{ type: 'hello', id: 0, subs: [{ sub: 1, tables: ['*'] }] }]);
  assert.deepEqual(states.filter((state, i) => state !== states[i - 1]), ['connecting', 'live']);
  const { workspace } = stage;
  assert.deepEqual([workspace.table('card').snapshot(), workspace.seq, workspace.role, workspace.identity, workspace.epoch], [[card('a')], 10, 'editor', 'me', 'e1']);
});

test('a token is asked for at every attempt and traded for a ticket', async () => {
  const asked = [];
  const fetch = async (url, { headers }) => {
    asked.push([url, headers.authorization]);
    return new Response(JSON.stringify({ token: `ticket ${asked.length}` }));
  };
  let tokens = 0;
  const stage = new Stage({ fetch, token: async () => `token ${++tokens}` });
  const first = await stage.live();
  first.cut();
  const second = await stage.reconnect(welcome(), resumed(10));
  assert.deepEqual(asked, [1, 2].map((n) => ['http://skein/v1/identity/websocket-token', `Bearer token ${n}`]));
  assert.deepEqual([first.url, second.url], [1, 2].map((n) => `ws://skein/v1/workspaces/w/socket?ticket=ticket%20${n}`));
});

test('without a schema it asks for the module and its tables, once', async () => {
  const asked = [];
  const answers = {
    '/v1/workspaces/w': { id: 'w', module: 'board' },
    '/v1/modules/board/schema': { name: 'board', version: 3, tables: [{ name: 'card', kind: 'keyed', key: ['id'] }, { name: 'nudge', kind: 'event', key: [] }], reducers: [] },
  };
  const fetch = async (url) => {
    asked.push(new URL(url).pathname);
    return new Response(JSON.stringify(answers[new URL(url).pathname]));
  };
  const stage = new Stage({ schema: null, fetch });
  assert.equal(stage.workspace.schema, null);
  (await stage.live()).cut();
  await stage.reconnect(welcome(), resumed(10));
  assert.deepEqual(asked, Object.keys(answers));
  assert.deepEqual(stage.workspace.schema, { module: 'board', version: 3, tables: { card: { key: ['id'], event: false }, nudge: { key: [], event: true } } });
  assert.deepEqual(stage.workspace.table('card').get('a'), card('a'));
  assert.throws(() => stage.workspace.table('cards'), { code: 'not_found' });
});

test('a workspace of another module than the types are of is not opened', async () => {
  const stage = new Stage();
  await stage.live([welcome({ module: 'studio' })]);
  assert.deepEqual([stage.workspace.state, stage.workspace.connection.snapshot().error.code], ['closed', 'invalid_args']);
});

test('R1: after a cut it asks for the tail with epoch, seq and view', async () => {
  const stage = new Stage();
  const first = await stage.live();
  first.say(tx(11, { card: { insert: [card('b')] } }), { type: 'position', seq: 14 });
  first.cut();
  assert.equal(stage.workspace.state, 'waiting');
  const second = await stage.reconnect(welcome(), resumed(14), tx(15, { card: { delete: ['a'] } }));
  assert.deepEqual(second.sent[0].resume, { epoch: 'e1', seq: 14, view: 'v1' });
  assert.deepEqual(stage.workspace.table('card').snapshot(), [card('b')]);
});

test('R2: a snapshot in place of the tail replaces everything, also an older one of another epoch', async () => {
  const stage = new Stage();
  (await stage.live()).cut();
  const told = listening({ subscribe: (listener) => stage.workspace.on('change', listener) });
  const second = await stage.reconnect(welcome({ epoch: 'e2', seq: 3 }), snapshot(3, [card('z')], { view: 'v2', reason: 'stale_cursor' }));
  assert.deepEqual([stage.workspace.table('card').snapshot(), stage.workspace.seq], [[card('z')], 3]);
  assert.deepEqual(told, [{ source: 'snapshot', own: false, seq: 3, reason: 'stale_cursor', rows: [{ table: 'card', before: card('a') }, { table: 'card', after: card('z') }] }]);
  second.cut();
  const third = await stage.reconnect(welcome({ epoch: 'e2' }));
  assert.deepEqual(third.sent[0].resume, { epoch: 'e2', seq: 3, view: 'v2' });
});

test('R1: a cut between welcome and snapshot of another epoch resumes what the rows are of', async () => {
  const stage = new Stage();
  (await stage.live()).cut();
  (await stage.reconnect(welcome({ epoch: 'e2' }))).cut();
  assert.deepEqual((await stage.reconnect(welcome({ epoch: 'e2' }))).sent[0].resume, { epoch: 'e1', seq: 10, view: 'v1' });
});

for (const [what, second] of [['repeated', 11], ['reordered', 10]]) {
  test(`O2: a ${what} transaction is not applied; the client starts over from a snapshot`, async () => {
    const stage = new Stage();
    const socket = await stage.live();
    socket.say(tx(11, { card: { insert: [card('b')] } }), tx(second, { card: { insert: [card('c')] } }), tx(12, { card: { insert: [card('d')] } }));
    assert.equal(stage.workspace.state, 'waiting');
    assert.deepEqual(stage.workspace.table('card').snapshot(), [card('a'), card('b')]);
    const next = await stage.reconnect(welcome(), snapshot(12, [card('q')]));
    assert.equal(next.sent[0].resume, undefined);
    assert.deepEqual(next.sent[0].subs, [{ sub: 1, tables: ['*'] }]);
    assert.deepEqual(stage.workspace.table('card').snapshot(), [card('q')]);
  });
}

const impossible = [
  ['no JSON', '{"type":'],
  ['a delete of no row', JSON.stringify(tx(11, { card: { insert: [card('b')], delete: ['nobody'] } }))],
  ['rows that two deletes take once', JSON.stringify(tx(11, { card: { insert: [card('b')], delete: ['a', 'a'] } }))],
  ['a tail that nobody asked for', JSON.stringify({ type: 'subscribed', id: 9, sub: 7, seq: 11, view: 'x', tables: {} })],
];
for (const [what, frame] of impossible) {
  test(`never a guess: ${what} leads to a snapshot, and nothing of it is shown`, async () => {
    const stage = new Stage();
    const errors = [];
    stage.workspace.on('error', (error) => errors.push(error.code));
    (await stage.live()).raw(frame);
    assert.deepEqual([stage.workspace.state, errors], ['waiting', ['internal']]);
    assert.deepEqual(stage.workspace.table('card').snapshot(), [card('a')]);
  });
}

test('never a guess: after it no resume is asked for, and rows of effects show over whole transactions only', async () => {
  const stage = new Stage();
  (await stage.live()).raw(JSON.stringify(tx(11, { card: { insert: [card('b')], delete: ['nobody'] } })));
  void watch(stage.workspace.call('r', {}, { effect: (draft) => draft.table('card').put(card('mine')) }));
  assert.deepEqual(stage.workspace.table('card').snapshot(), [card('a'), card('mine')]);
  assert.equal((await stage.reconnect(welcome())).sent[0].resume, undefined);
});

test('a table that older types do not know is passed over; where the schema was fetched, it is fetched again', async () => {
  const unknown = tx(11, { nothing: { insert: [{ id: 'x' }] }, card: { insert: [card('b')] } });
  const given = new Stage();
  (await given.live()).say(unknown);
  assert.deepEqual([given.workspace.state, given.workspace.table('card').size], ['live', 2]);

  let version = 0;
  const tables = [{ name: 'card', kind: 'keyed', key: ['id'] }];
  const fetch = async (url) => new Response(JSON.stringify(url.endsWith('/schema') ? { name: 'board', version: ++version, tables } : { module: 'board' }));
  const fetched = new Stage({ schema: null, fetch });
  const socket = await fetched.live();
  tables.push({ name: 'nothing', kind: 'keyed', key: ['id'] });
  socket.say(unknown);
  assert.equal(fetched.workspace.state, 'waiting');
  await fetched.reconnect(welcome(), { ...snapshot(11), subs: { 1: { nothing: { rows: [{ id: 'x' }], versions: [11] } } } });
  assert.deepEqual([fetched.workspace.schema.version, fetched.workspace.table('nothing').get('x')], [2, { id: 'x' }]);
});

test('L2: it waits as long as bye says, and otherwise a random part of a growing time', async () => {
  const stage = new Stage({ random: () => 0.5 });
  const socket = await stage.live();
  socket.say({ type: 'bye', code: 'unavailable', message: 'going away', retryAfter: 4321 });
  assert.equal(socket.closedByClient, true);
  const waited = [];
  for (let i = 0; i < 9; i++) {
    const { retryAt } = stage.workspace.connection.snapshot();
    waited.push(retryAt - stage.clock.now());
    stage.clock.tick(waited.at(-1) - 1);
    assert.equal(stage.workspace.state, 'waiting');
    stage.clock.tick(1);
    await settled();
    stage.socket.cut();
  }
  assert.deepEqual(waited, [4321, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
});

test('a server that greets and hangs up is approached ever more slowly', async () => {
  const stage = new Stage();
  (await stage.live()).cut();
  stage.clock.tick(500);
  await settled();
  stage.answer(welcome(), resumed(10)).cut();
  stage.clock.tick(999);
  assert.equal(ScriptedSocket.all.length, 2);
  stage.clock.tick(1);
  await settled();
  assert.equal(ScriptedSocket.all.length, 3);
});

test('online and a page that is looked at end a pause, unless the server asked for it', async () => {
  const stage = new Stage();
  (await stage.live()).cut();
  stage.wakeups.wake();
  await settled();
  assert.equal(ScriptedSocket.all.length, 2);
  stage.answer(welcome(), resumed(10)).say({ type: 'bye', code: 'overloaded', message: 'busy', retryAfter: 9_000 });
  stage.wakeups.wake();
  await settled();
  assert.equal(ScriptedSocket.all.length, 2);
  stage.workspace.start();
  await settled();
  assert.equal(ScriptedSocket.all.length, 3);
  assert.equal(stage.wakeups.size, 1);
  await stage.workspace.stop();
  assert.equal(stage.wakeups.size, 0);
});

test('a connection that somebody comes back to must show that it lives', async () => {
  const stage = new Stage();
  const socket = await stage.live();
  stage.wakeups.wake();
  assert.equal(socket.sent.at(-1).type, 'ping');
  stage.clock.tick(1_000);
  socket.say({ type: 'pong', id: 9 });
  stage.clock.tick(5_000);
  assert.equal(stage.workspace.state, 'live');
  stage.wakeups.wake();
  stage.clock.tick(5_000);
  assert.equal(stage.workspace.state, 'waiting');
});

test('a silent server is asked for a sign of life, and left after two heartbeats', async () => {
  const stage = new Stage();
  const socket = await stage.live();
  stage.clock.tick(15_000);
  assert.equal(socket.sent.at(-1).type, 'ping');
  socket.say({ type: 'pong', id: socket.sent.at(-1).id });
  stage.clock.tick(15_000);
  assert.equal(stage.workspace.state, 'live');
  stage.clock.tick(15_000);
  assert.deepEqual([stage.workspace.state, socket.closedByClient], ['waiting', true]);
});

test('a connection that does not come about in time is given up', async () => {
  const stage = new Stage();
  stage.workspace.start();
  await settled();
  stage.clock.tick(10_000);
  assert.equal(stage.workspace.state, 'waiting');
});

test('a token that cannot be had: tried again if it may pass, ended if not', async () => {
  let answer = () => { throw new TypeError('fetch failed'); };
  const stage = new Stage({ token: async () => 'token', fetch: async () => answer() });
  stage.workspace.start();
  await settled();
  assert.equal(stage.workspace.state, 'waiting');
  answer = () => new Response(JSON.stringify({ code: 'unauthenticated', detail: 'the token is no longer good' }), { status: 401 });
  stage.workspace.start();
  await settled();
  assert.deepEqual([stage.workspace.state, stage.workspace.connection.snapshot().error.code], ['closed', 'unauthenticated']);
});

test('a token that runs out while it is live is asked for again, once', async () => {
  const stage = new Stage();
  (await stage.live()).say({ type: 'bye', code: 'unauthenticated', message: 'run out' });
  assert.equal(stage.workspace.state, 'waiting');
  await stage.reconnect({ type: 'bye', code: 'unauthenticated', message: 'still' });
  assert.deepEqual([stage.workspace.state, stage.tokens], ['closed', 2]);
});

test('M3: removal ends the connection for good; a start tries again', async () => {
  const stage = new Stage();
  (await stage.live()).say({ type: 'bye', code: 'forbidden', message: 'you were removed' });
  assert.deepEqual([stage.workspace.state, stage.workspace.connection.snapshot().error.message], ['closed', 'you were removed']);
  stage.clock.tick(120_000);
  await settled();
  assert.equal(ScriptedSocket.all.length, 1);
  stage.workspace.start();
  await settled();
  assert.equal(ScriptedSocket.all.length, 2);
});

test('M3: the view of a role change counts once its transaction is here', async () => {
  const stage = new Stage();
  const socket = await stage.live();
  const roles = [];
  stage.workspace.on('role', (role) => roles.push(role));
  socket.say({ type: 'role', seq: 11, role: 'viewer', view: 'v2' });
  assert.deepEqual([roles, stage.workspace.role, stage.workspace.connection.snapshot().role], [['viewer'], 'viewer', 'viewer']);
  socket.cut();
  const second = await stage.reconnect(welcome({ role: 'viewer' }), snapshot(11, [], { view: 'v2' }));
  assert.equal(second.sent[0].resume.view, 'v1');
  second.say({ type: 'role', seq: 12, role: 'editor', view: 'v3' }, tx(12, { card: { insert: [card('b')] } }));
  second.cut();
  assert.deepEqual((await stage.reconnect(welcome())).sent[0].resume, { epoch: 'e1', seq: 12, view: 'v3' });
});

test('what a connection that was left still does is ignored', async () => {
  let release;
  const stage = new Stage({ token: () => new Promise((resolve) => { release = resolve; }) });
  stage.workspace.start();
  await settled();
  await stage.workspace.stop();
  release(null);
  await settled();
  assert.equal(ScriptedSocket.all.length, 0);
  const other = new Stage();
  const old = await other.live();
  old.cut();
  await other.reconnect(welcome(), resumed(10));
  old.say(tx(11, { card: { insert: [card('ghost')] } }));
  old.cut();
  assert.deepEqual([other.workspace.state, other.workspace.table('card').snapshot()], ['live', [card('a')]]);
});

test('what binds to the connection gets the same object until something of it changed', async () => {
  const stage = new Stage();
  const { connection } = stage.workspace;
  const seen = [];
  connection.subscribe(() => seen.push(connection.snapshot()));
  const socket = await stage.live();
  const live = connection.snapshot();
  assert.deepEqual(live, { state: 'live', error: null, retryAt: null, hasRows: true, identity: 'me', role: 'editor' });
  const heard = seen.length;
  socket.say(tx(11, { card: { insert: [card('b')] } }));
  assert.equal(connection.snapshot(), live);
  assert.equal(seen.length, heard);
  socket.cut();
  assert.deepEqual([seen.length, connection.snapshot().state, connection.snapshot().error.code], [heard + 1, 'waiting', 'unavailable']);
});
