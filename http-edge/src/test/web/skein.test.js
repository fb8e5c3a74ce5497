// The client against a server that cuts, repeats and reorders. Named after the rules of the contract where they show one.

import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { Skein, SkeinError } from '../../main/resources/web/skein.js';
import { ScriptedSocket } from './scripted-socket.js';

const TABLES = { card: { key: ['id'] }, place: { key: ['x', 'y'] }, remark: { key: [] }, nudge: { key: [], event: true } };
const card = (id, title = id) => ({ id, title });
const welcome = (more = {}) => ({ type: 'welcome', id: 0, identity: 'me', role: 'editor', epoch: 'e1', seq: 10, heartbeat: 15_000, ...more });
const snapshot = (seq, cards = [], more = {}) => ({
  type: 'snapshot', seq, view: 'v1', subs: { 1: { card: { rows: cards, versions: cards.map(() => seq) }, remark: { rows: [] } } }, ...more,
});
const tx = (seq, tables) => ({ type: 'tx', seq, time: '2026-01-01T00:00:00Z', sender: 'other', reducer: 'r', subs: { 1: tables } });

/** Lets everything that waits for a promise go on. */
const settled = () => new Promise(setImmediate);

let urls;
beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
  ScriptedSocket.all = [];
  urls = 0;
});

function client(options = {}) {
  return new Skein({ url: async () => `ws://skein/${++urls}`, tables: TABLES, WebSocket: ScriptedSocket, random: () => 1, ...options });
}

async function live(skein, messages = [welcome(), snapshot(10, [card('a')])]) {
  skein.start();
  await settled();
  ScriptedSocket.last.open();
  ScriptedSocket.last.say(...messages);
  return ScriptedSocket.last;
}

async function reconnect(...messages) {
  mock.timers.tick(30_000);
  await settled();
  ScriptedSocket.last.open();
  ScriptedSocket.last.say(...messages);
  return ScriptedSocket.last;
}

test('says hello first, with its subscriptions, and is live with the snapshot', async () => {
  const skein = client();
  const states = [];
  skein.on('state', (state) => states.push(state));
  const socket = await live(skein);
  assert.deepEqual(socket.protocols, ['v1.json.skein']);
  assert.deepEqual(socket.sent, [{ type: 'hello', id: 0, subs: [{ sub: 1, tables: ['*'] }] }]);
  assert.deepEqual(states, ['connecting', 'live']);
  assert.deepEqual(skein.rows('card'), [card('a')]);
  assert.equal(skein.seq, 10);
  assert.equal(skein.role, 'editor');
});

test('O4: a listener sees a transaction whole, over tables and subs', async () => {
  const skein = client();
  const socket = await live(skein);
  const seen = [];
  skein.on('change', (change) => seen.push({ change, cards: skein.rows('card'), remarks: skein.rows('remark') }));
  socket.say(tx(11, { card: { insert: [card('b')], update: [card('a', 'A')], delete: [] }, remark: { insert: [{ text: 'x' }, { text: 'x' }] } }));
  assert.equal(seen.length, 1);
  assert.deepEqual(seen[0].cards, [card('a', 'A'), card('b')]);
  assert.deepEqual(seen[0].remarks, [{ text: 'x' }, { text: 'x' }]);
  assert.deepEqual(seen[0].change.rows.find((row) => row.after?.id === 'a'), { table: 'card', before: card('a'), after: card('a', 'A') });
  assert.equal(skein.version('card', 'a'), 11);
  assert.equal(skein.version('card', 'nobody'), 0);
});

test('a row leaves when the last sub that shows it lets it go', async () => {
  const skein = client({ subs: [{ sub: 1, tables: [] }, { sub: 2, tables: [] }] });
  const both = { card: { rows: [card('a')], versions: [3] } };
  const socket = await live(skein, [welcome(), { ...snapshot(10), subs: { 1: both, 2: both } }]);
  assert.equal(skein.rows('card').length, 1);
  socket.say({ ...tx(11), subs: { 1: { card: { delete: ['a'] } } } });
  assert.equal(skein.rows('card').length, 1);
  socket.say({ ...tx(12), subs: { 2: { card: { delete: ['a'] } } } });
  assert.deepEqual(skein.rows('card'), []);
});

test('multisets count copies; composite keys and event tables are understood', async () => {
  const skein = client();
  const socket = await live(skein);
  const events = [];
  skein.on('change', ({ rows }) => events.push(...rows.filter((row) => row.table === 'nudge')));
  socket.say(
    tx(11, { remark: { insert: [{ t: 1 }, { t: 1 }, { t: 2 }] }, place: { insert: [{ x: 1, y: 2, on: true }] }, nudge: { insert: [{ by: 'x' }] } }),
    tx(12, { remark: { delete: [{ t: 1 }] } }),
  );
  assert.deepEqual(skein.rows('remark'), [{ t: 1 }, { t: 2 }]);
  assert.deepEqual(skein.row('place', [1, 2]), { x: 1, y: 2, on: true });
  assert.deepEqual(skein.rows('nudge'), []);
  assert.deepEqual(events, [{ table: 'nudge', before: undefined, after: { by: 'x' } }]);
  socket.say(tx(13, { place: { delete: [[1, 2]] } }));
  assert.equal(skein.row('place', [1, 2]), undefined);
});

test('R1: after a cut it asks for the tail with epoch, seq and view, by a fresh url', async () => {
  const skein = client();
  const first = await live(skein);
  first.say(tx(11, { card: { insert: [card('b')] } }), { type: 'position', seq: 14 });
  first.cut();
  assert.equal(skein.state, 'waiting');
  const second = await reconnect(welcome(), { type: 'resumed', seq: 14, view: 'v1' }, tx(15, { card: { delete: ['a'] } }));
  assert.equal(second.url, 'ws://skein/2');
  assert.deepEqual(second.sent[0].resume, { epoch: 'e1', seq: 14, view: 'v1' });
  assert.deepEqual(skein.rows('card'), [card('b')]);
});

test('R2: a snapshot in place of the tail replaces everything, also an older one of another epoch', async () => {
  const skein = client();
  (await live(skein)).cut();
  const reasons = [];
  skein.on('change', ({ reason }) => reasons.push(reason));
  const second = await reconnect(welcome({ epoch: 'e2' }), snapshot(3, [card('z')], { view: 'v2', reason: 'stale_cursor' }));
  assert.deepEqual([skein.rows('card'), skein.seq, reasons], [[card('z')], 3, ['stale_cursor']]);
  second.cut();
  const third = await reconnect(welcome({ epoch: 'e2' }));
  assert.deepEqual(third.sent[0].resume, { epoch: 'e2', seq: 3, view: 'v2' });
});

test('R1: a cut between welcome and snapshot of another epoch resumes what the rows are of', async () => {
  const skein = client();
  (await live(skein)).cut();
  (await reconnect(welcome({ epoch: 'e2' }))).cut();
  const third = await reconnect(welcome({ epoch: 'e2' }));
  assert.deepEqual(third.sent[0].resume, { epoch: 'e1', seq: 10, view: 'v1' });
});

for (const [what, second] of [['repeated', 11], ['reordered', 10]]) {
  test(`O2: a ${what} transaction is not applied; the client starts over from a snapshot`, async () => {
    const skein = client();
    const socket = await live(skein);
    socket.say(tx(11, { card: { insert: [card('b')] } }), tx(second, { card: { insert: [card('c')] } }), tx(12, { card: { insert: [card('d')] } }));
    assert.equal(skein.state, 'waiting');
    assert.deepEqual(skein.rows('card'), [card('a'), card('b')]);
    const next = await reconnect(welcome(), snapshot(12, [card('q')]));
    assert.equal(next.sent[0].resume, undefined);
    assert.deepEqual(skein.rows('card'), [card('q')]);
  });
}

for (const [what, frame] of [['no JSON', '{"type":'], ['a delete of no row', JSON.stringify(tx(11, { card: { delete: ['nobody'] } }))], ['an unknown table', JSON.stringify(tx(11, { nothing: { insert: [{}] } }))]]) {
  test(`never a guess: ${what} leads to a snapshot`, async () => {
    const skein = client();
    (await live(skein)).raw(frame);
    assert.equal(skein.state, 'waiting');
    assert.equal((await reconnect(welcome())).sent[0].resume, undefined);
  });
}

test('I1: a call without an outcome is sent again with its own key, and settles once', async () => {
  const skein = client();
  const first = await live(skein);
  const outcomes = [];
  const done = skein.call('add_card', { id: 'b' }).then((outcome) => outcomes.push(outcome));
  first.cut();
  const late = skein.call('add_card', { id: 'c' });
  const second = await reconnect(welcome(), { type: 'resumed', seq: 10, view: 'v1' });
  assert.equal(first.calls.length, 1);
  assert.deepEqual(second.calls.map((call) => call.args.id), ['b', 'c']);
  assert.deepEqual(second.calls[0], first.calls[0]);
  assert.match(second.calls[0].key, /^[0-9a-f-]{36}$/);
  assert.notEqual(second.calls[0].key, second.calls[1].key);
  const outcome = { type: 'outcome', id: second.calls[0].id, ok: true, seq: 9, repeated: true };
  second.say(outcome, outcome, { ...outcome, id: second.calls[1].id, seq: 11, repeated: false });
  await done;
  assert.deepEqual(outcomes, [{ seq: 9, repeated: true }]);
  assert.deepEqual(await late, { seq: 11, repeated: false });
  assert.equal(skein.pending, 0);
});

test('a repeated outcome moves no cursor, a first one does', async () => {
  const skein = client();
  const socket = await live(skein);
  const calls = [skein.call('a'), skein.call('b')];
  socket.say({ type: 'outcome', id: 1, ok: true, seq: 99, repeated: true });
  assert.equal(skein.seq, 10);
  socket.say({ type: 'outcome', id: 2, ok: true, seq: 11, repeated: false });
  assert.equal(skein.seq, 11);
  await Promise.all(calls);
});

test('V1: a refusal rejects the call with code, reason and message; the connection lives on', async () => {
  const skein = client();
  const socket = await live(skein);
  const call = skein.call('add_card');
  socket.say({ type: 'outcome', id: 1, ok: false, error: { code: 'rejected', reason: 'card_exists', message: 'there is one' } });
  await assert.rejects(call, { name: 'SkeinError', code: 'rejected', reason: 'card_exists', message: 'there is one' });
  const other = skein.call('nothing');
  socket.say({ type: 'error', id: 2, error: { code: 'not_found', message: 'no reducer' } });
  await assert.rejects(other, { code: 'not_found' });
  assert.equal(skein.state, 'live');
});

test('L1: the queue is bounded, and one more is refused with a code', async () => {
  const skein = client({ maxPending: 2 });
  const socket = await live(skein);
  const kept = [skein.call('a'), skein.call('b')];
  await assert.rejects(skein.call('c'), { code: 'overloaded' });
  assert.equal(socket.calls.length, 2);
  socket.say({ type: 'outcome', id: 1, ok: true, seq: 11, repeated: false });
  kept.push(skein.call('d'));
  skein.stop();
  assert.deepEqual((await Promise.allSettled(kept)).map((each) => each.reason?.code ?? 'done'), ['done', 'unavailable', 'unavailable']);
  await assert.rejects(skein.call('e'), { code: 'unavailable' });
});

test('V3: what is larger than a frame is refused before it is sent', async () => {
  const skein = client();
  await live(skein);
  await assert.rejects(skein.call('a', { text: '€'.repeat(400_000) }), { code: 'too_large' });
});

test('L2: it waits as long as bye says, and otherwise a random part of a growing time', async () => {
  const skein = client({ random: () => 0.5 });
  const socket = await live(skein);
  socket.say({ type: 'bye', code: 'unavailable', message: 'going away', retryAfter: 4321 });
  assert.equal(socket.closedByClient, true);
  const waited = [];
  for (let i = 0; i < 9; i++) {
    const attempts = urls;
    let waits = 0;
    while (urls === attempts) {
      mock.timers.tick(1);
      waits++;
    }
    waited.push(waits);
    await settled();
    ScriptedSocket.last.cut();
  }
  assert.deepEqual(waited, [4321, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
});

test('a server that greets and hangs up is approached ever more slowly', async () => {
  const skein = client();
  (await live(skein)).cut();
  mock.timers.tick(500);
  await settled();
  ScriptedSocket.last.open();
  ScriptedSocket.last.say(welcome(), snapshot(10));
  ScriptedSocket.last.cut();
  mock.timers.tick(999);
  assert.equal(urls, 2);
  mock.timers.tick(1);
  assert.equal(urls, 3);
});

test('M3: removal ends the connection; calls fail with what bye said', async () => {
  const skein = client();
  const socket = await live(skein);
  const call = skein.call('a');
  socket.say({ type: 'bye', code: 'forbidden', message: 'you were removed' });
  assert.equal(skein.state, 'closed');
  await assert.rejects(call, { code: 'forbidden' });
  mock.timers.tick(120_000);
  await settled();
  assert.equal(urls, 1);
});

test('M3: the view of a role change counts once its transaction is here', async () => {
  const skein = client();
  const socket = await live(skein);
  const roles = [];
  skein.on('role', (role) => roles.push(role));
  socket.say({ type: 'role', seq: 11, role: 'viewer', view: 'v2' });
  assert.deepEqual([roles, skein.role], [['viewer'], 'viewer']);
  socket.cut();
  const second = await reconnect(welcome({ role: 'viewer' }), snapshot(11, [], { view: 'v2' }));
  assert.equal(second.sent[0].resume.view, 'v1');
  second.say({ type: 'role', seq: 12, role: 'editor', view: 'v3' }, tx(12, { card: { insert: [card('b')] } }));
  second.cut();
  assert.deepEqual((await reconnect(welcome())).sent[0].resume, { epoch: 'e1', seq: 12, view: 'v3' });
});

test('a silent server is asked for a sign of life, and left after two heartbeats', async () => {
  const skein = client();
  const socket = await live(skein);
  mock.timers.tick(15_000);
  assert.equal(socket.sent.at(-1).type, 'ping');
  socket.say({ type: 'pong', id: socket.sent.at(-1).id });
  mock.timers.tick(15_000);
  assert.equal(skein.state, 'live');
  mock.timers.tick(15_000);
  assert.equal(skein.state, 'waiting');
  assert.equal(socket.closedByClient, true);
});

test('a connection that does not come about in time is given up', async () => {
  const skein = client();
  skein.start();
  await settled();
  mock.timers.tick(10_000);
  assert.equal(skein.state, 'waiting');
});

test('a url that cannot be had: tried again if it may pass, ended if not', async () => {
  let error = new TypeError('fetch failed');
  const skein = client({ url: async () => { throw error; } });
  skein.start();
  await settled();
  assert.equal(skein.state, 'waiting');
  error = new SkeinError('unauthenticated', 'the token is no longer good');
  skein.start();
  await settled();
  assert.equal(skein.state, 'closed');
});

test('what a connection that was left still does is ignored', async () => {
  let release;
  const skein = client({ url: () => new Promise((resolve) => { release = resolve; }) });
  skein.start();
  const late = release;
  skein.stop();
  late('ws://late');
  await settled();
  assert.equal(ScriptedSocket.all.length, 0);
  const other = client();
  const old = await live(other);
  old.cut();
  await reconnect(welcome(), { type: 'resumed', seq: 10, view: 'v1' });
  old.say(tx(11, { card: { insert: [card('ghost')] } }));
  old.cut();
  assert.equal(other.state, 'live');
  assert.deepEqual(other.rows('card'), [card('a')]);
});

const person = (identity, state = {}, sessions = 1) => ({ identity, sessions, active: true, state });
const who = (skein) => [...skein.crowd.people.values()].map(({ identity, state }) => [identity, state]);

test('P3: lists and changes add up to who is here, and a gap is answered with a wish for the list', async () => {
  const skein = client();
  let told = 0;
  skein.on('presence', () => told++);
  skein.present({ at: 1 });
  const socket = await live(skein);
  assert.deepEqual(socket.sent[0].presence, { state: { at: 1 } });
  socket.say({ type: 'presence', n: 4, mode: 'list', tick: 50, users: 2, sessions: 3, list: [person('a', { at: 1 }), person('b', {}, 2)] });
  socket.say({ type: 'presence', n: 5, users: 2, sessions: 2, put: [person('c')], remove: ['b'] });
  assert.deepEqual(who(skein), [['a', { at: 1 }], ['c', {}]]);
  assert.deepEqual([skein.crowd.mode, skein.crowd.users, skein.crowd.sessions, told], ['list', 2, 2, 2]);
  socket.say({ type: 'presence', n: 7, users: 1, sessions: 1, remove: ['c'] });
  assert.deepEqual([socket.sent.at(-1).type, socket.sent.at(-1).refresh, told], ['presence', true, 2]);
  socket.say({ type: 'presence', n: 7, mode: 'active', tick: 50, users: 900, sessions: 900, list: [person('z')] });
  assert.deepEqual([who(skein), skein.crowd.mode, skein.crowd.users], [[['z', {}]], 'active', 900]);
});

test('P4: after a cut it is present again with all that it had said', async () => {
  const skein = client();
  const socket = await live(skein);
  assert.equal(socket.sent[0].presence, undefined);
  skein.present({ at: 1, name: 'x' }, { active: false });
  skein.present({ at: 2, name: null });
  assert.deepEqual(socket.sent.slice(1).map(({ state, active }) => [state, active]), [[{ at: 1, name: 'x' }, false], [{ at: 2, name: null }, undefined]]);
  socket.cut();
  const again = await reconnect(welcome(), { type: 'resumed', seq: 10, view: 'v1' });
  assert.deepEqual(again.sent[0].presence, { state: { at: 2 }, active: false });
});

test('signals are relayed, never sent again, and refused without a connection', async () => {
  const skein = client();
  await assert.rejects(skein.signal('here'), { code: 'unavailable' });
  const socket = await live(skein);
  const heard = [];
  skein.on('signal', ({ name, from, payload }) => heard.push([name, from, payload]));
  socket.say({ type: 'signal', name: 'here', from: 'other', payload: { x: 1 } });
  assert.deepEqual(heard, [['here', 'other', { x: 1 }]]);
  const signal = skein.signal('here', { x: 2 }, { role: 'editor' });
  socket.cut();
  await assert.rejects(signal, { code: 'unavailable' });
  const second = await reconnect(welcome(), { type: 'resumed', seq: 10, view: 'v1' });
  assert.deepEqual(second.sent.map((message) => message.type), ['hello']);
});

test('calls of one identity are not sent as another', async () => {
  const skein = client();
  const socket = await live(skein);
  const call = skein.call('a');
  socket.cut();
  const second = await reconnect(welcome({ identity: 'somebody else' }), snapshot(10));
  await assert.rejects(call, { code: 'unavailable' });
  assert.equal(second.calls.length, 0);
});

test('a listener that throws takes nothing from the others', async () => {
  const skein = client();
  const socket = await live(skein);
  skein.on('change', () => { throw new Error('mine'); });
  let told = 0;
  const stop = skein.on('change', () => told++);
  socket.say(tx(11, { card: { insert: [card('b')] } }));
  assert.throws(() => mock.timers.tick(1), { message: 'mine' });
  assert.deepEqual([told, skein.seq, skein.state], [1, 11, 'live']);
  stop();
});
