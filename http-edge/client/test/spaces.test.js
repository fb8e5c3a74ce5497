// Spaces without a server: ranges of operations, batches on their way, a store, and layers of which some are away.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SkeinError } from '../src/index.js';
import { LocalSpace, OpRanges, SpaceLayers } from '../src/spaces.js';
import { union } from '../src/spaces/ops.js';
import { Sending } from '../src/spaces/sending.js';
import { MemoryStore } from '../src/store/memory.js';
import { settled } from './support.js';

const op = (counter, peerId = 'p', more = {}) => ({ id: { counter, peerId }, targetId: `v${counter}`, parentId: null, ...more });
const counters = (ops) => ops.map(({ id: { counter } }) => counter);

test('ranges have what a set would have, in whatever order it came', () => {
  let state = 42;
  const random = (below) => { state = (Math.imul(state, 1103515245) + 12345) >>> 0; return (state >>> 8) % below; };
  for (let round = 0; round < 50; round++) {
    const [ranges, set] = [new OpRanges(), new Set()];
    for (let i = 0; i < 200; i++) {
      const one = op(1 + random(120), 'pqr'[random(3)]);
      const text = JSON.stringify(one.id);
      assert.equal(ranges.add(one), !set.has(text));
      set.add(text);
    }
    const all = ['p', 'q', 'r'].flatMap((peer) => Array.from({ length: 130 }, (_, i) => op(i, peer)));
    assert.deepEqual(all.filter((one) => ranges.has(one)), all.filter(({ id }) => set.has(JSON.stringify(id))));
    assert.deepEqual(OpRanges.of(ranges.vector).vector, ranges.vector);
    for (const of of Object.values(ranges.vector)) of.forEach(([first, last], i) => assert.ok(first <= last && (i === 0 || first > of[i - 1][1] + 1), 'apart, and in order'));
  }
  assert.deepEqual(counters(union([op(3), op(1)], [op(2), op(3)])), [1, 2, 3]);
});

/** What was sent, and how to answer it. */
function sendings() {
  const sent = [];
  const sending = new Sending((ops) => new Promise((resolve, reject) => sent.push({ ops: counters(ops), resolve, reject })));
  return { sent, sending };
}

test('what is saved while a call is on its way is one call; each save settles by itself', async () => {
  const { sent, sending } = sendings();
  const ends = [];
  const save = (name, ops) => sending.save(ops).then(() => ends.push(name), ({ reason }) => ends.push(`${name} ${reason}`));
  void save('a', [op(1)]);
  void save('b', [op(2), op(3)]);
  void save('c', [op(4)]);
  await settled();
  assert.deepEqual([sent.length, sent[0].ops], [1, [1]]);
  sent[0].resolve();
  await settled();
  assert.deepEqual([sent[1].ops, ends], [[2, 3, 4], ['a']]);
  sent[1].reject(new SkeinError('rejected', 'no', { reason: 'bad_op' }));
  await settled();
  assert.deepEqual(sent[2].ops, [2, 3], 'each save alone');
  sent[2].reject(new SkeinError('rejected', 'no', { reason: 'bad_op' }));
  await settled();
  assert.deepEqual(sent[3].ops, [2], 'then half of it');
  sent[3].reject(new SkeinError('rejected', 'no', { reason: 'bad_op' }));
  await settled();
  assert.deepEqual([sent[4].ops, ends], [[3], ['a']]);
  sent[4].resolve();
  await settled();
  assert.deepEqual([sent[5].ops, ends], [[4], ['a', 'b bad_op']]);
  sent[5].resolve();
  await settled();
  assert.deepEqual(ends, ['a', 'b bad_op', 'c']);
  void save('peers', [op(50, 'q'), op(51, 'r'), op(52, 'q'), op(53, 'r')]);
  sent[6].reject(new SkeinError('rejected', 'no', { reason: 'peer_taken' }));
  await settled();
  assert.deepEqual(sent[7].ops, [50, 52], 'by peers');
  sent[7].reject(new SkeinError('rejected', 'no', { reason: 'peer_taken' }));
  await settled();
  assert.deepEqual(sent[8].ops, [51, 53]);
  sent[8].resolve();
  await settled();
  assert.equal(ends.at(-1), 'peers peer_taken');
  void save('large', Array.from({ length: 2_500 }, (_, i) => op(i + 10)));
  for (let i = 9; i < 12; i++) { await settled(); sent[i].resolve(); }
  await settled();
  assert.deepEqual([sent.slice(9).map(({ ops }) => ops.length), ends.at(-1)], [[1000, 1000, 500], 'large']);
  void save('wide', [op(9000, 'p', { parentId: 'x'.repeat(200_000) }), op(9001, 'p', { parentId: 'x'.repeat(200_000) })]);
  await settled();
  assert.deepEqual(sent.at(-1).ops, [9000], 'a call has a size');
  sent.at(-1).reject(new SkeinError('unavailable', 'gone', { reason: 'outcome_unknown' }));
  await settled();
  assert.deepEqual([sent.length, ends.at(-1)], [13, 'wide outcome_unknown'], 'nothing more of it is sent');
  await assert.rejects(sending.save(Array.from({ length: 200_001 }, (_, i) => op(i))), { code: 'overloaded', reason: 'queue_full' });
});

test('a store keeps a space: once each, in fewer batches when it is opened again, and the root tree is the first', async () => {
  const store = new MemoryStore();
  const space = new LocalSpace(store);
  await space.connect();
  const transient = { id: { counter: 9, peerId: 'p' }, targetId: 'a', key: 'k', value: 1, transient: true };
  const unset = { id: { counter: 8, peerId: 'p' }, targetId: 'a', key: 'k', value: undefined, transient: false };
  await space.saveTreeOps('a/b', [op(2), transient, unset]);
  for (let i = 100; i < 400; i++) await space.saveTreeOps('a/b', [op(i), op(2)]);
  await space.saveTreeOps('other', [op(1)]);
  await space.saveSecrets({ a: '1' });
  await space.saveSecrets({ b: '2' });
  await space.disconnect();
  const again = new LocalSpace(store);
  await again.connect();
  const ops = await again.loadSpaceTreeOps();
  assert.deepEqual([ops.length, ops[1], counters(ops).slice(0, 3)], [302, unset, [2, 8, 100]]);
  assert.deepEqual(counters(await again.loadTreeOps('a/b', { p: [[1, 390]] })), [391, 392, 393, 394, 395, 396, 397, 398, 399]);
  await again.saveTreeOps('a/b', [op(1000)]);
  assert.deepEqual(await again.loadSecrets(), { a: '1', b: '2' });
  await again.disconnect();
  const keys = [...(await store.open()).keys()].filter((key) => key.startsWith('ops/a'));
  assert.equal(keys.length, 2);
});

/** A layer that can be away. */
class Layer extends LocalSpace {
  isAway = false;
  saved = [];
  #connected = new Set();
  constructor() { super(new MemoryStore()); }
  #here() { if (this.isAway) throw new SkeinError('unavailable', 'away'); }
  async connect() { this.#here(); return super.connect(); }
  async loadTreeOps(...more) { this.#here(); return super.loadTreeOps(...more); }
  async loadSecrets() { this.#here(); return super.loadSecrets(); }
  async saveSecrets(secrets) { this.#here(); return super.saveSecrets(secrets); }
  async saveTreeOps(treeId, ops) { this.#here(); this.saved.push(counters([...ops])); return super.saveTreeOps(treeId, ops); }
  async startListening(listener) { this.listener = listener; }
  async stopListening() { this.listener = null; }
  onConnected(listener) { this.#connected.add(listener); return () => this.#connected.delete(listener); }
  async back() { this.isAway = false; await super.connect(); for (const listener of this.#connected) listener(); }
}

test('layers: merged, told to the others and never back, and brought up to date when they return', async () => {
  const [one, two, three] = [new Layer(), new Layer(), new Layer()];
  const failures = [];
  for (const layer of [one, two, three]) await layer.connect();
  await one.saveTreeOps('t', [op(1), op(2)]);
  await two.saveTreeOps('t', [op(2), op(3)]);
  await one.saveSecrets({ a: 'old', mine: '1' });
  await two.saveSecrets({ a: 'new' });
  await three.saveTreeOps('t', [op(7, 'q')]);
  for (const layer of [one, two, three]) { await layer.disconnect(); layer.saved = []; }
  three.isAway = true;
  const layers = new SpaceLayers({ one, two, three }, { onError: ({ layer, operation }) => failures.push(`${layer} ${operation}`) });
  await layers.connect();
  assert.deepEqual(counters(await layers.loadTreeOps('t')), [1, 2, 3]);
  assert.deepEqual(counters(await layers.loadTreeOps('t', { p: [[1, 2]] })), [3]);
  assert.deepEqual(await layers.loadSecrets(), { a: 'new', mine: '1' });
  await layers.settled();
  assert.deepEqual([one.saved, two.saved, await one.loadSecrets(), await two.loadSecrets()], [[[3]], [[1]], { a: 'new', mine: '1' }, { a: 'new', mine: '1' }]);
  const told = [];
  await layers.startListening((treeId, ops) => told.push([treeId, ...counters(ops)]));
  two.listener('t', [op(4)]);
  await layers.saveTreeOps('t', [op(5)]);
  await layers.settled();
  assert.deepEqual([told, one.saved, two.saved], [[['t', 4]], [[3], [4], [5]], [[1], [5]]]);
  assert.ok(failures.every((failure) => failure.startsWith('three')) && failures.includes('three connect') && failures.includes('three save'));
  await three.back();
  await layers.settled();
  assert.deepEqual(told.at(-1), ['t', 7], 'what it had comes in');
  assert.deepEqual(counters(await three.loadTreeOps('t')), [1, 2, 3, 4, 5, 7]);
  assert.deepEqual(counters(await one.loadTreeOps('t')), [1, 2, 3, 4, 5, 7]);
  assert.deepEqual(await three.loadSecrets(), { a: 'new', mine: '1' });
  for (const layer of [one, two, three]) layer.isAway = true;
  await assert.rejects(layers.saveTreeOps('t', [op(6)]));
  await assert.rejects(layers.loadTreeOps('t'), { code: 'unavailable' });
});
