import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { FileStore } from '../src/store/file.js';
import { LayeredStore } from '../src/store/layers.js';
import { MemoryStore } from '../src/store/memory.js';
import { ManualClock, settle } from './browser/manual-clock.js';
import { RULES } from './browser/store-contract.js';

const root = mkdtempSync(path.join(tmpdir(), 'skein-layers-'));
after(() => rmSync(root, { recursive: true }));
let folders = 0;

/** The one that has come furthest, by `seq`; of equals the first. */
const furthest = (loaded) => loaded.reduce((best, next) => ((next.kept.get('seq') ?? 0) > (best.kept.get('seq') ?? 0) ? next : best)).kept;
const union = (loaded) => new Map(loaded.flatMap(({ kept }) => [...kept]));
const never = (failure) => { throw failure.error; };
const contents = async (store) => Object.fromEntries(await new MemoryStoreReader(store).read());

/** What a closed store has. */
class MemoryStoreReader {
  constructor(store) { this.store = store; }
  async read() {
    const kept = await this.store.open();
    await this.store.close();
    return kept;
  }
}

/** A memory that fails, or does not answer, as told: `fault[operation]()`. */
class Faulty extends MemoryStore {
  fault = {};
  asked = { open: 0, write: 0, close: 0 };
  open() { return this.#maybe('open', () => super.open()); }
  write(batch) { return this.#maybe('write', () => super.write(batch)); }
  close() { return this.#maybe('close', () => super.close()); }
  async #maybe(operation, really) {
    this.asked[operation]++;
    await this.fault[operation]?.();
    return really();
  }
}
const down = () => { throw new Error('down'); };

for (const [rule, holds] of Object.entries(RULES)) {
  test(`layers: ${rule}`, () => {
    const folder = path.join(root, `${++folders}`);
    const memory = new MemoryStore();
    return holds(() => new LayeredStore({ memory, file: new FileStore(folder) }, { merge: union, onError: ({ error }) => { if (error.code !== 'overloaded') throw error; } }));
  });
}

function two(options = {}) {
  const clock = new ManualClock();
  const local = new Faulty();
  const remote = new Faulty();
  const failures = [];
  const onError = ({ layer, operation, error }) => failures.push(`${layer} ${operation}: ${error.message}`);
  const store = new LayeredStore({ local, remote }, { merge: furthest, onError, clock, ...options });
  return { clock, local, remote, failures, store };
}

test('layers: all get every write; what they load is merged, and each is brought to it', async () => {
  const local = new MemoryStore([['seq', 7], ['a', 'new'], ['same', { x: 1 }]]);
  const remote = new Faulty([['seq', 5], ['a', 'old'], ['gone', 1], ['same', { x: 1 }]]);
  const store = new LayeredStore({ remote, local }, { merge: furthest, onError: never });
  const given = [];
  const write = remote.write.bind(remote);
  remote.write = (batch) => { given.push(batch); return write(batch); };
  assert.deepEqual(Object.fromEntries(await store.open()), { seq: 7, a: 'new', same: { x: 1 } });
  assert.deepEqual(given, [{ clear: false, put: { seq: 7, a: 'new' }, delete: ['gone'] }], 'only what differs');
  await store.write({ put: { seq: 8 }, delete: ['a'] });
  await store.close();
  for (const layer of [local, remote]) assert.deepEqual(await contents(layer), { seq: 8, same: { x: 1 } });
});

test('layers: one that cannot be opened is reported and left out; later it gets all there is, not the next batch on a gap', async () => {
  const { clock, local, remote, failures, store } = two();
  remote.fault.open = down;
  assert.equal((await store.open()).size, 0);
  await store.write({ put: { seq: 1, a: 1 } });
  await store.write({ put: { seq: 2, b: 2 } });
  assert.deepEqual(store.status, { local: 'ok', remote: 'behind' });
  assert.deepEqual(failures, ['remote open: down']);
  assert.equal(remote.asked.open, 1, 'it is left alone for a while');
  remote.fault = {};
  await clock.pass(30_000);
  await Promise.all([store.write({ put: { seq: 3 }, delete: ['a'] }), store.write({ put: { seq: 4 } })]);
  await store.write({ put: { seq: 5 } });
  assert.deepEqual(store.status, { local: 'ok', remote: 'ok' });
  await store.close();
  for (const layer of [local, remote]) assert.deepEqual(await contents(layer), { seq: 5, b: 2 });
});

test('layers: one that fails a write has missed it: it is not written to before it gets everything', async () => {
  const { clock, local, remote, failures, store } = two();
  await store.open();
  await store.write({ put: { seq: 1, a: 1 } });
  remote.fault.write = down;
  await store.write({ put: { seq: 2, b: 2 } });
  remote.fault = {};
  await store.write({ put: { seq: 3 }, delete: ['a'] }); // too early
  assert.equal(remote.asked.write, 1 + 1 + 1, 'merged, seq 1, seq 2');
  assert.deepEqual(failures, ['remote write: down']);
  await clock.pass(29_999);
  await store.write({ put: { seq: 4 } });
  assert.equal(store.status.remote, 'behind');
  await clock.pass(1);
  await store.write({ put: { seq: 5 } });
  assert.equal(store.status.remote, 'ok');
  await store.close();
  for (const layer of [local, remote]) assert.deepEqual(await contents(layer), { seq: 5, b: 2 });
});

test('layers: `catchUp` tries at once', async () => {
  const { remote, store } = two();
  await store.open();
  remote.fault.write = down;
  await store.write({ put: { seq: 1 } });
  await store.catchUp();
  assert.equal(store.status.remote, 'behind');
  remote.fault = {};
  await store.catchUp();
  assert.equal(store.status.remote, 'ok');
  await store.close();
  assert.deepEqual(await contents(remote), { seq: 1 });
});

test('layers: a write or an opening that none has kept is an error', async () => {
  const { local, remote, store } = two();
  local.fault.open = remote.fault.open = down;
  await assert.rejects(store.open(), { name: 'StoreError', code: 'failed' });
  local.fault = {};
  await store.open();
  local.fault.write = down;
  await assert.rejects(store.write({ put: { seq: 1 } }), { name: 'StoreError', code: 'failed' });
  await store.close();
});

test('layers: one that does not answer holds the others up for a limited time only, and its late answer does no harm', async () => {
  const { clock, local, remote, failures, store } = two();
  await store.open();
  let answer;
  remote.fault.write = () => new Promise((resolve) => { answer = resolve; });
  let done = false;
  const write = store.write({ put: { seq: 1, a: 1 } }).then(() => { done = true; });
  await clock.pass(9_999);
  assert.equal(done, false);
  await clock.pass(1);
  await write;
  assert.deepEqual(failures, ['remote write: no answer for 10000 ms']);
  remote.fault = {};
  await store.write({ put: { seq: 2 }, delete: ['a'] });
  answer();
  await clock.pass(30_000);
  await store.write({ put: { seq: 3 } });
  await store.close();
  for (const layer of [local, remote]) assert.deepEqual(await contents(layer), { seq: 3 });
  assert.equal(clock.size, 0);
});

test('layers: one that opens too late is used at the next attempt', async () => {
  const { clock, remote, store } = two();
  let answer;
  remote.fault.open = () => new Promise((resolve) => { answer = resolve; });
  const opening = store.open();
  await clock.pass(10_000);
  await opening;
  assert.equal(store.status.remote, 'behind');
  answer();
  await settle();
  await clock.pass(30_000);
  await store.write({ put: { seq: 1 } });
  assert.deepEqual([store.status.remote, remote.asked.open], ['ok', 1]);
  remote.fault = {};
  await store.close();
  assert.deepEqual(await contents(remote), { seq: 1 });
});

test('layers: with `need: one` a write resolves with the first, and rejects with the last', async () => {
  const { local, remote, store } = two({ need: 'one' });
  await store.open();
  let answer;
  remote.fault.write = () => new Promise((resolve) => { answer = resolve; });
  await store.write({ put: { seq: 1 } });
  answer();
  local.fault.write = remote.fault.write = down;
  await assert.rejects(store.write({ put: { seq: 2 } }), { code: 'failed' });
  await store.close();
});

test('layers: what the merging function throws comes out, and nothing stays open', async () => {
  const { local, remote, store } = two({ merge: () => { throw new Error('cannot merge'); } });
  await assert.rejects(store.open(), { message: 'cannot merge' });
  assert.equal(local.asked.close + remote.asked.close, 2);
});
