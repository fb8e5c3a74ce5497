'use strict';

const { Pool, types } = require('pg');

const INT8 = 20;

// Room on each page, so that an update stays on its page and leaves the index alone.
const TABLE = `CREATE TABLE IF NOT EXISTS accounts (
  id integer PRIMARY KEY,
  balance bigint NOT NULL CHECK (balance >= 0)) WITH (fillfactor = 70)`;

const FUNCTION = `CREATE OR REPLACE FUNCTION transfer(source integer, target integer, amount bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  locked integer;
BEGIN
  PERFORM 1 FROM accounts WHERE id IN (source, target) ORDER BY id FOR UPDATE;
  GET DIAGNOSTICS locked = ROW_COUNT;
  IF locked <> 2 THEN RETURN 'unknown_account'; END IF;
  UPDATE accounts SET balance = balance - amount WHERE id = source AND balance >= amount;
  IF NOT FOUND THEN RETURN 'insufficient_balance'; END IF;
  UPDATE accounts SET balance = balance + amount WHERE id = target;
  RETURN NULL;
END $$`;

// In the order of their ids, whatever the direction of the transfer: two transfers never wait for each other in a circle.
const LOCK = { name: 'lock', text: 'SELECT id, balance FROM accounts WHERE id IN ($1, $2) ORDER BY id FOR UPDATE' };
const SET = { name: 'set', text: 'UPDATE accounts SET balance = $2 WHERE id = $1' };
const CALL = { name: 'call', text: 'SELECT transfer($1, $2, $3) AS refusal' };

class Bank {
  /** Transfers that this process has committed. */
  committed = 0;
  #pool;
  #move;

  constructor(pool, form) {
    this.#pool = pool;
    this.#move = { transaction: moveInTransaction, function: moveByFunction }[form];
    if (!this.#move) throw new Error(`FORM is transaction or function, not ${form}`);
  }

  /** Why not, or undefined once it is durable. */
  async transfer({ from, to, amount }) {
    const refusal = await this.#move(this.#pool, from, to, amount);
    if (refusal === undefined) this.committed++;
    return refusal;
  }

  /** Makes the bank exactly the accounts 0 to n-1 with this balance each. */
  async seed(n, initialBalance) {
    await this.#pool.query('TRUNCATE accounts');
    await this.#pool.query('INSERT INTO accounts SELECT id, $2 FROM generate_series(0, $1::integer - 1) AS id', [n, initialBalance]);
    await this.#pool.query('VACUUM ANALYZE accounts');
  }
}

/** The checks are here, as in most servers; PostgreSQL holds the locks between five statements. */
async function moveInTransaction(pool, from, to, amount) {
  const client = await pool.connect();
  let broken;
  try {
    await client.query('BEGIN');
    const { rows } = await client.query({ ...LOCK, values: [from, to] });
    const refusal = refusalOf(rows, from, amount);
    if (refusal !== undefined) {
      await client.query('ROLLBACK');
      return refusal;
    }
    const [source, target] = rows[0].id === from ? rows : [rows[1], rows[0]];
    await client.query({ ...SET, values: [from, source.balance - BigInt(amount)] });
    await client.query({ ...SET, values: [to, target.balance + BigInt(amount)] });
    await client.query('COMMIT');
    return undefined;
  } catch (error) {
    broken = error; // The pool ends this connection, and with it the transaction.
    throw error;
  } finally {
    client.release(broken);
  }
}

function refusalOf(rows, from, amount) {
  if (rows.length !== 2) return 'unknown_account';
  const source = rows.find((row) => row.id === from);
  return source.balance < BigInt(amount) ? 'insufficient_balance' : undefined;
}

async function moveByFunction(pool, from, to, amount) {
  const { rows } = await pool.query({ ...CALL, values: [from, to, amount] });
  return rows[0].refusal ?? undefined;
}

/** Opens the database: table, function, and every connection of the pool. */
async function openBank(databaseUrl, size, form) {
  types.setTypeParser(INT8, BigInt);
  const pool = new Pool({ connectionString: databaseUrl, max: size, idleTimeoutMillis: 0 });
  pool.on('error', (error) => console.error('a connection failed:', error));
  const bank = new Bank(pool, form);
  await pool.query(TABLE);
  await pool.query(FUNCTION);
  const clients = await Promise.all(Array.from({ length: size }, () => pool.connect()));
  await Promise.all(clients.map((client) => client.query('SET synchronous_commit = on')));
  clients.forEach((client) => client.release());
  return bank;
}

module.exports = { openBank };
