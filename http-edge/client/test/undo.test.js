// Undo and redo of own changes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowReducers } from '../src/index.js';
import { Stage, accepted, card, listening, refused, settled, tx, watch } from './support.js';

const inverses = { move: ({ id }, rows) => ({ reducer: 'move', args: { id, column: rows.table('card').get(id).column } }) };
const effects = { move: (draft, { id, column }) => draft.table('card').update(id, { column }) };

/** Says yes to every call, as a server whose rows are what the calls' effects say. */
function obliging(stage) {
  let [seq, done] = [10, 0];
  return async () => {
    for (; done < stage.socket.calls.length; done++) stage.socket.say(accepted(stage.socket.calls[done].id, ++seq));
    await settled();
  };
}
const made = (stage) => stage.socket.calls.map(({ reducer, args }) => [reducer, args.id, args.column]);

test('a change is undone by its inverse as of the rows before it, and done again', async () => {
  const stage = new Stage({ inverses, effects });
  await stage.live();
  const { history } = stage.workspace;
  const told = listening(history);
  assert.deepEqual([history.snapshot(), await history.undo(), await history.redo()], [{ canUndo: false, canRedo: false }, false, false]);
  const answer = obliging(stage);
  void stage.workspace.call('move', { id: 'a', column: 3 });
  void stage.workspace.call('move', { id: 'a', column: 5 });
  const undone = [watch(history.undo()), watch(history.undo())];
  assert.deepEqual([made(stage).slice(2), history.snapshot(), stage.workspace.table('card').get('a').column], [[['move', 'a', 3], ['move', 'a', 0]], { canUndo: false, canRedo: true }, 0]);
  await answer();
  assert.deepEqual(undone.map(({ now }) => now), [true, true]);
  const redone = [watch(history.redo()), watch(history.redo())];
  await answer();
  assert.deepEqual([redone.map(({ now }) => now), made(stage).slice(4), history.snapshot()], [[true, true], [['move', 'a', 3], ['move', 'a', 5]], { canUndo: true, canRedo: false }]);
  void watch(history.undo());
  void watch(history.redo());
  assert.deepEqual(made(stage).slice(6), [['move', 'a', 3], ['move', 'a', 5]]);
  assert.ok(told.length >= 2);
});

test('a new change ends what could be done again; what others changed stays', async () => {
  const stage = new Stage({ inverses, effects });
  const socket = await stage.live();
  const { history } = stage.workspace;
  void watch(stage.workspace.call('move', { id: 'a', column: 3 }));
  socket.say(tx(11, { card: { update: [card('a', 'theirs', { column: 0 })] } }));
  void watch(history.undo());
  assert.deepEqual(stage.workspace.table('card').get('a'), card('a', 'theirs', { column: 0 }));
  void watch(stage.workspace.call('move', { id: 'a', column: 4 }));
  assert.deepEqual(history.snapshot(), { canUndo: true, canRedo: false });
});

test('a refused change leaves the history; a refused undo says why', async () => {
  const stage = new Stage({ inverses });
  const socket = await stage.live();
  const { history } = stage.workspace;
  void watch(stage.workspace.call('move', { id: 'a', column: 3 }));
  socket.say(refused(socket.calls[0].id));
  assert.equal(history.canUndo, false);
  void stage.workspace.call('move', { id: 'a', column: 3 });
  socket.say(accepted(socket.calls[1].id, 11));
  const undo = history.undo();
  socket.say(refused(socket.calls[2].id, 'rejected', { reason: 'card_missing' }));
  await assert.rejects(undo, { reason: 'card_missing' });
  assert.deepEqual(history.snapshot(), { canUndo: false, canRedo: false });
});

test('changes of one group are undone together, the last first', async () => {
  const stage = new Stage({ inverses, effects });
  await stage.live();
  const { history } = stage.workspace;
  const move = (column, group) => void watch(stage.workspace.call('move', { id: 'a', column }, { group }));
  [1, 2, 3].forEach((column) => move(column, 'drag 1'));
  move(9, 'drag 2');
  void watch(history.undo());
  void watch(history.undo());
  assert.deepEqual(made(stage).slice(4).map(([, , column]) => column), [3, 2, 1, 0]);
  assert.equal(history.canUndo, false);
  void watch(history.redo());
  assert.deepEqual([made(stage).slice(8).map(([, , column]) => column), stage.workspace.table('card').get('a').column], [[1, 2, 3], 3]);
});

test('reducers that put and remove whole rows need no inverse of their own', async () => {
  const stage = new Stage(rowReducers('card', { put: 'put_card', remove: 'remove_card', key: ['id'], defaults: { column: 0 } }));
  await stage.live();
  const { history } = stage.workspace;
  const cards = () => stage.workspace.table('card').snapshot().map(({ id, title, column }) => [id, title, column]);
  void watch(stage.workspace.call('put_card', { id: 'b', title: 'B' }));
  void watch(stage.workspace.call('put_card', { id: 'a', title: 'A' }));
  void watch(stage.workspace.call('remove_card', { id: 'a' }));
  assert.deepEqual(cards(), [['b', 'B', 0]]);
  for (const expected of [[['b', 'B', 0], ['a', 'A', 0]], [['b', 'B', 0], ['a', 'a', 0]], [['a', 'a', 0]]]) {
    void watch(history.undo());
    assert.deepEqual(cards().sort(), expected.sort());
  }
  assert.deepEqual(stage.socket.calls.slice(3).map(({ reducer, args }) => [reducer, args]), [['put_card', { id: 'a', title: 'A', column: 0 }], ['put_card', card('a')], ['remove_card', { id: 'b' }]]);
});

test('what has no inverse is no part of the history, and the oldest is forgotten', async () => {
  const stage = new Stage({ inverses: { ...inverses, nothing: () => null }, maxUndo: 2 });
  await stage.live();
  const { history } = stage.workspace;
  void watch(stage.workspace.call('nothing', {}));
  void watch(stage.workspace.call('other', {}));
  void watch(stage.workspace.call('move', { id: 'a', column: 1 }, { inverse: null }));
  assert.equal(history.canUndo, false);
  for (const column of [1, 2, 3]) void watch(stage.workspace.call('move', { id: 'a', column }));
  void watch(history.undo());
  void watch(history.undo());
  assert.deepEqual([history.canUndo, history.canRedo], [false, true]);
  history.clear();
  assert.equal(history.canRedo, false);
});
