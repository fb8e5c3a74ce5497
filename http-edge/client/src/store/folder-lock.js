// One holder per folder, by files that name their holder. Whoever wants it puts its own file there first and looks at the others' afterwards: of two that
// come at once at least the later one sees the other, so never both hold it. A holder that died is told by its process id and, where /proc says
// it, by when that process started. For the processes of one machine: a folder that several machines or containers share is not guarded.

import { open, readFile, readdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import { StoreError } from './batch.js';

const NAME = /^lock\.(\d+)\.(\d+)\.\d+$/;
let taken = 0;

/** @param {string} folder @returns {Promise<() => Promise<void>>} how to let it go */
export async function lock(folder) {
  const mine = `lock.${process.pid}.${await startOf(process.pid)}.${++taken}`;
  const file = path.join(folder, mine);
  await (await open(file, 'wx')).close();
  try {
    for (const name of await readdir(folder)) {
      const [, pid, start] = NAME.exec(name) ?? [];
      if (pid === undefined || start === undefined || name === mine) continue;
      if (await lives(Number(pid), start)) throw new StoreError('held', `process ${pid} has ${folder} open (${name} says so)`);
      await unlink(path.join(folder, name)).catch(unlessGone);
    }
  } catch (e) {
    await unlink(file).catch(unlessGone);
    throw e;
  }
  return () => unlink(file).catch(unlessGone);
}

/** @param {number} pid @param {string} start */
async function lives(pid, start) {
  try {
    process.kill(pid, 0);
  } catch (e) {
    if (/** @type {NodeJS.ErrnoException} */ (e).code === 'ESRCH') return false; // EPERM: it lives, and is somebody else's
  }
  const now = await startOf(pid);
  return now === start || now === UNKNOWN || start === UNKNOWN;
}

const UNKNOWN = '0';

/** Clock ticks since the machine started; the 22nd field, and the second may hold spaces and brackets. @param {number} pid */
async function startOf(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => null); // no /proc here, or no such process
  return stat === null ? UNKNOWN : (stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? UNKNOWN);
}

/** @param {NodeJS.ErrnoException} error */
function unlessGone(error) {
  if (error.code !== 'ENOENT') throw error;
}
