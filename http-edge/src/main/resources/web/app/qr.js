// QR codes (ISO/IEC 18004) of texts as long as links are: bytes, correction level M (15 %), versions 1 to 20.

import { svg } from './ui.js';

/** By version from 1: bytes of correction in each block, and how many blocks. */
const CORRECTION = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26];
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16];
const QUIET = 4;
const MASKS = [
  (x, y) => (x + y) % 2,
  (x, y) => y % 2,
  (x) => x % 3,
  (x, y) => (x + y) % 3,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2,
  (x, y) => ((x * y) % 2) + ((x * y) % 3),
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2,
];

/** An image of it, dark on light whatever the page's colours are: cameras want that. */
export function qrImage(text, label) {
  const modules = qrModules(text);
  const size = modules.length + 2 * QUIET;
  const path = modules.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : ''))).join('');
  return svg('svg', { class: 'qr', viewBox: `0 0 ${size} ${size}`, role: 'img', 'aria-label': label, 'shape-rendering': 'crispEdges' }, svg('rect', { width: size, height: size, fill: '#fff' }), svg('path', { d: path, fill: '#000' }));
}

/** Rows of modules, true where dark; null: the text is too long. */
export function qrModules(text) {
  const content = new TextEncoder().encode(text);
  const version = BLOCKS.findIndex((_, i) => content.length <= room(i + 1)) + 1;
  if (version === 0) return null;
  const frame = emptyFrame(version);
  fill(frame, interleaved(version, dataOf(version, content)));
  const tried = MASKS.map((_, mask) => masked(frame, mask, version));
  return tried.reduce((best, each) => (penalty(each) < penalty(best) ? each : best));
}

const sizeOf = (version) => 17 + 4 * version;
const lengthBits = (version) => (version < 10 ? 8 : 16);

/** Bytes of a symbol, correction and all. */
function codewords(version) {
  const across = version === 1 ? 0 : Math.floor(version / 7) + 2;
  // Finders with their separators and format, timing; then alignment patterns, of which those on the timing lines share five modules; then the version.
  const alignment = across === 0 ? 0 : (across * across - 3) * 25 - (across - 2) * 10;
  const taken = 3 * 64 + 31 + 2 * (sizeOf(version) - 16) + alignment + (version >= 7 ? 36 : 0);
  return Math.floor((sizeOf(version) ** 2 - taken) / 8);
}

const dataBytes = (version) => codewords(version) - CORRECTION[version - 1] * BLOCKS[version - 1];
const room = (version) => Math.floor((8 * dataBytes(version) - 4 - lengthBits(version)) / 8);

function dataOf(version, content) {
  const bits = [];
  const put = (value, length) => {
    for (let i = length - 1; i >= 0; i--) bits.push((value >>> i) & 1);
  };
  put(0b0100, 4);
  put(content.length, lengthBits(version));
  for (const byte of content) put(byte, 8);
  const end = 8 * dataBytes(version);
  put(0, Math.min(4, end - bits.length));
  put(0, -bits.length & 7);
  for (let pad = 0xec; bits.length < end; pad ^= 0xec ^ 0x11) put(pad, 8);
  return Array.from({ length: bits.length / 8 }, (_, i) => Number.parseInt(bits.slice(8 * i, 8 * i + 8).join(''), 2));
}

/** Blocks of nearly equal length, the longer ones last, byte by byte in turns; then their corrections likewise. */
function interleaved(version, data) {
  const count = BLOCKS[version - 1];
  const short = Math.floor(data.length / count);
  const long = data.length % count;
  const blocks = Array.from({ length: count }, (_, i) => data.slice(i * short + Math.max(0, i - (count - long)), (i + 1) * short + Math.max(0, i + 1 - (count - long))));
  const divisor = generator(CORRECTION[version - 1]);
  const inTurns = (lists) => Array.from({ length: Math.max(...lists.map((each) => each.length)) }, (_, i) => lists.filter((each) => i < each.length).map((each) => each[i])).flat();
  return [...inTurns(blocks), ...inTurns(blocks.map((block) => remainder(block, divisor)))];
}

/** In the field of 256 elements over x⁸+x⁴+x³+x²+1. */
function times(a, b) {
  let product = 0;
  for (let i = 7; i >= 0; i--) product = (product << 1) ^ ((product >>> 7) * 0x11d) ^ (((b >>> i) & 1) * a);
  return product;
}

/** (x−1)(x−2)(x−4)…, without its first coefficient, which is 1. */
function generator(degree) {
  const polynomial = Array(degree).fill(0);
  polynomial[degree - 1] = 1;
  for (let i = 0, root = 1; i < degree; i++, root = times(root, 2)) for (let j = 0; j < degree; j++) polynomial[j] = times(polynomial[j], root) ^ (polynomial[j + 1] ?? 0);
  return polynomial;
}

function remainder(data, divisor) {
  const left = Array(divisor.length).fill(0);
  for (const byte of data) {
    const factor = byte ^ left.shift();
    left.push(0);
    divisor.forEach((coefficient, i) => (left[i] ^= times(coefficient, factor)));
  }
  return left;
}

/** Fixed patterns; null where data goes. */
function emptyFrame(version) {
  const size = sizeOf(version);
  const frame = Array.from({ length: size }, () => Array(size).fill(null));
  const square = (x, y, radius, dark) => {
    for (let dy = -radius; dy <= radius; dy++) for (let dx = -radius; dx <= radius; dx++) if (frame[y + dy]?.[x + dx] !== undefined) frame[y + dy][x + dx] = dark(Math.max(Math.abs(dx), Math.abs(dy)));
  };
  for (let i = 0; i < size; i++) frame[6][i] = frame[i][6] = i % 2 === 0;
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) square(x, y, 4, (ring) => ring !== 2 && ring !== 4);
  const places = alignments(version);
  const last = places.length - 1;
  places.forEach((x, i) => places.forEach((y, j) => {
    const atFinder = (i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0);
    if (!atFinder) square(x, y, 2, (ring) => ring !== 1);
  }));
  writeFormat(frame, 0);
  if (version >= 7) writeVersion(frame, version);
  return frame;
}

function alignments(version) {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = 2 * Math.ceil((sizeOf(version) - 13) / (2 * (count - 1)));
  return [6, ...Array.from({ length: count - 1 }, (_, i) => sizeOf(version) - 7 - step * (count - 2 - i))];
}

/** Twice: around the first finder, and half beside each of the other two. */
function writeFormat(frame, mask) {
  const size = frame.length;
  const data = mask; // level M is 00
  const bits = ((data << 10) | remainderOf(data, 0x537, 10)) ^ 0x5412;
  const bit = (i) => ((bits >>> i) & 1) === 1;
  for (let i = 0; i < 15; i++) {
    frame[i < 6 ? i : i < 8 ? i + 1 : 8][i < 8 ? 8 : i === 8 ? 7 : 14 - i] = bit(i);
    if (i < 8) frame[8][size - 1 - i] = bit(i);
    else frame[size - 15 + i][8] = bit(i);
  }
  frame[size - 8][8] = true;
}

function writeVersion(frame, version) {
  const bits = (version << 12) | remainderOf(version, 0x1f25, 12);
  for (let i = 0; i < 18; i++) {
    const [near, far] = [Math.floor(i / 3), frame.length - 11 + (i % 3)];
    frame[near][far] = frame[far][near] = ((bits >>> i) & 1) === 1;
  }
}

/** Of a division by a polynomial over bits. */
function remainderOf(value, polynomial, degree) {
  let left = value << degree;
  for (let i = 31; i >= degree; i--) if ((left >>> i) & 1) left ^= polynomial << (i - degree);
  return left;
}

/** Two columns at a time from the right, up and down in turns; data modules become 0 or 1 where fixed ones are booleans. */
function fill(frame, bytes) {
  const size = frame.length;
  let at = 0;
  for (let right = size - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6) right = 5;
    for (let i = 0; i < size; i++) {
      const y = up ? size - 1 - i : i;
      for (const x of [right, right - 1]) {
        if (frame[y][x] !== null) continue;
        frame[y][x] = at < 8 * bytes.length ? (bytes[at >>> 3] >>> (7 - (at & 7))) & 1 : 0;
        at++;
      }
    }
  }
}

function masked(frame, mask) {
  const modules = frame.map((row, y) => row.map((module, x) => (typeof module === 'boolean' ? module : (module === 1) !== (MASKS[mask](x, y) === 0))));
  writeFormat(modules, mask);
  return modules;
}

/** What makes a symbol hard to read: long runs, what looks like a finder, blocks, more dark than light. */
function penalty(modules) {
  const size = modules.length;
  const lines = [...modules, ...modules.map((_, x) => modules.map((row) => row[x]))].map((line) => line.map(Number).join(''));
  let points = 0;
  for (const line of lines) {
    for (const run of line.match(/0{5,}|1{5,}/g) ?? []) points += run.length - 2;
    for (const finder of ['10111010000', '00001011101']) for (let at = line.indexOf(finder); at >= 0; at = line.indexOf(finder, at + 1)) points += 40;
  }
  for (let y = 1; y < size; y++) for (let x = 1; x < size; x++) if (modules[y][x] === modules[y - 1][x] && modules[y][x] === modules[y][x - 1] && modules[y][x] === modules[y - 1][x - 1]) points += 3;
  const dark = modules.flat().filter(Boolean).length / size ** 2;
  return points + 10 * Math.floor(Math.abs(dark - 0.5) * 20);
}
