// What holds for every store, run by Node's test runner and inside a real browser alike: nothing here needs either.
// A rule gets `make()`, which answers a store on the same medium every time (closed ones keep what they have), `check` with `equal` and `fails`,
// and `quota(store)`, where the medium's bound is known: a value that does not fit.

/** @param {unknown} actual @param {unknown} expected */
function equal(actual, expected) {
  const [a, b] = [actual, expected].map((value) => JSON.stringify(value instanceof Map ? [...value].sort(([x], [y]) => (x < y ? -1 : 1)) : value));
  if (a !== b) throw new Error(`is ${a}\n  not ${b}`);
}

/** @param {Promise<unknown>} promise @param {string} code */
async function fails(promise, code) {
  const error = await promise.then((value) => { throw new Error(`no ${code}, but ${JSON.stringify(value)}`); }, (e) => e);
  if (error.name !== 'StoreError' || error.code !== code) throw new Error(`no ${code}, but ${error.stack}`);
}

const kept = (/** @type {object} */ object) => new Map(Object.entries(object));

/** @type {Record<string, (make: () => any) => Promise<void>>} */
export const RULES = {
  async 'S1 a new store is empty; what was written is there after it was closed and opened again'(make) {
    const store = make();
    equal(await store.open(), new Map());
    await store.write({ put: { cursor: { seq: 7, view: null }, 'row/1': [1.5, 'two', true, null, { deep: [{}] }] } });
    await store.close();
    const again = make();
    equal(await again.open(), kept({ cursor: { seq: 7, view: null }, 'row/1': [1.5, 'two', true, null, { deep: [{}] }] }));
    await again.close();
  },

  async 'S2 a batch clears first, then puts, then deletes'(make) {
    const store = make();
    await store.open();
    await store.write({ put: { a: 1, b: 2, c: 3 } });
    await store.write({ put: { b: 'again', e: 'never' }, delete: ['e', 'c', 'never there'] });
    await store.close();
    equal(await store.open(), kept({ a: 1, b: 'again' }));
    await store.write({ put: { d: 4 }, clear: true, delete: ['a'] });
    await store.write({});
    await store.close();
    equal(await store.open(), kept({ d: 4 }));
    await store.close();
  },

  async 'S3 writes count in the order of their calls, and close waits for them'(make) {
    const store = make();
    await store.open();
    const writes = [];
    for (let i = 0; i < 300; i++) writes.push(store.write({ put: { last: i, [`k${i}`]: i }, delete: i > 0 ? [`k${i - 1}`] : [] }));
    await store.close();
    await Promise.all(writes);
    equal(await store.open(), kept({ last: 299, k299: 299 }));
    await store.close();
  },

  async 'S4 a batch of which a part is no JSON changes nothing, and the next one counts'(make) {
    const store = make();
    await store.open();
    await store.write({ put: { a: 1 } });
    /** @type {any} */ const ring = {};
    ring.ring = ring;
    for (const bad of [ring, undefined, () => 1, 10n]) await fails(store.write({ clear: true, put: { good: 1, bad } }), 'invalid');
    await fails(store.write({ delete: [3] }), 'invalid');
    await fails(store.write({ puts: { a: 2 } }), 'invalid');
    await store.write({ put: { b: 2 } });
    await store.close();
    equal(await store.open(), kept({ a: 1, b: 2 }));
    await store.close();
  },

  async 'S5 values are copies, on the way in and on the way out'(make) {
    const store = make();
    const value = { list: [1] };
    await store.open();
    const write = store.write({ put: { value } });
    value.list.push(2);
    await write;
    await store.close();
    const out = await store.open();
    equal(out, kept({ value: { list: [1] } }));
    out.get('value').list.push(3);
    out.clear();
    await store.close();
    equal(await store.open(), kept({ value: { list: [1] } }));
    await store.close();
  },

  async 'S6 a store that is not open writes nothing, and one that is open is not opened again'(make) {
    const store = make();
    await fails(store.write({ put: { a: 1 } }), 'closed');
    await store.open();
    await fails(store.open(), 'held');
    await store.write({ put: { a: 2 } });
    await store.close();
    await fails(store.write({ put: { a: 3 } }), 'closed');
    await store.close();
    equal(await store.open(), kept({ a: 2 }));
    await store.close();
  },

  async 'S7 any string is a key, and any JSON a value'(make) {
    const strange = ['', ' ', '\n', '\0', '__proto__', 'constructor', 'clear', 'ключ', '🗝️', '\ud800', 'a'.repeat(5000), '"],[', '1', '01'];
    const store = make();
    await store.open();
    await store.write({ put: Object.fromEntries(strange.map((key, i) => [key, { [key]: key, i }])) });
    await store.write({ put: { values: [0, -0.5, 1e300, '\u2028\u2029\r\n', '\udc00', '', [], {}, null, false] } });
    await store.close();
    const found = await store.open();
    equal([...found.keys()].sort(), [...strange, 'values'].sort());
    for (const [i, key] of strange.entries()) equal(found.get(key), { [key]: key, i });
    equal(found.get('values'), [0, -0.5, 1e300, '\u2028\u2029\r\n', '\udc00', '', [], {}, null, false]);
    await store.write({ delete: strange });
    await store.close();
    equal([...(await store.open()).keys()], ['values']);
    await store.close();
  },

  async 'S8 a thousand random batches leave what a plain map has'(make) {
    const store = make();
    const model = new Map();
    await store.open();
    let state = 20261122; // the seed
    const random = (/** @type {number} */ below) => (state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff) % below;
    for (let i = 0; i < 1000; i++) {
      const clear = random(100) === 0;
      const gone = Array.from({ length: random(4) }, () => `k${random(40)}`);
      const put = Object.fromEntries(Array.from({ length: random(5) }, () => [`k${random(40)}`, 'x'.repeat(random(60)) + i]));
      if (clear) model.clear();
      Object.entries(put).forEach(([key, value]) => model.set(key, value));
      gone.forEach((key) => model.delete(key));
      const write = store.write({ clear, put, delete: gone });
      if (random(10) === 0) await write;
      if (random(100) !== 0) continue;
      await store.close();
      equal(await store.open(), model);
    }
    await store.close();
    equal(await store.open(), model);
    await store.close();
  },

  async 'S9 what waits is bounded: one write too many is refused, the others are kept'(make) {
    const store = make();
    await store.open();
    const writes = Array.from({ length: 3000 }, (_, i) => store.write({ put: { [`k${i}`]: i } }).then(() => 'kept', (e) => e.code));
    const outcomes = await Promise.all(writes);
    await store.close();
    const found = await store.open();
    for (const [i, outcome] of outcomes.entries()) if ((outcome === 'kept') !== found.has(`k${i}`)) throw new Error(`${i} was ${outcome}`);
    equal([...new Set(outcomes)].every((outcome) => outcome === 'kept' || outcome === 'overloaded'), true);
    equal(found.size >= 1024, true);
    await store.close();
  },
};
