// Subscriptions that come and go while a workspace is live, and after cuts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stage, card, listening, resumed, rowsOf, settled, snapshot, tx, watch, welcome } from './support.js';

const where = (column) => [{ table: 'card', where: ['=', 'column', column] }];
const subscribed = (id, sub, seq, cards, view = 'v2') => ({ type: 'subscribed', id, sub, seq, view, tables: rowsOf(seq, cards) });

test('a query added while live is asked for alone and knows its own rows', async () => {
  const stage = new Stage();
  const socket = await stage.live([welcome(), snapshot(10, [card('a')])], where(0));
  const query = stage.workspace.subscribe(where(1));
  const told = listening(query);
  assert.deepEqual([query.status, query.rows('card')], ['pending', []]);
  const { id, sub, tables } = socket.of('subscribe')[0];
  assert.deepEqual([sub, tables], [2, where(1)]);
  socket.say(subscribed(id, 2, 12, [card('b', 'b', { column: 1 })]));
  await query.ready;
  assert.deepEqual([query.status, query.rows('card').length, stage.query.rows('card'), stage.workspace.table('card').size, stage.workspace.seq], ['live', 1, [card('a')], 2, 12]);
  assert.deepEqual(told.map((change) => change?.source), ['subscription', undefined]);
  socket.say(tx(13, {}, { subs: { 2: { card: { update: [card('b', 'B', { column: 1 })] } } } }));
  assert.equal(query.rows('card')[0].title, 'B');
});

test('R1: after a cut the hello names what the cursor is of; the rest is asked for besides', async () => {
  const stage = new Stage();
  (await stage.live([welcome(), snapshot(10, [card('a')])], where(0))).cut();
  const query = stage.workspace.subscribe(where(1));
  const second = await stage.reconnect(welcome(), resumed(10));
  assert.deepEqual([second.sent[0].subs, second.sent[0].resume.seq], [[{ sub: 1, tables: where(0) }], 10]);
  const { id } = second.of('subscribe')[0];
  second.cut();
  const third = await stage.reconnect(welcome(), resumed(10));
  assert.deepEqual([third.sent[0].subs.length, third.of('subscribe').map(({ sub }) => sub)], [1, [2]]);
  assert.notEqual(third.of('subscribe')[0].id, id);
  third.say(subscribed(third.of('subscribe')[0].id, 2, 10, []));
  assert.equal(query.status, 'live');
  third.cut();
  const fourth = await stage.reconnect(welcome(), resumed(10, 'v2'));
  assert.deepEqual([fourth.sent[0].subs.map(({ sub }) => sub), fourth.sent[0].resume.view, fourth.of('subscribe')], [[1, 2], 'v2', []]);
});

test('equal queries are one on the wire; the last that is closed gives it up, after a while', async () => {
  const stage = new Stage({ lingerMs: 2_000 });
  const socket = await stage.live([welcome(), snapshot(10, [card('a')])], where(0));
  const second = stage.workspace.subscribe(where(0));
  assert.deepEqual([second.status, second.rows('card'), socket.of('subscribe')], ['live', [card('a')], []]);
  await second.ready;
  stage.query.close();
  assert.deepEqual([stage.query.status, stage.query.rows('card'), second.rows('card')], ['closed', [], [card('a')]]);
  second.close();
  stage.clock.tick(1_999);
  const back = stage.workspace.subscribe(where(0));
  stage.clock.tick(10_000);
  assert.deepEqual([back.status, socket.of('unsubscribe')], ['live', []]);
  back.close();
  stage.clock.tick(2_000);
  const { id, sub } = socket.of('unsubscribe')[0];
  assert.equal(sub, 1);
  const told = listening(stage.workspace.table('card'));
  socket.say({ type: 'unsubscribed', id, sub: 1, seq: 10, view: 'v0' });
  assert.deepEqual([told.map(({ source, rows }) => [source, rows.length]), stage.workspace.table('card').size], [[['subscription', 1]], 0]);
});

test('a query that is closed before its answer is given up once it is there', async () => {
  const stage = new Stage({ lingerMs: 0 });
  const socket = await stage.live([welcome(), snapshot(10)], where(0));
  const query = stage.workspace.subscribe(where(1));
  const ready = watch(query.ready);
  query.close();
  await settled();
  assert.equal(ready.now.error, 'unavailable');
  assert.equal(socket.of('unsubscribe').length, 0);
  socket.say(subscribed(socket.of('subscribe')[0].id, 2, 10, [card('b')]));
  assert.equal(socket.of('unsubscribe')[0].sub, 2);
});

test('without subscriptions there is nothing to resume, and the first one begins anew', async () => {
  const stage = new Stage({ lingerMs: 0 });
  const socket = await stage.live([welcome()], null);
  assert.deepEqual([stage.workspace.state, socket.sent], ['live', [{ type: 'hello', id: 0 }]]);
  const query = stage.workspace.subscribe(where(0));
  socket.say(subscribed(socket.of('subscribe')[0].id, 1, 11, [card('a')]));
  assert.deepEqual([query.rows('card'), stage.workspace.seq], [[card('a')], 11]);
  query.close();
  socket.say({ type: 'unsubscribed', id: socket.of('unsubscribe')[0].id, sub: 1, seq: 11, view: 'v0' });
  socket.cut();
  const second = await stage.reconnect(welcome());
  assert.deepEqual(second.sent, [{ type: 'hello', id: 0 }]);
  assert.equal(stage.workspace.state, 'live');
});

test('V3: a query that the server refuses fails alone, while live', async () => {
  const stage = new Stage();
  const socket = await stage.live([welcome(), snapshot(10, [card('a')])], where(0));
  const query = stage.workspace.subscribe([{ table: 'card', where: ['=', 'nothing', 1] }]);
  const ready = watch(query.ready);
  const told = listening(query);
  socket.say({ type: 'error', id: socket.of('subscribe')[0].id, error: { code: 'invalid_args', message: 'no column' } });
  await settled();
  assert.deepEqual([query.status, query.snapshot().error.code, ready.now.error, told.length, stage.query.status, stage.workspace.state], ['failed', 'invalid_args', 'invalid_args', 1, 'live', 'live']);
});

test('V3: and where the hello asked for it, the others come all the same', async () => {
  const stage = new Stage();
  const wrong = stage.workspace.subscribe(['nothing']);
  await stage.live([{ type: 'error', id: 0, error: { code: 'invalid_args', message: 'no table' } }], where(0));
  const second = await stage.reconnect(welcome());
  assert.deepEqual(second.sent[0], { type: 'hello', id: 0 });
  const [one, two] = second.of('subscribe');
  second.say({ type: 'error', id: one.id, error: { code: 'invalid_args', message: 'no table' } }, subscribed(two.id, two.sub, 10, [card('a')]));
  assert.deepEqual([wrong.status, stage.query.status, stage.query.rows('card'), stage.workspace.state], ['failed', 'live', [card('a')], 'live']);
});

test('L1: more subscriptions than a session may have are refused with a code', async () => {
  const stage = new Stage();
  for (let i = 0; i < 64; i++) stage.workspace.subscribe(where(i));
  assert.throws(() => stage.workspace.subscribe(where(64)), { code: 'overloaded', reason: 'queue_full' });
  assert.equal(stage.workspace.subscribe(where(3)).status, 'pending');
});

test('rows of effects are in the queries whose filters take them', async () => {
  const stage = new Stage();
  const [first, second] = [stage.workspace.subscribe(where(0)), stage.workspace.subscribe([{ table: 'card', where: ['or', ['>', 'column', 0], ['and', ['=', 'title', 'x'], ['not', ['!=', 'id', 'x']]]] }])];
  await stage.live([welcome(), { ...snapshot(10), subs: { 1: rowsOf(10, [card('a')]), 2: rowsOf(10, []) } }], null);
  const ids = () => [first, second].map((query) => query.rows('card').map(({ id }) => id));
  void watch(stage.workspace.call('move', {}, { effect: (draft) => draft.table('card').update('a', { column: 3 }) }));
  assert.deepEqual(ids(), [[], ['a']]);
  void watch(stage.workspace.call('add', {}, { effect: (draft) => draft.table('card').insert(card('x')) }));
  assert.deepEqual(ids(), [['x'], ['a', 'x']]);
  assert.equal(stage.workspace.table('card').size, 2);
});

test('rows of event tables reach the listeners of a query', async () => {
  const stage = new Stage();
  const query = stage.workspace.subscribe(['nudge']);
  const socket = await stage.live([welcome(), { ...snapshot(10), subs: { 1: {} } }], null);
  const told = listening(query);
  socket.say(tx(11, { nudge: { insert: [{ by: 'x' }] } }));
  assert.deepEqual(told.map(({ rows }) => rows), [[{ table: 'nudge', after: { by: 'x' } }]]);
});
