// Operations of `reptree` as plain objects, and which of them somebody has.

/** @typedef {import('../spaces.js').TreeOp} TreeOp */

/** As `reptree` orders them. A tree that is given its operations in this order never has to undo one. @param {TreeOp} one @param {TreeOp} other */
export const byId = (one, other) => one.id.counter - other.id.counter || one.id.peerId.localeCompare(other.id.peerId);

/** Transient ones are for now, and kept nowhere. @param {Iterable<TreeOp>} ops */
export const withoutTransients = (ops) => [...ops].filter((op) => !('transient' in op && op.transient));

/** Which operations of a tree somebody has: of each peer ranges of counters, in the form of a state vector of `reptree`. */
export class OpRanges {
  /** @type {Map<string, number[][]>} */
  #peers = new Map();

  /** @param {Iterable<TreeOp>} [ops] */
  constructor(ops = []) {
    for (const op of [...ops].sort(byId)) this.add(op);
  }

  /** @param {import('../spaces.js').StateVector} vector */
  static of(vector) {
    const ranges = new OpRanges();
    for (const [peer, of] of Object.entries(vector)) ranges.#peers.set(peer, of.map(([first, last]) => [first, last]));
    return ranges;
  }

  /** @param {TreeOp} op */
  has({ id: { peerId, counter } }) {
    const ranges = this.#peers.get(peerId);
    const at = ranges ? before(ranges, counter) : -1;
    return at >= 0 && /** @type {number[][]} */ (ranges)[at][1] >= counter;
  }

  /** False: it was there. @param {TreeOp} op */
  add(op) {
    if (this.has(op)) return false;
    const { id: { peerId, counter } } = op;
    const ranges = this.#peers.get(peerId) ?? [];
    this.#peers.set(peerId, ranges);
    const at = before(ranges, counter);
    const joinsLeft = at >= 0 && ranges[at][1] === counter - 1;
    const joinsRight = ranges[at + 1]?.[0] === counter + 1;
    if (joinsLeft && joinsRight) ranges.splice(at, 2, [ranges[at][0], ranges[at + 1][1]]);
    else if (joinsLeft) ranges[at][1] = counter;
    else if (joinsRight) ranges[at + 1][0] = counter;
    else ranges.splice(at + 1, 0, [counter, counter]);
    return true;
  }

  /** Those that are not in it. @template {TreeOp} Op @param {readonly Op[]} ops @returns {Op[]} */
  missing(ops) { return ops.filter((op) => !this.has(op)); }

  /** @returns {import('../spaces.js').StateVector} */
  get vector() { return Object.fromEntries([...this.#peers].map(([peer, ranges]) => [peer, ranges.map(([first, last]) => [first, last])])); }
}

/** The index of the last range that begins at `counter` or before it; -1: none does. @param {number[][]} ranges @param {number} counter */
function before(ranges, counter) {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranges[middle][0] <= counter) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** All of them once, in order. @param {Iterable<TreeOp>[]} lists @returns {TreeOp[]} */
export function union(...lists) {
  const has = new OpRanges();
  const all = [];
  for (const op of lists.flatMap((list) => [...list]).sort(byId)) if (has.add(op)) all.push(op);
  return all;
}

/** A row of the module's table `tree_op`. @param {any} row @returns {TreeOp} */
export function opOf({ counter, peer_id: peerId, target_id: targetId, kind, parent_id: parentId, key, value }) {
  const id = { counter, peerId };
  if (kind === 'MOVE') return { id, targetId, parentId };
  return kind === 'SET' ? { id, targetId, key, value, transient: false } : { id, targetId, key, value: undefined, transient: false };
}
