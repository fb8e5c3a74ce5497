// Who is here.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stage, listening, resumed, snapshot, welcome } from './support.js';

const person = (identity, state = {}, sessions = 1) => ({ identity, sessions, active: true, state });
const who = (presence) => presence.snapshot().people.map(({ identity, state }) => [identity, state]);

test('P3: lists and changes add up to who is here, and a gap is answered with a wish for the list', async () => {
  const stage = new Stage();
  const { presence } = stage.workspace;
  const told = listening(presence);
  presence.set({ at: 1 });
  const socket = await stage.live();
  assert.deepEqual(socket.sent[0].presence, { state: { at: 1 } });
  socket.say({ type: 'presence', n: 4, mode: 'list', tick: 50, users: 2, sessions: 3, list: [person('a', { at: 1 }), person('b', {}, 2)] });
  const seen = presence.snapshot();
  assert.equal(presence.snapshot(), seen);
  socket.say({ type: 'presence', n: 5, users: 2, sessions: 2, put: [person('c')], remove: ['b'] });
  assert.deepEqual([who(presence), presence.get('c').sessions, presence.get('b')], [[['a', { at: 1 }], ['c', {}]], 1, undefined]);
  assert.deepEqual([seen.people.length, { ...presence.snapshot(), people: 0 }, told.length], [2, { mode: 'list', users: 2, sessions: 2, people: 0 }, 2]);
  const before = socket.sent.length;
  socket.say({ type: 'presence', n: 7, users: 1, sessions: 1, remove: ['c'] }, { type: 'presence', n: 8, users: 1, sessions: 1, remove: ['a'] });
  assert.deepEqual([socket.sent.slice(before).map(({ refresh }) => refresh), told.length], [[true], 2]);
  socket.say({ type: 'presence', n: 8, mode: 'active', tick: 50, users: 900, sessions: 900, list: [person('z')] });
  assert.deepEqual([who(presence), presence.snapshot().mode, presence.snapshot().users], [[['z', {}]], 'active', 900]);
});

test('P4: after a cut it is present again with all that it had said', async () => {
  const stage = new Stage();
  const { presence } = stage.workspace;
  const socket = await stage.live();
  assert.equal(socket.sent[0].presence, undefined);
  presence.set({ at: 1, name: 'x' }, { active: false });
  stage.clock.tick(50);
  presence.set({ at: 2, name: null });
  presence.watch('counts');
  stage.clock.tick(50);
  assert.deepEqual(socket.of('presence').map(({ state, active, watch }) => [state, active, watch]), [[{ at: 1, name: 'x' }, false, undefined], [{ at: 2, name: null }, undefined, undefined], [undefined, undefined, 'counts']]);
  socket.cut();
  presence.set({ size: 3 });
  const again = await stage.reconnect(welcome(), resumed(10));
  assert.deepEqual([again.sent[0].presence, again.of('presence').length], [{ state: { at: 2, size: 3 }, active: false, watch: 'counts' }, 0]);
});

test('what is said within 50 ms is one message, the first at once', async () => {
  const stage = new Stage();
  const { presence } = stage.workspace;
  const socket = await stage.live();
  for (let x = 0; x < 20; x++) presence.set({ x, [`k${x % 2}`]: x });
  assert.deepEqual(socket.of('presence').map(({ state }) => state), [{ x: 0, k0: 0 }]);
  stage.clock.tick(49);
  assert.equal(socket.of('presence').length, 1);
  stage.clock.tick(1);
  assert.deepEqual(socket.of('presence')[1].state, { x: 19, k0: 18, k1: 19 });
  stage.clock.tick(500);
  assert.equal(socket.of('presence').length, 2);
});

test('whoever leaves is gone at once, and back with what it says next', async () => {
  const stage = new Stage();
  const { presence } = stage.workspace;
  const socket = await stage.live();
  presence.set({ at: 1 });
  presence.leave();
  stage.clock.tick(50);
  assert.deepEqual(socket.of('presence').map(({ state, leave }) => [state, leave]), [[{ at: 1 }, undefined], [undefined, true]]);
  socket.cut();
  const second = await stage.reconnect(welcome(), resumed(10));
  assert.equal(second.sent[0].presence, undefined);
  presence.set({ at: 2 });
  stage.clock.tick(50);
  assert.deepEqual(second.of('presence').map(({ state }) => state), [{ at: 2 }]);
});

test('what is said between hello and the first rows is not lost', async () => {
  const stage = new Stage();
  stage.workspace.presence.set({ at: 1 });
  const socket = await stage.live([welcome()]);
  stage.clock.tick(60);
  stage.workspace.presence.set({ at: 2 });
  assert.equal(socket.of('presence').length, 0);
  socket.say(snapshot(10));
  assert.deepEqual(socket.of('presence').map(({ state }) => state), [{ at: 2 }]);
});
