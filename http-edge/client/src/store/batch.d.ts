/** Why a store could not do it; see `StoreError`. */
export type StoreErrorCode =
  | 'closed' | 'invalid' | 'quota' | 'overloaded' | 'held' | 'lost' | 'outdated' | 'corrupt' | 'unsupported' | 'failed';

/** What every store fails with. */
export declare class StoreError extends Error {
  readonly code: StoreErrorCode;
  constructor(code: StoreErrorCode, message: string, cause?: unknown);
}

/** First `clear`, then `delete`, then `put`; all of it or nothing. Values are JSON. */
export interface Batch {
  clear?: boolean | undefined;
  put?: Record<string, unknown> | undefined;
  delete?: string[] | undefined;
}

/** A small key → JSON store with atomic batches. */
export interface Store {
  /** All that is kept; the values are the caller's own. */
  open(): Promise<Map<string, unknown>>;
  /** Atomic, in the order of the calls. Settled once it is kept, or once it is sure that nothing of it is. */
  write(batch: Batch): Promise<void>;
  /** Waits for the writes before it. */
  close(): Promise<void>;
}

/** A batch whose values are text. */
export interface Prepared {
  clear: boolean;
  gone: string[];
  put: [key: string, text: string][];
}

export declare const MAX_WAITING: number;
export declare function prepare(batch: Batch): Prepared;
export declare class Kept {
  readonly texts: Map<string, string>;
  readonly size: number;
  sizeAfter(batch: Prepared): number;
  apply(batch: Prepared): void;
  values(): Map<string, unknown>;
}
