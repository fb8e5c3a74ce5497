import type { Client, Workspace, WorkspaceOptions } from './index.js';
import type { Store } from './store/store.js';

/** A JSON value. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export interface OpId {
  readonly counter: number;
  readonly peerId: string;
}

/** An operation of the npm package `reptree` 0.9. */
export type TreeOp =
  | { readonly id: OpId; readonly targetId: string; readonly parentId: string | null }
  | { readonly id: OpId; readonly targetId: string; readonly key: string; readonly value: Json | undefined; readonly transient: boolean };

/** Which operations of a tree somebody has, as `RepTree.getStateVector()` says: of each peer, ranges `[first, last]` of counters. */
export type StateVector = Readonly<Record<string, readonly (readonly number[])[]>>;

/** Something that keeps a space. */
export interface SpaceLayer {
  connect(): Promise<void>;
  isConnected(): boolean;
  disconnect(): Promise<void>;
  /** All operations of the root tree, in the order of their ids. */
  loadSpaceTreeOps(): Promise<TreeOp[]>;
  /** All operations of a tree, or those that are not in the vector; none if there is no such tree. */
  loadTreeOps(treeId: string, vector?: StateVector | null): Promise<TreeOp[]>;
  /** Those that are there are passed over, transient ones too. Resolves once they are durable. */
  saveTreeOps(treeId: string, ops: Iterable<TreeOp>): Promise<void>;
  loadSecrets(): Promise<Record<string, string>>;
  /** Puts these beside the others that are there. */
  saveSecrets(secrets: Record<string, string>): Promise<void>;
  /** Tells of operations that were neither loaded nor saved here. */
  startListening?(onIncomingOps: (treeId: string, ops: TreeOp[]) => void): Promise<void>;
  stopListening?(): Promise<void>;
  /** Runs whenever the layer is there (again). */
  onConnected?(listener: () => void): () => void;
}

export interface SkeinSpaceOptions {
  /** The peer of this program's trees. Skein lets nobody else add operations of it from then on. */
  peerId?: string | null;
  /** Which tree is the space's root tree; null: the first one that is saved in a space without one. */
  rootTreeId?: string | null;
  /** How long `connect` and what needs the space's rows wait for them. 10,000. */
  connectMs?: number;
  /** Of the workspace underneath. */
  workspace?: WorkspaceOptions<any>;
}

/** A space of the module `spaces` in Skein. Operations wait here until the server has them, also through cuts; at most 200,000 of a tree. */
export class SkeinSpace implements SpaceLayer {
  constructor(client: Client, id: string, options?: SkeinSpaceOptions);
  readonly id: string;
  readonly workspace: Workspace<any>;
  connect(): Promise<void>;
  isConnected(): boolean;
  disconnect(): Promise<void>;
  onConnected(listener: () => void): () => void;
  loadSpaceTreeOps(): Promise<TreeOp[]>;
  loadTreeOps(treeId: string, vector?: StateVector | null): Promise<TreeOp[]>;
  saveTreeOps(treeId: string, ops: Iterable<TreeOp>): Promise<void>;
  missingThere(treeId: string, ops: readonly TreeOp[]): TreeOp[];
  startListening(onIncomingOps: (treeId: string, ops: TreeOp[]) => void): Promise<void>;
  stopListening(): Promise<void>;
  loadSecrets(): Promise<Record<string, string>>;
  saveSecrets(secrets: Record<string, string>): Promise<void>;
  deleteSecret(key: string): Promise<void>;
}

/** A space in a store of this library. Secrets lie open in it: leave it out where that must not be. */
export class LocalSpace implements SpaceLayer {
  constructor(store: Store);
  connect(): Promise<void>;
  isConnected(): boolean;
  disconnect(): Promise<void>;
  loadSpaceTreeOps(): Promise<TreeOp[]>;
  loadTreeOps(treeId: string, vector?: StateVector | null): Promise<TreeOp[]>;
  saveTreeOps(treeId: string, ops: Iterable<TreeOp>): Promise<void>;
  missingThere(treeId: string, ops: readonly TreeOp[]): TreeOp[];
  loadSecrets(): Promise<Record<string, string>>;
  saveSecrets(secrets: Record<string, string>): Promise<void>;
}

export type LayerOperation = 'connect' | 'load' | 'save' | 'listen' | 'catch up' | 'load secrets' | 'save secrets' | 'disconnect';

export interface SpaceLayersOptions {
  onError: (failure: { layer: string; operation: LayerOperation; error: unknown }) => void;
}

/** Several layers as one. */
export class SpaceLayers implements SpaceLayer {
  constructor(layers: Record<string, SpaceLayer>, options: SpaceLayersOptions);
  connect(): Promise<void>;
  isConnected(): boolean;
  disconnect(): Promise<void>;
  /** Resolves once nothing is on its way to any layer. */
  settled(): Promise<void>;
  loadSpaceTreeOps(): Promise<TreeOp[]>;
  loadTreeOps(treeId: string, vector?: StateVector | null): Promise<TreeOp[]>;
  /** Resolves once one layer has them. */
  saveTreeOps(treeId: string, ops: Iterable<TreeOp>): Promise<void>;
  startListening(onIncomingOps: (treeId: string, ops: TreeOp[]) => void): Promise<void>;
  stopListening(): Promise<void>;
  loadSecrets(): Promise<Record<string, string>>;
  saveSecrets(secrets: Record<string, string>): Promise<void>;
}

/** Which operations of a tree somebody has. */
export class OpRanges {
  constructor(ops?: Iterable<TreeOp>);
  static of(vector: StateVector): OpRanges;
  has(op: TreeOp): boolean;
  /** False: it was there. */
  add(op: TreeOp): boolean;
  missing<Op extends TreeOp>(ops: readonly Op[]): Op[];
  readonly vector: StateVector;
}

export function byId(one: TreeOp, other: TreeOp): number;
export function withoutTransients(ops: Iterable<TreeOp>): TreeOp[];
