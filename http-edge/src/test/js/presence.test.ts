import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { DbConnection } from './sample_bindings.ts';
import { connect, eventually, fence, somebody, subscribe, unsubscribe, workspace, type Who } from './support.ts';

let owner: Who;
let open: string;

beforeEach(async () => {
  owner = await somebody();
  open = await workspace(owner);
});

/** Waits until an assertion holds. */
async function settled(holds: () => void): Promise<void> {
  await eventually(holds.toString(), () => {
    try {
      holds();
      return true;
    } catch {
      return false;
    }
  });
}

const people = (conn: DbConnection) =>
  Object.fromEntries([...conn.db.here.iter()].map((row) => [row.identity.toHexString(), [row.sessions, row.active, JSON.parse(row.state)]]));

test('P3: who is connected is a row of the presence table, with a state of its own, and leaves it after the grace', async (t) => {
  const { conn, identity } = await connect(t, open);
  const heard: string[] = [];
  const name = (id: { toHexString(): string }) => (id.toHexString() === identity.toHexString() ? 'me' : 'other');
  conn.db.here.onInsert((_ctx, row) => heard.push(`insert ${name(row.identity)}`));
  conn.db.here.onUpdate((_ctx, _old, row) => heard.push(`update ${name(row.identity)} ${row.state}`));
  conn.db.here.onDelete((_ctx, row) => heard.push(`delete ${name(row.identity)}`));
  await subscribe(conn, 'SELECT * FROM here');
  await settled(() => assert.deepEqual(people(conn), { [identity.toHexString()]: [1, true, {}] }));

  const { conn: other, identity: their } = await connect(t, open);
  await other.reducers.setHere({ state: '{"at":[1,2],"name":"x"}' });
  await other.reducers.setHere({ state: '{"name":null}' });
  await settled(() => assert.deepEqual(people(conn)[their.toHexString()], [1, true, { at: [1, 2] }]));
  other.disconnect();
  await settled(() => assert.deepEqual(Object.keys(people(conn)), [identity.toHexString()]));
  assert.deepEqual(heard.filter((event) => !event.startsWith('update')), ['insert me', 'insert other', 'delete other']);
});

test('P1: nothing of it is a transaction', async (t) => {
  const { conn } = await connect(t, open);
  await subscribe(conn, ['SELECT * FROM here', 'SELECT * FROM team']);
  await conn.reducers.setHere({ state: '{"x":1}' });
  await settled(() => assert.deepEqual(Object.values(people(conn)), [[1, true, { x: 1 }]]));
  await fence(conn, conn);
});

test('giving the set back takes the rows away; it can be had again', async (t) => {
  const { conn } = await connect(t, open);
  await connect(t, open);
  const handle = await subscribe(conn, 'SELECT * FROM here');
  await settled(() => assert.equal(conn.db.here.count(), 2n));
  await unsubscribe(handle);
  assert.equal(conn.db.here.count(), 0n);
  await subscribe(conn, 'SELECT * FROM here');
  await settled(() => assert.equal(conn.db.here.count(), 2n));
});

test('V3: what cannot be shown or said is refused, and the connection lives on', async (t) => {
  const { conn } = await connect(t, open);
  await assert.rejects(subscribe(conn, 'SELECT * FROM here WHERE sessions > 1'), /not stored/);
  await subscribe(conn, 'SELECT * FROM here');
  await assert.rejects(subscribe(conn, 'SELECT * FROM here'), /one query set/);
  await assert.rejects(conn.reducers.setHere({ state: '[1]' }), /invalid_args/);
  await assert.rejects(conn.reducers.setHere({ state: JSON.stringify({ x: 'y'.repeat(5_000) }) }), /too_large/);
  await conn.reducers.setHere({ state: '{"still":"here"}' });
  await settled(() => assert.deepEqual(Object.values(people(conn)), [[1, true, { still: 'here' }]]));
});
