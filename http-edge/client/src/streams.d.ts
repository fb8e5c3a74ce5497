import type { Clock, Outcome, SkeinError, Workspace } from './index.js';

/** A row of `sync_event`. */
export interface SyncEvent {
  readonly stream_id: string;
  readonly seq: number;
  readonly idempotency_key: string;
  readonly kind: string;
  readonly payload: any;
  /** SHA-256 of the payload's canonical JSON (RFC 8785), 64 hex digits. */
  readonly payload_hash: string;
  readonly author: string;
  readonly committed_at: string;
}

/** The events after `watermark` are gone, or are another history's; what is there begins with `firstSeq`. */
export interface Stale {
  readonly watermark: number;
  readonly firstSeq: number;
  readonly headSeq: number;
}

/** `stale`: `onStale` runs; `failed`: the handler or the subscription did, and `start` goes on from the last event that was done. */
export type ReaderStatus = 'stopped' | 'replaying' | 'live' | 'stale' | 'failed';

export interface ReaderSnapshot {
  readonly status: ReaderStatus;
  readonly error: SkeinError | null;
  /** The last event that the handler has done. */
  readonly applied: number;
  /** The last one that the server knows of. */
  readonly acked: number;
  readonly head: number;
  /** Events that are there and not done. */
  readonly lag: number;
  readonly delivered: number;
  /** Events that came again and were not given to the handler. */
  readonly duplicates: number;
  readonly stale: number;
}

export interface StreamReaderOptions {
  readonly workspace: Workspace<any>;
  readonly streamId: string;
  /** One of this identity's, of its own choice; it is what the checkpoint is kept under. */
  readonly clientId: string;
  /** Called with one event after the other, each once. The next waits for it. */
  readonly onEvent: (event: SyncEvent) => void | Promise<void>;
  /** What was built of earlier events is to be thrown away: they begin anew with `firstSeq`. */
  readonly onStale?: (stale: Stale) => void | Promise<void>;
  /** The last event that was done, where the program keeps that itself. Default: the checkpoint at the server. */
  readonly watermark?: number;
  /** A checkpoint is said after so many events (100), or so long after the first (1 s). */
  readonly ackEvery?: number;
  readonly ackAfterMs?: number;
  /** Whether payloads are hashed and compared. Default: wherever there is `crypto.subtle`. */
  readonly verify?: boolean;
  readonly clock?: Clock;
}

/** Replay from a watermark, then what comes: each event once, in its order. */
export class StreamReader {
  constructor(options: StreamReaderOptions);
  subscribe(listener: () => void): () => void;
  snapshot(): ReaderSnapshot;
  /** Resolves once replay has begun. Rejects if the stream cannot be subscribed to. */
  start(): Promise<void>;
  /** Says how far it has come, and ends. */
  stop(): Promise<void>;
}

export interface NewEvent {
  readonly streamId: string;
  readonly kind: string;
  readonly payload: unknown;
  /** Default: a fresh one. */
  readonly key?: string;
  readonly expectedNextSeq?: number | null;
}

export function appendEvent(workspace: Workspace<any>, event: NewEvent): Promise<Outcome>;
/** The one text of a JSON value, by RFC 8785. */
export function canonicalJson(value: unknown): string;
export function payloadHash(payload: unknown): Promise<string>;
