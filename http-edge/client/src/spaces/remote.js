// Skein as a two-way layer of a space. It remembers which operations Skein has, as ranges: what came from there is never sent back, and what was sent is never told as somebody else's.

import { Listeners } from '../dispatch.js';
import { SkeinError } from '../errors.js';
import { OpRanges, byId, opOf, withoutTransients } from './ops.js';
import { Sending } from './sending.js';

/** @typedef {import('../spaces.js').TreeOp} TreeOp */
/** @typedef {{ there: OpRanges, sent: Set<string>, sending: Sending, adding: Promise<unknown> | null }} Tree */

const TIMEOUT_MS = 60_000;
const CONNECT_MS = 10_000;
const SECRETS_A_CALL = 100;
/** Rows of the stream that are kept, at most, before it begins anew behind them. */
const MAX_STREAMED = 5_000;

export class SkeinSpace {
  #client; #workspace; #peerId; #rootTreeId; #connectMs; #path;
  /** @type {Map<string, Tree>} */
  #trees = new Map();
  #about; #secrets;
  /** How many operations the space had when this began: what came before is loaded, what comes later is streamed. @type {number | null} */
  #floor = null;
  /** @type {((treeId: string, ops: TreeOp[]) => void) | null} */
  #listener = null;
  /** @type {any} */
  #stream = null;
  #live = new Listeners();

  /** @param {import('../index.d.ts').Client} client @param {string} id @param {import('../spaces.js').SkeinSpaceOptions} [options] */
  constructor(client, id, { peerId = null, rootTreeId = null, connectMs = CONNECT_MS, workspace = {} } = {}) {
    this.id = id;
    this.#client = client;
    this.#peerId = peerId;
    this.#rootTreeId = rootTreeId;
    this.#connectMs = connectMs;
    this.#path = `/v1/workspaces/${encodeURIComponent(id)}`;
    this.#workspace = /** @type {any} */ (client.workspace(id, workspace));
    this.#about = this.#workspace.subscribe([{ table: 'space' }, { table: 'tree' }]);
    this.#secrets = this.#workspace.subscribe([{ table: 'secret' }]);
    let was = '';
    this.#workspace.connection.subscribe(() => {
      if (was !== (was = this.#workspace.state) && was === 'live') this.#live.tell();
    });
  }

  /** The workspace underneath: its connection, presence, signals. */
  get workspace() { return this.#workspace; }

  /** Resolves once the space is here; rejects if it is not in time, or refuses, and goes on trying in the first case. */
  async connect() {
    await this.#workspace.start();
    await within(this.#connectMs, this.#begun());
  }

  async #begun() {
    await Promise.all([this.#about.ready, this.#secrets.ready]);
    this.#floor ??= this.#about.rows('space')[0]?.ops ?? 0;
  }

  isConnected() { return this.#workspace.state === 'live'; }

  /** Runs whenever the connection is there (again). @param {() => void} listener @returns {() => void} */
  onConnected(listener) { return this.#live.add(listener); }

  async disconnect() {
    await this.stopListening();
    await this.#workspace.stop();
  }

  // ---- Operations

  /** @returns {Promise<TreeOp[]>} */
  async loadSpaceTreeOps() {
    await within(this.#connectMs, this.#begun());
    const root = this.#about.rows('space')[0]?.root_tree_id ?? null;
    return root === null ? [] : this.loadTreeOps(root);
  }

  /** @param {string} treeId @param {import('../spaces.js').StateVector | null} [vector] @returns {Promise<TreeOp[]>} */
  async loadTreeOps(treeId, vector = null) {
    const [ops, there] = await Promise.all([
      this.#ask('missing_ops', { tree_id: treeId, vector: vector ?? {} }),
      vector ? this.#ask('tree_vector', { tree_id: treeId }) : [],
    ]);
    const tree = this.#tree(treeId);
    if (vector) tree.there = OpRanges.of(Object.fromEntries(there.map((/** @type {any} */ one) => [one.peer_id, one.ranges])));
    const found = ops.map((/** @type {any} */ { op }) => ('key' in op && !('value' in op) ? { ...op, value: undefined } : op)).sort(byId);
    for (const op of found) tree.there.add(op);
    return found;
  }

  /** @param {string} query @param {object} args @returns {Promise<any[]>} none where there is no such tree */
  async #ask(query, args) {
    try {
      return /** @type {any} */ (await this.#client.request('POST', `${this.#path}/queries/${query}`, { body: args, timeoutMs: TIMEOUT_MS })).answers;
    } catch (error) {
      if (error instanceof SkeinError && error.reason === 'tree_missing') return [];
      throw error;
    }
  }

  /** @param {string} treeId @param {Iterable<TreeOp>} ops */
  async saveTreeOps(treeId, ops) {
    const tree = this.#tree(treeId);
    const mine = withoutTransients(ops).filter((op) => !tree.there.has(op) && !tree.sent.has(idOf(op)));
    for (const op of mine) tree.sent.add(idOf(op));
    try {
      await tree.sending.save(mine);
    } finally {
      for (const op of mine) tree.sent.delete(idOf(op)); // it is there, or may be saved again
    }
  }

  /** Which of these Skein is not known to have. @param {string} treeId @param {readonly TreeOp[]} ops */
  missingThere(treeId, ops) { return this.#tree(treeId).there.missing(ops); }

  /** @param {string} treeId @returns {Tree} */
  #tree(treeId) {
    let tree = this.#trees.get(treeId);
    if (!tree) {
      tree = { there: new OpRanges(), sent: new Set(), sending: new Sending((ops) => this.#send(treeId, ops)), adding: null };
      this.#trees.set(treeId, tree);
    }
    return tree;
  }

  /** @param {string} treeId @param {TreeOp[]} ops */
  async #send(treeId, ops) {
    const tree = this.#tree(treeId);
    try {
      await (tree.adding ??= this.#add(treeId));
      await this.#workspace.call('append_ops', { tree_id: treeId, ops, peer_id: this.#peerId });
      for (const op of ops) tree.there.add(op);
    } catch (error) {
      tree.adding = null;
      throw error;
    }
  }

  /** @param {string} treeId */
  async #add(treeId) {
    if (this.#about.rows('tree').some((/** @type {any} */ row) => row.tree_id === treeId)) return;
    const isRoot = this.#rootTreeId === null ? this.#about.status === 'live' && !this.#about.rows('space')[0]?.root_tree_id : treeId === this.#rootTreeId;
    await this.#workspace.call('add_tree', { tree_id: treeId, root: isRoot });
  }

  // ---- What others do

  /** @param {(treeId: string, ops: TreeOp[]) => void} onIncomingOps */
  async startListening(onIncomingOps) {
    this.#listener = onIncomingOps;
    await this.#begun();
    if (this.#listener === onIncomingOps) this.#follow(/** @type {number} */ (this.#floor));
  }

  async stopListening() {
    this.#listener = null;
    this.#stream?.close();
    this.#stream = null;
  }

  /** @param {number} floor */
  #follow(floor) {
    const before = this.#stream;
    const stream = this.#workspace.subscribe([{ table: 'tree_op', where: ['>', 'n', floor] }]);
    this.#stream = stream;
    stream.subscribe((/** @type {any} */ change) => change && this.#heard(stream, change.rows));
    stream.ready.then(() => before?.close(), () => {});
  }

  /** @param {any} stream @param {readonly { before?: any, after?: any }[]} rows */
  #heard(stream, rows) {
    const fresh = rows.flatMap(({ before, after }) => (after && !before ? [after] : [])).sort((one, other) => one.n - other.n);
    /** @type {Map<string, TreeOp[]>} */
    const told = new Map();
    for (const row of fresh) {
      this.#floor = Math.max(this.#floor ?? 0, row.n);
      const tree = this.#tree(row.tree_id);
      const op = opOf(row);
      const isNew = tree.there.add(op);
      if (isNew && !tree.sent.has(idOf(op))) told.set(row.tree_id, [...(told.get(row.tree_id) ?? []), op]);
    }
    for (const [treeId, ops] of told) this.#listener?.(treeId, ops);
    if (this.#stream === stream && stream.rows('tree_op').length > MAX_STREAMED) this.#follow(/** @type {number} */ (this.#floor));
  }

  // ---- Secrets

  /** @returns {Promise<Record<string, string>>} */
  async loadSecrets() {
    await within(this.#connectMs, this.#secrets.ready);
    return Object.fromEntries(this.#secrets.rows('secret').map((/** @type {any} */ { key, value }) => [key, value]));
  }

  /** Those that are new or changed; others stay. @param {Record<string, string>} secrets */
  async saveSecrets(secrets) {
    /** @type {Record<string, string>} */
    const there = this.#secrets.status === 'live' ? await this.loadSecrets() : {};
    const changed = Object.entries(secrets).filter(([key, value]) => there[key] !== value).map(([key, value]) => ({ key, value }));
    for (let from = 0; from < changed.length; from += SECRETS_A_CALL) {
      await this.#workspace.call('save_secrets', { secrets: changed.slice(from, from + SECRETS_A_CALL) });
    }
  }

  /** @param {string} key */
  async deleteSecret(key) { await this.#workspace.call('delete_secret', { key }); }
}

/** @param {TreeOp} op */
const idOf = ({ id: { counter, peerId } }) => `${counter}@${peerId}`;

/** @template T @param {number} ms @param {Promise<T>} promise @returns {Promise<T>} */
function within(ms, promise) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new SkeinError('unavailable', `the space did not answer in ${ms} ms`)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
