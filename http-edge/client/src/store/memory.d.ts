import type { Store, StoreBatch } from './store.js';
export { StoreError, type StoreErrorCode } from './batch.js';
export type { Store, StoreBatch } from './store.js';

export interface MemoryStoreOptions {
  /** Characters of keys and JSON texts; 64 Mi unless told. One more is `quota`. */
  maxSize?: number | undefined;
}

/** Keeps as long as this object lives: for tests, and for programs that stop and start a workspace. */
export declare class MemoryStore implements Store {
  /** `kept`: what is there already. */
  constructor(kept?: Iterable<[string, unknown]>, options?: MemoryStoreOptions);
  open(): Promise<Map<string, unknown>>;
  write(batch: StoreBatch): Promise<void>;
  close(): Promise<void>;
}
