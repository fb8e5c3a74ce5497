import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Identity, Timestamp } from 'spacetimedb';
import type { EventContext, Player, Sample } from './sample_bindings.ts';
import { connect, eventually, fence, sample, somebody, subscribe, unit, workspace, type Who } from './support.ts';

let owner: Who;
let open: string;

beforeEach(async () => {
  owner = await somebody();
  open = await workspace(owner);
});

test('every column type there and back, to its limits', async (t) => {
  const { conn, identity } = await connect(t, open);
  const { conn: other } = await connect(t, open);
  for (const reader of [conn, other]) await subscribe(reader, ['SELECT * FROM sample', 'SELECT * FROM team']);
  const rows: Sample[] = [
    sample(0),
    sample(1, {
      flag: true,
      count: 2 ** 31 - 1,
      bigCount: 2n ** 63n - 1n,
      hits: 2n ** 64n - 1n,
      ratio: Number.MAX_VALUE,
      title: 'It\'s "ä" 😀\u0000\n',
      blob: Uint8Array.from({ length: 256 }, (_, i) => i),
      takenAt: new Timestamp(1_767_225_600_123_456n),
      takenBy: identity,
      mood: unit('InAHurry'),
      extra: '{"a":[1,2.50,null],"b":"ä"}',
      note: '',
      peak: 2 ** 32 - 1,
      marks: [-(2n ** 63n), 0n, 2n ** 63n - 1n],
      place: { x: -7, y: -0.5, seenAt: new Timestamp(-1n) },
      path: [{ x: 1, y: 2, seenAt: undefined }, { x: 3, y: 4, seenAt: new Timestamp(5n) }],
      moods: [unit('Calm'), unit('InAHurry')],
    }),
    sample(2 ** 32 - 1, {
      count: -(2 ** 31),
      bigCount: -(2n ** 63n),
      ratio: Number.MIN_VALUE,
      takenAt: new Timestamp(-62_135_596_800_000_000n),
      takenBy: Identity.fromString('f'.repeat(64)),
      moods: [],
    }),
  ];
  for (const row of rows) await conn.reducers.putSample(row);
  await fence(conn, other);
  for (const reader of [conn, other, (await lateReader()).conn]) {
    for (const row of rows) assert.deepEqual(reader.db.sample.id.find(row.id), row);
    assert.equal(reader.db.sample.count(), 3n);
  }

  async function lateReader() {
    const late = await connect(t, open);
    await subscribe(late.conn, 'SELECT * FROM sample');
    return late;
  }
});

test('a keyed table: inserted, updated, deleted, by oneself and by another', async (t) => {
  const { conn: writer } = await connect(t, open);
  const { conn: reader } = await connect(t, open);
  const heard: string[][] = [[], []];
  [writer, reader].forEach((conn, i) => {
    const note = (what: string, ctx: EventContext, ...rows: Player[]) =>
      heard[i].push(`${what} ${rows.map((row) => row.score)} ${ctx.event.tag}`);
    conn.db.player.onInsert((ctx, row) => note('insert', ctx, row));
    conn.db.player.onUpdate((ctx, old, row) => note('update', ctx, old, row));
    conn.db.player.onDelete((ctx, row) => note('delete', ctx, row));
  });
  for (const conn of [writer, reader]) await subscribe(conn, ['SELECT * FROM player', 'SELECT * FROM team']);
  const events: unknown[] = [];
  writer.db.player.onInsert((ctx) => {
    if (ctx.event.tag === 'Reducer') events.push(ctx.event.value.reducer.name, ctx.event.value.reducer.args);
  });

  const id = 2n ** 64n - 1n;
  await writer.reducers.putPlayer({ id, teamId: 'a', score: 1 });
  assert.equal(heard[0].length, 1, 'callbacks run before the promise resolves');
  assert.deepEqual(events, ['put_player', { id, teamId: 'a', score: 1 }]);
  await writer.reducers.putPlayer({ id, teamId: 'a', score: 2 });
  await writer.reducers.putPlayer({ id, teamId: 'a', score: 2 });
  assert.deepEqual([...writer.db.player.teamId.filter('a')].map((row) => row.score), [2]);
  await writer.reducers.removePlayer({ id });
  await fence(writer, reader);
  assert.deepEqual(heard[0], ['insert 1 Reducer', 'update 1,2 Reducer', 'delete 2 Reducer']);
  assert.deepEqual(heard[1], ['insert 1 Transaction', 'update 1,2 Transaction', 'delete 2 Transaction']);
  assert.equal(reader.db.player.count(), 0n);
});

test('what was there before comes as inserts of the subscription', async (t) => {
  const { conn } = await connect(t, open);
  await conn.reducers.putPlayer({ id: 1n, teamId: 'a', score: 1 });
  const heard: string[] = [];
  conn.db.player.onInsert((ctx, row) => heard.push(`${row.id} ${ctx.event.tag}`));
  await subscribe(conn, 'SELECT * FROM player');
  await eventually('the callback runs', () => heard.length > 0);
  assert.deepEqual(heard, ['1 SubscribeApplied']);
});

test('a composite key: found by its parts; an update is a delete and an insert', async (t) => {
  const { conn } = await connect(t, open);
  await subscribe(conn, 'SELECT * FROM seat');
  const heard: string[] = [];
  conn.db.seat.onInsert((_ctx, row) => heard.push(`insert ${row.guest}`));
  conn.db.seat.onDelete((_ctx, row) => heard.push(`delete ${row.guest}`));
  await conn.reducers.putSeat({ rowNo: 1, seatNo: 2, guest: 'ann' });
  await conn.reducers.putSeat({ rowNo: 1, seatNo: 2, guest: 'bob' });
  assert.deepEqual(heard.slice(0, 1), ['insert ann']);
  assert.deepEqual(heard.slice(1).sort(), ['delete ann', 'insert bob']);
  assert.equal([...conn.db.seat.rowNoSeatNo.filter([1, 2])][0]?.guest, 'bob');
  assert.equal(conn.db.seat.count(), 1n);
});

test('a table without a key: each copy counts', async (t) => {
  const { conn: writer } = await connect(t, open);
  const { conn: reader } = await connect(t, open);
  for (const conn of [writer, reader]) await subscribe(conn, ['SELECT * FROM remark', 'SELECT * FROM team']);
  const remark = { word: 'well', weight: 3 };
  await writer.reducers.addRemark(remark);
  await writer.reducers.addRemark(remark);
  await writer.reducers.addRemark({ word: 'well', weight: 4 });
  await writer.reducers.removeRemark(remark);
  await fence(writer, reader);
  for (const conn of [writer, reader]) {
    assert.deepEqual([...conn.db.remark.word.filter('well')].map((row) => row.weight).sort(), [3, 4], 'one copy is left');
  }
  await writer.reducers.removeRemark(remark);
  await fence(writer, reader);
  for (const conn of [writer, reader]) assert.equal(conn.db.remark.count(), 1n);

  await writer.reducers.addRemark({ word: 'well', weight: 4 });
  const { conn: late } = await connect(t, open);
  await subscribe(late, ['SELECT * FROM remark', 'SELECT * FROM team']);
  await writer.reducers.removeRemark({ word: 'well', weight: 4 });
  await fence(writer, late);
  assert.equal(late.db.remark.count(), 1n, 'a snapshot has each copy');
});

test('event tables: told once to everybody who asked, and never kept', async (t) => {
  const { conn: writer, identity } = await connect(t, open);
  const { conn: reader } = await connect(t, open);
  const { conn: deaf } = await connect(t, open);
  const heard: string[][] = [[], [], []];
  const all = [writer, reader, deaf];
  all.forEach((conn, i) => conn.db.pingEvent.onInsert((_ctx, row) => heard[i].push(`${row.text} ${row.sender.toHexString()}`)));
  for (const conn of all) await subscribe(conn, 'SELECT * FROM team');
  for (const conn of [writer, reader]) await subscribe(conn, 'SELECT * FROM ping_event');
  await writer.reducers.ping({ text: 'hello' });
  await fence(writer, reader);
  await fence(writer, deaf);
  const hello = `hello ${identity.toHexString()}`;
  assert.deepEqual(heard, [[hello], [hello], []]);
  for (const conn of all) assert.equal(conn.db.pingEvent.count(), 0n);
  await subscribe(deaf, 'SELECT * FROM ping_event');
  assert.deepEqual(heard[2], [], 'what was is gone');
});
