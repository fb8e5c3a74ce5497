// The library against a model server over a network that cuts, delays, repeats and reorders; programs that are killed and start again from their
// store. What is random comes from a seed, which is part of the test's name: SKEIN_TEST_SEED=7 runs that one, SKEIN_TEST_SEEDS=500 runs so many.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '../src/index.js';
import { MemoryStore } from '../src/store/memory.js';
import { ACCOUNTS, Chance, Model, SCHEMA, TOTAL, brokenNetwork } from './model.js';
import { Clock, Wakeups, settled } from './support.js';

const STEPS = 250;
const ITEMS = ['a', 'b', 'c', 'd', 'e'];
const SELECTIONS = [['*'], [{ table: 'item', where: ['=', 'group', 0] }, 'account'], [{ table: 'item', where: ['>=', 'count', 2] }], ['note', 'account'], ['wrong']];

const effects = {
  put: (draft, { id, group }) => draft.table('item').put({ id, group, count: draft.table('item').get(id)?.count ?? 0 }),
  add: (draft, { id, group }) => draft.table('item').insert({ id, group, count: 0 }),
  raise: (draft, { id }) => draft.table('item').update(id, (row) => ({ ...row, count: row.count + 1 })),
  remove: (draft, { id }) => draft.table('item').delete(id),
  transfer: (draft, { from, to, by }) => {
    const accounts = draft.table('account');
    accounts.update(from, ({ id, amount }) => ({ id, amount: amount - by }));
    accounts.update(to, ({ id, amount }) => ({ id, amount: amount + by }));
  },
  note: (draft, { text }) => draft.table('note').insert({ text }),
};
const inverses = { transfer: ({ from, to, by }) => ({ reducer: 'transfer', args: { from: to, to: from, by } }) };

class Disk extends MemoryStore {
  async open() {
    await super.close();
    return super.open();
  }
}

/** A program that runs over the model's network, until it is killed. */
class Program {
  queries = [];
  constructor(world) {
    this.world = world;
    const { clock, chance, Socket, store, wakeups } = world;
    const client = connect('http://model', { WebSocket: Socket, clock, random: () => chance.next(), wakeups });
    this.workspace = client.workspace('w', { schema: SCHEMA, store: store ?? undefined, effects, inverses, lingerMs: chance.of([0, 100]), identity: 'me' });
    this.workspace.on('change', () => this.check());
    this.workspace.on('settled', (one) => this.isDead || world.settled(one));
    this.workspace.on('error', ({ code, reason, message }) => {
      if (code === 'internal' && reason !== 'store_failed') world.distrusts++;
      else if (code !== 'invalid_args') assert.fail(message); // that one: a refusal which the network repeated
    });
    this.workspace.start();
    this.subscribe(['*']);
  }

  subscribe(tables) { this.queries.push({ tables, query: this.workspace.subscribe(tables) }); }

  /** O4: whatever is told, all of it is in: money is neither made nor lost, in the table and in every query. */
  check() {
    const sum = (rows) => rows.reduce((total, { amount }) => total + amount, 0);
    for (const rows of [this.workspace.table('account').snapshot(), ...this.queries.map(({ query }) => query.rows('account'))]) {
      if (rows.length > 0) assert.equal(sum(rows), TOTAL, 'half of a transaction is shown');
    }
    const shown = this.workspace.table('item').snapshot();
    for (const row of shown) assert.equal(this.workspace.table('item').get(row.id), row);
    assert.deepEqual(new Set(this.workspace.table('item').index('group').find(0)), new Set(shown.filter(({ group }) => group === 0)));
  }
}

class World {
  clock = new Clock();
  wakeups = new Wakeups();
  model = new Model();
  faults = { slow: true, repeat: true, reorder: true, down: false };
  distrusts = 0;
  made = new Map(); // key → { reducer, ends: [] }
  #keys = 0;

  constructor(seed) {
    this.chance = new Chance(seed);
    this.Socket = brokenNetwork(this.model, this.clock, this.chance, this.faults);
    this.store = this.chance.is(0.6) ? new Disk() : null;
    this.program = new Program(this);
  }

  settled({ key, reducer, outcome, error }) {
    const call = this.made.get(key) ?? { reducer, ends: [] }; // those of undo have keys of the library's
    call.ends.push(outcome ?? error);
    this.made.set(key, call);
  }

  call() {
    const { chance, program } = this;
    const [from, to] = chance.is(0.5) ? ACCOUNTS : [...ACCOUNTS].reverse();
    const id = chance.of(ITEMS);
    const [reducer, args] = chance.of([
      ['put', { id, group: chance.below(2) }],
      ['add', { id, group: chance.below(2) }],
      ['raise', { id }],
      ['raise', { id }],
      ['remove', { id }],
      ['transfer', { from, to, by: 1 + chance.below(200) }],
      ['note', { text: chance.of(['x', 'y']) }],
      ['unnote', { text: chance.of(['x', 'y']) }],
    ]);
    const key = `key ${++this.#keys}`;
    this.made.set(key, { reducer, ends: [], promise: 0 });
    const told = () => { this.made.get(key).promise++; };
    program.workspace.call(reducer, args, { key }).then(told, (error) => {
      told();
      if (!program.isDead && program.workspace.state === 'closed' && error.reason === 'not_sent') this.made.delete(key);
    });
  }

  other() {
    const { chance, model } = this;
    const id = chance.of(ITEMS);
    chance.of([
      () => model.decide('other', 'put', { id, group: chance.below(2) }),
      () => model.decide('other', 'raise', { id }),
      () => model.decide('other', 'remove', { id }),
      () => model.decide('me', 'raise', { id }), // another tab
      () => model.decide('other', 'transfer', { from: 'left', to: 'right', by: 1 + chance.below(100) }),
      () => model.decide('other', 'note', { text: 'x' }),
    ])();
  }

  async killProgram() {
    if (!this.store) return;
    this.program.isDead = true;
    for (const socket of [...this.Socket.open]) socket.close();
    this.program.workspace.on('change', () => {});
    await settled(2);
    const dead = this.program.workspace;
    this.store = new Disk(await this.store.open()); // the disk as it is now; what the dead one still does does not reach it
    void dead.stop().catch(() => {});
    this.program = new Program(this);
  }

  async step() {
    const { chance, program, model, faults } = this;
    const at = chance.next();
    if (at < 0.35) this.call();
    else if (at < 0.6) this.other();
    else if (at < 0.66) [...this.Socket.open].at(-1)?.cut();
    else if (at < 0.69) faults.down = !faults.down;
    else if (at < 0.75) program.subscribe(chance.of(SELECTIONS));
    else if (at < 0.8 && program.queries.length > 1) program.queries.splice(1 + chance.below(program.queries.length - 1), 1)[0].query.close();
    else if (at < 0.83) void program.workspace.history.undo().catch(() => {});
    else if (at < 0.85) void program.workspace.history.redo().catch(() => {});
    else if (at < 0.86) this.wakeups.wake();
    else if (at < 0.863) model.restore();
    else if (at < 0.875) await this.killProgram();
    else if (at < 0.88) for (let i = 0; i < 40; i++) this.other();
    this.clock.tick(chance.below(chance.is(0.05) ? 5_000 : 100));
    await settled(1);
  }

  /** The network is good from now on, and nothing more is asked for. */
  async rest() {
    Object.assign(this.faults, { slow: false, repeat: false, reorder: false, down: false });
    const { workspace } = this.program;
    for (let i = 0; i < 400; i++) {
      this.clock.tick(500);
      await settled(1);
      if (workspace.state === 'live' && workspace.outbox.size === 0 && i > 20) return;
    }
    assert.fail(`does not come to rest: ${workspace.state}, ${workspace.outbox.size} calls, ${workspace.connection.snapshot().error?.message}`);
  }

  compare() {
    const { program, model } = this;
    const sorted = (rows) => rows.map((row) => JSON.stringify(row, Object.keys(row).sort())).sort();
    for (const table of Object.keys(SCHEMA.tables)) assert.deepEqual(sorted(program.workspace.table(table).snapshot()), sorted(model.rows(table)), `table ${table}`);
    for (const { tables, query } of program.queries) {
      if (tables[0] === 'wrong') {
        assert.equal(query.status, 'failed');
        continue;
      }
      assert.equal(query.status, 'live', JSON.stringify(tables));
      const wanted = model.of(tables.map((asked) => (typeof asked === 'string' && asked !== '*' ? { table: asked } : asked)));
      for (const table of Object.keys(SCHEMA.tables)) assert.deepEqual(sorted(query.rows(table)), sorted(wanted[table]?.rows ?? []), `${JSON.stringify(tables)}: ${table}`);
    }
    for (const [key, { ends, promise }] of this.made) {
      assert.ok(promise === undefined || promise === 1, `${key}: its promise settled ${promise} times`);
      // Without a store nobody is left to tell; with one, what a program did not hear of before it was killed may be told again.
      if (!this.store) assert.equal(ends.length, 1, `${key} settled ${ends.length} times`);
      const done = model.done.get(key) ?? 0;
      assert.ok(done <= 1, `${key} was done ${done} times`);
      for (const end of ends) {
        if (end.seq !== undefined) assert.equal(done, 1, `${key} is said to be done`);
        else if (end.code === 'rejected') assert.equal(done, 0, `${key} is said to be refused`);
        else if (end.reason !== 'outcome_unknown') assert.fail(`${key}: ${end.code} ${end.reason}`);
        else assert.ok(model.epoch > 1, `${key}: nobody knows, though the history is one`);
      }
    }
  }
}

const given = process.env.SKEIN_TEST_SEED;
const first = given === undefined ? Math.floor(Math.random() * 1e9) : Number(given);
const count = given === undefined ? Number(process.env.SKEIN_TEST_SEEDS ?? 40) : 1;
for (let seed = first; seed < first + count; seed++) {
  test(`seed ${seed}: cache, queries and outcomes are those of the server`, { timeout: 60_000 }, async () => {
    const world = new World(seed);
    const mistakes = [];
    process.setUncaughtExceptionCaptureCallback((error) => mistakes.push(error));
    try {
      for (let i = 0; i < STEPS && mistakes.length === 0; i++) await world.step();
      assert.deepEqual(mistakes, []);
      await world.rest();
      world.compare();
      assert.deepEqual(mistakes, []);
    } finally {
      process.setUncaughtExceptionCaptureCallback(null);
    }
  });
}
