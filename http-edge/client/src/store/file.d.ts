import type { Store, StoreBatch } from './store.js';
export { StoreError, type StoreErrorCode } from './batch.js';
export type { Store, StoreBatch } from './store.js';

export interface FileStoreOptions {
  /** Characters of keys and JSON texts; 256 Mi unless told. One more is `quota`. They are in memory too. */
  maxSize?: number | undefined;
  /** The log is not written anew while it is shorter; 1 MiB unless told. */
  compactBytes?: number | undefined;
  /** A write is settled once the disk itself has it; false unless told: it then survives the process, and the machine from `sync()` or `close()` on. */
  sync?: boolean | undefined;
  /** Opens a log that is damaged before its end with what stands before the damage, and sets the rest aside. False unless told: `corrupt`. */
  repair?: boolean | undefined;
}

/** What an opening left behind. */
export interface Recovered {
  /** Lines that are good. */
  lines: number;
  /** Bytes after them. */
  bytes: number;
  /** Where these are now; null: they were one line that was cut short, and are gone. */
  file: string | null;
}

/** Node: a folder of one process of one machine. Another one's `open` is `held`. */
export declare class FileStore implements Store {
  readonly recovered: Recovered | null;
  constructor(folder: string, options?: FileStoreOptions);
  open(): Promise<Map<string, unknown>>;
  write(batch: StoreBatch): Promise<void>;
  /** Once all writes before are on the disk itself. */
  sync(): Promise<void>;
  close(): Promise<void>;
}
