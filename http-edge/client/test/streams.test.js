// Each event once and in its order, whatever the server and the network do; what cannot come any more is said.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { StreamReader, appendEvent, canonicalJson, payloadHash } from '../src/streams.js';
import { Stage, accepted, resumed, settled, snapshot, tx, welcome } from './support.js';

const SCHEMA = {
  module: 'streams',
  version: 1,
  tables: {
    sync_stream: { key: ['stream_id'], event: false },
    sync_event: { key: ['stream_id', 'seq'], event: false },
    sync_checkpoint: { key: ['stream_id', 'identity', 'client_id'], event: false },
  },
};
const hashes = new Map();
for (let n = 1; n <= 40; n++) hashes.set(n, await payloadHash({ n }));
const event = (seq) => ({ stream_id: 's', seq, idempotency_key: `k${seq}`, kind: 'step', payload: { n: seq }, payload_hash: hashes.get(seq), author: 'other', committed_at: '2026-01-01T00:00:00Z' });
const stream = (head, first = 1) => ({ stream_id: 's', owner: 'other', head_seq: head, first_seq: first });
const rows = (list) => ({ rows: list, versions: list.map(() => 1) });
const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const greeting = welcome({ module: 'streams' });
/** A snapshot of the reader's subscription alone. */
const snapshotOf = (seq, head, events, first = 1) => snapshot(seq, [], { subs: { 1: { sync_stream: rows([stream(head, first)]), sync_event: rows(events.map(event)) } } });
/** Transaction `seq` adds these events. */
const adds = (seq, events, head = events.at(-1), first = 1) =>
  tx(seq, { sync_stream: { update: [stream(head, first)] }, sync_event: { insert: events.map(event) } });

/** A reader with a watermark of its own on a live connection, after this snapshot. */
async function reading(first, options = {}) {
  const stage = new Stage({ schema: SCHEMA });
  const seen = [];
  const stales = [];
  const reader = new StreamReader({ workspace: stage.workspace, streamId: 's', clientId: 'c', watermark: 0, clock: stage.clock, verify: false, onEvent: ({ seq }) => void seen.push(seq), onStale: (stale) => void stales.push(stale), ...options });
  const started = reader.start();
  await stage.live([greeting, first], null);
  await started;
  await idle();
  return { stage, seen, stales, reader };
}

/** Without hashing, which is the platform's, everything that can go on does. */
const idle = () => settled(60);

/** Where there is hashing. */
async function until(what, holds) {
  const deadline = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > deadline) assert.fail(`not within 10 s: ${what}`);
    await new Promise(setImmediate);
  }
}

test('T2: the published vectors hold in JavaScript too', async () => {
  const { accepted: good, refused } = JSON.parse(readFileSync(new URL('../../../docs/payload-vectors.json', import.meta.url), 'utf8'));
  assert.ok(good.length >= 14 && refused.length >= 13);
  for (const { name, json, canonical, sha256 } of good) {
    assert.equal(canonicalJson(JSON.parse(json)), canonical, name);
    assert.equal(await payloadHash(JSON.parse(json)), sha256, name);
  }
  for (const value of [NaN, Infinity, undefined, () => {}, '\ud800', { '\udc00': 1 }]) assert.throws(() => canonicalJson(value), TypeError);
});

test('T5: replay, then what comes; each once and in order', async () => {
  const { stage, seen, reader } = await reading(snapshotOf(10, 3, [3, 1, 2]));
  assert.deepEqual(seen, [1, 2, 3]);
  assert.equal(reader.snapshot().status, 'live');
  stage.socket.say(adds(11, [4]), adds(12, [5, 6]));
  await idle();
  assert.deepEqual([seen, reader.snapshot().lag], [[1, 2, 3, 4, 5, 6], 0]);
});

test('T5: from a watermark on, and only that is asked for', async () => {
  const { stage, seen } = await reading(snapshotOf(10, 9, [8, 9]), { watermark: 7 });
  const [{ tables }] = stage.socket.sent[0].subs;
  assert.deepEqual(tables[1].where, ['and', ['=', 'stream_id', 's'], ['>', 'seq', 7]]);
  assert.deepEqual(seen, [8, 9]);
});

test('T3: checkpoints are said in batches, never less than before, and the last one with the end', async () => {
  const { stage, reader } = await reading(snapshotOf(10, 5, range(1, 5)), { ackEvery: 5 });
  const acks = () => stage.socket.calls.filter(({ reducer }) => reducer === 'ack_checkpoint');
  assert.deepEqual(acks().map(({ args }) => args.applied_seq), [5]);
  stage.socket.say(adds(11, [6]), adds(12, [7]));
  await idle();
  assert.equal(acks().length, 1, 'one is on its way');
  stage.socket.say(accepted(acks()[0].id, 13));
  await idle();
  assert.equal(acks().length, 1, 'two events are no batch');
  stage.clock.tick(1_000);
  assert.deepEqual(acks().map(({ args }) => args.applied_seq), [5, 7]);
  stage.socket.say(accepted(acks()[1].id, 14), adds(15, [8]));
  await idle();
  const stopped = reader.stop();
  await idle();
  assert.deepEqual(acks().map(({ args }) => args.applied_seq), [5, 7, 8]);
  stage.socket.say(accepted(acks()[2].id, 16));
  await stopped;
  assert.deepEqual([reader.snapshot().acked, reader.snapshot().status], [8, 'stopped']);
});

test('T5: what comes again after a cut is counted and not told again', async () => {
  const { stage, seen, reader } = await reading(snapshotOf(10, 3, [1, 2, 3]), { ackAfterMs: 1e6 });
  for (let i = 0; i < 5; i++) {
    stage.socket.cut();
    await stage.reconnect(greeting, snapshotOf(11 + i, 4 + i, range(1, 4 + i)));
    await idle();
  }
  assert.deepEqual(seen, range(1, 8));
  assert.ok(reader.snapshot().duplicates >= 25, `duplicates: ${reader.snapshot().duplicates}`);
  stage.socket.cut();
  await stage.reconnect(greeting, resumed(15));
  stage.socket.say(adds(16, [9]));
  await idle();
  assert.deepEqual([seen.at(-1), reader.snapshot().stale], [9, 0]);
});

test('T6: where the next event is gone the cursor is stale, and the reader begins anew', async () => {
  const { stage, seen, stales, reader } = await reading(snapshotOf(10, 3, [1, 2, 3]), { ackAfterMs: 1e6 });
  stage.socket.cut();
  await stage.reconnect(greeting, snapshotOf(40, 30, range(28, 30), 28));
  await idle();
  assert.deepEqual([stales, reader.snapshot().stale], [[{ watermark: 3, firstSeq: 28, headSeq: 30 }], 1]);
  const again = stage.socket.sent.findLast(({ type }) => type === 'subscribe');
  assert.deepEqual(again.tables[1].where[2], ['>', 'seq', 27]);
  stage.socket.say({ type: 'subscribed', id: again.id, sub: again.sub, seq: 40, view: 'v2', tables: { sync_stream: rows([stream(30, 28)]), sync_event: rows(range(28, 30).map(event)) } });
  await idle();
  assert.deepEqual([seen, reader.snapshot().status], [[1, 2, 3, 28, 29, 30], 'live']);
});

test('T6: a watermark ahead of the stream is stale', async () => {
  const { stales } = await reading(snapshotOf(10, 3, []), { watermark: 9 });
  assert.deepEqual(stales, [{ watermark: 9, firstSeq: 1, headSeq: 3 }]);
});

test('T2: an event that is not what was committed is not delivered', async () => {
  const wrong = { ...event(2), payload: { n: 3 } };
  const { seen, reader } = await reading(snapshot(10, [], { subs: { 1: { sync_stream: rows([stream(2)]), sync_event: rows([event(1), wrong]) } } }), { verify: true });
  await until('it is found out', () => reader.snapshot().status === 'failed');
  assert.deepEqual([seen, reader.snapshot().status, reader.snapshot().error.reason], [[1], 'failed', 'hash_mismatch']);
});

test('T5: a handler that fails stops it, and it goes on where it failed', async () => {
  const done = [];
  let broken = true;
  const { stage, reader } = await reading(snapshotOf(10, 3, [1, 2, 3]), {
    onEvent: ({ seq }) => {
      if (seq === 2 && broken) throw new Error('no');
      done.push(seq);
    },
  });
  assert.deepEqual([done, reader.snapshot().status, reader.snapshot().applied], [[1], 'failed', 1]);
  broken = false;
  const again = reader.start();
  await settled();
  const asked = stage.socket.sent.findLast(({ type }) => type === 'subscribe');
  stage.socket.say({ type: 'subscribed', id: asked.id, sub: asked.sub, seq: 10, view: 'v2', tables: { sync_stream: rows([stream(3)]), sync_event: rows([2, 3].map(event)) } });
  await again;
  await idle();
  assert.deepEqual(done, [1, 2, 3]);
});

test('T1: appending says key and expectation', async () => {
  const { stage } = await reading(snapshotOf(10, 0, []));
  void appendEvent(stage.workspace, { streamId: 's', kind: 'step', payload: { a: 1 }, key: 'k', expectedNextSeq: 4 });
  assert.deepEqual(stage.socket.calls.at(-1).args, { stream_id: 's', idempotency_key: 'k', kind: 'step', payload: { a: 1 }, expected_next_seq: 4 });
});
