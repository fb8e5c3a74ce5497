// Spaces with the real npm package `reptree` and the real server: peers that come and go, several layers, secrets. SKEIN_TEST_…: see ../../../src/test/web/server.js.
// SPACES_SEED: another story than usual; SPACES_SEEDS: so many of them, one after the other.

import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { RepTree } from 'reptree';
import { Server } from '../../../src/test/web/server.js';
import { connect, request } from '../../src/index.js';
import { LocalSpace, OpRanges, SkeinSpace, SpaceLayers, byId } from '../../src/spaces.js';
import { MemoryStore } from '../../src/store/memory.js';

const PATIENCE_MS = 30_000;
const SEED = Number(process.env.SPACES_SEED ?? 7);
const SEEDS = Number(process.env.SPACES_SEEDS ?? 1);
const ROOT = 'root-tree';

let server, ada, bob;
const open = [];
const trees = [];

before(async () => {
  server = await Server.start(mkdtempSync(path.join(process.env.SKEIN_TEST_DIRECTORY, 'spaces-')));
  [ada, bob] = await Promise.all([somebody(), somebody()]);
});

after(async () => {
  for (const tree of trees) tree.state.dispose(); // each has a timer
  await Promise.all(open.map((space) => space.disconnect()));
  await server?.stop();
});

const somebody = () => request('POST', `${server.url}/v1/identity`, { body: {} });
const newSpace = async (access = 'public-write') => (await request('POST', `${server.url}/v1/workspaces`, { token: ada.token, body: { module: 'spaces', name: 'Space', access } })).id;
const call = (who, space, reducer, body) => request('POST', `${server.url}/v1/workspaces/${space}/calls/${reducer}`, { token: who.token, body });
const ask = (who, space, query, body) => request('POST', `${server.url}/v1/workspaces/${space}/queries/${query}`, { token: who.token, body });

function treeOf(...more) {
  const tree = new RepTree(...more);
  trees.push(tree);
  return tree;
}

/** Numbers from a seed (mulberry32). */
function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

async function until(what, holds) {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) assert.fail(`not within ${PATIENCE_MS} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A network that can be cut: sockets break and HTTP fails while it is. */
class Network {
  isCut = false;
  sockets = new Set();
  fetch = (...more) => (this.isCut ? Promise.reject(new Error('no network')) : fetch(...more));
  WebSocket = ((network) => class extends WebSocket {
    constructor(...more) {
      super(...more);
      network.sockets.add(this);
      if (network.isCut) network.#break(this);
    }
  })(this);

  cut() {
    this.isCut = true;
    for (const socket of this.sockets) this.#break(socket);
  }

  #break(socket) {
    this.sockets.delete(socket);
    const closed = socket.onclose;
    Object.assign(socket, { onopen: null, onmessage: null, onclose: null });
    socket.close();
    queueMicrotask(() => closed?.({}));
  }

  heal() { this.isCut = false; }
}

function skein(who, id, { network = new Network(), ...options } = {}) {
  const client = connect(server.url, { token: () => who.token, WebSocket: network.WebSocket, fetch: network.fetch, random: () => Math.random() / 50 });
  const space = new SkeinSpace(client, id, { rootTreeId: ROOT, ...options });
  open.push(space);
  return space;
}

/** A program with a tree: it saves what it does, merges what it hears, and loses its network now and then. */
class Peer {
  heard = 0;
  saves = [];

  constructor(name, who, id) {
    this.name = name;
    this.network = new Network();
    this.space = skein(who, id, { network: this.network, peerId: name });
  }

  async start() {
    await this.space.connect();
    const ops = await this.space.loadSpaceTreeOps();
    this.tree = ops.length > 0 ? treeOf(this.name, ops) : treeOf(this.name);
    await this.space.startListening((treeId, incoming) => {
      assert.equal(treeId, ROOT);
      assert.ok(incoming.every((op) => op.id.peerId !== this.name), 'nothing of its own comes back');
      this.heard += incoming.length;
      this.tree.merge(incoming);
    });
  }

  save() {
    const ops = this.tree.popLocalOps();
    if (ops.length > 0) this.saves.push(this.space.saveTreeOps(ROOT, ops));
    return ops;
  }
}

/** What a tree is, in a form to compare: of each vertex its parent and properties. */
const shapeOf = (tree) => Object.fromEntries(tree.getAllVertices().map((vertex) => [vertex.id, {
  parent: vertex.parentId,
  properties: Object.fromEntries([...vertex.tree.getVertexProperties(vertex.id)].map(({ key, value }) => [key, value]).sort(([one], [other]) => (one < other ? -1 : 1))),
}]).sort(([one], [other]) => (one < other ? -1 : 1)));

/** One random change of a tree. */
function change(tree, random) {
  const all = tree.getAllVertices().filter(({ id }) => id !== '0');
  const any = () => all[Math.floor(random() * all.length)];
  const dice = random();
  if (dice < 0.3 || all.length < 4) return void tree.newVertex(any().id, { name: `v${Math.floor(random() * 1000)}` });
  const vertex = any();
  if (dice < 0.55 && vertex.id !== tree.root.id) return void tree.moveVertex(vertex.id, any().id); // below itself too: a cycle that nobody will have
  if (dice < 0.6 && vertex.id !== tree.root.id) return void tree.deleteVertex(vertex.id);
  if (dice < 0.7) return void tree.setTransientVertexProperty(vertex.id, 'at', random());
  const values = [null, undefined, '', 'ü\u2028"', 1.5, 1e21, [1, [null]], { b: 1, a: { c: [] } }, random() < 0.5];
  tree.setVertexProperty(vertex.id, `k${Math.floor(random() * 3)}`, values[Math.floor(random() * values.length)]);
}

for (let seed = SEED; seed < SEED + SEEDS; seed++) {
  test(`five peers with partitions and duplicates have one tree in the end, that of all their operations (seed ${seed})`, async () => {
    const random = randomOf(seed);
    const id = await newSpace();
    const first = new Peer('p0', ada, id);
    await first.space.connect();
    first.tree = treeOf('p0');
    first.tree.createRoot().name = 'Space';
    const everything = [...first.save()];
    await Promise.all(first.saves);
    const peers = [new Peer('p0a', ada, id), ...['p1', 'p2', 'p3', 'p4'].map((name, i) => new Peer(name, i % 2 ? ada : bob, id))];
    await Promise.all(peers.map((peer) => peer.start()));

    for (let round = 0; round < 250; round++) {
      const peer = peers[Math.floor(random() * peers.length)];
      const burst = 1 + Math.floor(random() * 4);
      for (let i = 0; i < burst; i++) change(peer.tree, random);
      const made = peer.save();
      everything.push(...made);
      if (random() < 0.05) peer.network.cut();
      else if (random() < 0.3) peer.network.heal();
      // Somebody has seen it elsewhere and brings it too: of a peer that is not its own, so that the server passes it over or refuses it, and keeps it once.
      if (random() < 0.1) await call(ada, id, 'append_ops', { tree_id: ROOT, ops: made.filter((op) => !op.transient) }).catch(({ reason }) => assert.equal(reason, 'peer_taken'));
      if (random() < 0.2) await new Promise((resolve) => setTimeout(resolve, Math.floor(random() * 10)));
    }
    for (const peer of peers) peer.network.heal();
    await Promise.all(peers.flatMap(({ saves }) => saves));

    const kept = everything.filter((op) => !op.transient);
    const { answers } = await ask(ada, id, 'missing_ops', { tree_id: ROOT });
    const ids = (ops) => ops.map(({ id: { counter, peerId } }) => `${counter}@${peerId}`).sort();
    assert.deepEqual(ids(answers.map(({ op }) => op)), ids(kept), 'each operation once, and no other');

    const local = treeOf('judge', [...kept].sort(byId));
    const wanted = shapeOf(local);
    await until('all have heard of everything', () => peers.every(({ tree }) => tree.getAllOps().length === kept.length));
    for (const { tree, name } of peers) {
      // Who has not the others' transient operations shows its own on top: they are no part of the tree.
      for (const vertex of tree.getAllVertices()) tree.state.getVertex(vertex.id).clearAllTransientProperties();
      assert.deepEqual(shapeOf(tree), wanted, name);
      assert.ok(local.compareMoveOps(tree), name);
    }
    assert.ok(peers.every(({ heard }) => heard > 0));
    const late = skein(bob, id);
    await late.connect();
    assert.deepEqual(shapeOf(treeOf('late', await late.loadSpaceTreeOps())), wanted);
    const half = peers[0].tree.getAllOps().filter((_, i) => i % 2 === 0);
    const rest = await late.loadTreeOps(ROOT, new OpRanges(half).vector);
    assert.deepEqual(ids([...half, ...rest]), ids(kept), 'a state vector brings what is missing, and nothing else');
    const history = await request('GET', `${server.url}/v1/workspaces/${id}/history?limit=1000`, { token: ada.token });
    assert.ok(history.transactions.filter(({ reducer }) => reducer === 'append_ops').length < kept.length, 'many operations are one call');
    await Promise.all([first, ...peers].map(({ space }) => space.disconnect()));
  });
}

test('a cycle that two make at once is resolved as the CRDT says, the same for both', async () => {
  const id = await newSpace();
  const [one, two] = [new Peer('one', ada, id), new Peer('two', bob, id)];
  await one.space.connect();
  one.tree = treeOf('one');
  const root = one.tree.createRoot();
  const [a, b] = [root.newNamedChild('a'), root.newNamedChild('b')];
  await one.space.saveTreeOps(ROOT, one.tree.popLocalOps());
  await one.space.startListening((_, ops) => one.tree.merge(ops));
  await two.start();
  one.network.cut();
  two.network.cut();
  one.tree.moveVertex(a.id, b.id);
  two.tree.moveVertex(b.id, a.id);
  one.save();
  two.save();
  one.network.heal();
  two.network.heal();
  await Promise.all([...one.saves, ...two.saves]);
  await until('both have both', () => one.tree.getAllOps().length === two.tree.getAllOps().length);
  assert.deepEqual(shapeOf(one.tree), shapeOf(two.tree));
  // Of two with one counter the greater peer's comes last, and would close the circle.
  assert.deepEqual([one.tree.getVertex(a.id).parentId, one.tree.getVertex(b.id).parentId], [b.id, root.id]);
  const { answers } = await ask(ada, id, 'missing_ops', { tree_id: ROOT });
  assert.equal(answers.length, one.tree.getAllOps().length, 'the one without effect is kept too');
});

test('several layers: what each had is merged, and each has all of it in the end; the one without network catches up', async () => {
  const id = await newSpace();
  const disk = new MemoryStore();
  const failures = [];
  const layersOf = (who, network, store) => new SpaceLayers({ local: new LocalSpace(store), skein: skein(who, id, { network, connectMs: 500 }) }, { onError: (failure) => failures.push(failure) });

  const network = new Network();
  network.cut();
  const away = layersOf(ada, network, disk);
  const connecting = away.connect(); // Skein does not answer; the local store does
  await connecting;
  assert.deepEqual([await away.loadTreeOps(ROOT), failures.map(({ layer, operation }) => [layer, operation])], [[], [['skein', 'connect'], ['skein', 'load']]]);
  const mine = treeOf('mine');
  mine.createRoot().newNamedChild('made offline');
  await away.saveTreeOps(ROOT, mine.popLocalOps());
  await away.saveSecrets({ openai: 'sk-local' });
  const told = [];
  await away.startListening((_, ops) => { told.push(...ops); mine.merge(ops); });

  const other = skein(ada, id, { peerId: 'other' });
  await other.connect();
  const others = treeOf('other');
  others.createRoot().newNamedChild('made meanwhile');
  await other.saveTreeOps(ROOT, others.popLocalOps());
  await other.saveSecrets({ other: '1' });

  network.heal();
  const everything = async () => new OpRanges((await ask(ada, id, 'missing_ops', { tree_id: ROOT })).answers.map(({ op }) => op));
  await until('Skein has what was made offline', async () => (await everything()).missing(mine.getAllOps()).length === 0);
  await until('what was made meanwhile has come', () => mine.getAllOps().length === others.getAllOps().length + told.length && told.length > 0);
  assert.ok(told.every((op) => op.id.peerId === 'other'));
  others.merge(await other.loadTreeOps(ROOT));
  assert.deepEqual(shapeOf(others), shapeOf(mine));
  await until('secrets are everywhere', async () => Object.keys(await away.loadSecrets()).length === 2 && Object.keys(await other.loadSecrets()).length === 2);
  assert.deepEqual(await other.loadSecrets(), { openai: 'sk-local', other: '1' });
  await away.settled();
  const calls = (await request('GET', `${server.url}/v1/workspaces/${id}/history?limit=1000`, { token: ada.token })).transactions.filter(({ reducer }) => reducer === 'append_ops');
  assert.equal(calls.length, 2, 'nothing that came from Skein was sent back');
  await away.disconnect();

  const kept = new LocalSpace(disk);
  await kept.connect();
  assert.equal(new OpRanges(await kept.loadSpaceTreeOps()).missing(mine.getAllOps()).length, 0);
  assert.deepEqual(await kept.loadSecrets(), { openai: 'sk-local', other: '1' });
  await kept.disconnect();
});

test('what cannot be is refused by itself: the others of its batch are kept', async () => {
  const id = await newSpace();
  const space = skein(ada, id, { peerId: 'p' });
  await space.connect();
  const op = (counter, more = {}) => ({ id: { counter, peerId: 'p' }, targetId: `v${counter}`, parentId: null, ...more });
  const saves = [op(1), op(2), op(3, { targetId: '' }), op(4)].map((one) => space.saveTreeOps(ROOT, [one]));
  assert.deepEqual((await Promise.allSettled(saves)).map(({ status, reason }) => reason?.reason ?? status), ['fulfilled', 'fulfilled', 'bad_id', 'fulfilled']);
  await space.saveTreeOps(ROOT, [op(1), { id: { counter: 9, peerId: 'p' }, targetId: 'v1', key: 'k', value: 1, transient: true }]);
  assert.equal((await ask(ada, id, 'missing_ops', { tree_id: ROOT })).answers.length, 3);
  const stranger = skein(bob, id, { peerId: 'p' });
  await stranger.connect();
  await assert.rejects(stranger.saveTreeOps(ROOT, [op(20)]), { code: 'rejected', reason: 'peer_taken' });
  assert.deepEqual(await stranger.loadTreeOps('no such tree'), []);
  await assert.rejects(ask(bob, id, 'no_such_query', {}), { code: 'not_found' });
  await assert.rejects(ask(bob, id, 'missing_ops', { tree_id: 7 }), { code: 'invalid_args' });
  await assert.rejects(ask(bob, id, 'missing_ops', { tree_id: ROOT, vector: 7 }), { code: 'rejected', reason: 'bad_vector' });
  await assert.rejects(ask(bob, await newSpace('private'), 'missing_ops', { tree_id: ROOT }), { code: 'forbidden' });
});

test('M2: secrets are for members alone', async () => {
  const id = await newSpace('public-write');
  const mine = skein(ada, id);
  await mine.connect();
  await mine.saveSecrets({ openai: 'sk-1', other: 'x' });
  await mine.saveSecrets({ openai: 'sk-2' });
  await until('they are told', async () => (await mine.loadSecrets()).openai === 'sk-2');
  const guest = skein(bob, id);
  await guest.connect();
  assert.deepEqual([await mine.loadSecrets(), await guest.loadSecrets()], [{ openai: 'sk-2', other: 'x' }, {}]);
  await assert.rejects(guest.saveSecrets({ mine: '1' }), { code: 'rejected', reason: 'not_a_member' });
  await mine.deleteSecret('other');
  await until('it is gone', async () => !('other' in await mine.loadSecrets()));
});
