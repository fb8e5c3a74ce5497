// What is kept, and what a program that starts again makes of it. The same store stands for the same disk.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStore } from '../src/store/memory.js';
import { ScriptedSocket } from './scripted-socket.js';
import { SCHEMA, Stage, accepted, card, refused, resumed, rowsOf, settled, snapshot, tx, watch, welcome } from './support.js';

/** A store that a program left without closing: what was written is there. */
class Disk extends MemoryStore {
  batches = [];
  fails = false;
  async open() {
    await super.close();
    return super.open();
  }
  async write(batch) {
    if (this.fails) throw new Error('the disk is full');
    this.batches.push(batch);
    await super.write(batch);
  }
  async kept() { return this.open(); }
}

/** A program that ran before: it saw these messages, made these calls, and was ended in the middle of it. */
async function before(disk, messages = [], act = () => {}, options = {}) {
  const stage = new Stage({ store: disk, ...options });
  const socket = await stage.live();
  socket.say(...(messages.length ? messages : [{ type: 'position', seq: 10 }]));
  act(stage, socket);
  await settled();
  await stage.workspace.stop();
  return stage;
}
const crash = (stage) => stage.socket?.isOpen && stage.socket.cut();

/** Starts, and gets no further than the store: there is no network. */
async function dark(disk, options = {}) {
  const stage = new Stage({ store: disk, fetch: async () => { throw new TypeError('no network'); }, token: async () => 'token', ...options });
  stage.told = [];
  for (const event of ['discarded', 'settled', 'error']) stage.workspace.on(event, (what) => stage.told.push([event, what]));
  await stage.workspace.start();
  return stage;
}

test('it starts from the store without network: rows, versions, queries, cursor and role', async () => {
  const disk = new Disk();
  await before(disk, [tx(11, { card: { insert: [card('b')], update: [card('a', 'A')] }, remark: { insert: [{ t: 1 }, { t: 1 }] } }), { type: 'position', seq: 14 }]);
  const stage = await dark(disk);
  const { workspace } = stage;
  assert.deepEqual(workspace.table('card').snapshot().map(({ id, title }) => [id, title]).sort(), [['a', 'A'], ['b', 'b']]);
  assert.deepEqual([workspace.table('remark').size, workspace.table('card').version('a'), workspace.seq, workspace.role, workspace.identity, workspace.epoch], [2, 11, 14, 'editor', 'me', 'e1']);
  const query = workspace.subscribe(['*']);
  await query.ready;
  assert.deepEqual([query.status, query.rows('card').length, workspace.connection.snapshot().hasRows], ['live', 2, true]);
  await settled();
  assert.deepEqual([workspace.state, workspace.connection.snapshot().error.code, ScriptedSocket.all.length], ['waiting', 'unavailable', 0]);
});

test('R1: and then it resumes; who asked before the store was read gets the kept rows too', async () => {
  const disk = new Disk();
  await before(disk, [tx(11, { card: { insert: [card('b')] } })]);
  const stage = new Stage({ store: disk });
  const other = stage.workspace.subscribe(['remark']);
  const query = stage.workspace.subscribe(['*']);
  await stage.workspace.start();
  assert.deepEqual([query.status, query.rows('card').length, other.status], ['live', 2, 'pending']);
  await settled();
  const socket = stage.answer(welcome(), resumed(11), tx(12, { card: { delete: ['a'] } }));
  assert.deepEqual(socket.sent[0].resume, { epoch: 'e1', seq: 11, view: 'v1' });
  assert.deepEqual(socket.of('subscribe').map(({ sub, tables }) => [sub, tables]), [[2, [{ table: 'remark' }]]]);
  assert.deepEqual(query.rows('card'), [card('b')]);
});

test('a subscription that was kept and that nobody asks for is given up, after a while', async () => {
  const disk = new Disk();
  await before(disk);
  const stage = new Stage({ store: disk, lingerMs: 1_000 });
  const socket = await stage.live([welcome(), resumed(10)], null);
  assert.equal(socket.of('unsubscribe').length, 0);
  stage.clock.tick(1_000);
  assert.deepEqual(socket.of('unsubscribe').map(({ sub }) => sub), [1]);
});

test('I1: calls made offline are kept, and sent with their keys after the program was started again', async () => {
  const disk = new Disk();
  const options = { effects: { add: (draft, row) => draft.table('card').insert(row) } };
  await before(disk);
  const away = await dark(disk, options);
  away.workspace.subscribe(['*']);
  const calls = [watch(away.workspace.call('add', card('x'), { key: 'k1' })), watch(away.workspace.call('note', {}, { key: 'k2', effect: (draft) => draft.table('remark').insert({ t: 'mine' }), expect: { seq: 10 } }))];
  assert.equal(away.workspace.table('card').size, 2);
  await away.workspace.stop();
  await settled();
  assert.deepEqual(calls.map(({ now }) => now.reason), ['kept', 'kept']);

  const stage = new Stage({ store: disk, ...options });
  const ends = [];
  stage.workspace.on('settled', ({ key, restored, outcome, error }) => ends.push([key, restored, outcome?.seq ?? error.code]));
  stage.workspace.subscribe(['*']);
  await stage.workspace.start();
  assert.deepEqual([stage.workspace.table('card').size, stage.workspace.table('remark').snapshot(), stage.workspace.outbox.snapshot().map(({ key, sent }) => [key, sent])], [2, [{ t: 'mine' }], [['k1', false], ['k2', false]]]);
  void watch(stage.workspace.call('later', {}, { key: 'k3' }));
  await settled();
  const socket = stage.answer(welcome(), resumed(10));
  await settled(20);
  assert.deepEqual(socket.calls.map(({ reducer, key, expect }) => [reducer, key, expect]), [['add', 'k1', undefined], ['note', 'k2', { seq: 10 }], ['later', 'k3', undefined]]);
  const [one, two, three] = socket.calls.map(({ id }) => id);
  socket.say(tx(11, { card: { insert: [card('x')] } }, { sender: 'me', reducer: 'add' }), accepted(one, 11), refused(two), accepted(three, 12));
  assert.deepEqual(ends, [['k1', true, 11], ['k2', true, 'rejected'], ['k3', false, 12]]);
  await stage.workspace.stop();
  assert.deepEqual([...(await disk.kept()).keys()].filter((key) => key.startsWith('call')), []);
});

test('D2, I1: a program that is killed with calls on their way sends them again with their keys, the first ones first', async () => {
  const disk = new Disk();
  const first = new Stage({ store: disk });
  const socket = await first.live();
  for (const key of ['k1', 'k2', 'k3']) void watch(first.workspace.call('r', { key }, { key }));
  socket.say(accepted(socket.calls[0].id, 11));
  await settled();
  crash(first);
  const second = new Stage({ store: disk });
  await second.workspace.start();
  assert.deepEqual(second.workspace.outbox.snapshot().map(({ key, sent }) => [key, sent]), [['k2', true], ['k3', true]]);
  await settled();
  second.answer(welcome({ seq: 13 }), resumed(11));
  assert.deepEqual(second.socket.calls.map(({ key }) => key), ['k2', 'k3']);
});

test('what was sent in an earlier run, and is older than the memory of the server, is not sent again; what never was, is', async () => {
  const disk = new Disk();
  const first = new Stage({ store: disk });
  const socket = await first.live();
  void watch(first.workspace.call('r', {}, { key: 'sent' }));
  socket.cut();
  void watch(first.workspace.call('r', {}, { key: 'unsent' }));
  await first.workspace.stop();
  first.clock.tick(24 * 3_600_000);
  const second = new Stage({ store: disk, clock: first.clock });
  const ends = [];
  second.workspace.on('settled', ({ key, error }) => ends.push([key, error.reason]));
  await second.workspace.start();
  await settled();
  second.answer(welcome(), resumed(10));
  await settled(20);
  assert.deepEqual([ends, second.socket.calls.map(({ key }) => key)], [[['sent', 'outcome_unknown']], ['unsent']]);
});

test('before what was made offline is sent, the store says that it may have been', async () => {
  const disk = new Disk();
  await before(disk);
  const stage = await dark(disk);
  void watch(stage.workspace.call('r', {}, { key: 'k' }));
  await settled();
  await stage.workspace.stop();
  const again = new Stage({ store: disk });
  await again.workspace.start();
  await settled();
  let kept = null;
  const send = again.socket.send.bind(again.socket);
  again.socket.send = (text) => {
    if (JSON.parse(text).type === 'call') kept = disk.batches.flatMap(({ put }) => Object.entries(put)).filter(([key]) => key.startsWith('call')).at(-1)[1].sentAt;
    send(text);
  };
  again.answer(welcome(), resumed(10));
  await settled(20);
  assert.equal(kept, again.clock.now());
});

test('O4: rows and cursor are written together; the store is at every moment a state that the workspace had', async () => {
  const disk = new Disk();
  const stage = new Stage({ store: disk });
  const socket = await stage.live([welcome(), snapshot(10, [card('n', '0')])]);
  for (let i = 1; i <= 40; i++) {
    socket.say(tx(10 + i, { card: { update: [card('n', String(i))], insert: [card(`c${i}`)], ...(i > 1 && { delete: [`c${i - 1}`] }) } }));
    if (i % 3 === 0) await settled(1);
  }
  await settled();
  let [states, last] = [0, -1];
  const replay = new MemoryStore();
  await replay.open();
  for (const batch of disk.batches) {
    await replay.write(batch);
    await replay.close();
    const kept = await replay.open();
    const cursor = kept.get('meta').cursor;
    if (!cursor) continue;
    const i = cursor.seq - 10;
    assert.equal(kept.get('row card "n"')[1].title, String(i));
    assert.deepEqual([...kept.keys()].filter((key) => key.startsWith('row card "c')), i ? [`row card "c${i}"`] : []);
    assert.ok(i >= last);
    [states, last] = [states + 1, i];
  }
  assert.ok(states > 5 && last === 40, `${states} states, the last ${last}`);
});

for (const [reason, change] of [
  ['format', (kept) => kept.set('meta', { ...kept.get('meta'), format: 99 })],
  ['unreadable', (kept) => kept.delete('meta')],
  ['workspace', (kept) => kept.set('meta', { ...kept.get('meta'), workspace: 'other' })],
  ['identity', (kept) => kept.set('meta', { ...kept.get('meta'), identity: 'somebody' })],
]) {
  test(`a store of another ${reason} is thrown away, and it is said why and with which calls`, async () => {
    const disk = new Disk();
    await before(disk, [], (stage) => void watch(stage.workspace.call('r', { n: 1 }, { key: 'k' })));
    const kept = await disk.kept();
    change(kept);
    const changed = new Disk(kept);
    const stage = await dark(changed, { identity: 'me' });
    assert.deepEqual(stage.told, [['discarded', { reason, calls: [{ key: 'k', reducer: 'r', args: { n: 1 }, sent: true }] }]]);
    assert.deepEqual([stage.workspace.table('card').size, stage.workspace.seq, stage.workspace.outbox.size], [0, 0, 0]);
    await stage.workspace.stop();
    assert.deepEqual([...(await changed.kept()).keys()], ['meta']);
  });
}

test('rows of another schema are thrown away, calls are kept: the server judges them', async () => {
  const disk = new Disk();
  await before(disk, [], (stage) => void watch(stage.workspace.call('r', {}, { key: 'k' })));
  const stage = await dark(disk, { schema: { ...SCHEMA, version: 2 } });
  assert.deepEqual(stage.told, [['discarded', { reason: 'schema', calls: [] }]]);
  assert.deepEqual([stage.workspace.table('card').size, stage.workspace.outbox.snapshot().map(({ key }) => key)], [0, ['k']]);
  await stage.workspace.stop();
  const again = await dark(disk, { schema: { ...SCHEMA, version: 2 } });
  assert.deepEqual([again.told, again.workspace.outbox.size], [[], 1]);
});

test('a fetched schema is kept, and asked for again with the first connection', async () => {
  const schemas = [1, 1, 2].map((version) => ({ name: 'board', version, tables: [{ name: 'card', kind: 'keyed', key: ['id'] }] }));
  const fetch = async (url) => new Response(JSON.stringify(url.endsWith('/schema') ? schemas.shift() : { module: 'board' }));
  const disk = new Disk();
  const told = [];
  for (const expected of [snapshot(10, [card('a')]), resumed(10), snapshot(11, [card('z')])]) {
    const stage = new Stage({ store: disk, schema: null, fetch });
    stage.workspace.on('discarded', ({ reason }) => told.push(reason));
    const socket = await stage.live([welcome(), expected]);
    told.push(socket.sent[0].resume?.seq);
    assert.equal(stage.workspace.table('card').size, 1);
    await stage.workspace.stop();
  }
  assert.deepEqual(told, [undefined, 10, 'schema', undefined]);
});

test('M3: whoever is removed keeps no rows', async () => {
  const disk = new Disk();
  const stage = new Stage({ store: disk });
  const told = [];
  stage.workspace.on('discarded', ({ reason }) => told.push(reason));
  (await stage.live()).say({ type: 'bye', code: 'forbidden', message: 'removed' });
  await settled();
  assert.deepEqual([told, [...(await disk.kept()).keys()]], [['forbidden'], ['meta']]);
  assert.equal((await disk.kept()).get('meta').cursor, null);
});

test('a store that cannot be opened or written is told, and the workspace works without it', async () => {
  const locked = new MemoryStore();
  await locked.open();
  const stage = await dark(locked);
  assert.deepEqual(stage.told.map(([event, { reason }]) => [event, reason]), [['error', 'store_failed']]);

  const disk = new Disk();
  const other = new Stage({ store: disk });
  const errors = [];
  other.workspace.on('error', ({ reason }) => errors.push(reason));
  const socket = await other.live();
  await settled();
  disk.fails = true;
  socket.say(tx(11, { card: { insert: [card('b')] } }));
  const call = watch(other.workspace.call('r', {}));
  await settled();
  assert.deepEqual([errors, other.workspace.state, other.workspace.table('card').size], [['store_failed'], 'live', 2]);
  disk.fails = false;
  socket.say(tx(12, { card: { insert: [card('c')] } }));
  await settled();
  const kept = await disk.kept();
  assert.deepEqual([[...kept.keys()].filter((key) => key.startsWith('row')).length, kept.get('meta').cursor.seq, [...kept.keys()].filter((key) => key.startsWith('call')).length], [3, 12, 1]);
  disk.fails = true;
  socket.say(tx(13, {}));
  await other.workspace.stop();
  await settled();
  assert.equal(call.now.reason, 'outcome_unknown');
});

test('a workspace that was stopped starts again from its store, in the same program', async () => {
  const stage = new Stage({ store: new MemoryStore() });
  const socket = await stage.live();
  const call = watch(stage.workspace.call('r', {}, { key: 'k' }));
  socket.say(tx(11, { card: { insert: [card('b')] } }));
  await stage.workspace.stop();
  await settled();
  assert.equal(call.now.reason, 'kept');
  await stage.workspace.start();
  await settled();
  const second = stage.answer(welcome(), resumed(11));
  await settled();
  assert.deepEqual([second.sent[0].resume.seq, second.calls.map(({ key }) => key), stage.query.rows('card').length, stage.workspace.outbox.size], [11, ['k'], 2, 1]);
});

test('what is kept is up to date whatever came last: a snapshot, rows of one more query, the end of one, a position', async () => {
  const disk = new Disk();
  const stage = new Stage({ store: disk, lingerMs: 0 });
  const kept = async () => {
    await settled();
    const { cursor, subs } = disk.batches.at(-1).put.meta;
    return [cursor?.seq, cursor?.view, subs.map(({ sub }) => sub), [...(await disk.kept()).keys()].filter((key) => key.startsWith('row')).length];
  };
  const socket = await stage.live([welcome()]);
  assert.deepEqual(await kept(), [undefined, undefined, [], 0]);
  socket.say(snapshot(10, [card('a')]));
  assert.deepEqual(await kept(), [10, 'v1', [1], 1]);
  const query = stage.workspace.subscribe(['place']);
  const [{ id, sub }] = socket.of('subscribe');
  socket.say({ type: 'subscribed', id, sub, seq: 11, view: 'v2', tables: { place: { rows: [{ x: 1, y: 1 }], versions: [3] } } });
  assert.deepEqual(await kept(), [11, 'v2', [1, 2], 2]);
  query.close();
  socket.say({ type: 'unsubscribed', id: socket.of('unsubscribe')[0].id, sub, seq: 11, view: 'v3' });
  assert.deepEqual(await kept(), [11, 'v3', [1], 1]);
  socket.say({ type: 'position', seq: 15 });
  assert.deepEqual(await kept(), [15, 'v3', [1], 1]);
});

test('several subscriptions are kept with their own rows', async () => {
  const disk = new Disk();
  const tables = [[{ table: 'card', where: ['=', 'column', 0] }], [{ table: 'card', where: ['=', 'title', 'a'] }]];
  const first = new Stage({ store: disk });
  tables.forEach((one) => first.workspace.subscribe(one));
  await first.live([welcome(), { ...snapshot(10), subs: { 1: rowsOf(10, [card('a'), card('b')]), 2: rowsOf(10, [card('a')]) } }], null);
  await first.workspace.stop();
  const stage = new Stage({ store: disk });
  const [two, one] = [...tables].reverse().map((each) => stage.workspace.subscribe(each));
  await stage.workspace.start();
  assert.deepEqual([one.rows('card').length, two.rows('card').length, stage.workspace.table('card').size], [2, 1, 2]);
  await settled();
  const socket = stage.answer(welcome(), resumed(10), tx(11, {}, { subs: { 2: { card: { delete: ['a'] } } } }));
  assert.deepEqual([socket.sent[0].subs, one.rows('card').length, two.rows('card').length], [[{ sub: 1, tables: tables[0] }, { sub: 2, tables: tables[1] }], 2, 0]);
});
