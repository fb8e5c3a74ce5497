import type { Client, Observable, SkeinError } from './index.js';
import type { Store } from './store/store.js';

export type Kind = 'shape' | 'connector' | 'note';

export interface Entity<Data = any> {
  /** 1 to 64 of the characters A-Z a-z 0-9 _ : . - */
  readonly id: string;
  readonly kind: Kind;
  /** Any JSON but null, which must not be changed afterwards: the next state is another value. At most 32,768 characters. */
  readonly data: Data;
}

/** `local`: not shared; `in-sync`; `pending`: one side has what the other has not; `conflicts`: both have changed the same entity. As of the last `refresh`, `push` or `pull`, and of every change here. */
export type DiagramStatus = 'local' | 'in-sync' | 'pending' | 'conflicts';

/** What to show a status in: grey, green, amber, red. */
export declare const STATUS_COLORS: Readonly<Record<DiagramStatus, string>>;

/** `both` adds the other side's under a new id; connectors stay at the shared one. Where one side removed it, the other one stays. */
export type Choice = 'local' | 'shared' | 'both';

export interface DiagramConflict {
  readonly id: string;
  /** Of the shared one: the choice holds for it and nothing later. */
  readonly version: number;
  /** null: removed. */
  readonly local: { readonly kind: Kind; readonly data: any } | null;
  readonly shared: { readonly kind: Kind; readonly data: any } | null;
}

/** One choice for all, or asked about each. Without one, nothing is changed: it rejects with reason `conflicts`, and has them in `details`. */
export type OnConflict = Choice | ((conflict: DiagramConflict) => Choice | undefined | Promise<Choice | undefined>);

export interface DiagramSnapshot {
  readonly status: DiagramStatus;
  readonly color: string;
  readonly title: string;
  readonly entities: readonly Entity[];
  /** The workspace that is its shared copy. */
  readonly shared: string | null;
  /** Up to which `seq` the shared copy is known here. */
  readonly base: number;
  /** Milliseconds since 1970. */
  readonly lastSynced: number | null;
  readonly localChanges: number;
  /** As far as the server was asked. */
  readonly sharedChanges: number;
  readonly conflictCount: number;
  /** Whether both sides have changes. */
  readonly diverged: boolean;
  /** Whether something is on its way to the server. */
  readonly isBusy: boolean;
  /** Why changes are not kept: they are lost with the page. */
  readonly storeError: SkeinError | null;
}

export interface Copied {
  readonly id: string;
  readonly copy: string;
}

export interface PushResult {
  /** Entities added or written in the shared copy. */
  readonly updated: number;
  readonly removed: number;
  /** Conflicts that were decided for the shared side. */
  readonly kept: number;
  readonly copies: readonly Copied[];
  /** What others have changed since the base and is not here yet: `pull`. */
  readonly missed: number;
  readonly base: number;
}

export interface PullResult {
  /** Entities added or written here. */
  readonly updated: number;
  readonly removed: number;
  /** Conflicts that were decided for the local side. */
  readonly kept: number;
  readonly copies: readonly Copied[];
  readonly base: number;
}

export interface ShareOptions {
  /** `public-write`: anybody may change it, within a rate; `public-read`; `private`: members. */
  access?: 'public-write' | 'public-read' | 'private';
  /** The workspace's name and id; the title and a random one unless told. */
  name?: string;
  id?: string;
}

export interface LocalDiagramOptions {
  /** Of `connect`, with the token of whoever may enter the shared copy. */
  client: Pick<Client, 'request'>;
  /** This diagram's own. */
  store: Store;
  now?: () => number;
}

/** A diagram that lives here, and has a shared copy by wish. What goes to the server goes one after another; edits need no server and never wait. */
export declare class LocalDiagram implements Observable<DiagramSnapshot, void> {
  constructor(options: LocalDiagramOptions);
  /** Reads the local copy; needs no network. */
  open(): Promise<DiagramSnapshot>;
  close(): Promise<void>;
  /** Once what was changed so far is in the store. */
  written(): Promise<void>;
  readonly status: DiagramStatus;
  get(id: string): Entity | undefined;
  put(entity: Entity): void;
  remove(id: string): void;
  setTitle(title: string): void;
  subscribe(listener: () => void): () => void;
  snapshot(): DiagramSnapshot;
  /** Makes a shared copy with all that is here; answers its workspace's id. Cut off, it goes on when it is called again. */
  share(options?: ShareOptions): Promise<string>;
  /** Takes an existing workspace for the shared copy, and pulls. */
  attach(workspace: string, options?: { onConflict?: OnConflict }): Promise<PullResult>;
  /** Forgets the shared copy, which stays where it is. */
  detach(): Promise<void>;
  push(options?: { onConflict?: OnConflict }): Promise<PushResult>;
  pull(options?: { onConflict?: OnConflict }): Promise<PullResult>;
  /** Asks the server how both stand to each other; changes nothing. */
  refresh(): Promise<DiagramSnapshot>;
}
