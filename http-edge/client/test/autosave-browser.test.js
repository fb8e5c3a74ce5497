// A page that is left, in the real browser: what was typed in its last instant is on the server, or in the local copy.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { lacking, launch, serve } from './browser/chromium.js';

const skip = lacking;
let server, browser;
const docs = new Map();
/** Writes are answered as late as `hold` resolves. */
let hold = Promise.resolve();
/** Playwright's `setOffline` does not reach requests that outlive their page. */
let isAway = false;
/** Another origin's writes are asked about first (CORS): these are answered once this resolves. */
let preflight = Promise.resolve();

async function resource(request, response) {
  if (isAway) return response.writeHead(503).end();
  response.setHeader('access-control-allow-origin', '*').setHeader('access-control-expose-headers', 'etag');
  if (request.method === 'OPTIONS') {
    await preflight;
    return response.setHeader('access-control-allow-methods', 'PUT').setHeader('access-control-allow-headers', '*').writeHead(204).end();
  }
  const name = request.url;
  let body = '';
  for await (const part of request) body += part;
  const doc = docs.get(name) ?? { n: 0, body: null, waiters: [] };
  docs.set(name, doc);
  if (request.method === 'GET') return doc.body === null ? response.writeHead(404).end() : response.setHeader('etag', `"${doc.n}"`).end(doc.body);
  const { 'if-match': match, 'if-none-match': none } = request.headers;
  if (doc.body === null ? none !== '*' : match !== `"${doc.n}"`) return response.writeHead(412).end();
  Object.assign(doc, { n: doc.n + 1, body });
  doc.waiters.splice(0).forEach((resolve) => resolve());
  await hold;
  return response.setHeader('etag', `"${doc.n}"`).writeHead(204).end();
}

/** The next write to a document. */
const written = (name) => new Promise((resolve, reject) => {
  const timer = setTimeout(() => reject(new Error(`nothing was written to ${name}`)), 10_000);
  docs.get(name).waiters.push(() => { clearTimeout(timer); resolve(); });
});

before(async () => {
  if (lacking) return;
  const answer = (request, response) => request.url.startsWith('/doc/') && (resource(request, response), true);
  [server, browser] = await Promise.all([serve(answer), launch()]);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** A page with the document open; `pause` long enough that nothing but leaving the page can write it. */
async function editor(context, name, origin = '') {
  const page = await context.newPage();
  await page.goto(server.url);
  const status = await page.evaluate(async ([name, origin]) => {
    const [{ Autosave, httpDocument }, { IndexedDbStore }] = await Promise.all(['/src/autosave.js', '/src/store/indexeddb.js'].map((url) => import(url)));
    globalThis.doc = new Autosave({ ...httpDocument(origin + name), store: new IndexedDbStore(name), debounceMs: 600_000, periodMs: 600_000 });
    await doc.open();
    return doc.status;
  }, [name, origin]);
  return { page, status };
}

/**
 * Until what a page wrote in its last instant is there, and the place it had is free unless it still has it open. The browser has both from the page by different ways, and on a busy machine neither before the next
 * page begins. What never comes fails here and does not wait for the runner's timeout.
 */
const copied = async (page, name, { isOpen = false } = {}) => {
  const lacks = await page.evaluate(async ([name, isOpen, patienceMs]) => {
    const answer = (request) => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: () => reject(request.error) }));
    const database = await answer(indexedDB.open(name));
    const until = Date.now() + patienceMs;
    for (;;) {
      const copies = await answer(database.transaction('kept').objectStore('kept').count([0, 'copy']));
      const { held } = await navigator.locks.query();
      const isDone = copies > 0 && (isOpen || held.length === 0);
      if (isDone || Date.now() > until) {
        database.close();
        return isDone ? null : `${copies} copies, and places held: ${held.map((lock) => lock.name)}`;
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }, [name, isOpen, 10_000]);
  assert.equal(lacks, null, `the copy of ${name}`);
};

/** Headless pages are always shown: the property is played, the event is the browser's. */
const hide = (page) => page.evaluate(() => {
  Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
});

const WAYS = { 'another address': (page) => page.goto('about:blank'), 'a reload': (page) => page.reload(), 'closing the tab': (page) => page.close({ runBeforeUnload: true }) };
for (const [how, leave] of Object.entries(WAYS)) {
  test(`autosave in Chromium: ${how} writes what was typed last`, { skip }, async () => {
    const name = `/doc/${encodeURIComponent(how)}`;
    const context = await browser.newContext();
    const { page } = await editor(context, name);
    const wait = written(name);
    await page.evaluate(() => doc.change({ text: 'last words' }));
    assert.equal(docs.get(name).body, null);
    await Promise.all([wait, leave(page)]);
    assert.equal(docs.get(name).body, '{"text":"last words"}');
    const again = await editor(context, name);
    assert.equal(await again.page.evaluate(() => doc.value.text), 'last words');
    await context.close();
  });
}

test('autosave in Chromium: a page that is hidden writes at once', { skip }, async () => {
  const context = await browser.newContext();
  const { page } = await editor(context, '/doc/hidden');
  const wait = written('/doc/hidden');
  await page.evaluate(() => doc.change('behind'));
  await hide(page);
  await wait;
  assert.equal(docs.get('/doc/hidden').body, '"behind"');
  await context.close();
});

test('autosave in Chromium: without the server the page\'s last state is in the copy, and is written when the document is opened again', { skip }, async () => {
  const context = await browser.newContext();
  const { page } = await editor(context, '/doc/away');
  isAway = true;
  await page.evaluate(() => doc.change({ text: 'on the train' }));
  // Hidden first, as people's pages are: of a page that is gone in the same instant Chromium now and then drops a transaction that was committed and still waits.
  await hide(page);
  await copied(page, '/doc/away', { isOpen: true });
  await page.goto('about:blank');
  await page.close();
  const other = await context.newPage();
  await other.goto(server.url);
  await copied(other, '/doc/away');
  isAway = false;
  assert.equal(docs.get('/doc/away').body, null);
  const wait = written('/doc/away');
  const again = await editor(context, '/doc/away');
  assert.equal(await again.page.evaluate(() => doc.value.text), 'on the train');
  await wait;
  assert.equal(docs.get('/doc/away').body, '{"text":"on the train"}');
  await again.page.evaluate(() => doc.close());
  await context.close();
});

test('autosave in Chromium: what is too long to outlive its page, or newer than a write on its way, is in the copy', { skip }, async () => {
  const context = await browser.newContext();
  const { page } = await editor(context, '/doc/long');
  let answer;
  hold = new Promise((resolve) => { answer = resolve; });
  const wait = written('/doc/long');
  await page.evaluate(() => { doc.change('older'); doc.flush(); });
  await wait;
  const long = 'x'.repeat(200_000);
  await page.evaluate((long) => doc.change(long), long);
  await hide(page);
  await copied(page, '/doc/long', { isOpen: true });
  await page.reload();
  await copied(page, '/doc/long');
  answer();
  assert.equal(docs.get('/doc/long').body, '"older"');
  const { page: again, status } = await editor(context, '/doc/long');
  assert.notEqual(status, 'conflict', 'the write without an answer was our own');
  assert.equal(await again.evaluate(() => doc.value.length), long.length);
  await again.evaluate(() => doc.flush());
  assert.equal(docs.get('/doc/long').body, JSON.stringify(long));
  await context.close();
});

test('autosave in Chromium: the write of a page that is gone goes on, though the browser has to ask first whether it may', { skip }, async () => {
  const context = await browser.newContext();
  const { page } = await editor(context, '/doc/outlives', server.url.replace('localhost', '127.0.0.1').slice(0, -1));
  let answer;
  preflight = new Promise((resolve) => { answer = resolve; });
  const wait = written('/doc/outlives');
  await page.evaluate(() => doc.change('outlived'));
  await page.goto('about:blank');
  assert.equal(docs.get('/doc/outlives').body, null);
  answer();
  await wait;
  assert.equal(docs.get('/doc/outlives').body, '"outlived"');
  await context.close();
});
