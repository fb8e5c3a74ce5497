import type { Store, StoreBatch } from './store.js';

/** Keeps a workspace as long as this object lives: for tests, and for programs that stop and start a workspace. Values are copied on the way in and out. */
export class MemoryStore implements Store {
  constructor(kept?: Iterable<[string, unknown]>);
  open(): Promise<Map<string, unknown>>;
  write(batch: StoreBatch): Promise<void>;
  close(): Promise<void>;
}
