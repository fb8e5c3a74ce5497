// The client of Skein (docs/native-wire.md, docs/SPEC.md). Times are in milliseconds unless their name says otherwise; a `seq` numbers the
// transactions of a workspace from 1.

import type { Store } from './store/store.js';

export type { Store, StoreBatch } from './store/store.js';

// ---- Types of a module

/** What a generated `Schema` looks like: `{ tables: { card: { row: {…}; key: string } }; reducers: { add_card: {…} }; answers: { count: {…} } }`, the last where any reducer answers. */
export interface AnySchema {
  tables: Record<string, { row: object; key: unknown }>;
  reducers: Record<string, object>;
}

/** Without generated types: any table, any reducer. */
export interface UntypedSchema {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  tables: Record<string, { row: Record<string, any>; key: unknown }>;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  reducers: Record<string, Record<string, any>>;
}

export type TableName<S extends AnySchema> = keyof S['tables'] & string;
export type ReducerName<S extends AnySchema> = keyof S['reducers'] & string;
export type RowOf<S extends AnySchema, T extends TableName<S>> = S['tables'][T]['row'];
/** The primary key's value; an array of values for a composite one; the row itself where a table has none. */
export type KeyOf<S extends AnySchema, T extends TableName<S>> = S['tables'][T]['key'];
export type ArgsOf<S extends AnySchema, R extends ReducerName<S>> = S['reducers'][R];
/** What a reducer answers; undefined where its module says that it answers nothing, anything where the module is not known. */
export type AnswerOf<S extends AnySchema, R extends ReducerName<S>> =
  S extends { answers: infer A } ? (R extends keyof A ? A[R] : undefined) : string extends keyof S['reducers'] ? any : undefined;

/** What the library has to know of a module while it runs; generated as `schema`, otherwise fetched. */
export interface ModuleDescription {
  readonly module: string;
  readonly version: number;
  readonly tables: { readonly [table: string]: TableDescription };
}

export interface TableDescription {
  /** Columns of the primary key; none: a multiset. */
  readonly key: readonly string[];
  /** Whether its rows pass by and are not kept. */
  readonly event?: boolean;
}

// ---- Errors

export type ErrorCode =
  | 'unauthenticated' | 'forbidden' | 'not_found' | 'invalid_args' | 'rejected' | 'conflict' | 'key_conflict' | 'stale_cursor' | 'too_large' | 'rate_limited'
  | 'overloaded' | 'unavailable' | 'internal';

/**
 * A refusal. With `rejected`, `reason` is the reducer's own; with other codes it says what the library knows:
 * `not_sent` (the server never heard of the call: it is not done), `outcome_unknown` (it was sent, and nobody can say any more whether it is
 * done), `kept` (this program stops waiting, but the call is in the store and is sent at the next start), `queue_full`, `identity_changed`,
 * `store_failed`.
 */
export class SkeinError extends Error {
  constructor(code: string, message: string, more?: { reason?: string; current?: number; retryAfter?: number; details?: any });
  readonly name: 'SkeinError';
  readonly code: ErrorCode | (string & {});
  readonly reason?: string;
  /** With `conflict`: the `seq` that is there. */
  readonly current?: number;
  readonly retryAfter?: number;
  /** With `rejected`: what the reducer gave a program to go on from here. */
  readonly details?: any;
  /** From an error object of the wire, or a problem document of the HTTP API. */
  static of(error: { code?: string; message?: string; detail?: string; reason?: string; current?: number; retryAfter?: number; details?: any }): SkeinError;
}

// ---- What a user interface binds to

/** `snapshot()` answers the same object (`===`) until something of it changed; listeners run once the whole transaction is in. */
export interface Observable<T, Told = Change> {
  subscribe(listener: (told?: Told) => void): () => void;
  snapshot(): T;
}

// ---- The client

/** What the library takes from its surroundings, so that tests and other platforms can bring their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  setTimeout(action: () => void, delay: number): unknown;
  clearTimeout(timer: unknown): void;
}

export interface ConnectOptions {
  /** Run again for every attempt to connect, and before the token expires, to bring the next one over the open connection; null: nobody, which a server in development mode takes for a fresh identity. */
  token?: string | null | (() => string | null | Promise<string | null>);
  fetch?: typeof globalThis.fetch;
  WebSocket?: new (url: string, protocols: string[]) => WebSocketLike;
  clock?: Clock;
  /** From 0 to 1, for jitter. */
  random?: () => number;
  /** Where `online` and `visibilitychange` come from; default: the browser's, if there is one. */
  wakeups?: { subscribe(listener: () => void): () => void } | null;
}

export interface WebSocketLike {
  onopen: ((event: any) => void) | null;
  onmessage: ((event: any) => void) | null;
  onclose: ((event: any) => void) | null;
  onerror: ((event: any) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

/** `origin` such as `https://skein.example.org`; '' where a page came from the server itself. */
export function connect(origin: string, options?: ConnectOptions): Client;

export interface Client {
  readonly origin: string;
  /** A workspace; nothing happens before `start`. Every call answers another one, with a connection of its own. */
  workspace<S extends AnySchema = UntypedSchema>(id: string, options?: WorkspaceOptions<S>): Workspace<S>;
  /** A request to the HTTP API with the client's token; what fails, fails with a SkeinError. */
  request(method: string, path: string, options?: { body?: unknown; headers?: Record<string, string>; timeoutMs?: number; keepalive?: boolean }): Promise<unknown>;
}

/** One JSON request to the HTTP API, without a client. `body` null: none is sent. */
export function request(
  method: string,
  url: string,
  options?: { token?: string | null; body?: unknown; headers?: Record<string, string>; timeoutMs?: number; keepalive?: boolean; fetch?: typeof globalThis.fetch },
): Promise<any>;

export interface WorkspaceOptions<S extends AnySchema = UntypedSchema> {
  /** The generated `schema`; otherwise `GET /v1/modules/{module}/schema` is asked before the first connection. */
  schema?: ModuleDescription;
  /** Keeps rows, cursor and unsettled calls: the workspace starts from it without network. */
  store?: Store;
  /** Whose store this is, where the program knows; otherwise it is learned from the first welcome. */
  identity?: string;
  /** What a call to a reducer does here before the server has done it. */
  effects?: { [R in ReducerName<S>]?: Effect<S, ArgsOf<S, R>> };
  /** How a call to a reducer is undone. */
  inverses?: { [R in ReducerName<S>]?: Inverse<S, ArgsOf<S, R>> };
  /** Calls without an outcome; one more is `overloaded` with reason `queue_full`. 1,024. */
  maxPending?: number;
  /** Their size on the wire. 8 MiB. */
  maxPendingBytes?: number;
  /** Changes that can be undone; the oldest is forgotten. 100. */
  maxUndo?: number;
  /** How long a subscription stays after the last query of it was closed. 2,000. */
  lingerMs?: number;
  /** How long the server remembers keys (`skein.workspace.idempotency-max-age`): a call sent longer ago is not sent again. 23 hours. */
  keyWindowMs?: number;
  /** And how many calls it remembers at least (`idempotency-max-entries`). 10,000. */
  keyWindowCalls?: number;
}

// ---- A workspace

/**
 * `closed`: not started, stopped, or ended by an error that does not pass; `connecting`; `live`; `waiting`: it tries again by itself.
 */
export type ConnectionState = 'closed' | 'connecting' | 'live' | 'waiting';

export interface ConnectionSnapshot {
  readonly state: ConnectionState;
  /** Why it is waiting or closed. */
  readonly error: SkeinError | null;
  /** When it tries again, if it is waiting. */
  readonly retryAt: number | null;
  /** Whether there are rows to show: from the server, or from the store. */
  readonly hasRows: boolean;
  readonly identity: string | null;
  readonly role: string;
}

export interface Workspace<S extends AnySchema = UntypedSchema> {
  readonly id: string;
  readonly state: ConnectionState;
  /** The last transaction that is in; 0: none. */
  readonly seq: number;
  readonly epoch: string | null;
  /** `none` before the first welcome. */
  readonly role: string;
  readonly identity: string | null;
  /** Known from the start, from the store, or once the server was asked. */
  readonly schema: ModuleDescription | null;

  readonly connection: Observable<ConnectionSnapshot, void>;
  readonly presence: Presence;
  readonly outbox: Outbox<S>;
  readonly history: History;

  /** Reads the store, then connects; or tries again now instead of later. Resolves once the store has been read, whatever the network does. */
  start(): Promise<void>;
  /**
   * Ends the connection. Calls without an outcome settle: `not_sent` or `outcome_unknown`, or `kept` where there is a store. Resolves once the
   * store has all of it and is closed.
   */
  stop(): Promise<void>;

  /** All rows of a table that some subscription shows. Always the same object for the same name. */
  table<T extends TableName<S>>(name: T): Table<RowOf<S, T>, KeyOf<S, T>>;
  /** Asks for rows. Equal subscriptions are one on the wire. */
  subscribe(tables: readonly (Selection<S> | TableName<S> | '*')[]): Query<S>;

  /** Calls a reducer. Settles once. */
  call<R extends ReducerName<S>>(reducer: R, args: ArgsOf<S, R>, options?: CallOptions<S, ArgsOf<S, R>>): Promise<Outcome<AnswerOf<S, R>>>;
  /** Relays a signal (at most 4 KiB), which is not sent again: while there is no connection it is refused with `not_sent`. */
  signal(name: string, payload?: unknown, to?: { role: string } | { identity: string }): Promise<void>;

  on<E extends keyof Events<S>>(event: E, listener: (told: Events<S>[E]) => void): () => void;
}

export interface Events<S extends AnySchema = UntypedSchema> {
  /** The rows that are shown have changed. */
  change: Change;
  /** A transaction of the server is in, told with the rows it changed, whether or not that shows (an effect may have shown it before). */
  transaction: Transaction;
  /** How far the stream has come. */
  position: number;
  role: string;
  signal: { name: string; from: string; payload: unknown };
  /** A call has settled, also one of an earlier run of the program that nobody waits for. */
  settled: Settled<S>;
  /** What was kept is thrown away, and why. */
  discarded: { reason: 'format' | 'workspace' | 'schema' | 'identity' | 'forbidden' | 'unreadable'; calls: readonly KeptCall[] };
  /** What answers no request, and what goes wrong beside it, such as a store that fails. */
  error: SkeinError;
}

export interface RowChange<Row = any> {
  readonly table: string;
  /** Absent: the row is new. */
  readonly before?: Row;
  /** Absent: the row is gone. */
  readonly after?: Row;
}

/** What listeners are told: all of it is in when they run. */
export interface Change<Row = any> {
  /** `transaction`, `snapshot` (everything anew), `subscription` (rows came or went with one), `effect` (a call's own, applied, or taken away), `store`. */
  readonly source: 'transaction' | 'snapshot' | 'subscription' | 'effect' | 'store';
  /** The transaction it came with, if it is one. */
  readonly seq?: number;
  readonly sender?: string;
  readonly reducer?: string;
  /** RFC 3339. */
  readonly time?: string;
  /** Whether it is what a call of this workspace object did. */
  readonly own: boolean;
  /** With `snapshot`: why one came. */
  readonly reason?: string;
  readonly rows: readonly RowChange<Row>[];
}

export interface Transaction {
  readonly seq: number;
  readonly time: string;
  readonly sender: string;
  readonly reducer: string;
  readonly own: boolean;
  readonly rows: readonly RowChange[];
}

// ---- Rows

/** Rows are never changed in place: a changed row is another object, an unchanged one is the same. */
export interface Table<Row = any, Key = unknown> extends Observable<readonly Row[], Change<Row>> {
  readonly name: string;
  /** How many rows are shown. */
  readonly size: number;
  get(key: Key): Row | undefined;
  /** The `seq` that last wrote the row, for `expect`; 0: it is not there. Effects do not count. */
  version(key: Key): number;
  /** One row, as something to bind to. */
  row(key: Key): Observable<Row | undefined, Change<Row>>;
  /** An index by these columns; made at its first use and kept from then on. */
  index<C extends readonly (keyof Row & string)[]>(...columns: C): Index<Row, C>;
}

export interface Index<Row = any, C extends readonly (keyof Row)[] = readonly (keyof Row)[]> {
  readonly columns: C;
  /** The rows with these values; of an index on several columns, as many of the first as are given are not enough: all are. */
  find(...values: { [I in keyof C]: Row[C[I]] }): readonly Row[];
  /** The same, as something to bind to. */
  rows(...values: { [I in keyof C]: Row[C[I]] }): Observable<readonly Row[], Change<Row>>;
}

/** In prefix form: `['=', 'column', 1]`, also `!= < <= > >=`; `['and', …]`, `['or', …]`, `['not', filter]`. */
export type Filter<Row = any> =
  | readonly ['=' | '!=' | '<' | '<=' | '>' | '>=', keyof Row & string, unknown]
  | readonly ['and' | 'or', ...Filter<Row>[]]
  | readonly ['not', Filter<Row>];

export type Selection<S extends AnySchema = UntypedSchema> = { [T in TableName<S>]: { table: T; where?: Filter<RowOf<S, T>> } }[TableName<S>];

/** `pending`: asked for; `live`: its rows are here; `failed`: the server refuses it; `closed`. */
export type QueryStatus = 'pending' | 'live' | 'failed' | 'closed';

export interface QuerySnapshot {
  readonly status: QueryStatus;
  readonly error: SkeinError | null;
  /** Table → its rows; a table without rows may be absent. */
  readonly tables: { readonly [table: string]: readonly any[] };
}

/** The rows of one subscription. Rows of effects are in it if its filters, looked at here, take them. */
export interface Query<S extends AnySchema = UntypedSchema> extends Observable<QuerySnapshot, Change> {
  readonly status: QueryStatus;
  readonly error: SkeinError | null;
  /** Resolves once its rows are here (from the store counts); rejects if the server refuses it, or it is closed before. */
  readonly ready: Promise<void>;
  rows<T extends TableName<S>>(table: T): readonly RowOf<S, T>[];
  close(): void;
}

// ---- Calls

export interface Outcome<Answer = any> {
  /** The transaction that did it; of a query, the last one that its answer rests on. */
  readonly seq: number;
  /** Whether an earlier message with the same key had done it. */
  readonly repeated: boolean;
  /** What the reducer or query answers, if it does. */
  readonly answer?: Answer;
}

export type Expectation = { seq: number } | { row: { table: string; key: unknown; version: number } };

export interface CallOptions<S extends AnySchema = UntypedSchema, Args = any> {
  /** 1 to 128 characters; a random one otherwise. */
  key?: string;
  expect?: Expectation | readonly Expectation[];
  /** Applied at once, again after every transaction that comes in before the outcome, and taken away with a refusal. Before `effects` of the workspace; null: none. */
  effect?: Effect<S, Args> | null;
  /** Before `inverses` of the workspace; null: this call cannot be undone and is no part of the history. */
  inverse?: Inverse<S, Args> | null;
  /** Calls of one group that follow one another are undone together. */
  group?: string;
  /** In a group: stands for the call before it, such as the moves of one drag. The first one's inverse undoes them, the last call does them again. */
  merge?: boolean;
}

/**
 * Says what a call does to the rows, by way of the draft only and without side effects: it runs again and again. What it throws means "nothing to
 * show". Once a program has started again, effects of `WorkspaceOptions` run as before; of one given with its call, the rows it had written are shown.
 */
export type Effect<S extends AnySchema = UntypedSchema, Args = any> = (draft: Draft<S>, args: Args) => void;

export interface Draft<S extends AnySchema = UntypedSchema> {
  /** Who calls. */
  readonly identity: string | null;
  table<T extends TableName<S>>(name: T): DraftTable<RowOf<S, T>, KeyOf<S, T>>;
}

export interface DraftTable<Row = any, Key = unknown> {
  get(key: Key): Row | undefined;
  rows(): Iterable<Row>;
  /** Throws if a row of this key is there. */
  insert(row: Row): void;
  /** Inserts, or replaces the row of this key. */
  put(row: Row): void;
  /** Changes columns of a row that is there; nothing if it is not. */
  update(key: Key, change: Partial<Row> | ((row: Row) => Row)): void;
  /** For a table without a key: takes one copy of this row out. */
  delete(key: Key): void;
}

export interface Settled<S extends AnySchema = UntypedSchema> {
  readonly key: string;
  readonly reducer: ReducerName<S>;
  readonly args: unknown;
  /** One of both. */
  readonly outcome?: Outcome;
  readonly error?: SkeinError;
  /** Whether it was made in an earlier run of the program. */
  readonly restored: boolean;
}

export interface KeptCall {
  readonly key: string;
  readonly reducer: string;
  readonly args: unknown;
  /** Whether the server may have heard of it. */
  readonly sent: boolean;
}

/** Calls without an outcome, in their order. */
export interface Outbox<S extends AnySchema = UntypedSchema> extends Observable<readonly KeptCall[], void> {
  readonly size: number;
}

// ---- Undo

/** Says, before a call is made, which calls would undo it; null: it cannot be undone. `rows` shows what is there now. */
export type Inverse<S extends AnySchema = UntypedSchema, Args = any> = (args: Args, rows: Draft<S>) => Call<S> | readonly Call<S>[] | null;

export interface Call<S extends AnySchema = UntypedSchema> {
  reducer: ReducerName<S>;
  args: object;
}

/**
 * Effects and inverses of reducers that only put or remove whole rows: `put` has the row's columns as arguments (those left out stay, or are as `defaults`
 * says), `remove` the key's columns.
 */
export function rowReducers(table: string, reducers: { put?: string; remove?: string; key: readonly string[]; defaults?: object }): {
  effects: Record<string, Effect<any, any>>;
  inverses: Record<string, Inverse<any, any>>;
};

/** Own changes of this workspace object, undone by calls of their own: what others did meanwhile stays, and the server may refuse. */
export interface History extends Observable<{ readonly canUndo: boolean; readonly canRedo: boolean }, void> {
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Resolves once it is done; false: there was nothing to undo. A refusal rejects, and the change is no longer in the history. */
  undo(): Promise<boolean>;
  redo(): Promise<boolean>;
  clear(): void;
}

// ---- Presence

export interface Person {
  readonly identity: string;
  readonly sessions: number;
  readonly active: boolean;
  readonly state: { readonly [key: string]: any };
}

export interface PresenceSnapshot {
  /** `list`: everybody; `active`: those who did something last; `counts`: nobody by name. */
  readonly mode: 'list' | 'active' | 'counts';
  readonly users: number;
  readonly sessions: number;
  /** Yourself too. */
  readonly people: readonly Person[];
}

export interface Presence extends Observable<PresenceSnapshot, void> {
  /** Is present from now on, or says more of itself: `state` is merged by key, null takes one out. Said again after a cut; what changes within 50 ms is one message. */
  set(state: Record<string, unknown>, options?: { active?: boolean }): void;
  /** Is not here any more, at once. */
  leave(): void;
  /** What it wants to hear: `list` unless it says otherwise. */
  watch(mode: 'list' | 'counts' | 'off'): void;
  get(identity: string): Person | undefined;
}
