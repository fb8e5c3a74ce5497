import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { DbConnection } from './sample_bindings.ts';
import { connect, fence, somebody, subscribe, unsubscribe, workspace, type Who } from './support.ts';

let owner: Who;
let open: string;

beforeEach(async () => {
  owner = await somebody();
  open = await workspace(owner);
});

function listen(conn: DbConnection): string[] {
  const heard: string[] = [];
  conn.db.player.onInsert((_ctx, row) => heard.push(`insert ${row.id}`));
  conn.db.player.onUpdate((_ctx, _old, row) => heard.push(`update ${row.id}`));
  conn.db.player.onDelete((_ctx, row) => heard.push(`delete ${row.id}`));
  return heard;
}

test('unsubscribing takes the rows away, and nothing comes after', async (t) => {
  const { conn } = await connect(t, open);
  await conn.reducers.putPlayer({ id: 1n, teamId: 'a', score: 1 });
  await subscribe(conn, 'SELECT * FROM team');
  const heard = listen(conn);
  const handle = await subscribe(conn, 'SELECT * FROM player');
  assert.equal(handle.isActive(), true);
  await unsubscribe(handle);
  assert.equal(handle.isEnded(), true);
  await conn.reducers.putPlayer({ id: 2n, teamId: 'a', score: 1 });
  await fence(conn, conn);
  assert.deepEqual(heard, ['insert 1', 'delete 1']);
  assert.equal(conn.db.player.count(), 0n);
});

test('a row that two subscriptions hold is there until both have let it go', async (t) => {
  const { conn: writer } = await connect(t, open);
  const { conn } = await connect(t, open);
  await subscribe(conn, 'SELECT * FROM team');
  const heard = listen(conn);
  const low = await subscribe(conn, 'SELECT * FROM player WHERE score < 10');
  const high = await subscribe(conn, ['SELECT * FROM player WHERE score > 5', 'SELECT * FROM player WHERE score > 6']);
  for (const score of [7, 8, 20, 3]) await writer.reducers.putPlayer({ id: 1n, teamId: 'a', score });
  await writer.reducers.putPlayer({ id: 2n, teamId: 'a', score: 7 });
  await fence(writer, conn);
  assert.deepEqual(heard, ['insert 1', 'update 1', 'update 1', 'update 1', 'insert 2']);

  await unsubscribe(low);
  assert.deepEqual(heard.splice(0).slice(5), ['delete 1']);
  await unsubscribe(high);
  assert.deepEqual(heard.splice(0), ['delete 2']);

  const again = await subscribe(conn, 'SELECT * FROM player WHERE score < 10');
  await subscribe(conn, 'SELECT * FROM player WHERE score > 5');
  assert.deepEqual(heard.splice(0).sort(), ['insert 1', 'insert 2']);
  await writer.reducers.removePlayer({ id: 2n });
  await fence(writer, conn);
  assert.deepEqual(heard.splice(0), ['delete 2']);
  await unsubscribe(again);
  assert.deepEqual(heard, ['delete 1']);
});

test('the same query twice is two subscriptions', async (t) => {
  const { conn } = await connect(t, open);
  await conn.reducers.putPlayer({ id: 1n, teamId: 'a', score: 1 });
  const one = await subscribe(conn, 'SELECT * FROM player');
  const other = await subscribe(conn, 'SELECT * FROM player');
  await unsubscribe(one);
  assert.equal(conn.db.player.count(), 1n);
  await conn.reducers.putPlayer({ id: 1n, teamId: 'a', score: 2 });
  assert.equal(conn.db.player.id.find(1n)?.score, 2);
  await unsubscribe(other);
  assert.equal(conn.db.player.count(), 0n);
});

test('all tables at once', async (t) => {
  const { conn } = await connect(t, open, { token: owner.token });
  await conn.reducers.putTeam({ id: 'a', name: 'Ants' });
  await conn.reducers.putSecret({ id: 's', text: 'hush' });
  const { conn: late } = await connect(t, open, { token: owner.token });
  late.subscriptionBuilder().subscribeToAllTables();
  await fence(conn, late);
  assert.equal(late.db.team.id.find('a')?.name, 'Ants');
  assert.equal(late.db.secret.id.find('s')?.text, 'hush');
});

test('who comes in the middle of the traffic misses nothing and has nothing twice', async (t) => {
  const { conn: writer } = await connect(t, open);
  const writes = (async () => {
    for (let score = 0; score < 300; score++) await writer.reducers.putPlayer({ id: BigInt(score % 30), teamId: 'a', score });
  })();
  const readers: DbConnection[] = [];
  for (let i = 0; i < 10; i++) {
    const { conn } = await connect(t, open);
    await subscribe(conn, ['SELECT * FROM player', 'SELECT * FROM team']);
    readers.push(conn);
  }
  await writes;
  for (const reader of readers) {
    await fence(writer, reader);
    const scores = [...reader.db.player.iter()].map((row) => row.score).sort((a, b) => a - b);
    assert.deepEqual(scores, Array.from({ length: 30 }, (_, i) => 270 + i));
  }
});
