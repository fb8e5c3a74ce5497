// Optimistic calls: what a call will do is shown at once, stays right under what others do, and gives way to what was done without a flicker.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stage, accepted, card, refused, resumed, snapshot, tx, watch, welcome } from './support.js';

const moveTo = (column) => (draft, { id }) => draft.table('card').update(id, { column });
const raise = (draft) => draft.table('card').update('a', (row) => ({ ...row, column: row.column + 1 }));
/** What the rows look like in every notification. */
function shots(stage, of = () => stage.workspace.table('card').snapshot().map(({ id, column, title }) => `${id}${column}${title === id ? '' : title}`).join(' ')) {
  const seen = [];
  stage.workspace.on('change', ({ source, own }) => seen.push(`${source}${own ? '!' : ''}: ${of()}`));
  return seen;
}
const mine = (seq, tables, reducer = 'move') => tx(seq, tables, { sender: 'me', reducer });

test('an effect shows at once, and the real rows stand in its place in the notification of their transaction', async () => {
  const stage = new Stage();
  const socket = await stage.live();
  const seen = shots(stage);
  const call = stage.workspace.call('move', { id: 'a' }, { effect: moveTo(2) });
  assert.deepEqual(seen, ['effect!: a2']);
  assert.equal(stage.workspace.table('card').version('a'), 10);
  socket.say(mine(11, { card: { update: [card('a', 'real', { column: 2 })] } }), accepted(socket.calls[0].id, 11));
  assert.deepEqual(seen, ['effect!: a2', 'transaction!: a2real']);
  assert.deepEqual(await call, { seq: 11, repeated: false });
});

test('where the guess was right nothing changes, and the row stays the same object; the transaction is told all the same', async () => {
  const stage = new Stage();
  const socket = await stage.live();
  void stage.workspace.call('move', { id: 'a' }, { effect: moveTo(2) });
  const shown = stage.workspace.table('card').get('a');
  const seen = shots(stage);
  const transactions = [];
  stage.workspace.on('transaction', ({ seq, own, rows }) => transactions.push([seq, own, rows]));
  socket.say(mine(11, { card: { update: [card('a', 'a', { column: 2 })] } }), accepted(socket.calls[0].id, 11));
  assert.deepEqual(seen, []);
  assert.equal(stage.workspace.table('card').get('a'), shown);
  assert.deepEqual(transactions, [[11, true, [{ table: 'card', before: card('a'), after: card('a', 'a', { column: 2 }) }]]]);
});

test('an effect is applied anew on top of what others do', async () => {
  const stage = new Stage();
  const socket = await stage.live();
  const seen = shots(stage);
  void watch(stage.workspace.call('raise', {}, { effect: raise }));
  socket.say(tx(11, { card: { update: [card('a', 'a', { column: 5 })] } }));
  socket.say(tx(12, { card: { delete: ['a'] } }));
  socket.say(tx(13, { card: { insert: [card('a', 'b')] } }));
  assert.deepEqual(seen, ['effect!: a1', 'transaction: a6', 'transaction: ', 'transaction: a1b']);
});

test('V1: a refusal takes the effect away, and those after it are applied anew without it', async () => {
  const stage = new Stage();
  const socket = await stage.live();
  const seen = shots(stage);
  const first = watch(stage.workspace.call('raise', {}, { effect: raise }));
  void watch(stage.workspace.call('raise', {}, { effect: raise }));
  socket.say(refused(socket.calls[0].id));
  await Promise.resolve();
  assert.deepEqual([seen, first.now.error], [['effect!: a1', 'effect!: a2', 'effect!: a1'], 'rejected']);
  socket.say(refused(socket.calls[1].id));
  assert.equal(seen.at(-1), 'effect!: a0');
});

test('where nobody can say any more what came of a call, its effect goes with it', async () => {
  const stage = new Stage();
  const socket = await stage.live();
  void watch(stage.workspace.call('raise', {}, { effect: raise }));
  socket.cut();
  await stage.reconnect(welcome({ epoch: 'e2' }), snapshot(3, [card('a')]));
  assert.deepEqual([stage.workspace.table('card').get('a').column, stage.workspace.outbox.size], [0, 0]);
  void watch(stage.workspace.call('raise', {}, { effect: raise }));
  await stage.workspace.stop();
  assert.equal(stage.workspace.table('card').get('a').column, 0);
});

test('effects that add to what is there do not flicker: neither in a frame, nor over two, nor while catching up', async () => {
  const stage = new Stage();
  const socket = await stage.live();
  const seen = shots(stage);
  const raised = (seq, column) => mine(seq, { card: { update: [card('a', 'a', { column })] } }, 'raise');
  for (let i = 0; i < 3; i++) void watch(stage.workspace.call('raise', {}, { effect: raise }));
  const ids = socket.calls.map(({ id }) => id);
  socket.say(raised(11, 1), accepted(ids[0], 11));
  socket.say(raised(12, 2));
  socket.say(accepted(ids[1], 12));
  socket.cut();
  const second = await stage.reconnect(welcome(), resumed(12), raised(13, 3), tx(14, { remark: { insert: [{ t: 1 }] } }));
  second.say(accepted(ids[2], 13, true));
  assert.deepEqual(seen.map((one) => one.split(' ')[1]), ['a1', 'a2', 'a3', 'a3']);
  assert.equal(stage.workspace.outbox.size, 0);
});

test('a transaction of another tab that was taken for ours is put right by the outcome', async () => {
  const stage = new Stage();
  const socket = await stage.live();
  void watch(stage.workspace.call('raise', {}, { effect: raise }));
  const [{ id }] = socket.calls;
  socket.say(mine(11, { card: { update: [card('a', 'a', { column: 1 })] } }, 'raise'));
  assert.equal(stage.workspace.table('card').get('a').column, 1);
  socket.say(mine(12, { card: { update: [card('a', 'a', { column: 2 })] } }, 'raise'), accepted(id, 12));
  assert.deepEqual([stage.workspace.table('card').get('a').column, stage.workspace.outbox.size], [2, 0]);
});

test('a repeated outcome that runs ahead of the stream leaves the effect until its transaction is here', async () => {
  const stage = new Stage();
  const socket = await stage.live();
  const seen = shots(stage);
  const call = watch(stage.workspace.call('move', { id: 'a' }, { effect: moveTo(2) }));
  socket.say(accepted(socket.calls[0].id, 13, true));
  await Promise.resolve();
  assert.deepEqual([call.now, stage.workspace.outbox.snapshot().length], [{ seq: 13, repeated: true }, 0]);
  socket.say(tx(12, { card: { insert: [card('b')] } }));
  socket.say(tx(13, { card: { update: [card('a', 'a', { column: 3 })] } }));
  assert.deepEqual(seen, ['effect!: a2', 'transaction: a2 b0', 'transaction: a3 b0']);
});

test('an accepted call whose rows the subscriptions do not show leaves nothing behind', async () => {
  const stage = new Stage();
  const socket = await stage.live();
  const seen = shots(stage);
  void stage.workspace.call('move', { id: 'a' }, { effect: moveTo(2) });
  socket.say(accepted(socket.calls[0].id, 11));
  assert.deepEqual([seen, stage.workspace.seq], [['effect!: a2', 'effect!: a0'], 11]);
});

test('effects insert, put and delete; one that throws shows nothing, and its call is made all the same', async () => {
  const stage = new Stage();
  const socket = await stage.live();
  const { workspace } = stage;
  const table = (name) => workspace.table(name).snapshot();
  const seen = [];
  const act = (effect) => void watch(workspace.call('r', {}, { effect }));
  act((draft) => {
    draft.table('card').insert(card('b'));
    seen.push([draft.identity, [...draft.table('card').rows()].length, draft.table('card').get('b').title]);
    draft.table('place').put({ x: 1, y: 2 });
    draft.table('remark').insert({ t: 1 });
    draft.table('remark').insert({ t: 1 });
  });
  assert.deepEqual([table('card').length, table('place'), table('remark'), seen], [2, [{ x: 1, y: 2 }], [{ t: 1 }, { t: 1 }], [['me', 2, 'b']]]);
  act((draft) => {
    draft.table('card').delete('b');
    draft.table('remark').delete({ t: 1 });
    draft.table('place').delete([1, 2]);
  });
  assert.deepEqual([table('card'), table('place'), table('remark')], [[card('a')], [], [{ t: 1 }]]);
  act((draft) => {
    draft.table('card').delete('a');
    draft.table('card').insert(card('c'));
    draft.table('card').insert(card('c'));
  });
  assert.deepEqual([table('card'), socket.calls.length], [[card('a')], 3]);
});

test('effects of the workspace stand for all calls of their reducer', async () => {
  const stage = new Stage({ effects: { move: (draft, { id, column }) => draft.table('card').update(id, { column }) } });
  await stage.live();
  const args = { id: 'a', column: 4 };
  void watch(stage.workspace.call('move', args));
  args.column = 9;
  assert.equal(stage.workspace.table('card').get('a').column, 4);
  void watch(stage.workspace.call('move', { id: 'a', column: 7 }, { effect: null }));
  assert.equal(stage.workspace.table('card').get('a').column, 4);
});

test('loop prevention: what others did is told as not our own, what we did as our own', async () => {
  const stage = new Stage();
  const socket = await stage.live();
  const told = [];
  stage.workspace.table('card').subscribe(({ source, own }) => told.push([source, own]));
  void stage.workspace.call('add', {});
  socket.say(mine(11, { card: { insert: [card('b')] } }, 'add'), accepted(socket.calls[0].id, 11), tx(12, { card: { insert: [card('c')] } }), mine(13, { card: { insert: [card('d')] } }, 'add'));
  assert.deepEqual(told, [['transaction', true], ['transaction', false], ['transaction', false]]);
  assert.equal(socket.calls.length, 1);
});
