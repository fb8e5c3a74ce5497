import type { Autosave, AutosaveOptions, Load, Save } from './autosave.js';
import type { Client } from './index.js';

/** Times are as the wire has them: ISO 8601 in UTC. */
export interface DocumentInfo {
  readonly id: string;
  /** Counts the document's values from 1. */
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What a document was, until another value was saved. */
export interface DocumentRevision<Value = unknown> {
  readonly revision: number;
  readonly value: Value;
  readonly savedAt: string;
}

/** Documents of the client's identity; what others have under the same ids are other documents. */
export interface Documents {
  /** `load` and `save` of one of them, for an `Autosave` of your own. A version is the transaction that last wrote the document. */
  source<Value = unknown>(id: string): { load: Load<Value>; save: Save<Value> };
  /** A document that saves itself, opened. */
  open<Value = unknown>(id: string, options?: Omit<AutosaveOptions<Value>, 'load' | 'save'>): Promise<Autosave<Value>>;
  list(): Promise<DocumentInfo[]>;
  /** In order; also of a deleted document. */
  revisions<Value = unknown>(id: string): Promise<DocumentRevision<Value>[]>;
  /** Makes an earlier value the present one. A document that is open meanwhile hears of it as of anything that somebody else wrote: by a conflict. */
  restore(id: string, revision: number): Promise<void>;
  /** Its revisions stay: it can be restored. */
  delete(id: string): Promise<void>;
  /** Also its revisions. */
  purge(id: string): Promise<void>;
}

/** In a workspace of the module `documents`. */
export declare function documents(client: Client, workspace: string): Documents;
