// What the page works out by itself, without a browser: the hash chain, filters and order of rows, what differs, QR codes.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const app = (file) => import(new URL(`../../main/resources/web/app/${file}`, import.meta.url));
const { changedColumns } = await app('diff.js');
const { parseCondition, passes, sorted } = await app('filter.js');
const { checkChain, seqIn } = await app('history-chain.js');
const { qrModules } = await app('qr.js');

const vectors = JSON.parse(readFileSync(new URL('../../../../docs/hash-vectors.json', import.meta.url), 'utf8')).transactions;
const NONE = '0'.repeat(64);

/** A server's answers, `size` transactions to a page; `change` may tamper with them. */
function server(size, change = (transactions) => transactions) {
  const all = change(vectors.map(({ seq, hash, canonical }) => ({ seq, hash, canonical: Buffer.from(canonical, 'hex').toString('base64') })));
  return async (after) => {
    const transactions = all.slice(after, after + size);
    const end = after + transactions.length;
    return { epoch: 'e', head: vectors.length, hashBefore: after === 0 ? NONE : all[after - 1].hash, next: end < all.length ? end : null, transactions };
  };
}

test('H1: the published vectors hold, in pages of any size', async () => {
  for (const size of [1, 2, 100]) {
    const result = await checkChain({ page: server(size) });
    assert.deepEqual([result.checked, result.hash, result.broken, result.hidden], [vectors.length, vectors.at(-1).hash, null, null]);
    assert.equal(result.bytes, vectors.reduce((sum, { canonical }) => sum + canonical.length / 2, 0));
  }
});

test('H1: whatever is changed, dropped, swapped or cut off is found at its place', async () => {
  const flip = (canonical, at) => {
    const bytes = Buffer.from(canonical, 'base64');
    bytes[at < 0 ? bytes.length + at : at] ^= 1;
    return bytes.toString('base64');
  };
  const changes = [
    [(all) => all.with(1, { ...all[1], canonical: flip(all[1].canonical, -1) }), 2],
    [(all) => all.with(1, { ...all[1], hash: `f${all[1].hash.slice(1)}` }), 2],
    [(all) => all.with(0, { ...all[0], canonical: flip(all[0].canonical, 1) }), 1],
    [(all) => all.toSpliced(1, 1), 2],
    [(all) => all.with(0, all[1]).with(1, all[0]), 1],
    [(all) => all.slice(0, -1), vectors.length],
  ];
  for (const [change, place] of changes) for (const size of [1, 100]) assert.equal((await checkChain({ page: server(size, change) })).broken?.seq, place, String(change));
});

test('H1: a page that goes on from another hash, and bytes of another place under a chain of their own', async () => {
  const page = server(1);
  assert.equal((await checkChain({ page: async (after, limit) => ({ ...(await page(after, limit)), ...(after === 1 && { hashBefore: NONE }) }) })).broken.seq, 2);
  const forged = (all) => {
    const bytes = Buffer.from(all[0].canonical, 'base64');
    bytes[1] = 9; // says that it is #9
    return [{ ...all[0], canonical: bytes.toString('base64'), hash: createHash('sha256').update(Buffer.alloc(32)).update(bytes).digest('hex') }, ...all.slice(1)];
  };
  assert.match((await checkChain({ page: server(100, forged) })).broken.why, /say that it is #9/);
});

test('H1: where the server keeps bytes back, what comes before holds', async () => {
  const result = await checkChain({ page: server(100, (all) => all.with(1, { ...all[1], canonical: null })) });
  assert.deepEqual([result.checked, result.hidden, result.broken], [1, 2, null]);
});

test('a seq is read as LEB128', () => {
  assert.equal(seqIn(Uint8Array.of(1, 0xac, 0x02, 9)), 300);
  assert.equal(seqIn(Uint8Array.of(2, 1)), -1);
  assert.equal(seqIn(Uint8Array.of(1, 0x80)), -1);
});

const COLUMNS = [
  { name: 'id', type: 'string' }, { name: 'n', type: { optional: 'int' } }, { name: 'big', type: 'long' }, { name: 'at', type: 'instant' }, { name: 'on', type: 'bool' }, { name: 'tags', type: { list: 'string' } },
];
const ROWS = [
  { id: 'a', n: 10, big: '9223372036854775807', at: '2027-01-01T00:00:00.5Z', on: true, tags: ['x'] },
  { id: 'B', n: 9, big: 12, at: '2027-01-01T00:00:00Z', on: false, tags: [] },
  { id: 'c.d', n: null, big: '9223372036854775806', at: '2026-12-31T23:59:59Z', on: true, tags: ['y', 'x'] },
];

test('conditions are of the column’s type', () => {
  const found = (...texts) => ROWS.filter(passes(texts.map((text) => parseCondition(text, COLUMNS)), COLUMNS)).map(({ id }) => id);
  assert.deepEqual(found('n.lt.10'), ['B']);
  assert.deepEqual(found('n.ne.10'), ['B', 'c.d']);
  assert.deepEqual(found('n.none.'), ['c.d']);
  assert.deepEqual(found('n.lt.'), []);
  assert.deepEqual(found('big.gt.9223372036854775806'), ['a']);
  assert.deepEqual(found('big.eq.12'), ['B']);
  assert.deepEqual(found('at.ge.2027-01-01'), ['a', 'B']);
  assert.deepEqual(found('on.eq.yes'), ['a', 'c.d']);
  assert.deepEqual(found('tags.has.x'), ['a', 'c.d']);
  assert.deepEqual(found('tags.some.', 'id.has.C'), ['c.d']);
  assert.deepEqual(found('id.eq.c.d'), ['c.d']);
  assert.equal(parseCondition('nothing.eq.1', COLUMNS), null);
  assert.equal(parseCondition('id.constructor.1', COLUMNS), null);
});

test('rows without a value come last, whichever way they are sorted', () => {
  const order = (sort) => sorted(ROWS, sort, COLUMNS).map(({ id }) => id);
  assert.deepEqual(order('n'), ['B', 'a', 'c.d']);
  assert.deepEqual(order('-n'), ['a', 'B', 'c.d']);
  assert.deepEqual(order('big'), ['B', 'c.d', 'a']);
  assert.deepEqual(order('-at'), ['a', 'B', 'c.d']);
  assert.deepEqual(order('nothing'), ['a', 'B', 'c.d']);
});

test('the columns that differ are those whose values do', () => {
  assert.deepEqual(changedColumns(COLUMNS, ROWS[0], { ...ROWS[0], n: 11, tags: ['x'] }), ['n']);
  assert.equal(changedColumns(COLUMNS, undefined, ROWS[0]).length, COLUMNS.length);
});

test('a QR code is the one that scanners read as its text', () => {
  // Symbols of every version up to 20 were read back with a decoder of somebody else's; these stand for them.
  const hash = (text) => createHash('sha256').update(qrModules(text).map((row) => row.map(Number).join('')).join('\n')).digest('hex').slice(0, 16);
  const link = (length) => 'https://skein.example.org/#join='.padEnd(length, 'aZ09-_:');
  const codes = { 40: 'fed1b1a0eadb70f3', 60: 'ef78a9e40032be4f', 150: 'fa3fca607f36101a', 220: '2e8f08acc31c96f5', 590: '66cb3d0aba4963ca' };
  for (const [length, code] of Object.entries(codes)) assert.equal(hash(link(Number(length))), code);
  assert.equal(qrModules(link(700)), null);
});
