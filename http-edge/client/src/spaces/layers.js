// A space in several layers at once, such as a local store and Skein. They load in parallel and what they have is merged; each is brought to the whole. What is saved goes to all; what one
// hears goes to the others, and never back. A layer that cannot be reached holds nobody up: it gets what it missed when it is there again.

import { OpRanges, union } from './ops.js';

/** @typedef {import('../spaces.js').TreeOp} TreeOp */
/** @typedef {import('../spaces.js').SpaceLayer} SpaceLayer */

export class SpaceLayers {
  #layers; #onError;
  /** @type {Map<string, TreeOp[]>} what was loaded or saved while a layer was behind: by tree, for it to catch up */
  /** @type {Set<string>} names of layers that have not loaded something yet */
  #behind = new Set();
  /** @type {Set<string>} */
  #loaded = new Set();
  /** @type {((treeId: string, ops: TreeOp[]) => void) | null} */
  #listener = null;
  /** @type {(() => void)[]} */
  #stops = [];
  /** @type {Set<Promise<unknown>>} */
  #running = new Set();

  /** @param {Record<string, SpaceLayer>} layers @param {import('../spaces.js').SpaceLayersOptions} options */
  constructor(layers, { onError }) {
    this.#layers = Object.entries(layers);
    if (this.#layers.length === 0) throw new TypeError('there must be a layer');
    this.#onError = onError;
  }

  /** Resolves once every layer is there or has failed; rejects if none is there. */
  async connect() {
    for (const [name, layer] of this.#layers) {
      const stop = layer.onConnected?.(() => this.#behind.has(name) && this.#run(name, 'catch up', this.#catchUp(name, layer)));
      if (stop) this.#stops.push(stop);
    }
    await this.#each('connect', (layer) => layer.connect());
  }

  isConnected() { return this.#layers.some(([, layer]) => layer.isConnected()); }

  async disconnect() {
    for (const stop of this.#stops.splice(0)) stop();
    this.#listener = null;
    await Promise.allSettled(this.#layers.map(([name, layer]) => layer.disconnect().catch((error) => this.#failed(name, 'disconnect', error))));
  }

  /** Resolves once nothing is on its way to any layer that can be reached. */
  async settled() {
    while (this.#running.size > 0) await Promise.allSettled([...this.#running]);
  }

  async loadSpaceTreeOps() { return this.#merged(null, (layer) => layer.loadSpaceTreeOps()); }

  /** @param {string} treeId @param {import('../spaces.js').StateVector | null} [vector] */
  async loadTreeOps(treeId, vector = null) {
    const ops = await this.#merged(treeId, (layer) => layer.loadTreeOps(treeId));
    return vector ? OpRanges.of(vector).missing(ops) : ops;
  }

  /** @param {string | null} treeId null: the root tree, whose id nobody says @param {(layer: SpaceLayer) => Promise<TreeOp[]>} load */
  async #merged(treeId, load) {
    const found = await this.#each('load', load);
    const all = union(...found.map(([, ops]) => ops));
    if (treeId === null) return all;
    this.#loaded.add(treeId);
    for (const [name, ops] of found) {
      const layer = this.#layer(name);
      const missing = new OpRanges(ops).missing(all);
      if (missing.length > 0) this.#run(name, 'save', layer.saveTreeOps(treeId, missing));
    }
    return all;
  }

  /** Resolves once one layer has them; rejects if none takes them. @param {string} treeId @param {Iterable<TreeOp>} ops */
  async saveTreeOps(treeId, ops) {
    const all = [...ops];
    this.#loaded.add(treeId);
    await Promise.any(this.#layers.map(([name, layer]) => this.#run(name, 'save', layer.saveTreeOps(treeId, all))));
  }

  /** @param {(treeId: string, ops: TreeOp[]) => void} onIncomingOps */
  async startListening(onIncomingOps) {
    this.#listener = onIncomingOps;
    for (const [name, layer] of this.#layers) {
      // It begins when the layer is there: nobody waits for that.
      if (layer.startListening) this.#run(name, 'listen', layer.startListening((treeId, ops) => this.#heard(name, treeId, ops)));
    }
  }

  async stopListening() {
    this.#listener = null;
    await Promise.all(this.#layers.map(([, layer]) => layer.stopListening?.()));
  }

  /** @param {string} from @param {string} treeId @param {TreeOp[]} ops */
  #heard(from, treeId, ops) {
    for (const [name, layer] of this.#layers) if (name !== from) this.#run(name, 'save', layer.saveTreeOps(treeId, ops));
    this.#listener?.(treeId, ops);
  }

  /** A later layer's secret is the one that counts. @returns {Promise<Record<string, string>>} */
  async loadSecrets() {
    const found = await this.#each('load secrets', (layer) => layer.loadSecrets());
    const all = Object.assign({}, ...found.map(([, secrets]) => secrets));
    for (const [name, secrets] of found) {
      const isWhole = Object.keys(all).every((key) => secrets[key] === all[key]);
      if (!isWhole) this.#run(name, 'save secrets', this.#layer(name).saveSecrets(all));
    }
    return all;
  }

  /** Resolves once one layer has them. @param {Record<string, string>} secrets */
  async saveSecrets(secrets) {
    await Promise.any(this.#layers.map(([name, layer]) => this.#run(name, 'save secrets', layer.saveSecrets(secrets))));
  }

  // ---- Layers that were away

  /** What a layer has that nobody knew comes in, and it gets what it has not. @param {string} name @param {SpaceLayer} layer */
  async #catchUp(name, layer) {
    this.#behind.delete(name);
    try {
      for (const treeId of this.#loaded) {
        const here = union(...(await Promise.all(this.#layers.filter(([other, one]) => other !== name && one.isConnected()).map(([, one]) => one.loadTreeOps(treeId)))));
        const fresh = await layer.loadTreeOps(treeId, new OpRanges(here).vector);
        if (fresh.length > 0) this.#heard(name, treeId, fresh);
        await layer.saveTreeOps(treeId, here);
      }
      await this.loadSecrets();
    } catch (error) {
      this.#behind.add(name);
      throw error;
    }
  }

  /** @param {string} name */
  #layer(name) { return /** @type {[string, SpaceLayer]} */ (this.#layers.find(([other]) => other === name))[1]; }

  /** What each layer that can answers, by its name. @template T @param {import('../spaces.js').LayerOperation} operation @param {(layer: SpaceLayer) => Promise<T>} ask @returns {Promise<[string, T][]>} */
  async #each(operation, ask) {
    /** @type {unknown} */
    let failure = null;
    const answers = await Promise.all(this.#layers.map(async ([name, layer]) => {
      try {
        return /** @type {[string, T][]} */ ([[name, await ask(layer)]]);
      } catch (error) {
        failure ??= error;
        this.#behind.add(name);
        this.#failed(name, operation, error);
        return [];
      }
    }));
    if (answers.every((answer) => answer.length === 0)) throw failure;
    return answers.flat();
  }

  /** Work that is told of if it fails, whoever waits for it. @template T @param {string} name @param {import('../spaces.js').LayerOperation} operation @param {Promise<T>} work @returns {Promise<T>} */
  #run(name, operation, work) {
    const told = work.catch((error) => {
      this.#failed(name, operation, error);
      throw error;
    });
    told.catch(() => {}).finally(() => this.#running.delete(told));
    this.#running.add(told);
    return told;
  }

  /** @param {string} layer @param {import('../spaces.js').LayerOperation} operation @param {unknown} error */
  #failed(layer, operation, error) {
    if (operation === 'save') this.#behind.add(layer);
    this.#onError({ layer, operation, error });
  }
}
