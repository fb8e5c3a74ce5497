import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStore } from '../src/store/memory.js';
import { RULES } from './browser/store-contract.js';

for (const [rule, holds] of Object.entries(RULES)) {
  test(`memory: ${rule}`, () => {
    const store = new MemoryStore();
    return holds(() => store);
  });
}

test('memory: a batch that does not fit is refused whole, and what is replaced makes room', async () => {
  const store = new MemoryStore([], { maxSize: 40 });
  await store.open();
  await store.write({ put: { a: 'x'.repeat(30) } }); // 1 + 32 characters
  await assert.rejects(store.write({ put: { b: 'too long' }, delete: ['never'] }), { name: 'StoreError', code: 'quota' });
  await store.write({ put: { b: 'longer than that' }, delete: ['a'] });
  await assert.rejects(store.write({ put: { b: 'x'.repeat(19), c: 'x'.repeat(16) } }), { code: 'quota' });
  await store.write({ put: { b: 'x'.repeat(18), c: 'x'.repeat(16) } }); // 21 + 19
  await store.close();
  assert.deepEqual([...(await store.open()).keys()], ['b', 'c']);
});

test('memory: it may have something from the start', async () => {
  assert.deepEqual([...(await new MemoryStore([['a', { b: 1 }]]).open())], [['a', { b: 1 }]]);
});
