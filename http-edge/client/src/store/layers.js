// Several stores as one: each write goes to all of them at once, and what they load is merged by a function of the caller's. A layer that fails is reported and left behind while the
// others go on. It has missed something then, so it is never given the next batch on top: it gets all there is, in one batch, as soon as it can be tried again.

import { Kept, MAX_WAITING, StoreError, prepare } from './batch.js';

export { StoreError };

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./layers.js').LayerStatus} LayerStatus */

const RETRY_MS = 30_000;
const TIMEOUT_MS = 10_000;

/** @implements {Store} */
export class LayeredStore {
  #merge; #onError; #clock; #retryMs; #timeoutMs; #need;
  /** @type {Layer[]} */ #layers;
  #kept = new Kept(); #open = false; #waiting = 0;

  /** @param {Record<string, Store>} layers @param {import('./layers.js').LayeredStoreOptions} options */
  constructor(layers, { merge, onError, clock = globalClock, retryMs = RETRY_MS, timeoutMs = TIMEOUT_MS, need = 'all' }) {
    this.#layers = Object.entries(layers).map(([name, store]) => new Layer(name, store));
    if (this.#layers.length === 0) throw new StoreError('invalid', 'there must be a layer');
    this.#merge = merge;
    this.#onError = onError;
    this.#clock = clock;
    this.#retryMs = retryMs;
    this.#timeoutMs = timeoutMs;
    this.#need = need;
  }

  /** How each layer is: `ok`, `behind` (it has missed something, and gets all of it later), `closed`. @returns {Record<string, LayerStatus>} */
  get status() {
    return Object.fromEntries(this.#layers.map(({ name, status }) => [name, status]));
  }

  /** Opens all; one that opens is enough. What is merged is written to those that had something else. */
  async open() {
    if (this.#open) throw new StoreError('held', 'this store is open already');
    this.#open = true;
    const loaded = await Promise.all(this.#layers.map((layer) => this.#load(layer)));
    const found = loaded.filter((one) => one !== null);
    if (found.length === 0) {
      this.#open = false;
      throw new StoreError('failed', 'no layer could be opened', this.#layers.map(({ error }) => error));
    }
    try {
      this.#kept = new Kept();
      this.#kept.apply(prepare({ put: Object.fromEntries(this.#merge(found)) }));
    } catch (e) {
      await this.close();
      throw e;
    }
    const fresh = this.#kept.values();
    await Promise.all(this.#layers.map((layer, i) => {
      const had = loaded[i];
      return had && this.#give(layer, difference(had.kept, this.#kept)).catch(() => {}); // reported, and behind from now on
    }));
    return fresh;
  }

  /** @param {import('./store.js').StoreBatch} batch */
  async write(batch) {
    if (!this.#open) throw new StoreError('closed', 'the store is not open');
    if (this.#waiting >= MAX_WAITING) throw new StoreError('overloaded', `${MAX_WAITING} writes wait already`);
    const prepared = prepare(batch);
    this.#kept.apply(prepared);
    const given = this.#layers.map((layer) => this.#give(layer, asBatch(prepared)));
    this.#waiting++;
    try {
      if (this.#need === 'all') await Promise.allSettled(given);
      await Promise.any(given);
    } catch (e) {
      throw new StoreError('failed', 'no layer has kept it; the next one that works again gets it', e);
    } finally {
      this.#waiting--;
    }
  }

  /** Tries layers that are behind again, now. Resolves once each has all there is, or has failed again. */
  async catchUp() {
    if (!this.#open) throw new StoreError('closed', 'the store is not open');
    await Promise.allSettled(this.#layers.map((layer) => layer.status === 'behind' && this.#give(layer, {}, true)));
  }

  async close() {
    if (!this.#open) return;
    this.#open = false;
    await Promise.all(this.#layers.map((layer) => layer.isOpen && this.#closeLayer(layer)));
  }

  /** @param {Layer} layer */
  async #load(layer) {
    try {
      const kept = await this.#openLayer(layer);
      layer.status = 'ok';
      return { name: layer.name, kept };
    } catch (e) {
      this.#failed(layer, 'open', e);
      return null;
    }
  }

  /**
   * Resolves once the layer has it. A layer that is behind gets everything instead, and rejects until it is time to try it.
   * @param {Layer} layer @param {import('./store.js').StoreBatch} batch @param {boolean} now @returns {Promise<void>}
   */
  async #give(layer, batch, now = false) {
    const wasBehind = layer.status !== 'ok';
    if (wasBehind && !now && this.#clock.now() < layer.retryAt) throw layer.error;
    try {
      if (layer.waiting >= MAX_WAITING) throw new StoreError('overloaded', `${MAX_WAITING} writes wait for ${layer.name} already`);
      layer.waiting++;
      try {
        if (wasBehind) await this.#rewrite(layer);
        else await this.#inTime(layer.store.write(batch));
      } finally {
        layer.waiting--;
      }
    } catch (e) {
      this.#failed(layer, 'write', e);
      throw e;
    }
  }

  /** What is written while this is on its way finds the layer in order, and comes after it. @param {Layer} layer */
  async #rewrite(layer) {
    if (!layer.isOpen) {
      layer.retryAt = Infinity; // until this attempt is over
      await this.#openLayer(layer);
    }
    layer.status = 'ok';
    await this.#inTime(layer.store.write({ clear: true, put: Object.fromEntries(this.#kept.values()) }));
  }

  /** One that opens too late is open all the same, for the next attempt or to be closed. @param {Layer} layer */
  #openLayer(layer) {
    layer.opening ??= layer.store.open().then((kept) => {
      layer.isOpen = true;
      if (!this.#open) this.#closeLayer(layer);
      return kept;
    }).finally(() => { layer.opening = null; });
    return this.#inTime(layer.opening);
  }

  /** @param {Layer} layer */
  async #closeLayer(layer) {
    try {
      layer.isOpen = false;
      await this.#inTime(layer.store.close());
    } catch (e) {
      this.#failed(layer, 'close', e);
    }
    layer.status = 'closed';
  }

  /** @param {Layer} layer @param {'open' | 'write' | 'close'} operation @param {unknown} error */
  #failed(layer, operation, error) {
    layer.status = 'behind';
    layer.error = error;
    layer.retryAt = this.#clock.now() + this.#retryMs;
    this.#onError({ layer: layer.name, operation, error });
  }

  /**
   * A layer that does not answer must not hold up the others. What it still does late is overwritten with all the rest.
   * @template T @param {Promise<T>} promise @returns {Promise<T>}
   */
  #inTime(promise) {
    return new Promise((resolve, reject) => {
      const timer = this.#clock.setTimeout(() => reject(new StoreError('failed', `no answer for ${this.#timeoutMs} ms`)), this.#timeoutMs);
      promise.then(resolve, reject).finally(() => this.#clock.clearTimeout(timer));
    });
  }
}

class Layer {
  status = /** @type {LayerStatus} */ ('closed'); isOpen = false; waiting = 0; retryAt = 0; error = /** @type {unknown} */ (null);
  opening = /** @type {Promise<Map<string, unknown>> | null} */ (null);

  /** @param {string} name @param {Store} store */
  constructor(name, store) {
    this.name = name;
    this.store = store;
  }
}

/** @type {import('./layers.js').LayersClock} */
const globalClock = { now: () => Date.now(), setTimeout: (action, delay) => setTimeout(action, delay), clearTimeout: (timer) => clearTimeout(/** @type {number} */ (timer)) };

/** @param {import('./batch.js').Prepared} prepared @returns {import('./store.js').StoreBatch} */
const asBatch = ({ clear, put, gone }) => ({ clear, put: Object.fromEntries(put.map(([key, text]) => [key, JSON.parse(text)])), delete: gone });

/** What makes `had` of a layer what is `kept`. @param {Map<string, unknown>} had @param {Kept} kept @returns {import('./store.js').StoreBatch} */
function difference(had, kept) {
  const put = [...kept.texts].filter(([key, text]) => !had.has(key) || JSON.stringify(had.get(key)) !== text);
  return asBatch({ clear: false, put, gone: [...had.keys()].filter((key) => !kept.texts.has(key)) });
}
