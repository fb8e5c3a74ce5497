// The lines of a file store's log: `["<8 hex digits>",<batch>]`. The digits are the CRC-32 of the batch's bytes, continued from the line before, so that a
// line that was changed, lost, doubled or moved is found as well as one that was torn.

import { crc32 } from 'node:zlib';

const NEWLINE = 0x0a;
/** What comes before the batch, and after it. */
const HEAD = '["00000000",'.length;
const TAIL = ']'.length;
/** The chain's first link; another one if the lines should ever mean something else. */
export const START = crc32('skein store 1');

/**
 * @param {import('./batch.js').Prepared} batch @param {number} chain of the line before
 * @returns {{ line: Buffer, chain: number }}
 */
export function lineOf({ clear, gone, put }, chain) {
  const parts = [];
  if (clear) parts.push('"clear":true');
  if (put.length > 0) parts.push(`"put":{${put.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join()}}`);
  if (gone.length > 0) parts.push(`"delete":${JSON.stringify(gone)}`);
  const body = Buffer.from(`{${parts.join()}}`);
  const next = crc32(body, chain);
  return { line: Buffer.concat([Buffer.from(`["${hex(next)}",`), body, Buffer.from(']\n')]), chain: next };
}

/**
 * Reads lines until the first that is damaged.
 * @param {Buffer} log @param {(batch: import('./store.js').StoreBatch) => void} take
 * @returns {{ bytes: number, lines: number, chain: number, torn: boolean }} what is good; torn: at most one line follows, so a write was cut short
 */
export function readLines(log, take) {
  let bytes = 0;
  let lines = 0;
  let chain = START;
  for (let end = log.indexOf(NEWLINE); end !== -1; end = log.indexOf(NEWLINE, bytes)) {
    const body = log.subarray(bytes + HEAD, Math.max(bytes + HEAD, end - TAIL));
    const next = crc32(body, chain);
    if (log.toString('latin1', bytes, bytes + HEAD) !== `["${hex(next)}",` || log[end - 1] !== 0x5d) break;
    take(JSON.parse(body.toString()));
    chain = next;
    bytes = end + 1;
    lines++;
  }
  const newline = log.indexOf(NEWLINE, bytes);
  return { bytes, lines, chain, torn: newline === -1 || newline === log.length - 1 };
}

const hex = (/** @type {number} */ crc) => crc.toString(16).padStart(8, '0');
