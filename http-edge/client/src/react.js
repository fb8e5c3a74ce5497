// What React components bind to. Each hook is one `useSyncExternalStore` over something observable, whose snapshot is the same object until something of it changed: a component
// renders again if and only if what it shows is another.

import { createContext, createElement, useCallback, useContext, useEffect, useLayoutEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { Listeners } from './dispatch.js';

/** @typedef {import('./index.d.ts').Workspace<any>} Workspace */

const Context = createContext(/** @type {Workspace | null} */ (null));

/** @type {readonly any[]} */
const NO_ROWS = Object.freeze([]);
/** Of a key that is not known. */
const NO_ROW = { subscribe: () => () => {}, snapshot: () => undefined };
// What a server renders: nobody has connected, and nothing has come.
const NO_QUERY = Object.freeze({ status: /** @type {const} */ ('pending'), error: null, tables: Object.freeze({}) });
const NOBODY = Object.freeze({ mode: /** @type {const} */ ('list'), users: 0, sessions: 0, people: NO_ROWS });
const NOT_CONNECTED = Object.freeze({ state: /** @type {const} */ ('closed'), error: null, retryAt: null, hasRows: false, identity: null, role: 'none' });

/** @param {{ workspace: Workspace, children?: import('react').ReactNode }} props */
export function SkeinProvider({ workspace, children }) {
  return createElement(Context.Provider, { value: workspace }, children);
}

/** @returns {Workspace} */
export function useWorkspace() {
  const workspace = useContext(Context);
  if (workspace === null) throw new Error('there is no <SkeinProvider workspace={…}> around this component');
  return workspace;
}

/**
 * @template T
 * @param {{ subscribe(listener: () => void): () => void, snapshot(): T }} observable the same object from render to render
 * @param {T} onServer
 */
function useObservable(observable, onServer) {
  const subscribe = useCallback((/** @type {() => void} */ listener) => observable.subscribe(() => listener()), [observable]);
  const snapshot = useCallback(() => observable.snapshot(), [observable]);
  return useSyncExternalStore(subscribe, snapshot, () => onServer);
}

/** @param {string} name @returns {readonly any[]} */
export function useTable(name) {
  const workspace = useWorkspace();
  return useObservable(useMemo(() => workspace.table(name), [workspace, name]), NO_ROWS);
}

/** @param {string} table @param {any} key @returns {any} */
export function useRow(table, key) {
  const workspace = useWorkspace();
  const text = /** @type {string | undefined} */ (JSON.stringify(key)); // a composite key is another array at every render
  return useObservable(useMemo(() => (text === undefined ? NO_ROW : workspace.table(table).row(JSON.parse(text))), [workspace, table, text]), undefined);
}

/**
 * A subscription is made by an effect, never by a render: renders may be thrown away. Until then, and while another one takes its place, it is `pending`.
 * @param {readonly any[]} tables
 */
export function useQuery(tables) {
  const workspace = useWorkspace();
  const text = JSON.stringify(tables);
  const held = useRef(/** @type {{ query: import('./index.d.ts').Query<any>, text: string, workspace: Workspace } | null} */ (null));
  const subscribe = useCallback((/** @type {() => void} */ listener) => {
    const query = workspace.subscribe(JSON.parse(text));
    const own = { query, text, workspace };
    held.current = own;
    const stop = query.subscribe(() => listener());
    return () => {
      stop();
      if (held.current === own) held.current = null;
      query.close();
    };
  }, [workspace, text]);
  const snapshot = () => {
    const own = held.current;
    return own && own.text === text && own.workspace === workspace ? own.query.snapshot() : NO_QUERY;
  };
  return useSyncExternalStore(subscribe, snapshot, () => NO_QUERY);
}

/** @returns {import('./index.d.ts').PresenceSnapshot} */
export function usePresence() {
  return useObservable(useWorkspace().presence, NOBODY);
}

/** @returns {import('./index.d.ts').ConnectionSnapshot} */
export function useConnection() {
  return useObservable(useWorkspace().connection, NOT_CONNECTED);
}

/**
 * `pending` and `error` make the component render when they change, but only if it has looked at them.
 * @param {string} reducer
 */
export function useCall(reducer) {
  const workspace = useWorkspace();
  const calls = useMemo(() => new Calls(workspace, reducer), [workspace, reducer]);
  const state = useSyncExternalStore(calls.subscribe, calls.shown, calls.shown);
  return useMemo(() => ({
    call: calls.call,
    get pending() { return calls.look(state).pending; },
    get error() { return calls.look(state).error; },
  }), [calls, state]);
}

/** @typedef {{ readonly pending: number, readonly error: any }} CallState */
/** @type {CallState} */
const IDLE = Object.freeze({ pending: 0, error: null });

/** The calls that one component makes. */
class Calls {
  #listeners = new Listeners(); #state = IDLE; #isLookedAt = false;

  /** @param {Workspace} workspace @param {string} reducer */
  constructor(workspace, reducer) {
    this.call = (/** @type {any} */ args, /** @type {any} */ options) => {
      const outcome = workspace.call(reducer, args, options);
      this.#become(+1, null);
      outcome.then(() => this.#become(-1, this.#state.error), (error) => this.#become(-1, error)); // who does not look at the promise finds it in `error`
      return outcome;
    };
  }

  subscribe = (/** @type {() => void} */ listener) => this.#listeners.add(listener);
  shown = () => (this.#isLookedAt ? this.#state : IDLE);

  /** @param {CallState} state */
  look(state) {
    this.#isLookedAt = true;
    return state;
  }

  /** @param {number} more @param {any} error */
  #become(more, error) {
    this.#state = Object.freeze({ pending: this.#state.pending + more, error });
    this.#listeners.tell();
  }
}

/**
 * Hears of what did not come from here: other people's transactions, and rows that came with a snapshot, a subscription or the store. What this workspace object's own calls and
 * their effects did is left out, so whoever answers a change with a call never answers himself.
 * @param {string | null} table null: any @param {(change: import('./index.d.ts').Change) => void} listener
 */
export function useRemoteChanges(table, listener) {
  const workspace = useWorkspace();
  const latest = useRef(listener);
  useLayoutEffect(() => { latest.current = listener; });
  useEffect(() => {
    const hear = (/** @type {import('./index.d.ts').Change | undefined} */ change) => {
      if (change && !change.own) latest.current(change);
    };
    return table === null ? workspace.on('change', hear) : workspace.table(table).subscribe(hear);
  }, [workspace, table]);
}

/** Anything observable: an index, a document with autosave, the outbox, the history. @template T @param {import('./index.d.ts').Observable<T, any>} observable @param {T} [onServer] */
export function useSnapshot(observable, onServer = observable.snapshot()) {
  return useObservable(observable, onServer);
}

const hooks = { useWorkspace, useTable, useRow, useQuery, usePresence, useConnection, useCall, useRemoteChanges };

/** The same for every module: only the types differ. @returns {any} */
export const hooksFor = () => hooks;
