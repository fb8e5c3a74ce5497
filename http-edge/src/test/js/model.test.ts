// Random traffic over many subscriptions that come and go, against what a simple model says the cache must hold. SKEIN_TEST_SEED repeats a run.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Player, Team } from './sample_bindings.ts';
import { connect, fence, somebody, subscribe, unsubscribe, workspace, type Connected, type Subscription } from './support.ts';

const STEPS = 250;
const READERS = 3;

interface World {
  teams: Map<string, Team>;
  players: Map<bigint, Player>;
}

/** Queries over players, with what each means. */
const QUERIES: [sql: string, holds: (player: Player, world: World) => boolean][] = [
  ['SELECT * FROM player', () => true],
  ['SELECT * FROM player WHERE score < 5', (player) => player.score < 5],
  ["SELECT * FROM player WHERE score > 2 AND NOT team_id = 'a'", (player) => player.score > 2 && player.teamId !== 'a'],
  ["SELECT * FROM player WHERE team_id = 'a' OR score = 7", (player) => player.teamId === 'a' || player.score === 7],
  ['SELECT player.* FROM team JOIN player ON team.id = player.team_id', (player, { teams }) => teams.has(player.teamId)],
  [
    "SELECT player.* FROM team JOIN player ON team.id = player.team_id WHERE team.name <> 'x' AND player.score >= 3",
    (player, { teams }) => player.score >= 3 && teams.has(player.teamId) && teams.get(player.teamId)!.name !== 'x',
  ],
];

/** Mulberry32: small, and the same everywhere. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

class Reader {
  readonly sets: { handle: Subscription; queries: number[] }[] = [];
  /** What the callbacks say is there. */
  readonly told = new Map<bigint, Player>();

  private constructor(readonly at: Connected) {
    const { player } = at.conn.db;
    player.onInsert((_ctx, row) => {
      assert.ok(!this.told.has(row.id), `${row.id} inserted twice`);
      this.told.set(row.id, row);
    });
    player.onUpdate((_ctx, old, row) => {
      assert.deepEqual(this.told.get(row.id), old, 'updated from what it was');
      this.told.set(row.id, row);
    });
    player.onDelete((_ctx, row) => {
      assert.deepEqual(this.told.get(row.id), row, 'deleted as it was');
      this.told.delete(row.id);
    });
  }

  static async joins(t: TestContext, room: string): Promise<Reader> {
    const reader = new Reader(await connect(t, room));
    await subscribe(reader.at.conn, "SELECT * FROM team WHERE name = 'fence'");
    return reader;
  }

  async changes(random: (below: number) => number): Promise<void> {
    if (this.sets.length > 0 && random(2) === 0) {
      await unsubscribe(this.sets.splice(random(this.sets.length), 1)[0].handle);
    } else if (this.sets.length < 5) {
      const queries = [...Array(1 + random(3))].map(() => random(QUERIES.length));
      this.sets.push({ handle: await subscribe(this.at.conn, queries.map((query) => QUERIES[query][0])), queries });
    }
  }

  mustHold(world: World): void {
    const held = this.sets.flatMap(({ queries }) => queries);
    const expected = [...world.players.values()].filter((player) => held.some((query) => QUERIES[query][1](player, world)));
    const byId = (rows: Iterable<Player>) => [...rows].sort((a, b) => Number(a.id - b.id));
    assert.deepEqual(byId(this.at.conn.db.player.iter()), byId(expected), `of queries ${held}`);
    assert.deepEqual(byId(this.told.values()), byId(expected), 'what callbacks told');
  }
}

/** One random command, done in the model too. */
function act(random: (below: number) => number, world: World, { conn }: Connected): Promise<void> {
  const id = BigInt(random(12));
  const teamId = 'abc'[random(3)];
  switch (random(8)) {
    case 0: {
      const team = { id: teamId, name: 'xyz'[random(3)] };
      world.teams.set(teamId, team);
      return conn.reducers.putTeam(team);
    }
    case 1:
      if (!world.teams.delete(teamId)) return Promise.resolve();
      return conn.reducers.removeTeam({ id: teamId });
    case 2: {
      const team = world.teams.get(teamId);
      const newId = 'abc'[random(3)];
      if (!team || newId === teamId) return Promise.resolve();
      world.teams.delete(teamId);
      world.teams.set(newId, { ...team, id: newId });
      for (const player of world.players.values()) {
        if (player.teamId === teamId) world.players.set(player.id, { ...player, teamId: newId });
      }
      return conn.reducers.moveTeam({ id: teamId, newId });
    }
    case 3:
      if (!world.players.delete(id)) return Promise.resolve();
      return conn.reducers.removePlayer({ id });
    default: {
      const player = { id, teamId, score: random(10) };
      world.players.set(id, player);
      return conn.reducers.putPlayer(player);
    }
  }
}

async function story(t: TestContext, seed: number): Promise<void> {
  const random = randomOf(seed);
  const world: World = { teams: new Map(), players: new Map() };
  const room = await workspace(await somebody());
  const writer = await connect(t, room);
  const readers: Reader[] = [];
  for (let i = 0; i < READERS; i++) readers.push(await Reader.joins(t, room));
  readers.push(await Reader.joins(t, room));
  const own = readers[READERS].at; // writes too: its changes ride in its results
  let running: Promise<unknown>[] = [];
  for (let step = 0; step < STEPS; step++) {
    // One writer at a time, so that the model knows the order; subscriptions change while calls are under way.
    const by = Math.floor(step / 10) % 2 === 0 ? writer : own;
    if (step % 10 === 0) await Promise.all(running.splice(0));
    running.push(act(random, world, by));
    if (random(4) === 0) running.push(readers[random(readers.length)].changes(random));
    if (random(10) === 0) {
      await Promise.all(running.splice(0));
      for (const reader of readers) {
        await fence(writer.conn, reader.at.conn);
        reader.mustHold(world);
      }
    }
  }
  await Promise.all(running);
  for (const reader of readers) {
    await fence(writer.conn, reader.at.conn);
    reader.mustHold(world);
  }
}

const seeds = process.env.SKEIN_TEST_SEED ? [Number(process.env.SKEIN_TEST_SEED)] : [1, 2, 3, 4, 5, 6];
for (const seed of seeds) test(`whatever happens, the cache holds what the queries select: seed ${seed}`, (t) => story(t, seed));
