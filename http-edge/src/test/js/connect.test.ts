import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { connect, member, sample, sampleIds, serverUrl, somebody, subscribe, workspace, type Who } from './support.ts';
import { DbConnection } from './sample_bindings.ts';

let owner: Who;
let open: string;

before(async () => {
  owner = await somebody();
  open = await workspace(owner);
});

test('without a token: a new identity, whose token is good for the next connection', async (t) => {
  const first = await connect(t, open);
  assert.match(first.identity.toHexString(), /^[0-9a-f]{64}$/);
  assert.ok(first.token);
  assert.equal(first.conn.isActive, true);
  assert.ok(first.conn.identity?.isEqual(first.identity));

  const again = await connect(t, open, { token: first.token });
  assert.equal(again.identity.toHexString(), first.identity.toHexString());
  assert.notEqual(again.conn.connectionId.toHexString(), first.conn.connectionId.toHexString());

  const other = await connect(t, open);
  assert.notEqual(other.identity.toHexString(), first.identity.toHexString());
});

test('with a token: its identity, and the same token', async (t) => {
  const { identity, token } = await connect(t, open, { token: owner.token });
  assert.equal(identity.toHexString(), owner.identity);
  assert.equal(token, owner.token);
});

test('members enter a private workspace, and nobody else does', async (t) => {
  const closed = await workspace(owner, 'private');
  const ann = await member(owner, closed, 'viewer');
  await connect(t, closed, { token: ann.token });
  await assert.rejects(connect(t, closed, { token: (await somebody()).token }));
  await assert.rejects(connect(t, closed));
});

test('a forged token and a workspace that is not there are connect errors', async (t) => {
  await assert.rejects(connect(t, open, { token: owner.token.slice(0, -8) + 'AAAAAAAA' }), /verify token/);
  await assert.rejects(connect(t, 'no-such-workspace'));
});

test('whatever the application asks for: compression, confirmed reads', async (t) => {
  for (const compression of ['gzip', 'none'] as const) {
    for (const confirmed of [undefined, true, false]) {
      const { conn } = await connect(t, open, { compression, confirmed });
      await conn.reducers.doNothing({});
    }
  }
});

test('either subprotocol, and no other', async (t) => {
  for (const protocol of ['v2.bsatn.spacetimedb', 'v3.bsatn.spacetimedb']) {
    const { conn } = await connect(t, open, { protocols: [protocol] });
    const rows = [...Array(20).keys()].map((i) => sample(100 + i));
    await subscribe(conn, 'SELECT * FROM sample WHERE id >= 100');
    await Promise.all(rows.map((row) => conn.reducers.putSample(row)));
    assert.deepEqual(sampleIds(conn), rows.map((row) => row.id));
  }
  await assert.rejects(connect(t, open, { protocols: ['v1.bsatn.spacetimedb'] }));
});

test('what is asked for before the connection is there is done once it is', async (t) => {
  const conn = DbConnection.builder().withUri(serverUrl()).withDatabaseName(open).build();
  t.after(() => conn.disconnect());
  const put = conn.reducers.putSample(sample(1));
  const applied = subscribe(conn, 'SELECT * FROM sample');
  await put;
  await applied;
  assert.equal(conn.db.sample.id.find(1)?.title, 'title 1');
});

test('disconnecting is told, and others live on', async (t) => {
  const one = await connect(t, open);
  const other = await connect(t, open, { token: one.token });
  one.conn.disconnect();
  assert.equal(await one.gone, undefined);
  await other.conn.reducers.doNothing({});
});
