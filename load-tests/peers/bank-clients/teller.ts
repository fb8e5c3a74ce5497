/** A connection to a bank. */
export interface Teller {
  /** Resolves when the transfer is durable; rejects with a {@link Refusal}. */
  transfer(from: number, to: number): Promise<void>;
  close(): void;
}

/** The bank said no, and lives. */
export class Refusal extends Error {}

export interface Orders {
  system: 'skein' | 'rpc';
  /** http://host:port */
  url: string;
  /** The workspace; only Skein has some. */
  database: string;
  connections: number;
  inFlight: number;
  accounts: number;
  /** Exponent of the Zipf distribution; 0 is uniform. */
  exponent: number;
  seed: number;
  /** Where to write what came to and went from each account, as 32-bit integers in the machine's order. */
  flows: string;
}
