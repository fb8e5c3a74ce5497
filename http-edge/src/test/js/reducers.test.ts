import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { InternalError, SenderError } from 'spacetimedb';
import { connect, eventually, sample, somebody, subscribe, workspace, type Who } from './support.ts';

let owner: Who;
let open: string;

before(async () => {
  owner = await somebody();
  open = await workspace(owner);
});

test('a reducer that rejects says why and changes nothing', async (t) => {
  const { conn } = await connect(t, open);
  await subscribe(conn, 'SELECT * FROM team');
  await assert.rejects(conn.reducers.refuse({ text: 'not on Sundays' }), (error) => {
    assert.ok(error instanceof SenderError);
    assert.match(error.message, /not on Sundays/);
    return true;
  });
  await assert.rejects(conn.reducers.removePlayer({ id: 404n }), SenderError);
  assert.equal(conn.db.team.id.find('never'), null);
});

test('a reducer that fails is an internal error, and the connection lives on', async (t) => {
  const { conn } = await connect(t, open);
  await assert.rejects(conn.reducers.fail({}), InternalError);
  await conn.reducers.doNothing({});
});

test('unknown and internal reducers, and arguments that are none, are errors of that call', async (t) => {
  const { conn } = await connect(t, open);
  const nothing = new Uint8Array();
  await assert.rejects(conn.callReducer('no_such_reducer', nothing), InternalError);
  await assert.rejects(conn.callReducer('hidden', nothing));
  await assert.rejects(conn.callReducer('skein_migrate', nothing));
  for (const bytes of [nothing, Uint8Array.of(1), Uint8Array.of(255, 255, 255, 255, 65), Uint8Array.of(1, 0, 0, 0, 65, 0)]) {
    await assert.rejects(conn.callReducer('ping', bytes), `${bytes}`);
  }
  await assert.rejects(conn.callReducer('ping', Uint8Array.of(1, 0, 0, 0, 0xff)), 'no UTF-8');
  await conn.reducers.doNothing({});
});

test('who may only read cannot write', async (t) => {
  const { conn } = await connect(t, await workspace(owner, 'public-read'));
  await assert.rejects(conn.reducers.putTeam({ id: 'a', name: 'Ants' }));
  await conn.reducers.doNothing({});
});

test('many calls in flight: each has its answer, in order', async (t) => {
  const { conn } = await connect(t, open);
  await subscribe(conn, 'SELECT * FROM player');
  const seen: number[] = [];
  conn.db.player.onInsert((_ctx, row) => seen.push(row.score));
  conn.db.player.onUpdate((_ctx, _old, row) => seen.push(row.score));
  const answered: number[] = [];
  const scores = Array.from({ length: 200 }, (_, i) => i);
  await Promise.all(scores.map((score) =>
    conn.reducers.putPlayer({ id: 7n, teamId: 'a', score }).then(() => answered.push(score))));
  assert.deepEqual(answered, scores);
  assert.deepEqual(seen, scores);
});

test('two clients that write at once see one order', async (t) => {
  const { conn: one } = await connect(t, open);
  const { conn: other } = await connect(t, open);
  const seen: string[][] = [[], []];
  [one, other].forEach((conn, i) => {
    conn.db.sample.onInsert((_ctx, row) => seen[i].push(row.title));
    conn.db.sample.onUpdate((_ctx, _old, row) => seen[i].push(row.title));
  });
  for (const conn of [one, other]) await subscribe(conn, 'SELECT * FROM sample');
  await Promise.all([one, other].flatMap((conn, i) =>
    Array.from({ length: 50 }, (_, n) => conn.reducers.putSample(sample(1, { title: `${i} ${n}` })))));
  await eventually('both have heard all', () => seen.every((titles) => titles.length === 100));
  assert.deepEqual(seen[0], seen[1]);
});
