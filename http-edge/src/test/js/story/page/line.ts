// A connection that comes back. The SDK's own does not: as its React provider does, this builds another with the same token and subscribes again.

import { DbConnection } from '../../generated/studio.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
const TOKEN = 'studio.token';

type Handle = ReturnType<ReturnType<DbConnection['subscriptionBuilder']>['subscribe']>;

/** Queries that belong together, and the subscription to them on the connection of now. */
interface Scope { queries: string[]; handle?: Handle }

export class Line {
  readonly #server: string;
  readonly #database: string;
  readonly #changed: () => void;
  readonly #returned: () => void;
  readonly #scopes = new Map<string, Scope>();
  readonly #unanswered = new Set<(reason: Error) => void>();
  #attempts = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #connection: DbConnection | undefined;
  #state: 'connecting' | 'live' | 'waiting' = 'connecting';

  /** Whose rows are shown: the last connection that had all of them, even when it is gone. */
  shown: DbConnection | undefined;

  /** `changed` after any change; `returned` when all that is subscribed is there, each time. */
  constructor(server: string, database: string, changed: () => void, returned: () => void) {
    this.#server = server;
    this.#database = database;
    this.#changed = changed;
    this.#returned = returned;
    addEventListener('online', () => { if (this.#timer) this.#connect(); });
    this.#connect();
  }

  get state() { return this.#state; }

  /** Takes the place of what was subscribed to under this name. */
  subscribe(name: string, queries: string[]): void {
    const old = this.#scopes.get(name);
    if (old?.queries.join() === queries.join()) return;
    if (old?.handle?.isActive()) old.handle.unsubscribe();
    const scope: Scope = { queries };
    this.#scopes.set(name, scope);
    if (this.#connection?.isActive) void this.#subscribe(this.#connection, scope).then(this.#changed);
  }

  /** Makes a call now or not at all. A connection that ends before its answer came tells nobody whether it was done. */
  call(make: (connection: DbConnection) => Promise<void>): Promise<void> {
    const connection = this.shown;
    if (this.#state !== 'live' || !connection) return Promise.reject(new Error('not connected'));
    return new Promise((resolve, reject) => {
      this.#unanswered.add(reject);
      make(connection).then(resolve, reject).finally(() => this.#unanswered.delete(reject));
    });
  }

  #connect(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const connection: DbConnection = DbConnection.builder()
      .withUri(this.#server)
      .withDatabaseName(this.#database)
      .withToken(localStorage.getItem(TOKEN) ?? undefined)
      .onConnect((_connection, _identity, token) => {
        localStorage.setItem(TOKEN, token);
        void this.#arrive(connection);
      })
      .onConnectError(() => this.#lost(connection))
      .onDisconnect(() => this.#lost(connection))
      .build();
    this.#connection = connection;
    this.#listen(connection);
  }

  #listen({ db }: DbConnection): void {
    for (const table of [db.workspace, db.workflow, db.brainDoc]) table.onUpdate(this.#changed);
    for (const table of [db.workspace, db.workspaceMember, db.workspaceInvite, db.workflow, db.workflowNode, db.workflowEdge, db.workflowChangeEvent, db.brainDoc]) {
      table.onInsert(this.#changed);
      table.onDelete(this.#changed);
    }
  }

  async #arrive(connection: DbConnection): Promise<void> {
    await Promise.all([...this.#scopes.values()].map((scope) => this.#subscribe(connection, scope)));
    if (connection !== this.#connection) return;
    this.#attempts = 0;
    this.shown = connection;
    this.#state = 'live';
    this.#returned();
    this.#changed();
  }

  /** Once the rows are there; not at all if the connection goes first. */
  #subscribe(connection: DbConnection, scope: Scope): Promise<void> {
    if (!scope.queries.length) return Promise.resolve();
    return new Promise((resolve) => {
      const handle: Handle = connection.subscriptionBuilder()
        .onApplied(() => {
          if (![...this.#scopes.values()].includes(scope)) handle.unsubscribe();
          resolve();
        })
        .onError((ctx) => { throw ctx.event ?? new Error(`no rows: ${scope.queries}`); })
        .subscribe(scope.queries);
      scope.handle = handle;
    });
  }

  /** Both a failed attempt and a connection that ended; the SDK may say so twice. */
  #lost(connection: DbConnection): void {
    if (connection !== this.#connection) return;
    this.#connection = undefined;
    for (const scope of this.#scopes.values()) scope.handle = undefined;
    this.#state = 'waiting';
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** this.#attempts++, LONGEST_PAUSE_MS);
    this.#timer = setTimeout(() => this.#connect(), pause * (0.5 + Math.random() / 2));
    for (const reject of [...this.#unanswered]) reject(new Error('the connection was lost before the answer came'));
    this.#changed();
  }
}
