// Documents with autosave on the real server, which is killed meanwhile.

import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Server } from '../../../src/test/web/server.js';
import { documents } from '../../src/documents.js';
import { connect, request } from '../../src/index.js';
import { MemoryStore } from '../../src/store/memory.js';

let server, workspace, ada, bob;
/** Nothing is written before somebody asks for it. */
const NEVER = { debounceMs: 600_000, periodMs: 600_000 };

before(async () => {
  server = await Server.start(mkdtempSync(path.join(process.env.SKEIN_TEST_DIRECTORY, 'client-')));
  const tokens = await Promise.all([somebody(), somebody()]);
  workspace = (await request('POST', `${server.url}/v1/workspaces`, { token: tokens[0], body: { module: 'documents', name: 'Notes' } })).id;
  [ada, bob] = tokens.map((token) => documents(connect(server.url, { token }), workspace));
});

after(() => server?.stop());

const somebody = async () => (await request('POST', `${server.url}/v1/identity`, { body: {} })).token;

test('many changes are one write; another identity has its own document of the same name', async () => {
  const plan = await ada.open('plan', NEVER);
  assert.equal(plan.value, undefined);
  for (let i = 1; i <= 50; i++) plan.change({ blocks: [i] });
  await plan.flush();
  assert.equal(plan.status, 'saved');
  assert.deepEqual((await ada.source('plan').load()).value, { blocks: [50] });
  assert.deepEqual((await ada.list()).map(({ id, revision }) => ({ id, revision })), [{ id: 'plan', revision: 1 }]);
  await plan.close();
  assert.deepEqual(await bob.list(), []);
  assert.equal(await bob.source('plan').load(), null);
});

test('V2: what was saved elsewhere meanwhile is a conflict, and nothing is overwritten before it is resolved', async () => {
  const [here, there] = [await ada.open('plan', NEVER), await ada.open('plan', NEVER)];
  there.change({ blocks: ['there'] });
  await there.flush();
  here.change({ blocks: ['here'] });
  await here.flush();
  assert.equal(here.status, 'conflict');
  assert.deepEqual(here.snapshot().there.value, { blocks: ['there'] });
  assert.deepEqual((await ada.source('plan').load()).value, { blocks: ['there'] });
  await here.resolve('local');
  assert.equal(here.status, 'saved');
  assert.deepEqual((await ada.source('plan').load()).value, { blocks: ['here'] });
  await Promise.all([here.close(), there.close()]);
});

test('what a document was is kept, and comes back', async () => {
  assert.deepEqual((await ada.revisions('plan')).map(({ revision, value }) => [revision, value.blocks[0]]), [[1, 50], [2, 'there']]);
  await ada.restore('plan', 1);
  assert.deepEqual((await ada.source('plan').load()).value, { blocks: [50] });
  await ada.delete('plan');
  assert.equal(await ada.source('plan').load(), null);
  await assert.rejects(bob.restore('plan', 1), { code: 'rejected', reason: 'revision_missing' });
  await ada.restore('plan', 3);
  assert.deepEqual((await ada.source('plan').load()).value, { blocks: ['here'] });
  await ada.purge('plan');
  assert.deepEqual(await ada.revisions('plan'), []);
});

test('D1: while the server is away the document is in the local copy; it is written when the server is back', async () => {
  const store = new MemoryStore();
  const plan = await ada.open('travel', { ...NEVER, store });
  plan.change({ blocks: ['saved'] });
  await plan.flush();
  await server.kill();
  plan.change({ blocks: ['on the train'] });
  await plan.flush();
  assert.equal(plan.status, 'offline');
  await plan.close();
  await server.start();
  assert.deepEqual((await ada.source('travel').load()).value, { blocks: ['saved'] });
  const again = await ada.open('travel', { ...NEVER, store });
  assert.deepEqual(again.value, { blocks: ['on the train'] });
  await again.flush();
  assert.equal(again.status, 'saved');
  assert.deepEqual((await ada.source('travel').load()).value, { blocks: ['on the train'] });
  await again.close();
});
