// The library and the server as a process of its own, which is killed and started again. SKEIN_TEST_…: see ../../../src/test/web/server.js.
// One story in order: what a test finds is what the ones before it left.

import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Server } from '../../../src/test/web/server.js';
import { connect, request } from '../../src/index.js';
import { MemoryStore } from '../../src/store/memory.js';

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

/** A store whose program was killed: what was written is there. */
class Disk extends MemoryStore {
  async open() {
    await super.close();
    return super.open();
  }
}

let server, ada, bob, board;
const open = [];

before(async () => {
  server = await Server.start(mkdtempSync(path.join(process.env.SKEIN_TEST_DIRECTORY, 'client-')));
  [ada, bob] = await Promise.all([somebody(), somebody()]);
  board = (await request('POST', `${server.url}/v1/workspaces`, { token: ada.token, body: { module: 'board', name: 'Plan', access: 'public-write' } })).id;
});

after(async () => {
  await Promise.all(open.map((workspace) => workspace.stop()));
  await server?.stop();
});

const somebody = () => request('POST', `${server.url}/v1/identity`, { body: {} });

/** A workspace of a program of its own. */
function opened(who, options = {}) {
  // Pauses between attempts are a random part of up to half a minute: here of a tenth of it.
  const client = connect(server.url, { token: async () => who.token, WebSocket: Breakable, random: () => Math.random() / 10 });
  const workspace = client.workspace(board, options);
  for (const event of ['error', 'discarded']) workspace.on(event, (what) => console.log(event, what));
  open.push(workspace);
  return workspace;
}

/** Until it is so; what it is told by are the workspace's own events, with a look now and then besides. */
async function until(what, holds) {
  const deadline = Date.now() + PATIENCE_MS;
  while (!holds()) {
    if (Date.now() > deadline) assert.fail(`not within ${PATIENCE_MS} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const card = (id, column = 0, title = id) => ({ id, title, column, rank: 0 });
const ids = (workspace) => workspace.table('card').snapshot().map(({ id }) => id).sort();
const numbered = (prefix, count) => Array.from({ length: count }, (_, i) => `${prefix}${String(i).padStart(3, '0')}`);

test('two programs see each other: rows, filters, presence, signals, events, errors; the schema is fetched', async () => {
  const [one, two] = [opened(ada), opened(bob)];
  const all = one.subscribe(['*']);
  const second = two.subscribe([{ table: 'card', where: ['=', 'column', 1] }, 'remark', 'nudge']);
  one.presence.set({ name: 'Ada' });
  two.presence.set({ name: 'Bob' });
  await Promise.all([one.start(), two.start()]);
  await Promise.all([all.ready, second.ready]);
  assert.deepEqual([one.schema.module, one.schema.tables.card, one.schema.tables.nudge.event, one.role, one.identity], ['board', { key: ['id'], event: false }, true, 'owner', ada.identity]);

  const { seq, repeated } = await one.call('add_card', card('a', 1));
  assert.deepEqual([repeated, one.seq >= seq, one.table('card').version('a'), one.table('card').get('a').title], [false, true, seq, 'a']);
  await one.call('add_card', card('b', 0));
  await until('the card of column 1 is there', () => second.rows('card').length === 1);
  await assert.rejects(one.call('add_card', card('a')), { code: 'rejected', reason: 'card_exists' });
  await assert.rejects(one.call('edit_card', { id: 'a', title: 'x' }, { expect: { row: { table: 'card', key: 'a', version: 1 } } }), { code: 'conflict' });
  const again = await one.call('add_card', card('k'), { key: 'the key' });
  assert.deepEqual(await one.call('add_card', card('k'), { key: 'the key' }), { seq: again.seq, repeated: true });

  const more = two.subscribe([{ table: 'card', where: ['=', 'column', 0] }]);
  await more.ready;
  assert.deepEqual([more.rows('card').map(({ id }) => id).sort(), ids(two)], [['b', 'k'], ['a', 'b', 'k']]);
  const wrong = two.subscribe([{ table: 'card', where: ['=', 'colour', 0] }]);
  await assert.rejects(wrong.ready, { code: 'invalid_args' });
  assert.equal(two.state, 'live');

  const [nudges, signals] = [[], []];
  two.table('nudge').subscribe(({ rows }) => nudges.push(...rows.map(({ after: row }) => row.card_id)));
  two.on('signal', ({ name, from, payload }) => signals.push([name, from, payload]));
  await one.call('nudge_card', { card_id: 'a' });
  await one.signal('look', { at: 'a' });
  await until('nudge and signal are there', () => nudges.length === 1 && signals.length === 1);
  assert.deepEqual([nudges, signals], [['a'], [['look', ada.identity, { at: 'a' }]]]);
  const names = (workspace) => workspace.presence.snapshot().people.map(({ state }) => state.name).sort().join();
  await until('each sees both', () => names(one) === 'Ada,Bob' && names(two) === 'Ada,Bob');
  two.presence.set({ at: 'b' });
  await until('what one says of itself is told', () => one.presence.get(bob.identity)?.state.at === 'b');
});

test('R1, I1: cuts while calls are on their way: each is done once, and both programs have the same rows', async () => {
  const [one, two] = open;
  const reasons = [];
  for (const workspace of [one, two]) workspace.on('change', ({ source, reason }) => source === 'snapshot' && reasons.push(reason));
  const wanted = numbered('cut', 300);
  const outcomes = [];
  let made = 0;
  for (const id of wanted) {
    outcomes.push(one.call('add_card', card(id, 1)));
    if (++made % 60 === 0) {
      await Promise.race(outcomes.slice(-50));
      Breakable.breakAll();
    }
  }
  const seqs = (await Promise.all(outcomes)).map(({ seq }) => seq);
  assert.equal(new Set(seqs).size, wanted.length);
  await until('both have all', () => ids(two).length === ids(one).length && two.seq >= Math.max(...seqs));
  assert.deepEqual(ids(one), ['a', 'b', 'k', ...wanted].sort());
  assert.deepEqual([ids(two), reasons], [ids(one), []]);
});

test('optimistic calls against the server: never twice, never gone in between', async () => {
  const [one] = open;
  const seen = new Set();
  const stop = one.table('card').row('a').subscribe(() => seen.add(one.table('card').get('a')?.column));
  const effect = (draft) => draft.table('card').update('a', (row) => ({ ...row, column: row.column + 1 }));
  let column = one.table('card').get('a').column;
  const before = column;
  for (let i = 0; i < 40; i++) await one.call('move_card', { id: 'a', column: ++column % 20, rank: i }, { effect: (draft) => draft.table('card').update('a', { column: column % 20, rank: i }) });
  const moves = Array.from({ length: 10 }, () => one.call('move_card', { id: 'nobody', column: 1, rank: 0 }, { effect }).catch(({ code }) => code));
  assert.deepEqual([...new Set(await Promise.all(moves))], ['rejected']);
  stop();
  assert.deepEqual([one.table('card').get('a').column, seen.has(undefined), before], [column % 20, false, 1]);
});

test('D2, I1: the server is killed with calls on their way; every one settles, accepted ones are there, once', async () => {
  const [one, two] = open;
  const wanted = numbered('kill', 400);
  const outcomes = wanted.map((id) => one.call('add_card', card(id, 1)));
  await outcomes[20];
  await server.kill();
  await until('both noticed', () => one.state !== 'live' && two.state !== 'live');
  const typed = one.call('add_card', card('typed in the dark', 1), { effect: (draft, row) => draft.table('card').put(row) });
  assert.equal(one.table('card').get('typed in the dark').column, 1);
  await server.start();
  const seqs = (await Promise.all([...outcomes, typed])).map(({ seq }) => seq);
  assert.equal(new Set(seqs).size, wanted.length + 1);
  await until('the other one has all', () => two.seq >= Math.max(...seqs));
  for (const workspace of [one, two]) assert.deepEqual(ids(workspace).filter((id) => id.startsWith('kill')), wanted);
  const { transactions } = await request('GET', `${server.url}/v1/workspaces/${board}/history?limit=1000`, { token: ada.token });
  assert.equal(transactions.filter(({ reducer }) => reducer === 'add_card').length, ids(one).length);
});

test('offline: a program starts without network from its store, and its calls are done once after a restart', async () => {
  const store = new Disk();
  const options = { store, effects: { add_card: (draft, row) => draft.table('card').put(row) } };
  const first = opened(bob, options);
  const query = first.subscribe([{ table: 'card', where: ['>=', 'column', 0] }]);
  await first.start();
  await query.ready;
  const rows = ids(first).length;
  await first.stop();

  await server.kill();
  const away = opened(bob, options);
  const kept = away.subscribe([{ table: 'card', where: ['>=', 'column', 0] }]);
  await away.start();
  assert.deepEqual([kept.rows('card').length, away.identity, away.seq > 0], [rows, bob.identity, true]);
  const made = numbered('away', 20).map((id) => away.call('add_card', card(id, 2)).catch(({ reason }) => reason));
  assert.equal(kept.rows('card').length, rows + 20);
  await away.stop();
  assert.deepEqual([...new Set(await Promise.all(made))], ['kept']);
  await server.start();

  // Killed with its calls on their way: the store is as it was then.
  const killed = opened(bob, options);
  const ends = new Map();
  killed.on('settled', ({ key, outcome }) => ends.set(key, outcome));
  await killed.start();
  await until('some calls are answered', () => ends.size > 3);
  const disk = new MemoryStore(await (await snapshotOf(store)));
  await killed.stop();

  const back = opened(bob, { ...options, store: disk });
  const settled = [];
  back.on('settled', ({ outcome, restored }) => settled.push([restored, outcome.repeated]));
  const reasons = [];
  back.on('change', ({ source, reason }) => source === 'snapshot' && reasons.push(reason));
  back.subscribe([{ table: 'card', where: ['>=', 'column', 0] }]);
  await back.start();
  await until('nothing waits any more', () => back.state === 'live' && back.outbox.size === 0);
  await until('all rows are there', () => ids(back).length === rows + 20);
  assert.deepEqual([ids(back).filter((id) => id.startsWith('away')), reasons], [numbered('away', 20), []]);
  const [one] = open;
  await until('others have them', () => ids(one).filter((id) => id.startsWith('away')).length === 20);
});

/** What a disk holds at this moment. */
async function snapshotOf(store) { return store.open(); }

test('M3: a role change counts at once; whoever is removed is told, and keeps nothing', async () => {
  const room = (await request('POST', `${server.url}/v1/workspaces`, { token: ada.token, body: { module: 'board', name: 'Private' } })).id;
  const { token } = await request('POST', `${server.url}/v1/workspaces/${room}/invites`, { token: ada.token, body: { role: 'editor' } });
  await request('POST', `${server.url}/v1/workspaces/${room}/join`, { token: bob.token, body: { token, displayName: 'Bob' } });
  const store = new Disk();
  const client = connect(server.url, { token: () => bob.token, WebSocket: Breakable });
  const workspace = client.workspace(room, { store });
  open.push(workspace);
  const query = workspace.subscribe(['*']);
  await workspace.start();
  await query.ready;
  await workspace.call('add_card', card('mine'));
  await request('PUT', `${server.url}/v1/workspaces/${room}/members/${bob.identity}`, { token: ada.token, body: { role: 'viewer' } });
  await until('the role is another', () => workspace.role === 'viewer');
  await assert.rejects(workspace.call('add_card', card('not any more')), { code: 'forbidden' });
  const discarded = [];
  workspace.on('discarded', ({ reason }) => discarded.push(reason));
  await request('DELETE', `${server.url}/v1/workspaces/${room}/members/${bob.identity}`, { token: ada.token });
  await until('it has ended', () => workspace.state === 'closed');
  assert.deepEqual([workspace.connection.snapshot().error.code, discarded], ['forbidden', ['forbidden']]);
  await workspace.stop();
  assert.deepEqual([...(await store.open()).keys()], ['meta']);
});
