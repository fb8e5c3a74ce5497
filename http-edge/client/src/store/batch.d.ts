import type { StoreBatch } from './store.js';

/** Why a store could not do it; see `StoreError`. */
export type StoreErrorCode =
  | 'closed' | 'invalid' | 'quota' | 'overloaded' | 'held' | 'lost' | 'outdated' | 'corrupt' | 'unsupported' | 'failed';

/** What every store fails with. */
export declare class StoreError extends Error {
  readonly code: StoreErrorCode;
  constructor(code: StoreErrorCode, message: string, cause?: unknown);
}

/** A batch whose values are text. */
export interface Prepared {
  clear: boolean;
  gone: string[];
  put: [key: string, text: string][];
}

export declare const MAX_WAITING: number;
export declare function prepare(batch: StoreBatch): Prepared;
export declare class Kept {
  readonly texts: Map<string, string>;
  readonly size: number;
  sizeAfter(batch: Prepared): number;
  apply(batch: Prepared): void;
  values(): Map<string, unknown>;
}
