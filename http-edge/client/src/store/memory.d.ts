import type { Batch, Store } from './batch.js';
export { StoreError, type Batch, type Store, type StoreErrorCode } from './batch.js';

export interface MemoryStoreOptions {
  /** Characters of keys and JSON texts; 64 Mi unless told. One more is `quota`. */
  maxSize?: number | undefined;
}

/** Keeps as long as the object lives; what is closed may be opened again. */
export declare class MemoryStore implements Store {
  constructor(options?: MemoryStoreOptions);
  open(): Promise<Map<string, unknown>>;
  write(batch: Batch): Promise<void>;
  close(): Promise<void>;
}
