// Every call settles exactly once, with an outcome that is known or an error that says what is.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stage, accepted, card, listening, refused, resumed, settled, snapshot, tx, watch, welcome } from './support.js';

test('I1: a call without an outcome is sent again with its own key, and settles once', async () => {
  const stage = new Stage();
  const { workspace } = stage;
  const first = await stage.live();
  const early = watch(workspace.call('add_card', { id: 'b' }));
  first.cut();
  const late = watch(workspace.call('add_card', { id: 'c' }));
  const second = await stage.reconnect(welcome(), resumed(10));
  assert.equal(first.calls.length, 1);
  assert.deepEqual(second.calls.map((call) => call.args.id), ['b', 'c']);
  assert.deepEqual(second.calls[0], first.calls[0]);
  assert.match(second.calls[0].key, /^[0-9a-f-]{36}$/);
  assert.notEqual(second.calls[0].key, second.calls[1].key);
  const [one, two] = second.calls.map(({ id }) => id);
  second.say(accepted(one, 9, true), accepted(one, 9, true), accepted(two, 11));
  await settled();
  assert.deepEqual([early, late, workspace.outbox.size], [{ now: { seq: 9, repeated: true }, times: 1 }, { now: { seq: 11, repeated: false }, times: 1 }, 0]);
  first.onmessage({ data: JSON.stringify(accepted(one, 5)) });
  assert.equal(workspace.seq, 11);
});

test('a repeated outcome moves no cursor, a first one does', async () => {
  const stage = new Stage();
  const socket = await stage.live();
  void stage.workspace.call('a', {});
  void stage.workspace.call('b', {});
  const [one, two] = socket.calls.map(({ id }) => id);
  socket.say(accepted(one, 99, true));
  assert.equal(stage.workspace.seq, 10);
  socket.say(accepted(two, 11));
  assert.equal(stage.workspace.seq, 11);
});

test('V1: a refusal rejects the call with code, reason and message; the connection lives on', async () => {
  const stage = new Stage();
  const socket = await stage.live();
  const call = stage.workspace.call('add_card', {});
  socket.say(refused(socket.calls[0].id, 'rejected', { reason: 'card_exists', message: 'there is one' }));
  await assert.rejects(call, { name: 'SkeinError', code: 'rejected', reason: 'card_exists', message: 'there is one' });
  const other = stage.workspace.call('nothing', {});
  socket.say({ type: 'error', id: socket.calls[1].id, error: { code: 'not_found', message: 'no reducer' } });
  await assert.rejects(other, { code: 'not_found' });
  assert.equal(stage.workspace.state, 'live');
});

test('V2: an expectation goes along, and a conflict says what is there', async () => {
  const stage = new Stage();
  const socket = await stage.live();
  const expect = { row: { table: 'card', key: 'a', version: stage.workspace.table('card').version('a') } };
  const call = stage.workspace.call('edit', {}, { expect });
  assert.deepEqual(socket.calls[0].expect, { row: { table: 'card', key: 'a', version: 10 } });
  socket.say(refused(socket.calls[0].id, 'conflict', { current: 17 }));
  await assert.rejects(call, { code: 'conflict', current: 17 });
});

test('L1: the queue is bounded by number and size, and one more is refused with a code, never silently', async () => {
  const stage = new Stage({ maxPending: 2 });
  const socket = await stage.live();
  const kept = [watch(stage.workspace.call('a', {})), watch(stage.workspace.call('b', {}))];
  await assert.rejects(stage.workspace.call('c', {}), { code: 'overloaded', reason: 'queue_full' });
  assert.equal(socket.calls.length, 2);
  socket.say(accepted(socket.calls[0].id, 11));
  await settled();
  kept.push(watch(stage.workspace.call('d', {})));
  await stage.workspace.stop();
  await settled();
  assert.deepEqual(kept.map(({ now }) => now.reason ?? now.seq), [11, 'outcome_unknown', 'outcome_unknown']);
  await assert.rejects(stage.workspace.call('e', {}), { code: 'unavailable', reason: 'not_sent' });

  const small = new Stage({ maxPendingBytes: 1_000 });
  await small.live();
  void watch(small.workspace.call('a', { text: 'x'.repeat(600) }));
  await assert.rejects(small.workspace.call('a', { text: 'x'.repeat(600) }), { code: 'overloaded' });
});

test('V3: what is larger than a frame is refused before it is sent', async () => {
  const stage = new Stage();
  await stage.live();
  await assert.rejects(stage.workspace.call('a', { text: '€'.repeat(400_000) }), { code: 'too_large' });
});

test('no more than the server takes at once are on their way; the others follow in order', async () => {
  const stage = new Stage();
  const socket = await stage.live();
  const calls = Array.from({ length: 500 }, (_, i) => watch(stage.workspace.call('a', { i })));
  assert.equal(socket.calls.length, 200);
  for (let seq = 11; seq < 511; seq++) {
    const outcome = accepted(socket.calls[seq - 11].id, seq);
    if (seq < 111) socket.say(outcome);
    else socket.say(tx(seq, { remark: { insert: [{ seq }] } }, { sender: 'me' }), outcome);
  }
  await settled();
  assert.deepEqual(socket.calls.map(({ args }) => args.i), Array.from({ length: 500 }, (_, i) => i));
  assert.ok(calls.every(({ now, times }) => now.seq > 10 && times === 1));
});

for (const code of ['unavailable', 'overloaded', 'rate_limited']) {
  test(`I1, L2: an outcome ${code} is no end: the call is sent again with its key, when the server says`, async () => {
    const stage = new Stage();
    const socket = await stage.live();
    const call = watch(stage.workspace.call('a', {}));
    const later = watch(stage.workspace.call('b', {}));
    socket.say(refused(socket.calls[0].id, code, { retryAfter: 700 }));
    void watch(stage.workspace.call('c', {}));
    stage.clock.tick(699);
    assert.equal(socket.calls.length, 2);
    stage.clock.tick(1);
    assert.deepEqual(socket.calls.map(({ reducer }) => reducer), ['a', 'b', 'a', 'c']);
    assert.deepEqual(socket.calls[2], socket.calls[0]);
    socket.say(accepted(socket.calls[1].id, 11), accepted(socket.calls[0].id, 12));
    await settled();
    assert.deepEqual([call.now.seq, later.now.seq], [12, 11]);
  });
}

test('a server that never finds out is given up, and the error says that nobody knows', async () => {
  const stage = new Stage();
  const socket = await stage.live();
  const call = watch(stage.workspace.call('a', {}));
  for (let i = 0; i < 10; i++) {
    socket.say(refused(socket.calls[0].id, 'unavailable', { retryAfter: 1 }));
    stage.clock.tick(1);
  }
  await settled();
  assert.deepEqual([socket.calls.length, call.now], [10, { error: 'unavailable', reason: 'outcome_unknown' }]);
});

test('what was sent under keys that the server no longer remembers is not sent again', async () => {
  const stage = new Stage({ keyWindowMs: 3_600_000 });
  const socket = await stage.live();
  const sent = watch(stage.workspace.call('a', {}));
  socket.cut();
  const unsent = watch(stage.workspace.call('b', {}));
  stage.clock.tick(3_600_001);
  await settled();
  const next = await stage.reconnect(welcome(), resumed(10));
  await settled();
  assert.deepEqual([next.calls.map(({ reducer }) => reducer), sent.now, unsent.now], [['b'], { error: 'unavailable', reason: 'outcome_unknown' }, 'pending']);
});

test('nor where so much has happened that it may have forgotten them, nor into another history', async () => {
  for (const more of [{ seq: 10_011 }, { epoch: 'e2' }]) {
    const stage = new Stage();
    const socket = await stage.live();
    const sent = watch(stage.workspace.call('a', {}));
    socket.cut();
    const unsent = watch(stage.workspace.call('b', {}));
    const next = await stage.reconnect(welcome(more), snapshot(more.seq ?? 3));
    await settled();
    assert.deepEqual([next.calls.map(({ reducer }) => reducer), sent.now.reason, unsent.now], [['b'], 'outcome_unknown', 'pending']);
  }
});

test('M3: where the connection ends for good, calls say whether they were ever sent', async () => {
  const stage = new Stage();
  const socket = await stage.live();
  const sent = watch(stage.workspace.call('a', {}));
  socket.cut();
  const unsent = watch(stage.workspace.call('b', {}));
  stage.clock.tick(500);
  await settled();
  stage.answer({ type: 'bye', code: 'forbidden', message: 'you were removed' });
  await settled();
  assert.deepEqual([sent.now, unsent.now], [{ error: 'forbidden', reason: 'outcome_unknown' }, { error: 'unavailable', reason: 'not_sent' }]);
});

test('calls of one identity are not sent as another', async () => {
  const stage = new Stage();
  const socket = await stage.live();
  const call = watch(stage.workspace.call('a', {}));
  const told = [];
  stage.workspace.on('discarded', ({ reason, calls }) => told.push(reason, calls.length));
  socket.cut();
  const second = await stage.reconnect(welcome({ identity: 'somebody else' }), snapshot(10, [card('theirs')]));
  await settled();
  assert.deepEqual([call.now, second.calls.length, told], [{ error: 'unavailable', reason: 'identity_changed' }, 0, ['identity', 1]]);
  assert.deepEqual([stage.workspace.table('card').snapshot(), stage.query.status, stage.workspace.identity], [[card('theirs')], 'live', 'somebody else']);
});

test('signals are relayed, never sent again, and refused without a connection', async () => {
  const stage = new Stage();
  await assert.rejects(stage.workspace.signal('here'), { code: 'unavailable', reason: 'not_sent' });
  const socket = await stage.live();
  const heard = [];
  stage.workspace.on('signal', (signal) => heard.push(signal));
  socket.say({ type: 'signal', name: 'here', from: 'other', payload: { x: 1 } });
  assert.deepEqual(heard, [{ name: 'here', from: 'other', payload: { x: 1 } }]);
  const relayed = stage.workspace.signal('here', 1);
  socket.say({ type: 'outcome', id: socket.of('signal')[0].id, ok: true });
  await relayed;
  const cut = watch(stage.workspace.signal('here', { x: 2 }, { role: 'editor' }));
  socket.cut();
  const second = await stage.reconnect(welcome(), resumed(10));
  assert.deepEqual([cut.now.error, second.sent.map(({ type }) => type)], ['unavailable', ['hello']]);
});

test('L1: signals without an answer are bounded too', async () => {
  const stage = new Stage();
  const socket = await stage.live();
  const sent = Array.from({ length: 256 }, () => watch(stage.workspace.signal('here')));
  await assert.rejects(stage.workspace.signal('here'), { code: 'overloaded', reason: 'queue_full' });
  socket.say({ type: 'outcome', id: socket.of('signal')[0].id, ok: true });
  void watch(stage.workspace.signal('here'));
  await settled();
  assert.deepEqual([socket.of('signal').length, sent.filter(({ times }) => times).length], [257, 1]);
});

test('the outbox shows what waits, and settled tells of each', async () => {
  const stage = new Stage();
  const socket = await stage.live();
  const { outbox } = stage.workspace;
  const told = listening(outbox);
  const ends = [];
  stage.workspace.on('settled', ({ reducer, args, outcome, error, restored }) => ends.push([reducer, args, outcome?.seq ?? error.code, restored]));
  void watch(stage.workspace.call('a', { n: 1 }, { key: 'mine' }));
  const seen = outbox.snapshot();
  assert.deepEqual([seen, told.length], [[{ key: 'mine', reducer: 'a', args: { n: 1 }, sent: true }], 1]);
  socket.say(tx(11, {}));
  assert.equal(outbox.snapshot(), seen);
  void watch(stage.workspace.call('b', {}));
  socket.say(accepted(socket.calls[0].id, 12), refused(socket.calls[1].id, 'forbidden'));
  assert.deepEqual([outbox.snapshot(), ends], [[], [['a', { n: 1 }, 12, false], ['b', {}, 'forbidden', false]]]);
});

test('A1, A2: the answer of a call comes with its outcome, with its transaction or in its place, and details with a refusal', async () => {
  const stage = new Stage();
  const socket = await stage.live();
  const calls = [1, 2, 3].map(() => stage.workspace.call('add_card', { id: 'b' }));
  const ends = calls.map(watch);
  const [one, two, three] = socket.calls.map(({ id }) => id);
  socket.say(tx(11, { card: { insert: [card('b')] } }, { sender: 'me' }), { ...accepted(one, 11), answer: { total: 1 } });
  socket.say({ ...accepted(two, 12), answer: { total: 2 } }, refused(three, 'rejected', { reason: 'full', details: { limit: 2 } }));
  await settled();
  assert.deepEqual(ends.slice(0, 2).map(({ now }) => now), [{ seq: 11, repeated: false, answer: { total: 1 } }, { seq: 12, repeated: false, answer: { total: 2 } }]);
  const error = await calls[2].catch((e) => e);
  assert.deepEqual([error.reason, error.details], ['full', { limit: 2 }]);
});

test("A3: a query's answer is about a transaction, and did not do it", async () => {
  const stage = new Stage();
  const socket = await stage.live();
  const told = [];
  stage.workspace.on('transaction', ({ seq, own }) => told.push([seq, own]));
  const end = watch(stage.workspace.call('total', {}));
  const [{ id }] = socket.calls;
  socket.say(tx(11, { card: { insert: [card('b')] } }), { type: 'outcome', id, ok: true, seq: 11, query: true, answer: { total: 1 } });
  await settled();
  assert.deepEqual([told, end.now, stage.workspace.seq], [[[11, false]], { seq: 11, repeated: false, answer: { total: 1 } }, 11]);
});
