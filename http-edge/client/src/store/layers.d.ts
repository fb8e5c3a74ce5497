import type { Store, StoreBatch } from './store.js';
export { StoreError, type StoreErrorCode } from './batch.js';
export type { Store, StoreBatch } from './store.js';

export interface LayersClock {
  now(): number;
  setTimeout(action: () => void, delay: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** `ok`; `behind`: it has missed something, and gets all there is when it is tried again; `closed`. */
export type LayerStatus = 'ok' | 'behind' | 'closed';

export interface LoadedLayer {
  readonly name: string;
  readonly kept: Map<string, unknown>;
}

export interface LayeredStoreOptions {
  /** Makes one of what the layers that could be opened had, in the order of the layers. It may be that one has missed the last writes. */
  merge: (loaded: readonly LoadedLayer[]) => Iterable<readonly [string, unknown]>;
  /** Hears of every failure of a layer; what it throws comes out of the store's own method. */
  onError: (failure: { layer: string; operation: 'open' | 'write' | 'close'; error: unknown }) => void;
  /**
   * `all` (unless told): a write resolves once every layer has it or has failed; `one`: once the first has it. It rejects if none has; the batch is part of what a layer
   * gets when it works again all the same.
   */
  need?: 'all' | 'one' | undefined;
  /** A layer that is behind is tried again with a write this much later at the earliest; 30,000 ms unless told. */
  retryMs?: number | undefined;
  /** A layer that has not answered for so long has failed; 10,000 ms unless told. */
  timeoutMs?: number | undefined;
  clock?: LayersClock | undefined;
}

/** Several stores as one. All that is kept is in memory too, as text. */
export declare class LayeredStore implements Store {
  readonly status: { readonly [layer: string]: LayerStatus };
  constructor(layers: Record<string, Store>, options: LayeredStoreOptions);
  open(): Promise<Map<string, unknown>>;
  write(batch: StoreBatch): Promise<void>;
  /** Tries layers that are behind at once. Resolves once each has all there is, or has failed again. */
  catchUp(): Promise<void>;
  close(): Promise<void>;
}
