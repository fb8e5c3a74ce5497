// The rows of a workspace: tables, single rows, indexes. Listeners hear of whole transactions.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stage, card, listening, rowsOf, snapshot, tx, watch, welcome } from './support.js';

test('O4: every listener sees a transaction whole, over tables, rows, indexes and queries', async () => {
  const stage = new Stage();
  const socket = await stage.live();
  const { workspace, query } = stage;
  const [cards, remarks] = [workspace.table('card'), workspace.table('remark')];
  const seen = [];
  const look = (who) => () => seen.push([who, cards.size, remarks.size, cards.get('a')?.title, cards.index('column').find(1).length, query.rows('card').length, workspace.seq]);
  cards.subscribe(look('card'));
  remarks.subscribe(look('remark'));
  cards.row('a').subscribe(look('row'));
  cards.index('column').rows(1).subscribe(look('index'));
  query.subscribe(look('query'));
  workspace.on('change', look('change'));
  workspace.on('transaction', look('transaction'));
  socket.say(tx(11, { card: { insert: [card('b', 'b', { column: 1 })], update: [card('a', 'A')] }, remark: { insert: [{ text: 'x' }, { text: 'x' }] } }));
  assert.deepEqual(seen.map(([who]) => who).sort(), ['card', 'change', 'index', 'query', 'remark', 'row', 'transaction']);
  for (const one of seen) assert.deepEqual(one.slice(1), [2, 2, 'A', 1, 2, 11]);
});

test('a change says what it was, who did it, and each row before and after', async () => {
  const stage = new Stage();
  const socket = await stage.live();
  const told = listening(stage.workspace.table('card'));
  const all = [];
  stage.workspace.on('transaction', (one) => all.push(one));
  const before = stage.workspace.table('card').get('a');
  socket.say(tx(11, { card: { update: [card('a', 'A')], insert: [card('b')] }, remark: { insert: [{ t: 1 }] } }));
  const about = { seq: 11, time: '2026-01-01T00:00:00Z', sender: 'other', reducer: 'r', own: false };
  const rows = [{ table: 'card', before, after: card('a', 'A') }, { table: 'card', after: card('b') }];
  const sorted = (list) => [...list].sort((a, b) => (a.after.id < b.after.id ? -1 : 1));
  assert.deepEqual({ ...told[0], rows: sorted(told[0].rows) }, { source: 'transaction', ...about, rows });
  assert.deepEqual(all.map(({ rows: list, ...rest }) => [rest, list.length]), [[about, 3]]);
  assert.deepEqual([stage.workspace.table('card').version('a'), stage.workspace.table('card').version('nobody')], [11, 0]);
});

test('what did not change stays the same object: rows, tables, queries, indexes', async () => {
  const stage = new Stage();
  const socket = await stage.live([welcome(), snapshot(10, [card('a'), card('b', 'b', { column: 1 })])]);
  const { workspace, query } = stage;
  const cards = workspace.table('card');
  const remarks = workspace.table('remark').snapshot();
  const [a, list, one, index] = [cards.get('a'), cards.snapshot(), query.snapshot(), cards.index('column').find(0)];
  assert.equal(query.snapshot(), one);
  socket.say(tx(11, { card: { update: [card('b', 'B', { column: 1 })] } }));
  assert.equal(cards.get('a'), a);
  assert.equal(workspace.table('remark').snapshot(), remarks);
  assert.equal(cards.index('column').find(0), index);
  assert.notEqual(cards.snapshot(), list);
  assert.notEqual(query.snapshot(), one);
  const told = [listening(cards), listening(query)];
  socket.say(tx(12, { card: { update: [card('a')] } }), tx(13, { remark: { insert: [{ t: 1 }] } }));
  assert.deepEqual([told[0].length, told[1].length, cards.get('a') === a], [0, 1, true]);
});

test('a row is watched alone, also one that is not there yet', async () => {
  const stage = new Stage();
  const socket = await stage.live();
  const row = stage.workspace.table('card').row('b');
  const seen = [];
  const stop = row.subscribe(() => seen.push(row.snapshot()?.title));
  socket.say(tx(11, { card: { update: [card('a', 'A')] } }), tx(12, { card: { insert: [card('b')] } }), tx(13, { card: { update: [card('b', 'B')] } }), tx(14, { card: { delete: ['b'] } }));
  assert.deepEqual(seen, ['b', 'B', undefined]);
  stop();
  socket.say(tx(15, { card: { insert: [card('b')] } }));
  assert.equal(seen.length, 3);
});

test('an index follows its rows from value to value, whenever it was made', async () => {
  const stage = new Stage();
  const socket = await stage.live([welcome(), snapshot(10, [card('a'), card('b'), card('c', 'c', { column: 1 })])]);
  const cards = stage.workspace.table('card');
  const ids = (rows) => rows.map((row) => row.id).sort();
  const byColumn = cards.index('column');
  assert.equal(cards.index('column'), byColumn);
  assert.deepEqual([ids(byColumn.find(0)), ids(byColumn.find(1)), byColumn.find(9)], [['a', 'b'], ['c'], []]);
  const two = cards.index('column', 'title');
  const told = listening(byColumn.rows(2));
  socket.say(tx(11, { card: { update: [card('a', 'A', { column: 1 }), card('b', 'B')], delete: ['c'] } }));
  assert.deepEqual([ids(byColumn.find(0)), ids(byColumn.find(1)), ids(two.find(1, 'A')), ids(two.find(0, 'a')), told.length], [['b'], ['a'], ['a'], [], 0]);
  socket.say(tx(12, { card: { update: [card('b', 'B', { column: 2 })] } }));
  assert.deepEqual([ids(byColumn.find(2)), told.length], [['b'], 1]);
  socket.cut();
  await stage.reconnect(welcome(), snapshot(20, [card('q', 'q', { column: 2 })]));
  assert.deepEqual([ids(byColumn.find(2)), ids(byColumn.find(1)), told.length], [['q'], [], 2]);
});

test('multisets count copies; composite keys and event tables are understood', async () => {
  const stage = new Stage();
  const socket = await stage.live();
  const { workspace } = stage;
  const nudges = listening(workspace.table('nudge'));
  const remarks = listening(workspace.table('remark'));
  socket.say(
    tx(11, { remark: { insert: [{ t: 1 }, { t: 1 }, { t: 2 }] }, place: { insert: [{ x: 1, y: 2, on: true }] }, nudge: { insert: [{ by: 'x' }, { by: 'x' }] } }),
    tx(12, { remark: { delete: [{ t: 1 }] } }),
  );
  assert.deepEqual(workspace.table('remark').snapshot(), [{ t: 1 }, { t: 2 }]);
  assert.deepEqual(remarks.map(({ rows }) => rows.map(({ before, after }) => [before?.t, after?.t])), [[[undefined, 1], [undefined, 1], [undefined, 2]], [[1, undefined]]]);
  assert.deepEqual(workspace.table('place').get([1, 2]), { x: 1, y: 2, on: true });
  assert.deepEqual([workspace.table('nudge').snapshot(), nudges.flatMap(({ rows }) => rows)], [[], [{ table: 'nudge', after: { by: 'x' } }, { table: 'nudge', after: { by: 'x' } }]]);
  socket.say(tx(13, { place: { delete: [[1, 2]] } }));
  assert.equal(workspace.table('place').get([1, 2]), undefined);
});

test('what a listener sets off is told after what it listens to, and its mistakes take nothing from the others', async () => {
  const stage = new Stage();
  const socket = await stage.live();
  const cards = stage.workspace.table('card');
  const seen = [];
  const mistakes = [];
  const caught = (error) => mistakes.push(error.message);
  process.setUncaughtExceptionCaptureCallback(caught);
  cards.subscribe(({ source }) => {
    if (source === 'transaction') void watch(stage.workspace.call('r', {}, { effect: (draft) => draft.table('card').put(card('mine')) }));
    throw new Error('a mistake');
  });
  cards.subscribe(({ source }) => seen.push(source));
  stage.workspace.on('change', ({ source }) => seen.push(`all ${source}`));
  socket.say(tx(11, { card: { insert: [card('b')] } }));
  assert.deepEqual(seen, ['transaction', 'all transaction', 'effect', 'all effect']);
  await new Promise(setImmediate);
  process.setUncaughtExceptionCaptureCallback(null);
  assert.deepEqual([mistakes, stage.workspace.state], [['a mistake', 'a mistake'], 'live']);
});

test('a row that two subscriptions show is one row, and leaves when the last lets it go', async () => {
  const stage = new Stage();
  const first = stage.workspace.subscribe([{ table: 'card', where: ['=', 'column', 0] }]);
  const second = stage.workspace.subscribe([{ table: 'card', where: ['=', 'title', 'a'] }]);
  const both = rowsOf(10, [card('a')]);
  const socket = await stage.live([welcome(), { ...snapshot(10), subs: { 1: both, 2: both } }], null);
  const cards = stage.workspace.table('card');
  const told = [];
  stage.workspace.on('transaction', ({ rows }) => told.push(rows.length, ...rows.map(({ before, after }) => [before?.title, after?.title])));
  assert.equal(cards.size, 1);
  socket.say(tx(11, {}, { subs: { 1: { card: { update: [card('a', 'A')] } }, 2: { card: { delete: ['a'] } } } }));
  assert.deepEqual([first.rows('card'), second.rows('card'), cards.snapshot()], [[card('a', 'A')], [], [card('a', 'A')]]);
  socket.say(tx(12, {}, { subs: { 1: { card: { delete: ['a'] } } } }));
  assert.deepEqual([first.rows('card'), cards.snapshot()], [[], []]);
  assert.deepEqual(told, [1, ['a', 'A'], 1, ['A', undefined]]);
});
