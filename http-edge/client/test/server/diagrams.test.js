// Diagrams against the real server: local copies that part and are brought together, sharing, who may, and two browsers of which one is offline.

import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Server } from '../../../src/test/web/server.js';
import { LocalDiagram } from '../../src/diagrams.js';
import { connect, request } from '../../src/index.js';
import { MemoryStore } from '../../src/store/memory.js';
import { lacking, launch } from '../browser/chromium.js';

let server, browser;

before(async () => {
  [server, browser] = await Promise.all([
    Server.start(mkdtempSync(path.join(process.env.SKEIN_TEST_DIRECTORY, 'diagrams-'))),
    lacking ? undefined : launch(),
  ]);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const somebody = () => request('POST', `${server.url}/v1/identity`, { body: {} });

/**
 * A local copy of a program of its own. `client.isAway`: no network; `client.losesAnswers`: what is sent is done, and nobody hears of it; `client.beforeAnswer`: what happens here
 * while a push is on its way.
 */
async function localDiagram({ store = new MemoryStore(), who: known } = {}) {
  const who = known ?? (await somebody());
  const { token } = who;
  const there = connect(server.url, { token });
  const client = {
    isAway: false,
    losesAnswers: false,
    beforeAnswer: () => {},
    async request(method, ...more) {
      if (client.isAway) throw Object.assign(new Error('no network'), { code: 'unavailable' });
      const answer = await there.request(method, ...more);
      if (more[0].endsWith('/push')) client.beforeAnswer();
      if (client.losesAnswers && method === 'POST') throw Object.assign(new Error('cut off'), { code: 'unavailable' });
      return answer;
    },
  };
  const diagram = new LocalDiagram({ client, store });
  await diagram.open();
  return { diagram, client, store, who, request: there.request };
}

const shape = (id, text) => ({ id, kind: 'shape', data: { text } });
const texts = (diagram) => Object.fromEntries(diagram.snapshot().entities.map(({ id, data }) => [id, data.text]));
const headOf = async ({ request: ask, diagram }) => (await ask('GET', `/v1/workspaces/${diagram.snapshot().shared}`)).seq;

/** Two local copies of one shared diagram with a, b and c; hers has changed a and removed b, and is pushed. */
async function parted() {
  const [hers, his] = await Promise.all([localDiagram(), localDiagram()]);
  for (const id of ['a', 'b', 'c']) hers.diagram.put(shape(id, 'old'));
  const id = await hers.diagram.share({ name: 'Plan' });
  await his.diagram.attach(id);
  hers.diagram.put(shape('a', 'hers'));
  hers.diagram.remove('b');
  await hers.diagram.push();
  return { hers, his };
}

test('a local diagram is shared, taken by another, and both see what the other pushed once they pull', async () => {
  const { hers, his } = await parted();
  assert.deepEqual(texts(his.diagram), { a: 'old', b: 'old', c: 'old' });
  assert.equal(his.diagram.status, 'in-sync'); // nobody has asked yet
  assert.deepEqual(
    (({ status, color, diverged, localChanges, sharedChanges, conflictCount }) => ({ status, color, diverged, localChanges, sharedChanges, conflictCount }))(await his.diagram.refresh()),
    { status: 'pending', color: '#d9930d', diverged: false, localChanges: 0, sharedChanges: 2, conflictCount: 0 },
  );
  const { updated, removed, kept } = await his.diagram.pull();
  assert.deepEqual([updated, removed, kept], [1, 1, 0]);
  assert.deepEqual(texts(his.diagram), { a: 'hers', c: 'old' });
  assert.equal(his.diagram.status, 'in-sync');
  assert.equal((await hers.diagram.refresh()).status, 'in-sync');
});

test('status writes nothing: the workspace stays at its seq', async () => {
  const { his } = await parted();
  const head = await headOf(his);
  his.diagram.put(shape('a', 'his'));
  his.diagram.put(shape('c', 'his'));
  const { status, localChanges, sharedChanges, conflictCount, diverged } = await his.diagram.refresh();
  assert.deepEqual([status, localChanges, sharedChanges, conflictCount, diverged], ['conflicts', 2, 2, 1, true]);
  assert.equal(await headOf(his), head);
});

test('V1: a conflict without a choice refuses the push, names what both sides are, and changes nothing on either', async () => {
  const { his } = await parted();
  const head = await headOf(his);
  his.diagram.put(shape('a', 'his'));
  his.diagram.put(shape('b', 'his'));
  his.diagram.put(shape('c', 'his'));
  const error = await his.diagram.push().catch((e) => e);
  assert.deepEqual([error.code, error.reason, error.details.total], ['rejected', 'conflicts', 2]);
  assert.deepEqual(error.details.conflicts.map(({ id, local, shared }) => [id, local?.data.text, shared?.data.text]), [['a', 'his', 'hers'], ['b', 'his', undefined]]);
  assert.equal(await headOf(his), head);
  assert.deepEqual(texts(his.diagram), { a: 'his', b: 'his', c: 'his' });
  assert.equal(his.diagram.status, 'conflicts');
});

const ENDS = {
  local: { a: 'his', b: 'his', c: 'his' },
  shared: { a: 'hers', c: 'his' },
  both: { a: 'hers', b: 'his', c: 'his', copy: 'his' },
};
for (const [choice, end] of Object.entries(ENDS)) {
  test(`push with the choice '${choice}': both sides and a third that comes later are alike`, async () => {
    const { hers, his } = await parted();
    for (const id of ['a', 'b', 'c']) his.diagram.put(shape(id, 'his'));
    const { copies, kept } = await his.diagram.push({ onConflict: choice });
    const named = (diagram) => Object.fromEntries(Object.entries(texts(diagram)).map(([id, text]) => [copies.some(({ copy }) => copy === id) ? 'copy' : id, text]));
    assert.equal(kept, choice === 'shared' ? 2 : 0);
    await his.diagram.pull();
    assert.deepEqual([named(his.diagram), his.diagram.status], [end, 'in-sync']);
    await hers.diagram.pull();
    assert.deepEqual([named(hers.diagram), hers.diagram.status], [end, 'in-sync']);
    const third = await localDiagram();
    await third.diagram.attach(his.diagram.snapshot().shared);
    assert.deepEqual(named(third.diagram), end);
    for (const each of [his, hers, third]) assert.equal((await each.diagram.refresh()).status, 'in-sync');
  });

  test(`pull with the choice '${choice}', then push: both sides are alike`, async () => {
    const { hers, his } = await parted();
    for (const id of ['a', 'b', 'c']) his.diagram.put(shape(id, 'his'));
    await assert.rejects(his.diagram.pull(), { reason: 'conflicts' });
    assert.deepEqual(texts(his.diagram), { a: 'his', b: 'his', c: 'his' });
    const { copies } = await his.diagram.pull({ onConflict: choice });
    await his.diagram.push(); // no conflict is left
    const named = (diagram) => Object.fromEntries(Object.entries(texts(diagram)).map(([id, text]) => [copies.some(({ copy }) => copy === id) ? 'copy' : id, text]));
    assert.deepEqual(named(his.diagram), end);
    await hers.diagram.pull();
    assert.deepEqual(named(hers.diagram), end);
    assert.equal((await his.diagram.refresh()).status, 'in-sync');
  });
}

test('each conflict can have a choice of its own, made with both at hand', async () => {
  const { his } = await parted();
  his.diagram.put(shape('a', 'his'));
  his.diagram.put(shape('b', 'his'));
  const asked = [];
  await his.diagram.push({ onConflict: (conflict) => {
    asked.push([conflict.id, conflict.local?.data.text, conflict.shared?.data.text]);
    return conflict.id === 'a' ? 'shared' : 'local';
  } });
  assert.deepEqual(asked, [['a', 'his', 'hers'], ['b', 'his', undefined]]);
  assert.deepEqual(texts(his.diagram), { a: 'hers', b: 'his', c: 'old' });
});

test('a choice made about what has changed again since is asked for again', async () => {
  const { hers, his } = await parted();
  his.diagram.put(shape('a', 'his'));
  const asked = [];
  await his.diagram.push({ onConflict: async (conflict) => {
    asked.push(conflict.shared.data.text);
    if (asked.length === 1) {
      hers.diagram.put(shape('a', 'hers again'));
      await hers.diagram.push();
    }
    return 'local';
  } });
  assert.deepEqual(asked, ['hers', 'hers again']);
  assert.equal(texts(his.diagram).a, 'his');
});

test('what is changed here while somebody chooses is asked about, too', async () => {
  const { his } = await parted();
  his.diagram.put(shape('a', 'his'));
  const asked = [];
  const result = await his.diagram.push({ onConflict: ({ local }) => {
    asked.push(local.data.text);
    if (asked.length > 1) return 'local';
    his.diagram.put(shape('a', 'his later'));
    return 'shared'; // about what was there before
  } });
  assert.deepEqual([asked, texts(his.diagram).a, result.kept], [['his', 'his later'], 'his later', 0]);
});

test('what is changed here while a push is on its way is pushed by the next, and is no conflict with it', async () => {
  const { his } = await parted();
  his.diagram.put(shape('c', 'one'));
  his.diagram.put(shape('d', 'one'));
  his.client.beforeAnswer = () => {
    his.diagram.put(shape('c', 'two'));
    his.diagram.remove('d');
    his.client.beforeAnswer = () => {};
  };
  await his.diagram.push();
  assert.equal(his.diagram.snapshot().localChanges, 2);
  assert.deepEqual((({ updated, removed }) => [updated, removed])(await his.diagram.push()), [1, 1]);
  await his.diagram.pull();
  assert.deepEqual(texts(his.diagram), { a: 'hers', c: 'two' });
  assert.equal((await his.diagram.refresh()).status, 'in-sync');
});

test('what was pushed from here is no news to it, though others have changed something else', async () => {
  const { his } = await parted();
  his.diagram.put(shape('c', 'his'));
  his.diagram.put(shape('d', 'his'));
  const { missed, base } = await his.diagram.push();
  his.diagram.remove('d');
  assert.deepEqual([missed, (await his.diagram.push()).base], [2, base]);
  assert.equal((await his.diagram.refresh()).sharedChanges, 2);
  his.diagram.put(shape('c', 'his again')); // on what was pushed
  his.diagram.put(shape('d', 'his again')); // on its own removal
  await his.diagram.push();
  his.diagram.put(shape('c', 'his at last'));
  await his.diagram.pull(); // would reject for a conflict
  assert.deepEqual(texts(his.diagram), { a: 'hers', c: 'his at last', d: 'his again' });
});

test('where the answer of what is to be read after a push is lost, the next pull brings it', async () => {
  const { his } = await parted();
  his.diagram.put(shape('a', 'his'));
  const asks = [];
  const { request: ask } = his.client;
  his.client.request = (method, path, more) => {
    asks.push(path);
    // The first push is refused for the conflict, the second one done.
    if (path.includes('/snapshot') && asks.filter((earlier) => earlier.endsWith('/push')).length === 2) throw Object.assign(new Error('cut off'), { code: 'unavailable' });
    return ask.call(his.client, method, path, more);
  };
  await assert.rejects(his.diagram.push({ onConflict: 'shared' }), { message: 'cut off' });
  his.client.request = ask;
  await his.diagram.pull();
  assert.deepEqual([texts(his.diagram), his.diagram.status], [{ a: 'hers', c: 'old' }, 'in-sync']);
});

test('a base means nothing in another history: nothing is pushed on it, and a pull compares with all that is there', async () => {
  const { his } = await parted();
  his.diagram.put(shape('d', 'his'));
  his.diagram.put(shape('c', 'his'));
  const { request: ask } = his.client;
  his.client.request = async (method, path, more) => { // what a workspace says whose history was replaced
    const answer = await ask.call(his.client, method, path, more);
    return answer.epoch ? { ...answer, epoch: 'another' } : answer;
  };
  await assert.rejects(his.diagram.push({ onConflict: 'local' }), { code: 'stale_cursor' });
  const conflicts = [];
  await his.diagram.pull({ onConflict: ({ id }) => (conflicts.push(id), 'local') });
  // Whether c was changed there nobody can say; b is not there any more, and a is another one.
  assert.deepEqual([conflicts, texts(his.diagram)], [['c'], { a: 'hers', c: 'his', d: 'his' }]);
  await his.diagram.push();
  assert.equal((await his.diagram.refresh()).status, 'in-sync');
});

test('I1: a push whose answer is lost is done once, also by the program that comes after', async () => {
  const { hers, his } = await parted();
  his.diagram.put(shape('a', 'his'));
  his.diagram.put(shape('d', 'new'));
  his.client.losesAnswers = true;
  // The refusal is heard, the push with choices is done and not heard of.
  await assert.rejects(his.diagram.push({ onConflict: 'both' }), { code: 'unavailable' });
  const head = await headOf(his);
  await his.diagram.written();
  await his.store.close(); // the program is gone, and its store free for the next
  const next = await localDiagram({ store: his.store, who: his.who });
  const { copies } = await next.diagram.push().then(() => next.diagram.pull()).then(() => ({ copies: Object.keys(texts(next.diagram)).filter((id) => id.startsWith('copy-')) }));
  assert.equal(await headOf(next), head);
  assert.equal(copies.length, 1);
  assert.deepEqual([texts(next.diagram).a, texts(next.diagram)[copies[0]], texts(next.diagram).d], ['hers', 'his', 'new']);
  await hers.diagram.pull();
  assert.deepEqual(texts(hers.diagram), texts(next.diagram));
});

test('without network it is edited all the same, and kept', async () => {
  const { his } = await parted();
  his.client.isAway = true;
  his.diagram.put(shape('e', 'offline'));
  his.diagram.remove('c');
  await assert.rejects(his.diagram.push(), { code: 'unavailable' });
  await his.diagram.close();
  const again = new LocalDiagram({ client: his.client, store: his.store });
  await again.open();
  assert.deepEqual([texts(again), again.status], [{ a: 'old', b: 'old', e: 'offline' }, 'pending']);
  his.client.isAway = false;
  await again.push();
  await again.pull();
  assert.deepEqual([texts(again), again.status], [{ a: 'hers', e: 'offline' }, 'in-sync']);
});

test('M1: a private diagram is for members, a public one for anybody; a read-only one is read', async () => {
  const owner = await localDiagram();
  owner.diagram.put(shape('a', 'mine'));
  const id = await owner.diagram.share({ access: 'private' });
  const stranger = await localDiagram();
  await assert.rejects(stranger.diagram.attach(id), { code: 'forbidden' });
  await stranger.diagram.detach();
  const [reader, { diagram: shown }] = [await localDiagram(), await localDiagram()];
  shown.put(shape('a', 'look'));
  await reader.diagram.attach(await shown.share({ access: 'public-read' }));
  assert.deepEqual(texts(reader.diagram), { a: 'look' });
  reader.diagram.put(shape('a', 'mine'));
  await assert.rejects(reader.diagram.push(), { code: 'forbidden' });
  assert.equal(reader.diagram.status, 'pending');
});

test('L3: a stranger who pushes without end is told when to come back; the owner is not held up', async () => {
  const { hers, his } = await parted();
  const path = `/v1/workspaces/${his.diagram.snapshot().shared}/calls/status`;
  const errors = await Promise.all(Array.from({ length: 60 }, () => his.request('POST', path, { body: { base: 0 } }).then(() => null, (e) => e)));
  const refused = errors.filter((e) => e !== null);
  assert.ok(refused.length >= 20 && refused.length < 60, `${refused.length} of 60 were refused`);
  assert.ok(refused.every(({ code, retryAfter }) => code === 'rate_limited' && retryAfter > 0));
  hers.diagram.put(shape('a', 'hers still'));
  await hers.diagram.push();
});

test('A1, A2, A3: answers, details and queries come over the socket too', async () => {
  const { hers } = await parted();
  const workspace = connect(server.url, { token: (await somebody()).token }).workspace(hers.diagram.snapshot().shared);
  await workspace.start();
  const rows = workspace.subscribe(['entity']);
  await rows.ready;
  const change = { id: 'z', kind: 'NOTE', data: { text: 'socket' } };
  const pushed = await workspace.call('push', { base: workspace.seq, changes: [change] });
  assert.deepEqual(pushed.answer, { base: pushed.seq, version: pushed.seq, updated: 1, removed: 0, kept: 0, missed: 0, copies: [] });
  const refused = await workspace.call('push', { base: 1, changes: [{ ...change, data: { text: 'other' } }] }).catch((e) => e);
  assert.deepEqual(refused.details, { total: 1, conflicts: [{ id: 'z', local: 'CHANGED', shared: 'CHANGED', version: pushed.seq }] });
  const asked = await workspace.call('status', { base: pushed.seq });
  assert.deepEqual([asked.seq, asked.answer.state, asked.answer.conflict_count], [pushed.seq, 'IN_SYNC', 0]);
  await workspace.stop();
});

/** The same numbers for the same seed (mulberry32). */
function seeded(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

for (const seed of [1, 2, 3]) {
  test(`whatever three copies do and whichever way conflicts are decided, they come to the same (seed ${seed})`, async () => {
    const random = seeded(seed);
    const one = (list) => list[Math.floor(random() * list.length)];
    const who = await somebody(); // who made it is no stranger: no rate holds it up
    const all = await Promise.all([1, 2, 3].map(() => localDiagram({ who })));
    const shared = await all[0].diagram.share();
    for (const { diagram } of all.slice(1)) await diagram.attach(shared);
    const choice = () => one(['local', 'shared', 'both', undefined]);
    const ended = (doing) => doing.catch((e) => assert.ok(e.reason === 'conflicts' || e.code === 'unavailable', e));
    const doings = [
      ({ diagram }) => diagram.put(shape(one('abcdef'), `${seed}-${Math.floor(random() * 1e6)}`)),
      ({ diagram }) => diagram.put(shape(one('abcdef'), one(['same', 'alike']))),
      ({ diagram }) => diagram.remove(one('abcdef')),
      ({ diagram }) => ended(diagram.push({ onConflict: choice })),
      ({ diagram }) => ended(diagram.pull({ onConflict: choice })),
      ({ client }) => { client.losesAnswers = random() < 0.3; },
    ];
    for (let i = 0; i < 150; i++) await one(doings)(one(all));
    for (const each of all) each.client.losesAnswers = false;
    for (const { diagram } of all) await diagram.push({ onConflict: choice() ?? 'both' });
    for (const { diagram } of all) await diagram.pull();
    const rows = (await all[0].request('GET', `/v1/workspaces/${shared}/snapshot?tables=entity`)).tables.entity.rows;
    const there = Object.fromEntries(rows.map(({ id, data }) => [id, data.text]));
    assert.ok(rows.length > 0);
    for (const { diagram } of all) {
      assert.deepEqual(texts(diagram), there);
      assert.equal((await diagram.refresh()).status, 'in-sync');
    }
  });
}

/** A page of the server's own, with a local diagram in its IndexedDB. */
async function person(context, name, token) {
  const page = await context.newPage();
  await page.goto(`${server.url}/v1/modules`); // a page of this origin that does nothing by itself
  await page.evaluate(async ([who, bearer]) => {
    const [{ LocalDiagram: Local }, { connect: reach }, { IndexedDbStore }] = await Promise.all(['/skein/diagrams.js', '/skein/index.js', '/skein/store/indexeddb.js'].map((url) => import(url)));
    globalThis.diagram = new Local({ client: reach('', { token: bearer }), store: new IndexedDbStore(`diagram-${who}`) });
    await diagram.open();
    globalThis.texts = () => Object.fromEntries(diagram.snapshot().entities.map(({ id, data }) => [id, data.text]));
    globalThis.write = (id, text) => diagram.put({ id, kind: 'note', data: { text } });
  }, [name, token]);
  return page;
}

for (const choice of Object.keys(ENDS)) {
  test(`two browsers, one offline, the choice '${choice}': what was drawn on both sides is brought together`, { skip: lacking }, async () => {
    const contexts = await Promise.all([browser.newContext(), browser.newContext()]);
    const [ada, bob] = await Promise.all(contexts.map(async (context, i) => person(context, i, (await somebody()).token)));
    const id = await ada.evaluate(async () => {
      write('plan', 'draft');
      write('other', 'draft');
      return diagram.share();
    });
    await bob.evaluate((workspace) => diagram.attach(workspace), id);
    assert.deepEqual(await bob.evaluate(() => texts()), { plan: 'draft', other: 'draft' });

    await contexts[1].setOffline(true);
    await bob.evaluate(async () => {
      write('plan', 'from the train');
      write('mine', 'from the train');
      await diagram.written();
    });
    assert.equal(await bob.evaluate(() => diagram.push().catch((e) => e.code)), 'unavailable');
    await ada.evaluate(() => {
      write('plan', 'from the office');
      return diagram.push();
    });

    await contexts[1].setOffline(false);
    await bob.reload();
    await bob.close();
    const back = await person(contexts[1], 1, (await somebody()).token); // whoever it is: it is public
    assert.deepEqual(await back.evaluate(() => texts()), { plan: 'from the train', other: 'draft', mine: 'from the train' });
    assert.deepEqual(await back.evaluate(async () => (({ status, color }) => [status, color])(await diagram.refresh())), ['conflicts', '#d2382f']);
    assert.equal(await back.evaluate(() => diagram.push().catch((e) => e.reason)), 'conflicts');
    assert.deepEqual(await ada.evaluate(async () => [(await diagram.pull()).updated, texts().plan]), [0, 'from the office']);

    await back.evaluate((onConflict) => diagram.push({ onConflict }).then(() => diagram.pull()), choice);
    await ada.evaluate(() => diagram.pull());
    const [atAda, atBob] = await Promise.all([ada, back].map((page) => page.evaluate(() => texts())));
    assert.deepEqual(atAda, atBob);
    const { plan, other, mine, ...copies } = atAda;
    assert.deepEqual([other, mine], ['draft', 'from the train']);
    assert.equal(plan, choice === 'local' ? 'from the train' : 'from the office');
    assert.deepEqual(Object.values(copies), choice === 'both' ? ['from the train'] : []);
    assert.deepEqual(await Promise.all([ada, back].map((page) => page.evaluate(async () => (await diagram.refresh()).status))), ['in-sync', 'in-sync']);
    await Promise.all(contexts.map((context) => context.close()));
  });
}
