import type { Store, StoreBatch } from './store.js';
export { StoreError, type StoreErrorCode } from './batch.js';
export type { Store, StoreBatch } from './store.js';

export interface IndexedDbStoreOptions {
  /** `relaxed` (unless told): a write survives the tab and the browser; `strict`: the machine too, and is slower. */
  durability?: IDBTransactionDurability | undefined;
  /**
   * What to take over of a tab that is gone and whose place nobody has, in one transaction; `salvageCalls` for the store of a workspace. Nothing unless told: it stays for the next tab that
   * takes the place. What it throws, `open` rejects with.
   */
  salvage?: Salvage | null | undefined;
  /** Tabs that may have it open at once; one more is `held`. 16 unless told. */
  maxTabs?: number | undefined;
  indexedDB?: IDBFactory | undefined;
  IDBKeyRange?: typeof IDBKeyRange | undefined;
  locks?: LockManager | undefined;
}

/** `put` goes into this tab's place, `delete` out of the other's. `left` is what is there, `kept` what is here. */
export type Salvage = (left: Map<string, unknown>, kept: Map<string, unknown>) => { put?: Record<string, unknown>; delete?: string[] };

/** The calls without an outcome of a workspace, behind those that are here; all of it if nothing is here. A call that is here already is not doubled. */
export declare const salvageCalls: Salvage;

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
