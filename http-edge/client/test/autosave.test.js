import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { Autosave, httpDocument, salvageCopy } from '../src/autosave.js';
import { SkeinError } from '../src/index.js';
import { MemoryStore } from '../src/store/memory.js';
import { ManualClock, settle } from './browser/manual-clock.js';

/** What the server has, how it was written, and what it does with the next requests. */
class Server {
  saved = null; writes = []; loads = 0; busy = 0; most = 0;
  /** Run before a write counts, and after it: what they throw is the answer. */
  before = async () => {}; after = async () => {}; loading = async () => {};

  constructor(value) { if (value !== undefined) this.put(value); }
  put(value) { this.saved = { value, version: `v${Number(this.saved?.version.slice(1) ?? 0) + 1}` }; }

  load = async () => {
    this.loads++;
    await this.loading();
    return this.saved;
  };

  save = async ({ value, version, keepalive }) => {
    this.most = Math.max(this.most, ++this.busy);
    try {
      this.writes.push(keepalive ? { value, keepalive } : value);
      await this.before();
      if (version !== (this.saved?.version ?? null)) throw new SkeinError('conflict', 'somebody else wrote');
      this.put(value);
      await this.after();
      return { version: this.saved.version };
    } finally {
      this.busy--;
    }
  };
}

/** Knows how many listen to it. */
class Target extends EventTarget {
  listening = 0;
  addEventListener(...all) { this.listening++; super.addEventListener(...all); }
  removeEventListener(...all) { this.listening--; super.removeEventListener(...all); }
}

class Page extends Target {
  document = Object.assign(new Target(), { visibilityState: 'visible' });
  say(event) { this.dispatchEvent(new Event(event)); }
  see(visibilityState) {
    this.document.visibilityState = visibilityState;
    this.document.dispatchEvent(new Event('visibilitychange'));
  }
}

const away = async () => { throw new SkeinError('unavailable', 'nobody there'); };
const gate = () => {
  let open;
  const promise = new Promise((resolve) => { open = resolve; });
  return [() => promise, open];
};

async function opened(server, options = {}) {
  const clock = new ManualClock();
  const page = new Page();
  const document = new Autosave({ load: server.load, save: server.save, clock, page, random: () => 1, ...options });
  const seen = [];
  document.subscribe(() => { if (seen.at(-1) !== document.status) seen.push(document.status); });
  await document.open();
  return { clock, page, document, seen };
}

/** What a closed store has. */
const copyIn = async (store) => {
  const kept = (await store.open()).get('copy');
  await store.close();
  return kept;
};

test('many changes become one write, two seconds after the last', async () => {
  const server = new Server({ n: 0 });
  const { clock, document, seen } = await opened(server);
  for (let n = 1; n <= 50; n++) {
    document.change({ n });
    await clock.pass(100);
  }
  assert.deepEqual([server.writes, document.status], [[], 'pending']);
  await clock.pass(1_899);
  assert.deepEqual(server.writes, []);
  await clock.pass(1);
  assert.deepEqual([server.writes, document.snapshot()], [[{ n: 50 }], { status: 'saved', value: { n: 50 }, version: 'v2', error: null, there: null, copyError: null }]);
  assert.deepEqual(seen, ['saved', 'pending', 'saving', 'saved']);
  assert.equal(clock.size, 0, 'nothing is due any more');
});

test('who never pauses is written every thirty seconds', async () => {
  const server = new Server({ n: 0 });
  const { clock, document } = await opened(server);
  for (let n = 1; n <= 95; n++) {
    document.change({ n });
    await clock.pass(1_000);
  }
  assert.deepEqual(server.writes, [{ n: 30 }, { n: 60 }, { n: 90 }]);
});

test('a state that is what the server has is not written, whatever the order of its names', async () => {
  const server = new Server({ a: 1, b: [{ c: 2, d: 3 }] });
  const { clock, document, seen } = await opened(server);
  document.change({ a: 2 });
  document.change({ b: [{ d: 3, c: 2 }], a: 1 });
  await clock.pass(60_000);
  assert.deepEqual([server.writes, document.status, document.snapshot().version], [[], 'saved', 'v1']);
  assert.deepEqual(seen, ['saved', 'pending', 'saved']);
  document.change({ b: [{ d: 3, c: 2 }, 1], a: 1 });
  await document.flush();
  assert.equal(server.writes.length, 1);
});

test('one write is on its way at a time; what changes meanwhile is the next', async () => {
  const server = new Server(0);
  const { clock, document } = await opened(server);
  const [wait, go] = gate();
  server.before = wait;
  document.change(1);
  await clock.pass(2_000);
  assert.equal(document.status, 'saving');
  for (let n = 2; n < 10; n++) {
    document.change(n);
    await clock.pass(1_000);
  }
  const flushed = document.flush();
  assert.deepEqual(server.writes, [1]);
  go();
  await flushed;
  assert.deepEqual([server.writes, server.most, document.status], [[1, 9], 1, 'saved']);
});

test('changes during a write are written two seconds after the last of them', async () => {
  const server = new Server(0);
  const { clock, document } = await opened(server);
  const [wait, go] = gate();
  server.before = wait;
  document.change(1);
  await clock.pass(2_500);
  document.change(2);
  go();
  await settle();
  assert.equal(document.status, 'pending');
  await clock.pass(1_999);
  assert.deepEqual(server.writes, [1]);
  await clock.pass(1);
  assert.deepEqual([server.writes, document.status], [[1, 2], 'saved']);
});

test('a new document is made, and only if nobody else made it', async () => {
  const server = new Server();
  const { document } = await opened(server);
  assert.deepEqual([document.value, document.status], [undefined, 'saved']);
  document.change('first');
  await document.flush();
  assert.deepEqual([server.saved, document.snapshot().version], [{ value: 'first', version: 'v1' }, 'v1']);
});

test('V2: what somebody else wrote meanwhile is a conflict: nothing is overwritten, and nothing written until it is resolved', async () => {
  for (const [choice, expected, version] of [['local', 'mine', 'v3'], ['server', 'theirs', 'v2'], [{ value: 'both' }, 'both', 'v3']]) {
    const server = new Server('base');
    const { clock, document } = await opened(server);
    server.put('theirs');
    document.change('mi');
    await document.flush();
    assert.equal(document.status, 'conflict');
    document.change('mine');
    await clock.pass(120_000);
    assert.deepEqual([server.saved.value, document.value, document.snapshot().there], ['theirs', 'mine', { value: 'theirs', version: 'v2' }]);
    await document.resolve(choice);
    assert.deepEqual([server.saved, document.value, document.status, document.snapshot().there], [{ value: expected, version }, expected, 'saved', null]);
  }
});

test('V2: the callback is asked once, and again if the document changed while it thought', async () => {
  const server = new Server('base');
  const asked = [];
  const [wait, go] = gate();
  const { document } = await opened(server, {
    onConflict: async (conflict) => {
      asked.push(conflict);
      if (asked.length === 1) await wait();
      return { value: `${conflict.local}+${conflict.there.value}` };
    },
  });
  server.put('theirs');
  document.change('mine');
  await document.flush();
  document.change('mine too');
  go();
  await settle();
  await document.flush();
  const there = { value: 'theirs', version: 'v2' };
  assert.deepEqual(asked, [{ local: 'mine', there, version: 'v1' }, { local: 'mine too', there, version: 'v1' }]);
  assert.deepEqual([server.saved.value, document.status], ['mine too+theirs', 'saved']);
});

test('V2: somebody wrote again before the conflict was resolved: it is one again', async () => {
  const server = new Server('base');
  const { document } = await opened(server);
  server.put('theirs');
  document.change('mine');
  await document.flush();
  server.put('theirs again');
  await document.resolve('local');
  assert.deepEqual([server.saved.value, document.status, document.snapshot().there.value], ['theirs again', 'conflict', 'theirs again']);
});

test('a document that was deleted is a conflict with nothing', async () => {
  const server = new Server('base');
  const { document } = await opened(server);
  server.saved = null;
  document.change('mine');
  await document.flush();
  assert.deepEqual([document.status, document.snapshot().there], ['conflict', null]);
  await document.resolve('local');
  assert.deepEqual(server.saved, { value: 'mine', version: 'v1' });
});

test('a callback that fails leaves the conflict as it is, and the reason where it can be seen', async () => {
  const server = new Server('base');
  const { document } = await opened(server, { onConflict: () => { throw new Error('no dialog'); } });
  server.put('theirs');
  document.change('mine');
  await document.flush();
  await settle();
  assert.deepEqual([document.status, document.snapshot().error.message, server.saved.value], ['conflict', 'no dialog', 'theirs']);
});

test('while the server is away the document is in the local copy; when it is back it is written, and the copy goes', async () => {
  const server = new Server(0);
  const store = new MemoryStore();
  const { clock, document, seen } = await opened(server, { store });
  server.before = server.loading = away;
  document.change(1);
  await clock.pass(2_000);
  assert.deepEqual([document.status, document.snapshot().error.code], ['offline', 'unavailable']);
  document.change(2);
  await clock.pass(300_000);
  assert.equal(document.status, 'offline');
  server.before = server.loading = async () => {};
  await clock.pass(60_000);
  assert.deepEqual([server.saved.value, document.status, document.snapshot().error], [2, 'saved', null]);
  assert.deepEqual(server.writes.at(-1), 2);
  await document.close();
  assert.equal(await copyIn(store), undefined);
  assert.deepEqual(seen.filter((status) => status === 'conflict'), []);
});

test('attempts come later and later, at random, up to a minute; the network\'s return ends a pause; the server\'s wish counts', async () => {
  const server = new Server(0);
  const { clock, page, document } = await opened(server);
  let attempts = 0;
  server.before = server.loading = async () => { attempts++; throw new SkeinError('unavailable', 'away'); };
  document.change(1);
  const at = [];
  for (let second = 0; second < 300; second++) {
    const before = attempts;
    await clock.pass(1_000);
    if (attempts > before) at.push(second + 1);
  }
  assert.deepEqual(at, [2, 3, 5, 9, 17, 33, 65, 125, 185, 245]);
  page.say('online');
  await settle();
  assert.equal(attempts, at.length + 1);
  server.loading = async () => { attempts++; throw new SkeinError('rate_limited', 'slowly', { retryAfter: 100_000 }); };
  page.say('online');
  await settle();
  const before = attempts;
  await clock.pass(99_999);
  assert.equal(attempts, before);
  await clock.pass(1);
  assert.equal(attempts, before + 1);
});

test('what the server refuses is kept, and tried again with the next change only', async () => {
  const server = new Server('');
  const store = new MemoryStore();
  const { clock, document } = await opened(server, { store });
  server.before = async () => { throw new SkeinError('too_large', 'at most 1 MiB'); };
  document.change('long');
  await clock.pass(600_000);
  assert.deepEqual([document.status, server.writes.length, document.snapshot().error.code], ['refused', 1, 'too_large']);
  server.before = async () => {};
  document.change('short');
  await clock.pass(2_000);
  assert.deepEqual([document.status, server.saved.value], ['saved', 'short']);
  document.change({ big: 1n });
  await document.flush();
  assert.deepEqual([document.status, document.snapshot().error.code], ['refused', 'invalid_args']);
});

test('I1: a write whose answer was lost is no conflict with oneself', async () => {
  for (const more of [null, 'more']) {
    const server = new Server('base');
    const { clock, document, seen } = await opened(server);
    server.after = away; // done, and not told
    document.change('mine');
    await clock.pass(2_000);
    assert.deepEqual([document.status, server.saved.value], ['offline', 'mine']);
    if (more) document.change(more);
    server.after = async () => {};
    await clock.pass(60_000);
    assert.deepEqual([document.status, server.saved, server.writes.length], ['saved', { value: more ?? 'mine', version: more ? 'v3' : 'v2' }, more ? 2 : 1]);
    assert.equal(seen.includes('conflict'), false);
  }
});

test('a page that is hidden or left writes at once, with a request that outlives it, and keeps a copy until that is answered', async () => {
  for (const leave of [(page) => page.say('pagehide'), (page) => page.see('hidden')]) {
    const server = new Server(0);
    const store = new MemoryStore();
    const written = [];
    const write = store.write.bind(store);
    store.write = (batch) => { written.push(batch); return write(batch); };
    const { page, document } = await opened(server, { store });
    leave(page);
    assert.deepEqual(server.writes, [], 'there is nothing to write');
    document.change(1);
    leave(page);
    assert.deepEqual(server.writes, [{ value: 1, keepalive: true }], 'in the same turn: there may be no other');
    assert.deepEqual(written, [{ put: { copy: { value: 1, version: 'v1', sent: '1' } } }]);
    await settle();
    assert.deepEqual([document.status, written.at(-1)], ['saved', { delete: ['copy'] }]);
    page.say('pageshow');
    page.see('visible');
    document.change(2);
    await document.flush();
    assert.deepEqual(server.writes.at(-1), 2);
    assert.deepEqual([page.listening, page.document.listening], [3, 1]);
    await document.close();
    assert.deepEqual([page.listening, page.document.listening], [0, 0]);
  }
});

test('a page that goes while a write is on its way leaves a copy of what is newer, whatever that write has come to', async () => {
  for (const [done, server] of [[true, new Server(0)], [false, new Server(0)]]) {
    const store = new MemoryStore();
    const first = await opened(server, { store });
    if (done) server.after = () => new Promise(() => {});
    else server.before = () => new Promise(() => {});
    first.document.change(1);
    await first.clock.pass(2_000);
    first.document.change(2);
    first.page.say('pagehide');
    await store.close(); // the page is gone
    server.before = server.after = async () => {};
    server.busy = 0;
    const { document, seen } = await opened(server, { store });
    await document.flush();
    assert.deepEqual([server.saved.value, document.value, document.status, seen.includes('conflict')], [2, 2, 'saved', false], `done: ${done}`);
    await document.close();
    assert.equal(await copyIn(store), undefined);
  }
});

test('a copy is recovered with and without the server, and is a conflict if somebody wrote meanwhile', async () => {
  const copy = () => new MemoryStore([['copy', { value: 'mine', version: 'v1', sent: null }]]);
  const same = await opened(new Server('base'), { store: copy() });
  assert.equal(same.document.value, 'mine');
  await same.document.flush();
  assert.equal(same.document.status, 'saved');

  const server = new Server('base');
  server.loading = server.before = away;
  const store = copy();
  const offline = await opened(server, { store });
  assert.deepEqual([offline.document.value, offline.document.status], ['mine', 'offline']);
  await offline.document.close();
  assert.deepEqual((await copyIn(store)).value, 'mine');
  server.loading = server.before = async () => {};
  const online = await opened(server, { store });
  await online.document.close();
  assert.deepEqual([server.saved.value, await copyIn(store)], ['mine', undefined]);

  const other = new Server('base');
  other.put('theirs');
  const conflict = await opened(other, { store: copy() });
  assert.deepEqual([conflict.document.status, conflict.document.value, other.saved.value], ['conflict', 'mine', 'theirs']);
  await conflict.document.resolve('server');
  assert.equal(conflict.document.value, 'theirs');
});

test('without server and without copy there is nothing to open; later there may be', async () => {
  const server = new Server('base');
  server.loading = away;
  const document = new Autosave({ load: server.load, save: server.save, store: new MemoryStore(), page: new Page(), clock: new ManualClock() });
  await assert.rejects(document.open(), { code: 'unavailable' });
  assert.throws(() => document.change('blind'), { code: 'unavailable' });
  server.loading = async () => {};
  assert.equal((await document.open()).value, 'base');
});

test('a store that fails is told, and the document works without it', async () => {
  const held = new MemoryStore();
  await held.open();
  const server = new Server(0);
  const { document } = await opened(server, { store: held });
  assert.equal(document.snapshot().copyError.reason, 'store_failed');
  document.change(1);
  await document.flush();
  assert.deepEqual([server.saved.value, document.status], [1, 'saved']);
  const full = await opened(new Server(0), { store: new MemoryStore([], { maxSize: 3 }) });
  full.document.change('longer');
  full.page.say('pagehide');
  await settle();
  assert.match(full.document.snapshot().copyError.message, /holds at most/);
  assert.equal(full.document.status, 'saved');
});

test('offline, one copy is written at a time however fast somebody types, and the last one counts', async () => {
  const server = new Server(0);
  const store = new MemoryStore();
  const { clock, document } = await opened(server, { store });
  server.before = server.loading = away;
  document.change(1);
  await clock.pass(2_000);
  let writes = 0;
  const write = store.write.bind(store);
  store.write = async (batch) => { writes++; await settle(); return write(batch); };
  for (let n = 2; n < 500; n++) document.change(n);
  await document.close();
  assert.ok(writes <= 4, `${writes}`);
  assert.equal((await copyIn(store)).value, 499);
});

test('a page that goes while a copy is being written gives the newest one to the store at once', async () => {
  const server = new Server(0);
  const store = new MemoryStore();
  const { clock, page, document } = await opened(server, { store });
  server.before = server.loading = away;
  document.change(1);
  await clock.pass(2_000);
  const given = [];
  store.write = (batch) => { given.push(batch.put?.copy.value); return new Promise(() => {}); };
  document.change(2);
  document.change(3);
  assert.deepEqual(given, [2]);
  page.say('pagehide');
  assert.equal(given.at(-1), 3);
});

test('a snapshot is the same object until something of it changed, and only then listeners run', async () => {
  const server = new Server({ a: 1 });
  const { clock, document } = await opened(server);
  const first = document.snapshot();
  assert.equal(document.snapshot(), first);
  let told = 0;
  const stop = document.subscribe(() => told++);
  const value = { a: 2 };
  document.change(value);
  assert.equal(told, 1);
  const second = document.snapshot();
  document.change(value);
  assert.deepEqual([told, document.snapshot() === second, second === first, Object.isFrozen(second)], [1, true, false, true]);
  stop();
  await clock.pass(2_000);
  assert.equal(told, 1);
});

test('a server that calls a conflict what is none is asked again later, not at once', async () => {
  const server = new Server(0);
  const { clock, document } = await opened(server);
  server.before = async () => { throw new SkeinError('conflict', 'always'); };
  document.change(1);
  await clock.pass(10_000);
  assert.equal(document.status, 'offline');
  assert.ok(server.writes.length <= 4, `${server.writes.length} writes`);
});

test('a copy that a tab left behind is taken, unless there is one', () => {
  const left = new Map([['copy', 1]]);
  assert.deepEqual(salvageCopy(left, new Map()), { put: { copy: 1 }, delete: ['copy'] });
  assert.deepEqual(salvageCopy(left, new Map([['copy', 2]])), {});
  assert.deepEqual(salvageCopy(new Map(), new Map()), {});
});

test('HTTP: ETag and If-Match, a new document, a conflict, refusals with their reasons, and a token per request', async () => {
  let saved = null;
  let tokens = 0;
  let mood = null;
  const seen = [];
  const http = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const { authorization, 'if-match': match, 'if-none-match': none } = request.headers;
    seen.push([request.method, authorization, match ?? none]);
    if (mood) return void mood(response);
    if (request.method === 'GET') return void (saved ? response.setHeader('etag', `"${saved.n}"`).end(saved.body) : response.writeHead(404).end());
    if (saved ? match !== `"${saved.n}"` : none !== '*') return void response.writeHead(412, { 'content-type': 'application/problem+json' }).end('{"code":"conflict"}');
    saved = { n: (saved?.n ?? 0) + 1, body };
    return void response.setHeader('etag', `"${saved.n}"`).writeHead(saved.n === 1 ? 201 : 204).end();
  });
  await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${http.address().port}/doc`;
  const { load, save } = httpDocument(url, { token: async () => `t${++tokens}` });
  try {
    assert.equal(await load(), null);
    assert.deepEqual(await save({ value: { a: 'ä' }, version: null, keepalive: true }), { version: '"1"' });
    assert.deepEqual(await load(), { value: { a: 'ä' }, version: '"1"' });
    assert.deepEqual(await save({ value: 'x'.repeat(100_000), version: '"1"', keepalive: true }), { version: '"2"' });
    await assert.rejects(save({ value: 2, version: '"1"', keepalive: false }), { name: 'SkeinError', code: 'conflict' });
    await assert.rejects(save({ value: 2, version: null, keepalive: false }), { code: 'conflict' });
    assert.deepEqual(seen.slice(0, 2), [['GET', 'Bearer t1', undefined], ['PUT', 'Bearer t2', '*']]);
    const moods = [
      [(r) => r.writeHead(413, { 'content-type': 'application/problem+json' }).end('{"code":"too_large","detail":"at most 1 MiB"}'), { code: 'too_large', message: 'at most 1 MiB' }],
      [(r) => r.writeHead(503, { 'retry-after': '7' }).end('<h1>Bad'), { code: 'unavailable', retryAfter: 7000 }],
      [(r) => r.writeHead(429).end(), { code: 'rate_limited' }],
      [(r) => r.writeHead(401).end(), { code: 'unauthenticated' }],
      [(r) => r.socket.destroy(), { code: 'unavailable' }],
      [(r) => r.end('{}'), { code: 'invalid_args', message: /no ETag/ }],
      [(r) => r.setHeader('etag', 'W/"1"').end('{}'), { code: 'invalid_args', message: /weak ETag/ }],
    ];
    for (const [next, error] of moods) {
      mood = next;
      await assert.rejects(save({ value: 1, version: '"2"', keepalive: false }), error);
      await assert.rejects(load(), error);
    }
    mood = (r) => r.setHeader('etag', '"9"').end('{"cut');
    await assert.rejects(load(), { code: 'unavailable' });
  } finally {
    http.close();
    http.closeAllConnections();
  }
});
