'use strict';

const { Client } = require('pg');

const TABLE = `CREATE TABLE IF NOT EXISTS room_update (
  room text NOT NULL,
  seq bigint NOT NULL,
  author text NOT NULL,
  id text NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (room, seq))`;

const INSERT = {
  name: 'append',
  text: `INSERT INTO room_update (room, seq, author, id, body)
         SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[])`,
};

/**
 * One database connection that commits in groups: while one multi-row INSERT is on its way, everything that arrives
 * waits, and then travels together in the next. A room always uses the same lane, so its updates commit in order.
 */
class Lane {
  #client;
  #onCommitted;
  #maxPending;
  #pending = [];
  #writing = false;
  #flushScheduled = false;

  /** @param onCommitted called with the updates of one durable group, in order; each has its `seq` by then */
  constructor(databaseUrl, maxPending, onCommitted) {
    this.#client = new Client({ connectionString: databaseUrl });
    this.#maxPending = maxPending;
    this.#onCommitted = onCommitted;
  }

  async open() {
    // After a lost connection nobody can say whether the last group is durable: stop, let the clients send again.
    this.#client.on('error', stop);
    await this.#client.connect();
    await this.#client.query('SET synchronous_commit = on');
  }

  /** The last seq that is durable in the room, 0 for a new one. */
  async lastSeq(room) {
    const found = await this.#client.query('SELECT max(seq) AS last FROM room_update WHERE room = $1', [room]);
    return Number(found.rows[0].last ?? 0);
  }

  /** Takes an update {room, author, id, text}; false when the lane is full. */
  append(update) {
    if (this.#pending.length >= this.#maxPending) return false;
    this.#pending.push(update);
    if (!this.#writing && !this.#flushScheduled) {
      this.#flushScheduled = true;
      // Not at once: the other sockets that are readable in this turn of the event loop come along.
      setImmediate(() => {
        this.#flushScheduled = false;
        this.#flush();
      });
    }
    return true;
  }

  #flush() {
    const group = this.#pending;
    this.#pending = [];
    this.#writing = true;
    this.#write(group).then(() => {
      this.#writing = false;
      // The next group is on its way before this one is told: PostgreSQL works while this process broadcasts.
      if (this.#pending.length > 0) this.#flush();
      this.#onCommitted(group);
    }, stop);
  }

  #write(group) {
    const rooms = new Array(group.length);
    const seqs = new Array(group.length);
    const authors = new Array(group.length);
    const ids = new Array(group.length);
    const bodies = new Array(group.length);
    for (let i = 0; i < group.length; i++) {
      const update = group[i];
      update.seq = ++update.room.seq;
      rooms[i] = update.room.name;
      seqs[i] = update.seq;
      authors[i] = update.author;
      ids[i] = update.id;
      bodies[i] = update.text;
    }
    return this.#client.query({ ...INSERT, values: [rooms, seqs, authors, ids, bodies] });
  }
}

/** Opens the database: the table, then the lanes. */
async function openLanes(databaseUrl, count, maxPending, onCommitted) {
  const setup = new Client({ connectionString: databaseUrl });
  await setup.connect();
  await setup.query(TABLE);
  await setup.end();
  const lanes = Array.from({ length: count }, () => new Lane(databaseUrl, maxPending, onCommitted));
  await Promise.all(lanes.map((lane) => lane.open()));
  return lanes;
}

function stop(error) {
  console.error('the database failed, the last group is in doubt:', error);
  process.exit(1);
}

module.exports = { openLanes };
