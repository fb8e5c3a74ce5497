// A space in a store of this library: IndexedDB, a folder, or memory. Operations are kept as they come, a batch under a key of its own.

import { OpRanges, byId, withoutTransients } from './ops.js';

/** @typedef {import('../spaces.js').TreeOp} TreeOp */
/** @typedef {{ ops: TreeOp[], has: OpRanges, batches: number }} Tree */

/** A tree of more batches is written anew in fewer when it is opened. */
const MAX_BATCHES = 200;
const BATCH_OPS = 5_000;

export class LocalSpace {
  #store; #isOpen = false;
  /** @type {Map<string, Tree>} */
  #trees = new Map();
  /** @type {Record<string, string>} */
  #secrets = {};
  /** @type {string | null} */
  #root = null;

  /** @param {import('../store/store.js').Store} store this space's own */
  constructor(store) { this.#store = store; }

  async connect() {
    if (this.#isOpen) return;
    const kept = await this.#store.open();
    this.#trees = new Map();
    for (const [key, value] of kept) {
      if (key.startsWith('ops/')) this.#take(this.#tree(decodeURIComponent(key.split('/')[1])), /** @type {TreeOp[]} */ (value));
    }
    this.#secrets = /** @type {Record<string, string>} */ (kept.get('secrets') ?? {});
    this.#root = /** @type {string | null} */ (kept.get('root') ?? null);
    this.#isOpen = true;
    for (const [treeId, tree] of this.#trees) if (tree.batches > MAX_BATCHES) await this.#compact(treeId, tree);
  }

  isConnected() { return this.#isOpen; }

  async disconnect() {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#store.close();
  }

  /** @param {string} treeId */
  #tree(treeId) {
    let tree = this.#trees.get(treeId);
    if (!tree) this.#trees.set(treeId, (tree = { ops: [], has: new OpRanges(), batches: 0 }));
    return tree;
  }

  /** @param {Tree} tree @param {TreeOp[]} ops */
  #take(tree, ops) {
    tree.batches++;
    for (const op of ops) if (tree.has.add(op)) tree.ops.push(op);
  }

  /** @param {string} treeId @param {Tree} tree */
  async #compact(treeId, tree) {
    const before = tree.batches;
    /** @type {Record<string, TreeOp[]>} */
    const put = {};
    tree.batches = 0;
    for (let from = 0; from < tree.ops.length; from += BATCH_OPS) put[keyOf(treeId, tree.batches++)] = tree.ops.slice(from, from + BATCH_OPS);
    const gone = Array.from({ length: Math.max(0, before - tree.batches) }, (_, i) => keyOf(treeId, tree.batches + i));
    await this.#store.write({ put, delete: gone });
  }

  /** @returns {Promise<TreeOp[]>} */
  async loadSpaceTreeOps() { return this.#root === null ? [] : this.loadTreeOps(this.#root); }

  /** @param {string} treeId @param {import('../spaces.js').StateVector | null} [vector] @returns {Promise<TreeOp[]>} */
  async loadTreeOps(treeId, vector = null) {
    const { ops } = this.#tree(treeId);
    return (vector ? OpRanges.of(vector).missing(ops) : [...ops]).map(whole).sort(byId);
  }

  /** The first tree that is saved is the space's root tree. @param {string} treeId @param {Iterable<TreeOp>} ops */
  async saveTreeOps(treeId, ops) {
    const tree = this.#tree(treeId);
    const fresh = tree.has.missing(withoutTransients(ops));
    if (fresh.length === 0) return;
    /** @type {Record<string, unknown>} */
    const put = { [keyOf(treeId, tree.batches)]: fresh };
    if (this.#root === null) put.root = this.#root = treeId;
    this.#take(tree, fresh);
    await this.#store.write({ put });
  }

  /** @param {string} treeId @param {readonly TreeOp[]} ops */
  missingThere(treeId, ops) { return this.#tree(treeId).has.missing(ops); }

  async loadSecrets() { return { ...this.#secrets }; }

  /** @param {Record<string, string>} secrets */
  async saveSecrets(secrets) {
    this.#secrets = { ...this.#secrets, ...secrets };
    await this.#store.write({ put: { secrets: this.#secrets } });
  }
}

/** @param {string} treeId @param {number} batch */
const keyOf = (treeId, batch) => `ops/${encodeURIComponent(treeId)}/${batch}`;

/** What JSON left out: a property that was taken away. @param {TreeOp} op @returns {TreeOp} */
const whole = (op) => ('key' in op && !('value' in op) ? { .../** @type {any} */ (op), value: undefined } : op);
