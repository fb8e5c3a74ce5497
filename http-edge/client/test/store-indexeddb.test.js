// The store of browsers, in the real one: tabs are pages of one context.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { lacking, launch, serve } from './browser/chromium.js';
import { RULES } from './browser/store-contract.js';

let server, browser, context;
const skip = lacking;

before(async () => {
  if (lacking) return;
  [server, browser] = await Promise.all([serve(), launch()]);
  context = await browser.newContext();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

let names = 0;
const fresh = () => `store-${++names}`;

/** A tab that has a store open: `do(body)` runs with `store`, `kept` (what it opened with), `module` and `outcome(promise)` (`done`, or the error's code). */
async function tab(name, options = '{}', use = context) {
  const page = await use.newPage();
  await page.goto(server.url);
  const run = (body) => page.evaluate(`(async () => { ${body} })()`);
  const open = () => run(`
    globalThis.outcome = (promise) => promise.then(() => 'done', (e) => (e.name === 'StoreError' ? e.code : e.stack));
    globalThis.module = await import('/src/store/indexeddb.js');
    globalThis.store = new module.IndexedDbStore(${JSON.stringify(name)}, ${options});
    globalThis.kept = new Map();
    return outcome(store.open().then((found) => { kept = found; }));`);
  const opened = await open();
  return {
    page, run, opened,
    kept: () => run('return Object.fromEntries(kept)'),
    write: (batch) => run(`return outcome(store.write(${JSON.stringify(batch)}))`),
    reload: async () => { await page.reload(); return open(); },
  };
}

const closed = (...tabs) => Promise.all(tabs.map(({ page }) => page.close()));

test('indexeddb: the contract', { skip }, async (context) => {
  const page = await browser.newPage();
  await page.goto(server.url);
  for (const rule of Object.keys(RULES)) {
    await context.test(rule, () => page.evaluate(async ([rule, name]) => {
      const [{ IndexedDbStore }, { RULES }] = await Promise.all(['/src/store/indexeddb.js', '/test/browser/store-contract.js'].map((url) => import(url)));
      await RULES[rule](() => new IndexedDbStore(name));
    }, [rule, fresh()]));
  }
  await page.close();
});

test('indexeddb: tabs keep apart what is theirs, and each finds its own again', { skip }, async () => {
  const name = fresh();
  const ada = await tab(name);
  const bob = await tab(name);
  assert.deepEqual([await ada.run('return store.slot'), await bob.run('return store.slot')], [0, 1]);
  await Promise.all([1, 2, 3, 4, 5].flatMap((seq) => [ada, bob].map((one) => one.write({ clear: true, put: { cursor: seq, [one === ada ? 'ada' : 'bob']: seq } }))));
  await bob.reload();
  assert.deepEqual(await bob.kept(), { cursor: 5, bob: 5 });
  await ada.reload();
  assert.deepEqual(await ada.kept(), { cursor: 5, ada: 5 });
  await closed(ada, bob);
});

test('indexeddb: the place of a tab that was closed or crashed is the next one\'s, with all in it', { skip }, async () => {
  const name = fresh();
  const ada = await tab(name);
  const bob = await tab(name);
  await ada.write({ put: { whose: 'ada' } });
  await bob.write({ put: { whose: 'bob' } });
  ada.page.goto('chrome://crash').catch(() => {}); // it never arrives
  await new Promise((resolve) => ada.page.once('crash', resolve));
  const cleo = await tab(name);
  assert.deepEqual(await cleo.kept(), { whose: 'ada' });
  await bob.page.close();
  const dan = await tab(name);
  assert.deepEqual(await dan.kept(), { whose: 'bob' });
  await closed(ada, cleo, dan);
});

test('indexeddb: more tabs than allowed are `held`', { skip }, async () => {
  const name = fresh();
  const tabs = [await tab(name, '{ maxTabs: 2 }'), await tab(name, '{ maxTabs: 2 }'), await tab(name, '{ maxTabs: 2 }')];
  assert.deepEqual(tabs.map(({ opened }) => opened), ['done', 'done', 'held']);
  await closed(...tabs);
});

test('indexeddb: calls of a tab that is gone are salvaged once; what another tab has is left alone', { skip }, async () => {
  const name = fresh();
  const salvage = '{ salvage: module.salvageCalls }';
  const call = (order) => `call ${String(order).padStart(16, '0')}`;
  const [ada, bob, cleo] = [await tab(name), await tab(name), await tab(name)];
  for (const [one, who] of [[ada, 'ada'], [bob, 'bob'], [cleo, 'cleo']]) {
    await one.write({ put: { meta: who, [call(1)]: { key: 'both' }, [call(2)]: { key: `${who} 2` }, [call(10)]: { key: `${who} 10` } } });
  }
  await closed(ada, bob);
  const dan = await tab(name, salvage); // has the first place, and looks into the others
  const all = { meta: 'ada', [call(1)]: { key: 'both' }, [call(2)]: { key: 'ada 2' }, [call(10)]: { key: 'ada 10' }, [call(11)]: { key: 'bob 2' }, [call(12)]: { key: 'bob 10' } };
  assert.deepEqual(await dan.kept(), all);
  await dan.reload();
  assert.deepEqual(await dan.kept(), all);
  const eve = await tab(name);
  assert.deepEqual(await eve.kept(), { meta: 'bob' });
  assert.equal(Object.keys(await (await cleo.reload(), cleo.kept())).length, 4);
  await dan.write({ clear: true });
  await closed(dan, eve);
  const empty = await tab(name, salvage);
  assert.deepEqual(await empty.kept(), { meta: 'bob' }, 'one that has nothing takes all');
  await empty.page.close();
  const mistaken = await tab(name, '{ salvage: () => ({ put: { bad: undefined } }) }');
  assert.equal(mistaken.opened, 'done', 'nobody has left anything');
  await mistaken.page.close();
  await cleo.page.close();
  const second = await tab(name, '{ salvage: () => ({ put: { bad: undefined } }) }');
  assert.equal(second.opened, 'invalid');
  assert.equal(await second.reload(), 'invalid', 'and its place was let go of');
  await second.page.close();
});

test('indexeddb: what another tab deletes is `lost`, and begins anew', { skip }, async () => {
  const name = fresh();
  const ada = await tab(name);
  const bob = await tab(name);
  await ada.write({ put: { a: 1 } });
  await bob.run(`await module.deleteIndexedDbStore(${JSON.stringify(name)})`); // not blocked: both let go
  assert.equal(await ada.write({ put: { a: 2 } }), 'lost');
  assert.equal(await bob.write({ put: { a: 2 } }), 'lost');
  assert.equal(await ada.run('return outcome(store.open().then((found) => { kept = found; }))'), 'done');
  assert.deepEqual(await ada.kept(), {});
  assert.equal(await ada.write({ put: { a: 3 } }), 'done');
  await closed(ada, bob);
});

test('indexeddb: what a newer program has changed is `outdated`, and the newer one is not kept waiting', { skip }, async () => {
  const name = fresh();
  const ada = await tab(name);
  await ada.write({ put: { a: 1 } });
  const bob = await context.newPage();
  await bob.goto(server.url);
  const upgrade = await bob.evaluate((name) => new Promise((resolve) => {
    const request = indexedDB.open(name, 2);
    request.onsuccess = () => { request.result.close(); resolve('upgraded'); };
    request.onerror = () => resolve(request.error.name);
  }), name);
  assert.equal(upgrade, 'upgraded');
  assert.equal(await ada.write({ put: { a: 2 } }), 'outdated');
  assert.equal(await ada.run('return outcome(store.open())'), 'outdated');
  await Promise.all([ada.page.close(), bob.close()]);
});

test('indexeddb: without room a batch is `quota` and changes nothing; what fits goes on', { skip }, async () => {
  const own = await browser.newContext();
  const page = await own.newPage();
  await page.goto(server.url);
  const devtools = await own.newCDPSession(page); // as long as it lives; and before the first use, the browser remembers what room there is
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: server.url, quotaSize: 200_000 });
  const ada = await tab(fresh(), '{}', own);
  assert.equal(await ada.write({ put: { a: 1, b: 1 } }), 'done');
  assert.equal(await ada.run(`return outcome(store.write({ put: { a: 2, c: 'x'.repeat(3_000_000) }, delete: ['b'] }))`), 'quota');
  assert.equal(await ada.write({ put: { d: 1 } }), 'done');
  await ada.reload();
  assert.deepEqual(await ada.kept(), { a: 1, b: 1, d: 1 });
  await own.close();
});

test('indexeddb: a write in the page\'s last instant counts', { skip }, async () => {
  const name = fresh();
  const ada = await tab(name);
  await ada.run(`addEventListener('pagehide', () => { store.write({ put: { last: 'words', more: 'x'.repeat(100_000) } }); })`);
  await ada.page.goto('about:blank');
  await ada.page.close();
  const bob = await tab(name);
  assert.equal((await bob.kept()).last, 'words');
  await bob.page.close();
});

test('indexeddb: more than 1,024 waiting writes are `overloaded`; without Web Locks it is `unsupported`', { skip }, async () => {
  const ada = await tab(fresh());
  const outcomes = await ada.run('return Promise.all(Array.from({ length: 1100 }, (_, i) => outcome(store.write({ put: { i } }))))');
  assert.deepEqual([outcomes.filter((one) => one === 'done').length, outcomes.filter((one) => one === 'overloaded').length], [1024, 76]);
  const bob = await tab(fresh(), '{ locks: undefined }');
  assert.equal(bob.opened, 'unsupported');
  await closed(ada, bob);
});
