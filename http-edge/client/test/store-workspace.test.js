// A workspace on the real stores.

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { FileStore } from '../src/store/file.js';
import { salvageCalls } from '../src/store/indexeddb.js';
import { LayeredStore } from '../src/store/layers.js';
import { MemoryStore } from '../src/store/memory.js';
import { Stage, card, resumed, settled, snapshot, tx, watch, welcome } from './support.js';

const root = mkdtempSync(path.join(tmpdir(), 'skein-workspace-'));
after(() => rmSync(root, { recursive: true }));
let folders = 0;
const fresh = () => path.join(root, `${++folders}`);

/** Until it is so: what a disk does takes its own time. */
async function until(condition) {
  const deadline = Date.now() + 10_000;
  while (!await condition()) {
    if (Date.now() > deadline) throw new Error('it did not come to that');
    await settled(1);
  }
}

const titles = ({ workspace }) => workspace.table('card').snapshot().map(({ title }) => title).sort();

/** A workspace on this store, as far as it comes without network. */
async function dark(store) {
  const stage = new Stage({ store, fetch: async () => { throw new TypeError('no network'); }, token: async () => 'token' });
  stage.errors = [];
  stage.workspace.on('error', (error) => stage.errors.push(error));
  await stage.workspace.start();
  return stage;
}

/** Starts it and lets its first attempt be answered so. */
async function online(stage, ...messages) {
  stage.workspace.subscribe(['*']);
  await stage.workspace.start();
  await until(() => stage.socket);
  return stage.answer(...messages);
}

test('D2: a folder copied at any moment starts as the workspace was at some moment, calls and all, and each call is sent with its key', async () => {
  const [folder, copy] = [fresh(), fresh()];
  const stage = new Stage({ store: new FileStore(folder, { compactBytes: 2_000 }) });
  const socket = await online(stage, welcome(), snapshot(10, [card('a')]));
  for (let seq = 11; seq <= 60; seq++) {
    socket.say(tx(seq, { card: { insert: [card(`c${seq}`)], ...(seq > 15 && { delete: [`c${seq - 5}`] }) } }));
    if (seq % 7 === 0) await settled(2);
  }
  socket.cut();
  const calls = [1, 2, 3].map((n) => stage.workspace.call('add_card', { id: `mine${n}` }, { key: `key${n}` }).catch((error) => error));
  await until(() => { // the process ends here: what the disk has is all there is
    rmSync(copy, { recursive: true, force: true });
    cpSync(folder, copy, { recursive: true, filter: (name) => !path.basename(name).startsWith('lock') });
    return new FileStoreReader(copy).has('key3');
  });
  const next = await dark(new FileStore(copy));
  assert.deepEqual([next.workspace.seq, titles(next)], [60, ['a', 'c56', 'c57', 'c58', 'c59', 'c60']]);
  assert.deepEqual(next.workspace.outbox.snapshot().map(({ key }) => key), ['key1', 'key2', 'key3']);
  await next.workspace.stop();
  const later = new Stage({ store: new FileStore(copy) });
  const again = await online(later, welcome({ seq: 60 }), resumed(60));
  await until(() => again.calls.length === 3);
  assert.deepEqual(again.calls.map(({ key, args }) => [key, args.id]), [['key1', 'mine1'], ['key2', 'mine2'], ['key3', 'mine3']]);
  await later.workspace.stop();
  await stage.workspace.stop();
  assert.deepEqual((await Promise.all(calls)).map(({ reason }) => reason), ['kept', 'kept', 'kept']);
});

/** Whether a store in a folder has a call of this key, without changing it. */
class FileStoreReader {
  constructor(folder) { this.folder = folder; }
  async has(key) {
    const scratch = fresh();
    cpSync(this.folder, scratch, { recursive: true });
    const store = new FileStore(scratch);
    const kept = await store.open();
    await store.close();
    return [...kept.values()].some((record) => record?.key === key);
  }
}

test('another program with the same folder works without it, and says so', async () => {
  const folder = fresh();
  const first = await dark(new FileStore(folder));
  const second = await dark(new FileStore(folder));
  assert.deepEqual([first.errors, second.errors.map(({ reason, message }) => [reason, /has .* open/.test(message)])], [[], [['store_failed', true]]]);
  await Promise.all([first.workspace.stop(), second.workspace.stop()]);
  const third = await dark(new FileStore(folder));
  assert.deepEqual(third.errors, []);
  await third.workspace.stop();
});

/** What a tab leaves behind that saw one card and made these calls offline. */
async function tab(store, ...keys) {
  const stage = new Stage({ store });
  const socket = await stage.live([welcome(), snapshot(10, [card('a')])]);
  await settled();
  socket.cut();
  for (const key of keys) watch(stage.workspace.call('add_card', { id: key }, { key }));
  await stage.workspace.stop();
  const kept = await store.open();
  await store.close();
  return kept;
}

test('I1: calls that another tab left behind go behind those of the tab that finds them, none twice', async () => {
  const here = await tab(new MemoryStore(), 'here1', 'both', 'here2');
  const left = await tab(new MemoryStore(), 'left1', 'both', 'left2');
  const { put, delete: gone } = salvageCalls(left, here);
  assert.equal(gone.length, 3);
  const store = new MemoryStore([...here, ...Object.entries(put)]);
  const stage = await dark(store);
  assert.deepEqual(stage.workspace.outbox.snapshot().map(({ key }) => key), ['here1', 'both', 'here2', 'left1', 'left2']);
  await stage.workspace.stop();
  const none = salvageCalls(left, new Map());
  const alone = await dark(new MemoryStore(Object.entries(none.put)));
  assert.deepEqual([alone.workspace.outbox.size, titles(alone), alone.workspace.seq], [3, ['a'], 10]);
  await alone.workspace.stop();
});

test('a workspace on two layers starts from the one that came further', async () => {
  const [near, far] = [new MemoryStore(), new MemoryStore()];
  const furthest = (loaded) => loaded.reduce((best, next) => ((next.kept.get('meta')?.cursor?.seq ?? 0) > (best.kept.get('meta')?.cursor?.seq ?? 0) ? next : best)).kept;
  const layered = () => new LayeredStore({ near, far }, { merge: furthest, onError: ({ error }) => { throw error; } });
  const stage = new Stage({ store: layered() });
  const socket = await stage.live([welcome(), snapshot(10, [card('a')])]);
  socket.say(tx(11, { card: { insert: [card('b')] } }));
  await settled();
  await stage.workspace.stop();
  const ahead = new Stage({ store: near });
  await ahead.workspace.start();
  await settled();
  ahead.answer(welcome({ seq: 11 }), resumed(11), tx(12, { card: { insert: [card('c')] } }));
  await settled();
  await ahead.workspace.stop();
  const both = await dark(layered());
  assert.deepEqual([both.workspace.seq, titles(both)], [12, ['a', 'b', 'c']]);
  await both.workspace.stop();
  const alone = await dark(far); // it was brought to it
  assert.deepEqual([alone.workspace.seq, titles(alone)], [12, ['a', 'b', 'c']]);
  await alone.workspace.stop();
});
