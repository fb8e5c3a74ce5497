// How long a program takes to have a tree of many operations: `node --experimental-websocket test/server/spaces-load.js [operations]`, with SKEIN_TEST_… as for the tests beside it.

import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { RepTree } from 'reptree';
import { Server } from '../../../src/test/web/server.js';
import { connect, request } from '../../src/index.js';
import { OpRanges, SkeinSpace } from '../../src/spaces.js';

const OPERATIONS = Number(process.argv[2] ?? 100_000);
const PEERS = 5;
const ROUNDS = 5;

/** Operations of some peers that hear of each other: half of them properties, the rest new vertices and moves. */
function operations() {
  const trees = Array.from({ length: PEERS }, (_, i) => new RepTree(`peer${i}`));
  trees[0].createRoot();
  const all = [];
  const ids = [trees[0].root.id];
  let shared = 1;
  const exchange = () => {
    const made = trees.flatMap((tree) => tree.popLocalOps());
    all.push(...made);
    for (const tree of trees) tree.merge(made);
    shared = ids.length;
  };
  exchange();
  for (let i = 0; all.length < OPERATIONS; i++) {
    const tree = trees[i % PEERS];
    const parent = ids[Math.floor(Math.random() * shared)];
    if (i % 4 === 3 && shared > 1) tree.moveVertex(ids[Math.floor(Math.random() * shared)], parent);
    else ids.push(tree.newVertex(parent, { name: `vertex ${i}`, done: false }).id);
    if (i % 50 === 0) exchange();
  }
  for (const tree of trees) tree.state.dispose();
  return all.slice(0, OPERATIONS);
}

async function timed(work) {
  const from = performance.now();
  const result = await work();
  return [performance.now() - from, result];
}

const show = (what, times) => console.log(`${what.padEnd(66)} ${times.map((ms) => ms.toFixed(0).padStart(6)).join('')} ms`);

const server = await Server.start(mkdtempSync(path.join(process.env.SKEIN_TEST_DIRECTORY, 'load-')));
const who = await request('POST', `${server.url}/v1/identity`, { body: {} });
const { id } = await request('POST', `${server.url}/v1/workspaces`, { token: who.token, body: { module: 'spaces', name: 'Large' } });
const opened = async () => {
  const space = new SkeinSpace(connect(server.url, { token: who.token }), id, { connectMs: 60_000 });
  await space.connect();
  return space;
};

const all = operations();
const writer = await opened();
const [saving] = await timed(() => writer.saveTreeOps('tree', all));
console.log(`${all.length} operations of ${PEERS} peers, ${(JSON.stringify(all).length / 1e6).toFixed(1)} MB of JSON; saved in ${(saving / 1000).toFixed(1)} s, 1,000 a call`);
await writer.disconnect();

const loads = [], merges = [], tails = [];
for (let round = 0; round < ROUNDS; round++) {
  const space = await opened();
  const [loading, ops] = await timed(() => space.loadTreeOps('tree'));
  if (ops.length !== all.length) throw new Error(`${ops.length} of ${all.length} operations`);
  const [merging, tree] = await timed(async () => new RepTree('reader', ops));
  tree.state.dispose();
  const most = new OpRanges(ops.slice(0, -1_000)).vector;
  const [tail, rest] = await timed(() => space.loadTreeOps('tree', most));
  if (rest.length !== 1_000) throw new Error(`${rest.length} of 1000 missing operations`);
  loads.push(loading);
  merges.push(merging);
  tails.push(tail);
  await space.disconnect();
}
show('load all: request, answer, parsed, in order', loads);
show('RepTree makes a tree of them', merges);
show('load the 1,000 that a state vector has not', tails);

await server.kill();
await server.start();
const cold = await opened();
const [first] = await timed(() => cold.loadTreeOps('tree'));
show('load all, right after kill -9 and a new start of the server', [first]);
await cold.disconnect();
await server.stop();
