// A server of its own, killed and started again. SKEIN_TEST_JAVA, CLASSPATH, SKEIN_TEST_MAIN: how; SKEIN_TEST_DIRECTORY: where.

import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
// @ts-expect-error: it has no types, and is shared with the tests of the page
import { Server } from '../web/server.js';
import { connect, sample, sampleIds, somebody, subscribe, workspace } from './support.ts';

test('a server that is killed: connections end, and what was acknowledged is there for the same identity', async (t) => {
  const directory = await mkdtemp(path.join(process.env.SKEIN_TEST_DIRECTORY ?? '', 'restart-'));
  const server = await Server.start(directory);
  t.after(() => server.stop());
  const url: string = server.url;
  const owner = await somebody(url);
  const room = await workspace(owner, 'private', url);

  const { conn, gone, identity } = await connect(t, room, { token: owner.token, url });
  await subscribe(conn, 'SELECT * FROM sample');
  let acknowledged = 0;
  for (let id = 1; id <= 50; id++) void conn.reducers.putSample(sample(id)).then(() => { acknowledged = id; });
  await conn.reducers.putSample(sample(1_000));
  assert.equal(acknowledged, 50);
  await server.kill();
  await gone;

  await server.start();
  const back = await connect(t, room, { token: owner.token, url });
  assert.equal(back.identity.toHexString(), identity.toHexString());
  await subscribe(back.conn, 'SELECT * FROM sample');
  assert.deepEqual(sampleIds(back.conn), [...Array.from({ length: 50 }, (_, i) => i + 1), 1_000]);
  await back.conn.reducers.putSample(sample(2_000));
});
