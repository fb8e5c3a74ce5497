/**
 * What keeps a workspace for a start without network: a small key → JSON store with atomic batches. One store is of one workspace and one
 * identity, and has one user at a time: `open` rejects while another tab or program has it open.
 */
export interface Store {
  /** All that was kept. */
  open(): Promise<Map<string, unknown>>;
  /** Atomic, and in the order of the calls: `clear` first, then `put` and `delete`. */
  write(batch: StoreBatch): Promise<void>;
  close(): Promise<void>;
}

export interface StoreBatch {
  clear?: boolean;
  put?: Record<string, unknown>;
  delete?: string[];
}
