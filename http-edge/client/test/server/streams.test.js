// Drills of the module `streams` against the real server: replay and resume parity over a kill, stale cursors, a reconnect storm with duplicates.
// One story in order: what a test finds is what the ones before it left.

import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Server } from '../../../src/test/web/server.js';
import { connect, request } from '../../src/index.js';
import { StreamReader, appendEvent } from '../../src/streams.js';

const PATIENCE_MS = 30_000;

/** Sockets that the test can break as a network does, without a goodbye. */
class Breakable extends WebSocket {
  static open = new Set();
  constructor(...more) {
    super(...more);
    Breakable.open.add(this);
    this.addEventListener('close', () => Breakable.open.delete(this));
  }
  static breakAll() {
    for (const socket of Breakable.open) {
      const closed = socket.onclose;
      Object.assign(socket, { onopen: null, onmessage: null, onclose: null });
      socket.close();
      closed?.({});
    }
    Breakable.open.clear();
  }
}

let server, ada, fleet, writer;
const open = [];

before(async () => {
  server = await Server.start(mkdtempSync(path.join(process.env.SKEIN_TEST_DIRECTORY, 'streams-')));
  ada = await request('POST', `${server.url}/v1/identity`, { body: {} });
  fleet = (await request('POST', `${server.url}/v1/workspaces`, { token: ada.token, body: { module: 'streams', name: 'Fleet' } })).id;
  writer = opened();
  await writer.start();
});

after(async () => {
  await Promise.all(open.map((workspace) => workspace.stop()));
  await server?.stop();
});

/** A workspace of a program of its own. */
function opened() {
  const client = connect(server.url, { token: async () => ada.token, WebSocket: Breakable, random: () => Math.random() / 10 });
  const workspace = client.workspace(fleet);
  open.push(workspace);
  return workspace;
}

/** A reader of a program of its own, and what it was told. */
async function reading(streamId, clientId, options = {}) {
  const seen = [];
  const stales = [];
  const workspace = opened();
  await workspace.start();
  const reader = new StreamReader({ workspace, streamId, clientId, onEvent: (event) => void seen.push(event), onStale: (stale) => void stales.push(stale), ackEvery: 20, ackAfterMs: 50, ...options });
  await reader.start();
  return { workspace, reader, seen, stales };
}

async function until(what, holds) {
  const deadline = Date.now() + PATIENCE_MS;
  while (!holds()) {
    if (Date.now() > deadline) assert.fail(`not within ${PATIENCE_MS} ms: ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const append = (streamId, from, to) =>
  Promise.all(Array.from({ length: to - from + 1 }, (_, i) => appendEvent(writer, { streamId, kind: 'step', payload: { n: from + i, text: 'ä', fraction: (from + i) / 7 }, key: `k${from + i}` })));
const seqs = (seen) => seen.map(({ seq }) => Number(seq));
const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const has = (one, last) => until(() => `${one.seen.length} of ${last}: ${JSON.stringify(one.reader.snapshot())}`, () => one.reader.snapshot().applied === last);

test('T1, T2, T5: replay and resume parity over kill -9: the same events with the same hashes, each once', async () => {
  await append('run', 1, 60);
  const first = await reading('run', 'first');
  await has(first, 60);
  await append('run', 61, 80);
  await has(first, 80);
  await until(() => 'the checkpoint is known', () => first.reader.snapshot().acked === 80);
  await first.reader.stop();

  await server.kill();
  await server.start();
  await append('run', 61, 100); // the first twenty again: their keys are known
  const back = await reading('run', 'first');
  const fresh = await reading('run', 'second');
  const own = await reading('run', 'third', { watermark: 42 });
  await Promise.all([has(back, 100), has(fresh, 100), has(own, 100)]);
  assert.deepEqual(seqs(back.seen), range(81, 100), 'from its checkpoint on');
  assert.deepEqual(seqs(fresh.seen), range(1, 100));
  assert.deepEqual(seqs(own.seen), range(43, 100));
  const hashes = (seen) => seen.map(({ seq, payload_hash: hash }) => `${seq} ${hash}`);
  assert.deepEqual([...hashes(first.seen), ...hashes(back.seen)], hashes(fresh.seen), 'live and replayed, before the kill and after it');
  await assert.rejects(appendEvent(writer, { streamId: 'run', kind: 'step', payload: 1, expectedNextSeq: 100 }), { code: 'rejected', reason: 'sequence_conflict', message: 'stream run goes on with 101, you expected 100' });
});

test('T5: a reconnect storm: whatever is sent twice is told once, and nothing is missing', async () => {
  const readers = await Promise.all(range(1, 6).map((n) => reading('run', `storm ${n}`, { watermark: 100 })));
  const appended = [];
  for (let i = 0; i < 6; i++) {
    appended.push(append('run', 101 + i * 20, 120 + i * 20));
    await new Promise(setImmediate); // they are on their way
    Breakable.breakAll();
  }
  await Promise.all(appended);
  await Promise.all(readers.map((one) => has(one, 220)));
  for (const { seen, stales, reader } of readers) {
    // Appended at once and cut in between, they may have come in another order than their names: what counts is the stream's.
    assert.deepEqual(seqs(seen), range(101, 220));
    assert.deepEqual([stales, reader.snapshot().stale], [[], 0]);
  }
  assert.equal(new Set(readers[0].seen.map(({ payload }) => payload.n)).size, 120, 'each was appended once');
});

test('T6: a stale cursor is said, and the reader begins with the oldest event that is there', async () => {
  await writer.call('open_sync_stream', { stream_id: 'short', kind: 'run', title: '', sharing: 'MEMBERS', retain_events: 10 });
  await append('short', 1, 5);
  const one = await reading('short', 'c');
  await has(one, 5);
  await until(() => 'the checkpoint is known', () => one.reader.snapshot().acked === 5);
  await one.reader.stop();
  for (let from = 6; from <= 36; from += 10) await append('short', from, Math.min(from + 9, 40));
  const back = await reading('short', 'c');
  await has(back, 40);
  assert.deepEqual([back.stales, seqs(back.seen)], [[{ watermark: 5, firstSeq: 31, headSeq: 40 }], range(31, 40)]);
});
