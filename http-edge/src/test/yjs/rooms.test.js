// Rooms with the clients that Hocuspocus and y-websocket publish. SKEIN_TEST_URLS: nodes of one cluster, with commas between them.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, test } from 'node:test';
import WebSocket from 'ws';
import * as Y from 'yjs';
import { Hocuspocus, YWebsocket, goHome, randomOf, same, until } from './people.js';

const URLS = process.env.SKEIN_TEST_URLS.split(',');
const [ONE, OTHER = ONE] = URLS;

afterEach(goHome);

const newRoom = () => `room-${randomUUID()}`;
const saved = (...people) => until(() => `unsynced: ${people.map(({ unsynced }) => unsynced)}`, () => people.every(({ synced, unsynced }) => synced && unsynced === 0));
const here = (...people) => until(() => 'somebody is not synced', () => people.every(({ synced }) => synced));
const sees = (person, ...names) => until(() => `sees ${person.others()}, not ${names}`, () => String(person.others()) === String(names));

async function request(method, path, { token, body } = {}) {
  const headers = { ...(token && { authorization: `Bearer ${token}` }), ...(body && { 'content-type': 'application/json' }) };
  const response = await fetch(ONE + path, { method, headers, body: body && JSON.stringify(body) });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path}: ${text}`);
  return text ? JSON.parse(text) : {};
}

const somebody = () => request('POST', '/v1/identity', { body: {} });

/** A room of Ann's that others enter as `access` says, or as members. */
async function roomOf(owner, access, members = []) {
  const { id } = await request('POST', '/v1/workspaces', { token: owner.token, body: { module: 'rooms', name: 'Room', access } });
  for (const [{ token }, role] of members) {
    const invite = await request('POST', `/v1/workspaces/${id}/invites`, { token: owner.token, body: { role } });
    await request('POST', `/v1/workspaces/${id}/join`, { token, body: { token: invite.token } });
  }
  return id;
}

const logOf = async (room, { token }) => (await request('GET', `/v1/workspaces/${room}/snapshot`, { token })).tables.room_update.rows;
const seqOf = async (room, { token }) => (await request('GET', `/v1/workspaces/${room}`, { token })).seq;

/** Everybody does something, all at once. */
function edit(person, random) {
  const { doc, text } = person;
  const at = Math.floor(random() * (text.length + 1));
  const what = random();
  if (what < 0.5) text.insert(at, 'abcdefgh'.slice(0, 1 + Math.floor(random() * 8)));
  else if (what < 0.7) text.delete(at, Math.min(text.length - at, 3));
  else if (what < 0.85) doc.getMap('map').set(`k${Math.floor(random() * 4)}`, random());
  else doc.getArray('list').push([random()]);
}

test('Y1 Hocuspocus and y-websocket, old and new, at two nodes, edit one document', async () => {
  const room = newRoom();
  const people = [new Hocuspocus(ONE, room), new YWebsocket(OTHER, room), new YWebsocket(ONE, room, { version: 2 }), new Hocuspocus(OTHER, room)];
  await here(...people);
  const random = randomOf(1);
  for (let i = 0; i < 400; i++) {
    edit(people[i % people.length], random);
    if (i % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await saved(people[0], people[3]);
  await same(people);
  const late = new Hocuspocus(ONE, room);
  await here(late);
  await same([...people, late]);
});

for (const [name, make] of [['Hocuspocus', (...args) => new Hocuspocus(...args)], ['y-websocket', (...args) => new YWebsocket(...args)]]) {
  test(`Y3 ${name}: who was offline comes back with what was done there, and gets what others did`, async () => {
    const room = newRoom();
    const ann = make(ONE, room);
    const ben = new Hocuspocus(OTHER, room);
    await here(ann, ben);
    ann.write('both ');
    await same([ann, ben]);
    ann.goOffline();
    await until(() => 'she is still online', () => !ann.synced);
    ann.write('ann offline ');
    ben.write('ben meanwhile ');
    await saved(ben);
    assert.notEqual(ann.text.toString(), ben.text.toString());
    ann.comeBack();
    await here(ann);
    const text = await same([ann, ben]);
    assert.ok(text.includes('ann offline') && text.includes('ben meanwhile') && text.includes('both'), text);
  });
}

test('Y3 who comes back with nothing new adds nothing to the room, and is sent nothing that is known', async () => {
  const owner = await somebody();
  const room = await roomOf(owner, 'private');
  const ann = new Hocuspocus(ONE, room, { token: owner.token });
  await here(ann);
  for (let i = 0; i < 50; i++) ann.write(`word ${i} `);
  ann.text.delete(3, 20);
  await saved(ann);
  const before = await seqOf(room, owner);
  let received = 0;
  ann.doc.on('update', () => { received++; });
  ann.goOffline();
  await until(() => 'she is still online', () => !ann.synced);
  ann.comeBack();
  await saved(ann);
  assert.equal(await seqOf(room, owner), before);
  assert.equal(received, 0);
});

test('several documents share a socket, two of them the same one', async () => {
  const [plan, notes] = [newRoom(), newRoom()];
  const socket = Hocuspocus.socket(ONE);
  const mine = new Hocuspocus(ONE, plan, { socket, sessionAwareness: true });
  const again = new Hocuspocus(ONE, plan, { socket, sessionAwareness: true });
  const other = new Hocuspocus(ONE, notes, { socket });
  const elsewhere = new YWebsocket(OTHER, plan);
  await here(mine, again, other, elsewhere);
  mine.write('plan');
  other.write('notes');
  await saved(mine, other);
  assert.equal(await same([mine, again, elsewhere]), 'plan');
  assert.equal(other.text.toString(), 'notes');
  mine.say({ name: 'mine' });
  again.say({ name: 'again' });
  await sees(elsewhere, 'again', 'mine');
  mine.leave();
  await sees(elsewhere, 'again');
  again.write(' goes on');
  await same([again, elsewhere]);
  socket.destroy();
});

for (const name of [`team ${randomUUID()}/pläne/1.md`, `${randomUUID()} `.padEnd(400, 'long ')]) test(`a room may be called anything: ${name.slice(36, 60)}`, async () => {
  const ann = new Hocuspocus(ONE, name);
  const ben = new YWebsocket(OTHER, name);
  await here(ann, ben);
  ann.write('found');
  assert.equal(await same([ann, ben]), 'found');
});

// ---- who may

test('who may only read is told so, and changes nothing', async () => {
  const [owner, guest] = await Promise.all([somebody(), somebody()]);
  const room = await roomOf(owner, 'public-read');
  const ann = new Hocuspocus(ONE, room, { token: owner.token });
  const reader = new Hocuspocus(OTHER, room, { token: guest.token });
  const other = new YWebsocket(ONE, room, { token: guest.token });
  await here(ann, reader, other);
  assert.equal(ann.scope, 'read-write');
  assert.equal(reader.scope, 'readonly');
  ann.write('to be read');
  await saved(ann);
  await until(() => `he reads ${reader.text}`, () => reader.text.toString() === 'to be read' && other.text.toString() === 'to be read');
  const before = await seqOf(room, owner);
  reader.write('X');
  other.write('Y');
  ann.write('!');
  await saved(ann);
  await until(() => `he reads ${reader.text}`, () => reader.text.toString().includes('!') && other.text.toString().includes('!'));
  assert.equal(ann.text.toString(), 'to be read!');
  assert.equal(await seqOf(room, owner), before + 1);
  assert.ok(reader.unsynced > 0, 'his change is not saved, and he is not told that it is');
});

test('a token is needed where the room is private; a document that is refused leaves the others of its socket alone', async () => {
  const [owner, stranger] = await Promise.all([somebody(), somebody()]);
  const secret = await roomOf(owner, 'private');
  const own = await roomOf(stranger, 'private');
  const socket = Hocuspocus.socket(ONE);
  const refused = new Hocuspocus(ONE, secret, { socket, token: stranger.token });
  const let_in = new Hocuspocus(ONE, own, { socket, token: stranger.token });
  const nobody = new Hocuspocus(ONE, secret, { token: 'no token' });
  await until(() => 'he is not refused', () => refused.denied && nobody.denied);
  assert.match(refused.denied, /^forbidden: /);
  assert.match(nobody.denied, /^unauthenticated: /);
  await here(let_in);
  let_in.write('mine');
  await saved(let_in);
  const outside = new YWebsocket(ONE, secret, { token: stranger.token });
  const unknown = new YWebsocket(ONE, secret, { token: 'no token' });
  await until(() => `closed with ${outside.closes}, ${unknown.closes}`, () => outside.closes.length > 0 && unknown.closes.length > 0);
  assert.deepEqual([outside.closes[0], unknown.closes[0]], [4403, 4401]);
  socket.destroy();
});

test('who is removed is out, and what they type after that stays with them', async () => {
  const [owner, member] = await Promise.all([somebody(), somebody()]);
  const room = await roomOf(owner, 'private', [[member, 'editor']]);
  const ann = new Hocuspocus(ONE, room, { token: owner.token });
  const ben = new Hocuspocus(OTHER, room, { token: member.token });
  const tab = new YWebsocket(OTHER, room, { token: member.token });
  await here(ann, ben, tab);
  ben.write('in');
  await same([ann, ben, tab]);
  await request('DELETE', `/v1/workspaces/${room}/members/${member.identity}`, { token: owner.token });
  await until(() => `closed: ${ben.closed?.reason}, ${tab.closes}`, () => ben.closed && tab.closes.length > 0);
  assert.match(ben.closed.reason, /^forbidden: /);
  assert.equal(tab.closes[0], 4403);
  ben.write(' out');
  ann.write('!');
  await saved(ann);
  assert.equal(ann.text.toString(), 'in!');
});

test('who was a reader and becomes an editor is told, and writes', async () => {
  const [owner, member] = await Promise.all([somebody(), somebody()]);
  const room = await roomOf(owner, 'private', [[member, 'viewer']]);
  const ben = new Hocuspocus(OTHER, room, { token: member.token });
  await here(ben);
  assert.equal(ben.scope, 'readonly');
  await request('PUT', `/v1/workspaces/${room}/members/${member.identity}`, { token: owner.token, body: { role: 'editor' } });
  await until(() => `scope ${ben.scope}`, () => ben.scope === 'read-write');
  ben.write('now');
  await saved(ben);
});

// ---- tokens that may less, end, or are ended

const narrower = ({ token }, body) => request('POST', '/v1/identity/tokens', { token, body });

test('K2 a token that may only read the room reads, and one for another room does not get in', async () => {
  const owner = await somebody();
  const [room, other] = [await roomOf(owner, 'private'), await roomOf(owner, 'private')];
  const ann = new Hocuspocus(ONE, room, { token: owner.token });
  const reading = new Hocuspocus(OTHER, room, { token: (await narrower(owner, { scopes: [`skein:read:${room}`] })).token });
  const elsewhere = new Hocuspocus(OTHER, room, { token: (await narrower(owner, { scopes: [`skein:read:${other}`, `skein:call:${other}`] })).token });
  const appending = new Hocuspocus(OTHER, room, { token: (await narrower(owner, { scopes: [`skein:read:${room}`, `skein:call:${room}:append_update`] })).token });
  await here(ann, reading, appending);
  await until(() => 'a token for another room gets in', () => elsewhere.denied);
  assert.match(elsewhere.denied, /^forbidden: /);
  appending.write('kept');
  await saved(appending);
  assert.equal(await same([ann, reading, appending]), 'kept');
  const before = await seqOf(room, owner);
  reading.write('not kept ');
  ann.write('!');
  await saved(ann);
  assert.equal(ann.text.toString(), 'kept!');
  assert.equal(await seqOf(room, owner), before + 1);
});

test('K3 who is revoked is out at once, and stays out', async () => {
  const owner = await somebody();
  const room = await roomOf(owner, 'private');
  const device = await narrower(owner, { device: 'phone', scopes: [`skein:read:${room}`, `skein:call:${room}`] });
  const phone = new Hocuspocus(OTHER, room, { token: device.token });
  const tab = new YWebsocket(OTHER, room, { token: device.token });
  await here(phone, tab);
  await request('POST', '/v1/identity/revocations', { token: owner.token, body: { device: 'phone' } });
  await until(() => `closed: ${phone.closed?.reason}, ${tab.closes}`, () => phone.closed && tab.closes.length > 0);
  assert.match(phone.closed.reason, /^unauthenticated: /);
  assert.equal(tab.closes[0], 4401);
  const again = new Hocuspocus(ONE, room, { token: device.token });
  await until(() => 'a revoked token gets in', () => again.denied);
});

test('K4 whose token ends soon is asked for another, and goes on over the same socket', async () => {
  const owner = await somebody();
  const room = await roomOf(owner, 'private');
  const scopes = [`skein:read:${room}`, `skein:call:${room}`];
  let shown = 0;
  const token = async () => { shown++; return (await narrower(owner, { scopes, lifetime: shown === 1 ? 40 : 600 })).token; };
  const ann = new Hocuspocus(ONE, room, { token });
  await here(ann);
  let closes = 0;
  ann.socket.on('close', () => { closes++; });
  await until(() => `tokens shown: ${shown}`, () => shown > 1);
  ann.write('on');
  await saved(ann);
  assert.equal(closes, 0);
  assert.equal(shown, 2);
});

// ---- who is here

test('Y4 people see each other, in two tabs too, until they leave', async () => {
  const owner = await somebody();
  const room = await roomOf(owner, 'private');
  const tabs = [new Hocuspocus(ONE, room, { token: owner.token }), new YWebsocket(OTHER, room, { token: owner.token }), new YWebsocket(ONE, room, { token: owner.token, version: 2 })];
  await here(...tabs);
  tabs.forEach((tab, i) => tab.say({ name: `tab ${i}`, cursor: { at: i } }));
  await sees(tabs[0], 'tab 1', 'tab 2');
  await sees(tabs[1], 'tab 0', 'tab 2');
  tabs[1].say({ name: 'tab one', cursor: { at: 7 } });
  await sees(tabs[0], 'tab 2', 'tab one');
  const late = new Hocuspocus(ONE, room, { token: owner.token });
  const added = [];
  late.provider.awareness.on('update', (change) => added.push(change.added.length));
  await sees(late, 'tab 0', 'tab 2', 'tab one');
  assert.deepEqual(added.filter((count) => count > 0), [3], 'who comes is told of all three at once');
  late.leave();
  tabs[0].say(null);
  await sees(tabs[1], 'tab 2');
  tabs[2].leave();
  await sees(tabs[1]);
});

test('Y4 who says the same again is still here to others', async () => {
  const room = newRoom();
  const [ann, ben] = [new Hocuspocus(ONE, room), new YWebsocket(OTHER, room)];
  await here(ann, ben);
  ben.say({ name: 'ben' });
  await sees(ann, 'ben');
  const clock = () => ann.provider.awareness.meta.get(ben.doc.clientID)?.clock;
  const first = clock();
  ben.say({ name: 'ben' }); // as clients do by themselves every 15 s
  await until(() => `his clock stands at ${clock()}`, () => clock() > first);
});

test('P4 who loses the socket and comes back has not been away', async () => {
  const room = newRoom();
  const [ann, ben] = [new Hocuspocus(ONE, room), new YWebsocket(OTHER, room)];
  await here(ann, ben);
  ben.say({ name: 'ben' });
  await sees(ann, 'ben');
  const removed = [];
  ann.provider.awareness.on('update', (change) => removed.push(...change.removed));
  ben.provider.ws.terminate();
  await until(() => 'he has lost his socket', () => !ben.synced);
  await here(ben);
  ben.say({ name: 'ben again' });
  await sees(ann, 'ben again');
  assert.deepEqual(removed, []);
});

// ---- what does not belong

/** A frame of Hocuspocus. */
const framed = (room, ...bytes) => Buffer.concat([Buffer.from([room.length]), Buffer.from(room), Buffer.from(bytes)]);

/** Says these frames; resolves with what came, and the close code if it was closed. */
function speak(path, frames, enough) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${ONE.replace('http', 'ws')}${path}`);
    const heard = [];
    socket.on('open', () => frames.forEach((frame) => socket.send(frame)));
    socket.on('message', (data) => {
      heard.push(data);
      if (enough?.(heard)) socket.terminate();
    });
    socket.on('close', (code, reason) => resolve({ heard, code, reason: String(reason) }));
    socket.on('error', reject);
  });
}

test('V3 what is no message ends the session with a reason, and nobody else notices', async () => {
  const room = newRoom();
  const ann = new Hocuspocus(ONE, room);
  await here(ann);
  const unknownType = await speak(`/rooms/${room}`, [Buffer.from([0, 0, 1, 0]), Buffer.from([99])]);
  assert.equal(unknownType.code, 4400);
  assert.match(unknownType.reason, /^invalid_args: not a message: /);
  const cut = await speak(`/rooms/${room}`, [Buffer.from([0, 0, 200])]);
  assert.equal(cut.code, 4400);
  const noName = await speak('/rooms', [Buffer.from([0, 0, 1, 0])]);
  assert.equal(noName.code, 4400);
  const text = await speak(`/rooms/${room}`, ['text']);
  assert.equal(text.code, 1003);
  const address = await speak('/rooms', [Buffer.from([200])]);
  assert.equal(address.code, 4400);
  ann.write('still here');
  await saved(ann);
});

test('V3 awareness that is none ends the session; what it says of others is passed over', async () => {
  const room = newRoom();
  const ann = new Hocuspocus(ONE, room);
  await here(ann);
  const state = (text) => [text.length, ...Buffer.from(text)];
  const awareness = (...entries) => { const body = [entries.length, ...entries.flat()]; return framed(room, 1, body.length, ...body); };
  const hello = framed(room, 2, 0, 0);
  for (const bad of ['{"half":"\\ud800"}', '{', '{} {}', '']) {
    const { heard } = await speak('/rooms', [hello, awareness([5, 1, ...state(bad)])], (all) => all.some((frame) => frame[room.length + 1] === 7));
    assert.match(String(heard.at(-1)), /invalid_args: not a message: an awareness state/, bad);
  }
  const socket = new WebSocket(`${ONE.replace('http', 'ws')}/rooms`);
  await new Promise((resolve) => socket.on('open', resolve));
  socket.send(hello);
  socket.send(awareness([5, 1, ...state('{"name":"five"}')], [6, 1, ...state('{"name":"six"}')]));
  await sees(ann, 'five');
  socket.send(awareness([6, 2, ...state('{"name":"six"}')], [5, 2, ...state('{"name":"five again"}')]));
  await sees(ann, 'five again');
  socket.send(awareness([5, 2, ...state('null')]));
  await sees(ann);
  socket.terminate();
});

test('V1 an update that is none is refused with its status, and the room stays as it is', async () => {
  const room = newRoom();
  const ann = new YWebsocket(ONE, room);
  await here(ann);
  ann.write('fine');
  const garbage = Buffer.from([1, 2, 3, 255, 255, 255, 255, 255, 255, 255, 255, 7]);
  const { heard } = await speak(
    '/rooms',
    [framed(room, 2, 0, 0), framed(room, 0, 2, garbage.length, ...garbage)],
    (all) => all.some((frame) => frame[room.length + 1] === 8),
  );
  const status = heard.find((frame) => frame[room.length + 1] === 8);
  assert.equal(status.at(-1), 0);
  const ben = new Hocuspocus(OTHER, room);
  await here(ben);
  assert.equal(await same([ann, ben]), 'fine');
});

test('an update in the second version of the encoding is no update', async () => {
  const room = newRoom();
  const doc = new Y.Doc();
  doc.getText('text').insert(0, 'second version');
  const update = Y.encodeStateAsUpdateV2(doc);
  const { heard } = await speak('/rooms', [framed(room, 2, 0, 0), framed(room, 0, 2, update.length, ...update)], (all) => all.some((frame) => frame[room.length + 1] === 8));
  assert.equal(heard.find((frame) => frame[room.length + 1] === 8).at(-1), 0);
});

test('a workspace of another module is no room', async () => {
  const owner = await somebody();
  const { id } = await request('POST', '/v1/workspaces', { token: owner.token, body: { module: 'board', name: 'Board' } });
  const ann = new Hocuspocus(ONE, id, { token: owner.token });
  await until(() => 'she is let in', () => ann.denied);
  assert.match(ann.denied, /^not_found: this workspace is no room/);
});

// ---- much of it

test('Y2 what is typed letter by letter is a few rows, of which a newcomer makes the same document', async () => {
  const owner = await somebody();
  const room = await roomOf(owner, 'private');
  const ann = new Hocuspocus(ONE, room, { token: owner.token });
  const ben = new YWebsocket(OTHER, room, { token: owner.token });
  await here(ann, ben);
  const random = randomOf(5);
  for (let i = 0; i < 1_000; i++) {
    if (random() < 0.8) ann.write('x');
    else edit(ben, random);
    if (i % 100 === 0) await saved(ann);
  }
  await saved(ann);
  const text = await same([ann, ben]);
  const log = await logOf(room, owner);
  const all = (await seqOf(room, owner)) - 1;
  assert.ok(all >= 1_000 - 1 && log.length < 150, `${all} updates are ${log.length} rows`);
  const late = new Hocuspocus(OTHER, room, { token: owner.token });
  await here(late);
  assert.equal(await same([ann, ben, late]), text);
});

test('L2 who sends more than the server takes at once is slowed down, and loses nothing', async () => {
  const room = newRoom();
  const ann = new Hocuspocus(ONE, room);
  const ben = new YWebsocket(OTHER, room);
  await here(ann, ben);
  for (let i = 0; i < 3_000; i++) ann.write(`${i} `);
  await saved(ann);
  await same([ann, ben]);
});
