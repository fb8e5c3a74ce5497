import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect, eventually, sample, somebody, subscribe, workspace } from './support.ts';

const MEGABYTE = 1 << 20;

test('rows of a megabyte: sent, changed and read anew', async (t) => {
  const room = await workspace(await somebody());
  const { conn: writer } = await connect(t, room);
  const { conn: reader } = await connect(t, room);
  for (const conn of [writer, reader]) await subscribe(conn, 'SELECT * FROM sample');
  const sent = sample(1, { blob: new Uint8Array(900_000).fill(7) });
  await writer.reducers.putSample(sent);
  await writer.reducers.putTitle({ id: 1, length: MEGABYTE });
  await eventually('both have it', () => reader.db.sample.id.find(1)?.title.length === MEGABYTE);
  const { conn: late } = await connect(t, room);
  await subscribe(late, 'SELECT * FROM sample');
  for (const conn of [writer, reader, late]) {
    const row = conn.db.sample.id.find(1);
    assert.equal(row?.title, 'x'.repeat(MEGABYTE));
    assert.deepEqual(row?.blob, sent.blob);
  }
});

test('a call that is too large is refused, and others are not', async (t) => {
  const room = await workspace(await somebody());
  const { conn } = await connect(t, room);
  const { conn: other } = await connect(t, room);
  const tooLarge = conn.reducers.putSample(sample(1, { blob: new Uint8Array(64 * MEGABYTE) }));
  const refused = tooLarge.then(() => assert.fail('it was taken'), () => undefined);
  const closed = new Promise<void>((resolve) => {
    const check = setInterval(() => {
      if (!conn.isActive) {
        clearInterval(check);
        resolve();
      }
    }, 10);
  });
  await Promise.race([refused, closed]);
  await other.reducers.putSample(sample(2));
});

test('10,000 rows in one transaction and in one snapshot', async (t) => {
  const room = await workspace(await somebody());
  const { conn: writer } = await connect(t, room);
  const { conn: reader } = await connect(t, room);
  await subscribe(reader, 'SELECT * FROM team');
  await writer.reducers.fillTeams({ n: 10_000 });
  await eventually('all come', () => reader.db.team.count() === 10_000n);
  let inserts = 0;
  const { conn: late } = await connect(t, room);
  late.db.team.onInsert(() => inserts++);
  await subscribe(late, 'SELECT * FROM team');
  await eventually('all come', () => inserts === 10_000);
  assert.equal(late.db.team.count(), 10_000n);
  assert.equal(late.db.team.id.find('t9999')?.name, 'team 9999');
});
