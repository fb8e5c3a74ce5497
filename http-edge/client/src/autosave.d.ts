import type { Clock, Observable, SkeinError } from './index.js';
import type { Salvage } from './store/indexeddb.js';
import type { Store } from './store/store.js';

/** What the server has. `version` names this state of it, such as an ETag. */
export interface Saved<Value> {
  readonly value: Value;
  readonly version: string;
}

/** null: there is no such document yet. */
export type Load<Value> = () => Promise<Saved<Value> | null>;

/**
 * Writes if `version` is still what is there; null: if nothing is. `keepalive`: the page may be gone before the answer. Rejects with an error with a `code` of the wire:
 * `conflict` where something else is there; `unavailable`, `overloaded`, `rate_limited` and `internal` (and anything without a code) are tried again.
 */
export type Save<Value> = (write: { value: Value; version: string | null; keepalive: boolean }) => Promise<{ version: string }>;

/** `saved`; `pending`: changed, and not due yet; `saving`; `offline`: it could not be written, and is tried again; `conflict`; `refused`: tried again with the next change only. */
export type AutosaveStatus = 'saved' | 'pending' | 'saving' | 'offline' | 'conflict' | 'refused';

export interface AutosaveSnapshot<Value> {
  readonly status: AutosaveStatus;
  /** undefined: there is no document yet. */
  readonly value: Value | undefined;
  /** Of what the server is known to have. */
  readonly version: string | null;
  /** Why it is `offline` or `refused`. */
  readonly error: SkeinError | null;
  /** With `conflict`: what the server has; null: it was deleted. */
  readonly there: Saved<Value> | null;
  /** Why there is no local copy. */
  readonly copyError: SkeinError | null;
}

/** `local` writes over what is there, `server` takes it, `{ value }` writes that. */
export type Resolution<Value> = 'local' | 'server' | { value: Value };

export interface Conflict<Value> {
  readonly local: Value;
  readonly there: Saved<Value> | null;
  /** What `local` was made from. */
  readonly version: string | null;
}

export interface PageLike {
  addEventListener?(event: string, listener: () => void): void;
  removeEventListener?(event: string, listener: () => void): void;
  readonly document?: PageLike;
  readonly visibilityState?: string;
}

export interface AutosaveOptions<Value> {
  load: Load<Value>;
  save: Save<Value>;
  /** Asked at a conflict, and again if the document changed meanwhile. undefined (unless told): it stays a conflict until `resolve`. */
  onConflict?: (conflict: Conflict<Value>) => Resolution<Value> | undefined | Promise<Resolution<Value> | undefined>;
  /** Keeps a local copy while the server does not have it; this document's own. */
  store?: Store | null;
  /** Without changes for so long, it is written. 2,000 ms unless told. */
  debounceMs?: number;
  /** However much is changed, it is written after so long. 30,000 ms unless told. */
  periodMs?: number;
  clock?: Clock;
  /** From 0 to 1, for the pauses between attempts. */
  random?: () => number;
  /** Where `pagehide`, `pageshow`, `online` and, at its `document`, `visibilitychange` come from; the global object unless told. */
  page?: PageLike | typeof globalThis;
}

/** A document that saves itself. */
export declare class Autosave<Value = unknown> implements Observable<AutosaveSnapshot<Value>, void> {
  constructor(options: AutosaveOptions<Value>);
  readonly value: Value | undefined;
  readonly status: AutosaveStatus;
  subscribe(listener: () => void): () => void;
  snapshot(): AutosaveSnapshot<Value>;
  /** Loads it, and recovers a local copy. Rejects if neither the server nor a copy has anything to say; it may be called again then. */
  open(): Promise<AutosaveSnapshot<Value>>;
  /** Takes a new state. The value must not be changed afterwards. */
  change(value: Value): void;
  /** Writes what is not written, now. Resolves once there is nothing to write, or it cannot be written for the time being. */
  flush(): Promise<void>;
  /** Ends a conflict. */
  resolve(choice: Resolution<Value>): Promise<void>;
  /** Writes what is not written, or leaves it in the local copy, and ends. */
  close(): Promise<void>;
}

export interface HttpDocumentOptions {
  /** Asked for every request. */
  token?: string | null | (() => string | null | Promise<string | null>);
  fetch?: typeof globalThis.fetch;
  headers?: Record<string, string>;
  timeoutMs?: number;
}

/**
 * `load` and `save` of one HTTP resource: GET with an ETag (404: not there yet), PUT with `If-Match` or `If-None-Match: *`; 409 and 412 are a conflict. At most 60,000 bytes outlive
 * their page, a longer document is in the local copy only.
 */
export declare function httpDocument<Value = unknown>(url: string, options?: HttpDocumentOptions): { load: Load<Value>; save: Save<Value> };

/** For `IndexedDbStore`: takes the copy of a tab that is gone, unless there is one here. */
export declare const salvageCopy: Salvage;
