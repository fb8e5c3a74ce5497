import type { FunctionComponentElement, ReactNode } from 'react';
import type {
  AnySchema, ArgsOf, CallOptions, Change, ConnectionSnapshot, KeyOf, Observable, Outcome, PresenceSnapshot, QuerySnapshot, ReducerName, RowOf, Selection, SkeinError, TableName,
  UntypedSchema, Workspace,
} from './index.js';

/** The workspace that the hooks below it use. It neither starts nor stops it. */
export declare function SkeinProvider(props: { workspace: Workspace<any>; children?: ReactNode }): FunctionComponentElement<any>;

export interface UsedCall<Args, S extends AnySchema = UntypedSchema> {
  /** The same function from render to render. The promise may be left alone: a refusal is in `error` too. */
  readonly call: (args: Args, options?: CallOptions<S, Args>) => Promise<Outcome>;
  /** How many of this component's calls have no outcome yet. */
  readonly pending: number;
  /** Of the last call that was refused; null again with the next call. */
  readonly error: SkeinError | null;
}

/** The hooks, knowing a module's types: `export const { useTable, useCall } = hooksFor<Schema>()`. All of them need a `SkeinProvider` above, and answer an empty state on a server. */
export interface Hooks<S extends AnySchema> {
  useWorkspace(): Workspace<S>;
  /** All rows of a table that some subscription shows. */
  useTable<T extends TableName<S>>(name: T): readonly RowOf<S, T>[];
  /** One row. The component renders again when this row changes; a key that is undefined has none. */
  useRow<T extends TableName<S>>(table: T, key: KeyOf<S, T> | undefined): RowOf<S, T> | undefined;
  /** Subscribes as long as the component is mounted. `tables` may be written in place: equal ones are one subscription. */
  useQuery(tables: readonly (Selection<S> | TableName<S> | '*')[]): Omit<QuerySnapshot, 'tables'> & { readonly tables: { readonly [T in TableName<S>]?: readonly RowOf<S, T>[] } };
  usePresence(): PresenceSnapshot;
  useConnection(): ConnectionSnapshot;
  useCall<R extends ReducerName<S>>(reducer: R): UsedCall<ArgsOf<S, R>, S>;
  /** Hears of what did not come from here, of one table or (null) of any: a listener that calls never answers itself. */
  useRemoteChanges<T extends TableName<S>>(table: T | null, listener: (change: Change<RowOf<S, T>>) => void): void;
}

export declare const useWorkspace: Hooks<UntypedSchema>['useWorkspace'];
export declare const useTable: Hooks<UntypedSchema>['useTable'];
export declare const useRow: Hooks<UntypedSchema>['useRow'];
export declare const useQuery: Hooks<UntypedSchema>['useQuery'];
export declare const usePresence: Hooks<UntypedSchema>['usePresence'];
export declare const useConnection: Hooks<UntypedSchema>['useConnection'];
export declare const useCall: Hooks<UntypedSchema>['useCall'];
export declare const useRemoteChanges: Hooks<UntypedSchema>['useRemoteChanges'];

/** The same hooks, knowing a module's types. */
export declare function hooksFor<S extends AnySchema>(): Hooks<S>;

/** Anything observable, such as an index, the outbox, the history, a document with autosave. On a server it is `onServer`, or what it is there. */
export declare function useSnapshot<T>(observable: Observable<T, any>, onServer?: T): T;
