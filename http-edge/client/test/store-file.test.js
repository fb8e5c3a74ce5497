import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open as fileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { FileStore } from '../src/store/file.js';
import { RULES } from './browser/store-contract.js';

const root = mkdtempSync(path.join(tmpdir(), 'skein-store-'));
const children = new Set();
after(() => {
  for (const child of children) child.kill('SIGKILL'); // of a test that failed
  rmSync(root, { recursive: true });
});
let folders = 0;
const fresh = () => path.join(root, `f${++folders}`);
const logOf = (folder) => path.join(folder, 'log');

for (const [rule, holds] of Object.entries(RULES)) {
  for (const [how, options] of [['', {}], [', written anew all the time', { compactBytes: 1 }], [', flushed every time', { sync: true }]]) {
    if (options.sync && /S8|S9/.test(rule)) continue; // a thousand flushes show nothing more
    test(`file${how}: ${rule}`, () => {
      const folder = fresh();
      return holds(() => new FileStore(folder, options));
    });
  }
}

async function filled(folder, batches, options) {
  const store = new FileStore(folder, options);
  await store.open();
  for (const batch of batches) await store.write(batch);
  await store.close();
}

async function openFor(folder, options, use = () => {}) {
  const store = new FileStore(folder, options);
  try {
    return [...(await store.open())].sort(([a], [b]) => (a < b ? -1 : 1));
  } finally {
    await use(store);
    await store.close();
  }
}

test('file: cut at any byte of its last lines, it opens with all the lines before the cut, and goes on', async () => {
  const batches = [
    { put: { a: 'ä🗝️', b: [1, 2] } }, { put: { c: { '"\\\n': null } }, delete: ['a'] }, { clear: true, put: { d: 'x'.repeat(40) } }, { put: { a: 1, e: '\ud800' }, delete: ['d'] },
  ];
  const after = [[], { a: 'ä🗝️', b: [1, 2] }, { b: [1, 2], c: { '"\\\n': null } }, { d: 'x'.repeat(40) }, { a: 1, e: '\ud800' }].map((o) => Object.entries(o));
  const folder = fresh();
  await filled(folder, batches);
  const log = readFileSync(logOf(folder));
  const ends = [0, ...[...log.entries()].filter(([, byte]) => byte === 0x0a).map(([at]) => at + 1)];
  assert.equal(ends.length, batches.length + 1);
  for (let cut = 0; cut <= log.length; cut++) {
    const lines = ends.filter((end) => end <= cut).length - 1;
    writeFileSync(logOf(folder), log.subarray(0, cut));
    const found = await openFor(folder, {}, async (store) => {
      assert.deepEqual(store.recovered, cut === ends[lines] ? null : { lines, bytes: cut - ends[lines], file: null }, `cut at ${cut}`);
      await store.write({ put: { z: cut } });
    });
    assert.deepEqual(found, after[lines], `cut at ${cut}`);
    assert.deepEqual(await openFor(folder), [...after[lines], ['z', cut]], `opened again after a cut at ${cut}`);
  }
});

test('D2 file: random batches, cut at every byte of the last two lines: what was kept before the cut is there, and nothing else', async () => {
  for (const seed of [1, 20261122, 77]) {
    let state = seed;
    const random = (below) => (state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff) % below;
    const model = new Map();
    const states = [];
    const batches = Array.from({ length: 12 }, (_, i) => {
      const clear = random(8) === 0;
      const put = Object.fromEntries(Array.from({ length: random(4) }, () => [`k${random(9)}`, '🗝️"\n'.repeat(random(4)) + i]));
      const gone = Array.from({ length: random(3) }, () => `k${random(9)}`);
      if (clear) model.clear();
      for (const [key, value] of Object.entries(put)) model.set(key, value);
      for (const key of gone) model.delete(key);
      states.push([...model].sort(([a], [b]) => (a < b ? -1 : 1)));
      return { clear, put, delete: gone };
    });
    const folder = fresh();
    await filled(folder, batches);
    const log = readFileSync(logOf(folder));
    const ends = [...log.entries()].filter(([, byte]) => byte === 0x0a).map(([at]) => at + 1);
    for (let cut = ends.at(-3); cut <= log.length; cut++) {
      writeFileSync(logOf(folder), log.subarray(0, cut));
      assert.deepEqual(await openFor(folder), states[ends.filter((end) => end <= cut).length - 1], `seed ${seed}, cut at ${cut}`);
    }
  }
});

test('file: any byte of the last line changed is noticed, and that line alone is left behind', async () => {
  const folder = fresh();
  await filled(folder, [{ put: { a: 1 } }, { put: { b: 'second' } }]);
  const log = readFileSync(logOf(folder));
  const last = log.indexOf(0x0a) + 1;
  for (let at = last; at < log.length; at++) {
    for (const bit of [1, 4, 128]) {
      const damaged = Buffer.from(log);
      damaged[at] ^= bit;
      if (damaged[at] === 0x0a) continue; // that makes two lines of it: damage in the middle
      writeFileSync(logOf(folder), damaged);
      assert.deepEqual(await openFor(folder), [['a', 1]], `byte ${at}`);
    }
  }
});

test('file: damage before the end is an error; `repair` opens what is before and keeps the rest', async () => {
  const lines = (folder) => readFileSync(logOf(folder), 'utf8').split('\n').slice(0, -1);
  const damages = {
    changed: ([a, b, c]) => [a, b.replace('second', 'Second'), c],
    lost: ([a, , c]) => [a, c, c],
    doubled: ([a, b, c]) => [a, a, b, c],
    exchanged: ([a, b, c]) => [a, c, b],
  };
  for (const [name, damage] of Object.entries(damages)) {
    const folder = fresh();
    await filled(folder, [{ put: { a: 1 } }, { put: { b: 'second' } }, { put: { c: 3 } }]);
    const damaged = damage(lines(folder));
    writeFileSync(logOf(folder), damaged.join('\n') + '\n');
    await assert.rejects(openFor(folder), { name: 'StoreError', code: 'corrupt' }, name);
    assert.deepEqual(lines(folder), damaged, 'the refusal changes nothing');
    const found = await openFor(folder, { repair: true }, async (store) => {
      const rest = damaged.slice(1).join('\n') + '\n';
      assert.equal(store.recovered.lines, 1);
      assert.equal(store.recovered.bytes, rest.length);
      assert.equal(readFileSync(store.recovered.file, 'utf8'), rest);
      await store.write({ put: { d: 4 } });
    });
    assert.deepEqual(found, [['a', 1]], name);
    assert.deepEqual(await openFor(folder), [['a', 1], ['d', 4]], name);
  }
});

test('file: what is history leaves the disk; a log that was being written anew does not count', async () => {
  const folder = fresh();
  await filled(folder, Array.from({ length: 2000 }, (_, i) => ({ put: { [`k${i % 10}`]: `${i} ${'x'.repeat(90)}` } })), { compactBytes: 4000 });
  assert.ok(statSync(logOf(folder)).size < 8000, `${statSync(logOf(folder)).size} bytes`);
  assert.deepEqual(readdirSync(folder), ['log']);
  const before = await openFor(folder);
  assert.equal(before.length, 10);
  assert.deepEqual(before.map(([, value]) => value.split(' ')[0]), ['1990', '1991', '1992', '1993', '1994', '1995', '1996', '1997', '1998', '1999']);
  writeFileSync(path.join(folder, 'log.new'), '["00000000",{"put":{"k0":"never"}}]\n');
  assert.deepEqual(await openFor(folder), before);
  assert.deepEqual(readdirSync(folder), ['log']);
});

test('file: where the log cannot be written anew, the old one goes on', async () => {
  const folder = fresh();
  const store = new FileStore(folder, { compactBytes: 1000 });
  await store.open();
  mkdirSync(path.join(folder, 'log.new', 'in the way'), { recursive: true });
  const warned = once(process, 'warning');
  for (let i = 0; i < 100; i++) await store.write({ put: { a: `${i} ${'x'.repeat(50)}` } });
  assert.match((await warned)[0].message, /cannot compact/);
  rmSync(path.join(folder, 'log.new'), { recursive: true });
  await store.close();
  assert.deepEqual(await openFor(folder), [['a', `99 ${'x'.repeat(50)}`]]);
});

test('file: a batch that does not fit is refused whole and alone', async () => {
  const store = new FileStore(fresh(), { maxSize: 100 });
  await store.open();
  const writes = [
    store.write({ put: { a: 'x'.repeat(60) } }),
    store.write({ put: { b: 'x'.repeat(60) } }),
    store.write({ put: { c: 'x'.repeat(20) } }),
    store.write({ put: { b: 'x'.repeat(60) }, delete: ['a'] }),
  ];
  assert.deepEqual((await Promise.allSettled(writes)).map(({ reason }) => reason?.code ?? 'kept'), ['kept', 'quota', 'kept', 'kept']);
  await store.close();
  assert.deepEqual([...(await store.open()).keys()], ['c', 'b']);
  await store.close();
});

const noLimits = process.platform !== 'linux' && 'needs a limit on the size of files';

test('file: a disk that is full is `quota`; half a line does not stay, and once there is room it goes on', { skip: noLimits }, async () => {
  const folder = fresh();
  const program = `
    import { FileStore } from ${JSON.stringify(new URL('../src/store/file.js', import.meta.url).href)};
    process.on('SIGXFSZ', () => {}); // the size a file may have is reached: write says EFBIG
    const store = new FileStore(${JSON.stringify(folder)});
    await store.open();
    await store.write({ put: { a: 1 } });
    console.log(await store.write({ put: { b: 'x'.repeat(5000) } }).catch((e) => e.code));
    await store.write({ put: { c: 3 } });
    console.log('kept');
    await store.close();`;
  const child = spawn('sh', ['-c', 'ulimit -f 4; exec "$0" --input-type=module -e "$1"', process.execPath, program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said = [];
  child.stdout.on('data', (data) => said.push(data));
  await once(child, 'close');
  assert.equal(Buffer.concat(said).toString(), 'quota\nkept\n');
  assert.deepEqual(await openFor(folder, {}, (store) => assert.equal(store.recovered, null)), [['a', 1], ['c', 3]]);
});

test('file: more than 1,024 waiting writes are `overloaded`', async () => {
  const store = new FileStore(fresh());
  await store.open();
  const writes = Array.from({ length: 1500 }, (_, i) => store.write({ put: { i } }).then(() => 'kept', (e) => e.code));
  const outcomes = await Promise.all(writes);
  await store.close();
  assert.ok(outcomes.includes('overloaded'));
});

/** @returns what the process says, line by line, and how to end it */
async function holder(folder, ...more) {
  const child = spawn(process.execPath, [new URL('./browser/holder.js', import.meta.url).pathname, folder, ...more], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.add(child.once('exit', () => children.delete(child)));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => (await lines.next()).value;
  return { next, first: await next(), kill: async () => { child.kill('SIGKILL'); await once(child, 'exit'); } };
}

test('file: what another process or another object has open is `held`; when it dies, its lock dies with it', async () => {
  const folder = fresh();
  const other = await holder(folder);
  assert.equal(other.first, 'open');
  await assert.rejects(openFor(folder), { name: 'StoreError', code: 'held' });
  await other.kill();
  const store = new FileStore(folder);
  await store.open();
  await assert.rejects(new FileStore(folder).open(), { code: 'held' });
  const second = await holder(folder);
  assert.equal(second.first, 'held');
  await second.kill();
  await store.write({ put: { mine: true } });
  await store.close();
  assert.deepEqual(await openFor(folder), [['mine', true]]);
  assert.deepEqual(readdirSync(folder), ['log']);
});

test('file: of many that open at once at most one gets it, and afterwards it is free', async () => {
  const folder = fresh();
  for (let round = 0; round < 20; round++) {
    const stores = Array.from({ length: 5 }, () => new FileStore(folder));
    const outcomes = await Promise.allSettled(stores.map((store) => store.open()));
    assert.ok(outcomes.filter(({ status }) => status === 'fulfilled').length <= 1);
    assert.ok(outcomes.every(({ reason }) => reason === undefined || reason.code === 'held'));
    await Promise.all(stores.map((store) => store.close()));
  }
  assert.deepEqual(await openFor(folder), []);
});

test('file: a lock of a process that is no more, or whose number another one has now, holds nothing', async () => {
  const folder = fresh();
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'lock.4194304.77.1'), ''); // above what Linux gives out
  if (process.platform === 'linux') writeFileSync(path.join(folder, `lock.${process.pid}.77.1`), '');
  assert.deepEqual(await openFor(folder), []);
  assert.deepEqual(readdirSync(folder), ['log']);
});

test('D2 file: whatever a killed process said it kept, is there', async () => {
  const folder = fresh();
  let last = 0;
  for (const writes of [37, 120, 260]) {
    const other = await holder(folder, 'forever');
    assert.equal(other.first, 'open');
    let said = 0;
    for (let i = 0; i < writes; i++) said = Number(await other.next());
    await other.kill();
    const found = new Map(await openFor(folder));
    assert.ok(found.get('number') >= said, `${said} was said, ${found.get('number')} is there`);
    last += said;
  }
  assert.equal(last, 37 + 120 + 260);
});

test('file: a write that fails and cannot be taken back, or a flush that fails, ends the store until it is opened again', async (context) => {
  const handle = await fileHandle(fresh(), 'w');
  await handle.close();
  const kind = Object.getPrototypeOf(handle);
  const write = kind.write;
  const failing = async () => { throw Object.assign(new Error('the disk is gone'), { code: 'EIO' }); };
  const faults = {
    'half a write': () => [
      context.mock.method(kind, 'write', async function half(bytes) { await write.call(this, bytes, 0, 9); return failing(); }),
      context.mock.method(kind, 'truncate', failing),
    ],
    'a flush': () => [context.mock.method(kind, 'datasync', failing)],
  };
  for (const [name, fault] of Object.entries(faults)) {
    const folder = fresh();
    const store = new FileStore(folder, { sync: true });
    await store.open();
    await store.write({ put: { a: 1 } });
    const faulty = fault();
    const outcomes = [store.write({ put: { b: 2 } }), store.write({ put: { c: 3 } })];
    for (const outcome of await Promise.allSettled(outcomes)) assert.equal(outcome.reason?.code, 'failed', name);
    faulty.forEach(({ mock }) => mock.restore());
    await assert.rejects(store.write({ put: { c: 3 } }), { code: 'failed', message: /open again/ }, name);
    await assert.rejects(store.sync(), { code: 'failed' });
    const found = await store.open();
    assert.equal(found.get('a'), 1);
    assert.equal(found.has('b') && name === 'half a write', false);
    await store.write({ put: { d: 4 } });
    await store.close();
    assert.ok((await openFor(folder)).some(([key]) => key === 'd'), name);
  }
});
