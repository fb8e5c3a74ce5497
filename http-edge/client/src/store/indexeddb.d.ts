import type { Store, StoreBatch } from './store.js';
export { StoreError, type StoreErrorCode } from './batch.js';
export type { Store, StoreBatch } from './store.js';

export interface IndexedDbStoreOptions {
  /** `relaxed` (unless told): a write survives the tab and the browser; `strict`: the machine too, and is slower. */
  durability?: IDBTransactionDurability | undefined;
  /**
   * What to take over of a tab that is gone and whose place nobody has; it is removed there in the same transaction. Keys that are here already are left there. Nothing unless told:
   * it stays for the next tab that takes the place.
   */
  salvage?: ((left: Map<string, unknown>) => Record<string, unknown>) | undefined;
  /** Tabs that may have it open at once; one more is `held`. 16 unless told. */
  maxTabs?: number | undefined;
  indexedDB?: IDBFactory | undefined;
  IDBKeyRange?: typeof IDBKeyRange | undefined;
  locks?: LockManager | undefined;
}

/** Browsers: a database per name; every tab keeps what is its own in it. Needs https or localhost: without them `open` is `unsupported`. */
export declare class IndexedDbStore implements Store {
  /** Which of the tabs' places this one has. */
  readonly slot: number;
  constructor(name: string, options?: IndexedDbStoreOptions);
  open(): Promise<Map<string, unknown>>;
  write(batch: StoreBatch): Promise<void>;
  close(): Promise<void>;
}

/** Deletes all that is kept under a name (as at a sign-out); writes of tabs that have it open are `lost` from then on. */
export declare function deleteIndexedDbStore(name: string, indexedDB?: IDBFactory): Promise<void>;
