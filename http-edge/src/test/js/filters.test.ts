import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { and, Identity, not, or, Timestamp } from 'spacetimedb';
import { tables, type DbConnection } from './sample_bindings.ts';
import { connect, fence, sample, sampleIds, somebody, subscribe, unit, unsubscribe, workspace, type Who } from './support.ts';

const NEW_YEAR = new Timestamp(1_767_225_600_000_000n);
const ANN = Identity.fromString('c2'.repeat(32));

let owner: Who;
let open: string;

before(async () => {
  owner = await somebody();
  open = await workspace(owner);
});

async function filled(conn: DbConnection) {
  await conn.reducers.putSample(sample(1, { count: -5, bigCount: -(2n ** 60n), ratio: -0.5, title: 'one', hits: 1n }));
  await conn.reducers.putSample(sample(2, { flag: true, count: 5, ratio: 1e-7, title: "it's", note: 'two', peak: 2, hits: 2n ** 63n }));
  await conn.reducers.putSample(
    sample(3, { count: 5, bigCount: 2n ** 60n, ratio: 2.5, takenAt: NEW_YEAR, takenBy: ANN, title: 'a "quoted" one', hits: 2n ** 64n - 1n }));
  await conn.reducers.putSample(
    sample(4, { flag: true, count: 7, ratio: 1e21, peak: 2 ** 32 - 1, note: '', mood: unit('InAHurry'), blob: Uint8Array.of(1, 255) }));
}

/** What rows a query holds, as a newcomer sees it. */
async function idsOf(conn: DbConnection, query: string | { toSql(): string }): Promise<number[]> {
  const handle = await subscribe(conn, typeof query === 'string' ? query : query.toSql());
  const ids = sampleIds(conn);
  await unsubscribe(handle);
  assert.deepEqual(sampleIds(conn), [], 'all gone again');
  return ids;
}

const WHERE: [condition: string, ids: number[]][] = [
  // every comparison
  ['count = 5', [2, 3]],
  ['count <> 5', [1, 4]],
  ['count != 5', [1, 4]],
  ['count < 5', [1]],
  ['count <= 5', [1, 2, 3]],
  ['count > 5', [4]],
  ['count >= 5', [2, 3, 4]],
  // every literal
  ['count = -5', [1]],
  ['big_count = 1152921504606846976', [3]],
  ['big_count < 0', [1]],
  ['hits > 9223372036854775807', [2, 3]],
  ['hits = 18446744073709551615', [3]],
  ['peak = 4294967295', [4]],
  ['peak > 1', [2, 4]],
  ['ratio = -0.5', [1]],
  ['ratio = 1e-7', [2]],
  ['ratio >= 2.5', [3, 4]],
  ['ratio = 1e+21', [4]],
  ['ratio < 3', [1, 2, 3]],
  ['flag = TRUE', [2, 4]],
  ['flag = true', [2, 4]],
  ['flag = FALSE', [1, 3]],
  ["title = 'one'", [1]],
  ["title = 'it''s'", [2]],
  ["title = 'a \"quoted\" one'", [3]],
  ["title < 'b'", [3]],
  [`taken_by = 0x${'c2'.repeat(32)}`, [3]],
  [`taken_by <> 0x${'C2'.repeat(32)}`, [1, 2, 4]],
  ["taken_at = '2026-01-01T00:00:00.000000Z'", [3]],
  ["taken_at < '2026-01-01T00:00:00Z'", [1, 2, 4]],
  ['note = NULL', [1, 3]],
  ['note <> NULL', [2, 4]],
  ["note = ''", [4]],
  // connectives
  ['count = 5 AND flag = TRUE', [2]],
  ['count = -5 OR count = 7', [1, 4]],
  ['id = 1 OR id = 2 AND flag = FALSE', [1]],
  ['(id = 1 OR id = 2) AND flag = TRUE', [2]],
  ['NOT (count = 5)', [1, 4]],
  ['NOT count = 5', [1, 4]],
  ['NOT (flag = TRUE OR (count = 5 AND NOT (id = 3)))', [1, 3]],
  ['((((id = 2))))', [2]],
  // names
  ['"sample"."big_count" > 0', [3]],
  ['sample.big_count > 0', [3]],
  ['"big_count" > 0', [3]],
  ['bigCount > 0', [3]],
  ['"sample"."bigCount" > 0', [3]],
  ['  count=5   and not flag=true  ', [3]],
];

test('filters as text: every comparison, every literal, connectives, names', async (t) => {
  const { conn } = await connect(t, open);
  await filled(conn);
  for (const [condition, ids] of WHERE) {
    assert.deepEqual(await idsOf(conn, `SELECT * FROM sample WHERE ${condition}`), ids, condition);
  }
  for (const all of ['SELECT * FROM sample', 'select * from "sample"', 'SELECT sample.* FROM sample', 'SELECT "sample".* FROM "sample"']) {
    assert.deepEqual(await idsOf(conn, all), [1, 2, 3, 4], all);
  }
});

test('filters of the query builder', async (t) => {
  const { conn } = await connect(t, open);
  await filled(conn);
  const { sample: samples } = tables;
  const queries: [query: { toSql(): string }, ids: number[]][] = [
    [samples, [1, 2, 3, 4]],
    [samples.where((row) => row.count.eq(5)), [2, 3]],
    [samples.where((row) => row.count.ne(5)), [1, 4]],
    [samples.where((row) => row.count.lt(5)), [1]],
    [samples.where((row) => row.count.lte(5)), [1, 2, 3]],
    [samples.where((row) => row.bigCount.gt(0n)), [3]],
    [samples.where((row) => row.hits.gte(2n ** 63n)), [2, 3]],
    [samples.where((row) => row.ratio.eq(1e21)), [4]],
    [samples.where((row) => row.ratio.lt(1e-6)), [1, 2]],
    [samples.where((row) => row.flag), [2, 4]],
    [samples.where((row) => row.title.eq("it's")), [2]],
    [samples.where((row) => row.takenBy.eq(ANN)), [3]],
    [samples.where((row) => row.takenAt.lt(NEW_YEAR)), [1, 2, 4]],
    [samples.where((row) => row.count.eq(5).and(row.flag.eq(true))), [2]],
    [samples.where((row) => or(row.id.eq(1), row.id.eq(2), row.id.eq(4))), [1, 2, 4]],
    [samples.where((row) => not(and(row.count.eq(5), row.flag.eq(true)))), [1, 3, 4]],
    [samples.where((row) => row.count.gt(0)).where((row) => row.flag.eq(false)), [3]],
  ];
  for (const [query, ids] of queries) assert.deepEqual(await idsOf(conn, query), ids, query.toSql());
});

test('a column against another', async (t) => {
  const { conn } = await connect(t, await workspace(owner));
  for (const [rowNo, seatNo] of [[1, 1], [1, 2], [2, 1]]) await conn.reducers.putSeat({ rowNo, seatNo, guest: `${rowNo}${seatNo}` });
  for (const [query, guests] of [
    [tables.seat.where((row) => row.rowNo.eq(row.seatNo)), ['11']],
    [tables.seat.where((row) => row.rowNo.lt(row.seatNo)), ['12']],
    [tables.seat.where((row) => row.rowNo.gte(row.seatNo)), ['11', '21']],
  ] as const) {
    const handle = await subscribe(conn, query.toSql());
    assert.deepEqual([...conn.db.seat.iter()].map((row) => row.guest).sort(), guests, query.toSql());
    await unsubscribe(handle);
  }
});

test('an update across the boundary of a filter is an insert or a delete', async (t) => {
  const room = await workspace(owner);
  const { conn: writer } = await connect(t, room);
  const { conn: reader } = await connect(t, room);
  const heard: string[] = [];
  reader.db.player.onInsert((_ctx, row) => heard.push(`insert ${row.score}`));
  reader.db.player.onUpdate((_ctx, old, row) => heard.push(`update ${old.score} ${row.score}`));
  reader.db.player.onDelete((_ctx, row) => heard.push(`delete ${row.score}`));
  await subscribe(reader, ['SELECT * FROM player WHERE score >= 10', 'SELECT * FROM team']);
  for (const score of [1, 10, 11, 2, 3, 12]) await writer.reducers.putPlayer({ id: 1n, teamId: 'a', score });
  await writer.reducers.removePlayer({ id: 1n });
  await fence(writer, reader);
  assert.deepEqual(heard, ['insert 10', 'update 10 11', 'delete 11', 'insert 12', 'delete 12']);
});

test('a semijoin: the rows whose partners are there, as they come and go', async (t) => {
  const room = await workspace(owner);
  const { conn: writer } = await connect(t, room);
  await writer.reducers.putTeam({ id: 'a', name: 'Ants' });
  await writer.reducers.putPlayer({ id: 1n, teamId: 'a', score: 1 });
  await writer.reducers.putPlayer({ id: 2n, teamId: 'b', score: 2 });
  const query = tables.team
    .where((team) => team.name.ne('hidden'))
    .rightSemijoin(tables.player, (team, player) => team.id.eq(player.teamId))
    .where((player) => player.score.lt(100));
  const { conn: reader } = await connect(t, room);
  await subscribe(reader, [query.toSql(), "SELECT * FROM team WHERE name = 'fence'"]);
  const players = () => [...reader.db.player.iter()].map((row) => Number(row.id)).sort();
  const after = async (change: Promise<void>) => {
    await change;
    await fence(writer, reader);
    return players();
  };
  assert.deepEqual(players(), [1]);
  assert.deepEqual(await after(writer.reducers.putTeam({ id: 'b', name: 'Bees' })), [1, 2]);
  assert.deepEqual(await after(writer.reducers.putPlayer({ id: 3n, teamId: 'b', score: 3 })), [1, 2, 3]);
  assert.deepEqual(await after(writer.reducers.putTeam({ id: 'b', name: 'hidden' })), [1]);
  assert.deepEqual(await after(writer.reducers.putPlayer({ id: 2n, teamId: 'a', score: 2 })), [1, 2]);
  assert.deepEqual(await after(writer.reducers.putPlayer({ id: 1n, teamId: 'a', score: 100 })), [2]);
  assert.deepEqual(await after(writer.reducers.removePlayer({ id: 2n })), []);

  const left = tables.player.leftSemijoin(tables.team, (player, team) => player.teamId.eq(team.id));
  const { conn: late } = await connect(t, room);
  await subscribe(late, left.toSql());
  assert.deepEqual([...late.db.player.iter()].map((row) => Number(row.id)).sort(), [1, 3]);
});

test('both sides of a semijoin change in one transaction', async (t) => {
  const room = await workspace(owner);
  const { conn: writer } = await connect(t, room);
  await writer.reducers.putTeam({ id: 'a', name: 'Ants' });
  for (const id of [1n, 2n]) await writer.reducers.putPlayer({ id, teamId: 'a', score: Number(id) });
  const { conn: reader } = await connect(t, room);
  const heard: string[] = [];
  await subscribe(reader, [
    tables.team.rightSemijoin(tables.player, (team, player) => team.id.eq(player.teamId)).toSql(),
    "SELECT * FROM team WHERE name = 'fence'",
  ]);
  reader.db.player.onInsert((_ctx, row) => heard.push(`insert ${row.id}`));
  reader.db.player.onUpdate((_ctx, old, row) => heard.push(`update ${row.id} ${old.teamId} ${row.teamId}`));
  reader.db.player.onDelete((_ctx, row) => heard.push(`delete ${row.id}`));
  await writer.reducers.moveTeam({ id: 'a', newId: 'b' });
  await fence(writer, reader);
  assert.deepEqual(heard.splice(0).sort(), ['update 1 a b', 'update 2 a b']);
  await writer.reducers.removeTeam({ id: 'b' });
  await fence(writer, reader);
  assert.deepEqual(heard.sort(), ['delete 1', 'delete 2']);
});

test('what cannot be asked is an error of that subscription alone', async (t) => {
  const { conn } = await connect(t, open);
  for (const sql of [
    '',
    'hello',
    'SELECT',
    'SELECT * FROM nowhere',
    'SELECT * FROM sample WHERE',
    'SELECT * FROM sample WHERE nothing = 1',
    "SELECT * FROM sample WHERE count = 'five'",
    'SELECT * FROM sample WHERE count = 2.5',
    'SELECT * FROM sample WHERE count = 2147483648',
    'SELECT * FROM sample WHERE hits = -1',
    'SELECT * FROM sample WHERE flag > 3',
    'SELECT * FROM sample WHERE extra < 1',
    'SELECT * FROM sample WHERE title = \'open',
    'SELECT * FROM sample WHERE (count = 1',
    'SELECT * FROM sample WHERE count = 1)',
    'SELECT * FROM sample WHERE taken_by = 0x12',
    "SELECT * FROM sample WHERE taken_at = 'yesterday'",
    'SELECT id FROM sample',
    'SELECT * FROM sample ORDER BY id',
    'SELECT * FROM sample LIMIT 1',
    'SELECT * FROM sample; SELECT * FROM team',
    'SELECT * FROM SAMPLE',
    'DELETE FROM sample',
    'INSERT INTO team VALUES (1)',
    `SELECT * FROM sample WHERE ${'('.repeat(100_000)}id = 1${')'.repeat(100_000)}`,
    `SELECT * FROM sample WHERE id = 1${' OR id = 1'.repeat(10_000)}`,
  ]) {
    await assert.rejects(subscribe(conn, sql), (error: Error) => error.message.length > 0, sql.slice(0, 80));
  }
  await assert.rejects(subscribe(conn, ['SELECT * FROM team', 'SELECT * FROM nowhere']), /nowhere/);
  await subscribe(conn, 'SELECT * FROM team');
  await conn.reducers.putTeam({ id: 'a', name: 'Ants' });
  assert.equal(conn.db.team.count(), 1n, 'the connection lives on');
});
