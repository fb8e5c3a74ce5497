// A store in a folder of a disk, for Node: a log to which every batch is appended as one line (log-lines.js), written anew once most of it is history.
// One process has it at a time (folder-lock.js). What is kept is in memory too, as text: writing it anew needs no second reading.

import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Kept, MAX_WAITING, StoreError, prepare } from './batch.js';
import { lock } from './folder-lock.js';
import { START, lineOf, readLines } from './log-lines.js';

export { StoreError };

const MAX_SIZE = 256 << 20;
const COMPACT_BYTES = 1 << 20;
/** The log is written anew when it is this many times as long as it was after the last time. */
const GROWTH = 2;
/** Characters a line has at least when all is written anew. */
const LINE_SIZE = 1 << 20;
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** @typedef {import('./store.js').Store} Store */

/** @implements {Store} */
export class FileStore {
  /** What the last `open` had to leave behind: a line cut short, or (with `repair`) all after the damage, which is in `file`. Null: nothing. */
  recovered = /** @type {import('./file.js').Recovered | null} */ (null);
  #folder; #maxSize; #compactBytes; #sync; #repair;
  #kept = new Kept(); #bytes = 0; #chain = START; #compactAt = 0;
  /** @type {import('node:fs/promises').FileHandle | null} */ #log = null;
  /** @type {null | (() => Promise<void>)} */ #unlock = null;
  /** @type {{ batch: import('./batch.js').Prepared, resolve: () => void, reject: (e: unknown) => void }[]} */ #waiting = [];
  /** @type {Promise<void> | null} */ #working = null;
  #open = false; #broken = false;
  #turn = /** @type {Promise<unknown>} */ (Promise.resolve()); // opening and closing, one after the other

  /** @param {string} folder @param {import('./file.js').FileStoreOptions} [options] */
  constructor(folder, { maxSize = MAX_SIZE, compactBytes = COMPACT_BYTES, sync = false, repair = false } = {}) {
    this.#folder = folder;
    this.#maxSize = maxSize;
    this.#compactBytes = compactBytes;
    this.#sync = sync;
    this.#repair = repair;
  }

  open() {
    return this.#inTurn(async () => {
      if (this.#open && !this.#broken) throw new StoreError('held', 'this store is open already');
      if (this.#broken) await this.#leave();
      await mkdir(this.#folder, { recursive: true });
      this.#unlock = await lock(this.#folder);
      try {
        await this.#load();
      } catch (e) {
        await this.#leave();
        throw e instanceof StoreError ? e : failure(e, `cannot open ${this.#folder}`);
      }
      [this.#open, this.#broken] = [true, false];
      return this.#kept.values();
    });
  }

  /** @param {import('./store.js').StoreBatch} batch @returns {Promise<void>} */
  write(batch) {
    return new Promise((resolve, reject) => {
      if (!this.#open || this.#broken) throw this.#notOpen();
      if (this.#waiting.length >= MAX_WAITING) throw new StoreError('overloaded', `${MAX_WAITING} writes wait already`);
      this.#waiting.push({ batch: prepare(batch), resolve, reject });
      this.#working ??= this.#work();
    });
  }

  /** Once all writes before are on the disk itself, not only with the operating system. */
  async sync() {
    await this.#working;
    if (!this.#open || this.#broken) throw this.#notOpen();
    await this.#flush();
  }

  close() {
    return this.#inTurn(async () => {
      if (!this.#open) return;
      this.#open = false;
      await this.#working;
      try {
        if (!this.#broken) await this.#flush();
      } finally {
        this.#broken = false;
        await this.#leave();
      }
    });
  }

  /** @template T @param {() => Promise<T>} job @returns {Promise<T>} */
  #inTurn(job) {
    const done = this.#turn.then(job);
    this.#turn = done.catch(() => {}); // whoever asked hears of it; the next one starts all the same
    return done;
  }

  #path(/** @type {string} */ name) { return path.join(this.#folder, name); }

  #notOpen() {
    return this.#broken
      ? new StoreError('failed', 'an earlier write went wrong and could not be taken back; close and open again')
      : new StoreError('closed', 'the store is not open');
  }

  async #leave() {
    await this.#log?.close();
    this.#log = null;
    await this.#unlock?.();
    this.#unlock = null;
  }

  async #load() {
    await rm(this.#path('log.new'), { force: true }); // it was not finished
    const file = this.#path('log');
    this.#log = await open(file, 'a+');
    const log = await this.#log.readFile();
    this.#kept = new Kept();
    const good = readLines(log, (batch) => this.#kept.apply(prepare(batch)));
    this.recovered = good.bytes === log.length ? null : { lines: good.lines, bytes: log.length - good.bytes, file: null };
    if (this.recovered !== null && !good.torn) await this.#setAside(this.recovered, log.subarray(good.bytes));
    if (this.recovered !== null) await this.#log.truncate(good.bytes);
    this.#bytes = good.bytes;
    this.#chain = good.chain;
    this.#compactAt = Math.max(this.#compactBytes, GROWTH * this.#kept.size);
    if (log.length === 0) await this.#flushFolder();
  }

  /** @param {import('./file.js').Recovered} recovered @param {Buffer} rest */
  async #setAside(recovered, rest) {
    const where = `line ${recovered.lines + 1} of ${this.#path('log')} is damaged, and more follows: ${recovered.bytes} bytes`;
    if (!this.#repair) throw new StoreError('corrupt', `${where}; \`repair\` opens what is before`);
    recovered.file = this.#path(`damaged-${Date.now()}`);
    await writeFile(recovered.file, rest, { flag: 'wx', flush: true });
  }

  async #work() {
    while (this.#waiting.length > 0) {
      const group = this.#nextGroup();
      try {
        await this.#append(group.map(({ batch }) => batch));
        for (const { resolve } of group) resolve();
      } catch (e) {
        for (const { reject } of group) reject(e);
      }
      if (!this.#broken && this.#bytes > this.#compactAt) await this.#compact();
    }
    this.#working = null; // in the same breath as the look at what waits: the next write starts it again
  }

  /** As many as surely fit go to the disk at once; one that may not fit goes alone. */
  #nextGroup() {
    let size = this.#kept.size;
    const next = this.#waiting.findIndex(({ batch }) => (size += batch.put.reduce((sum, [key, text]) => sum + key.length + text.length, 0)) > this.#maxSize);
    return this.#waiting.splice(0, next === -1 ? this.#waiting.length : Math.max(1, next));
  }

  /** @param {import('./batch.js').Prepared[]} batches */
  async #append(batches) {
    if (this.#broken) throw this.#notOpen();
    const [first] = batches;
    if (batches.length === 1 && first && this.#kept.sizeAfter(first) > this.#maxSize) throw new StoreError('quota', `the store holds at most ${this.#maxSize} characters`);
    const lines = [];
    let chain = this.#chain;
    for (const batch of batches) {
      const next = lineOf(batch, chain);
      lines.push(next.line);
      chain = next.chain;
    }
    const bytes = Buffer.concat(lines);
    await this.#put(bytes);
    if (this.#sync) await this.#flush();
    this.#bytes += bytes.length;
    this.#chain = chain;
    for (const batch of batches) this.#kept.apply(batch);
  }

  /** @param {Buffer} bytes */
  async #put(bytes) {
    const log = this.#handle();
    try {
      for (let from = 0; from < bytes.length;) from += (await log.write(bytes, from)).bytesWritten;
    } catch (e) {
      await log.truncate(this.#bytes).catch(() => (this.#broken = true)); // half of it stands there: `#notOpen` says so from now on
      throw failure(e, `cannot write to ${this.#folder}`);
    }
  }

  /** After a flush that fails nobody knows what the disk has: reading it again is the only way on. */
  async #flush() {
    try {
      await this.#handle().datasync();
    } catch (e) {
      this.#broken = true;
      throw failure(e, `cannot flush ${this.#folder}`);
    }
  }

  async #flushFolder() {
    const folder = await open(this.#folder, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  /** Where it fails, the old log goes on: a longer file is no reason to refuse writes. It is tried again when the log has grown as much again. */
  async #compact() {
    const name = this.#path('log.new');
    try {
      const { bytes, chain } = await this.#writeAnew(name);
      const fresh = await open(name, 'a+');
      try {
        await rename(name, this.#path('log'));
      } catch (e) {
        await fresh.close();
        throw e;
      }
      const old = this.#handle();
      [this.#log, this.#bytes, this.#chain] = [fresh, bytes, chain];
      this.#compactAt = Math.max(this.#compactBytes, GROWTH * bytes);
      await old.close();
      await this.#flushFolder();
    } catch (e) {
      this.#compactAt = this.#bytes * GROWTH;
      await rm(name, { force: true }).catch(() => {}); // the next opening removes it
      process.emitWarning(failure(e, `cannot compact ${this.#folder}`));
    }
  }

  /** @param {string} name */
  async #writeAnew(name) {
    const file = await open(name, 'w');
    let [bytes, chain, size] = [0, START, 0];
    /** @type {[string, string][]} */
    let put = [];
    const line = async () => {
      const next = lineOf({ clear: false, gone: [], put }, chain);
      await file.writeFile(next.line);
      [bytes, chain, size, put] = [bytes + next.line.length, next.chain, 0, []];
    };
    try {
      for (const [key, text] of this.#kept.texts) {
        put.push([key, text]);
        size += key.length + text.length;
        if (size >= LINE_SIZE) await line();
      }
      if (put.length > 0) await line();
      await file.sync();
    } finally {
      await file.close();
    }
    return { bytes, chain };
  }

  #handle() {
    if (this.#log === null) throw new StoreError('closed', 'the store is not open');
    return this.#log;
  }
}

/** @param {unknown} e @param {string} what */
function failure(e, what) {
  const error = /** @type {NodeJS.ErrnoException} */ (e);
  return new StoreError(NO_ROOM.has(error.code ?? '') ? 'quota' : 'failed', `${what}: ${error.message}`, e);
}
