// The studio without a server: one workspace in this browser's localStorage. It answers like a workspace of the client library, and its reducers are
// what the page does optimistically anyway. Nobody else is there, so nothing is merged.

import { History } from '../../skein/history.js';
import { h, tell } from '../ui.js';
import { effects, inverses } from './ops.js';
import { createStudio } from './studio.js';

export const LOCAL = 'this-browser';
const STORE = 'skein.studio.local';
const KEYS = { skein_workspace: 'id', workspace: 'id', workflow: 'id', brain_doc: 'id' };
const TABLES = ['skein_workspace', 'workspace', 'workspace_member', 'workspace_invite', 'workflow', 'workflow_node', 'workflow_edge', 'workflow_change_event', 'brain_doc', 'brain_doc_version'];
const MAX_UNDO = 100;
const ME = 'you';

/** Reducers that the page does not do before the server has: documents. */
const reducers = {
  ...effects,
  delete_workflow(draft, { workflow_id: id }) {
    for (const name of ['workflow_node', 'workflow_edge']) for (const row of [...draft.table(name).rows()]) if (row.workflow_id === id) draft.table(name).delete(row);
    draft.table('workflow').delete(id);
  },
  save_brain_doc(draft, { id, workspace_id: workspace, title, content_json: content, version_id: version }) {
    const before = draft.table('brain_doc').get(id);
    if (before && version) draft.table('brain_doc_version').put({ doc_id: id, version_id: version, content_json: before.content_json, created_at: now() });
    draft.table('brain_doc').put({ id, workspace_id: workspace, title, content_json: content, created_at: before?.created_at ?? now(), updated_at: now(), deleted_at: null });
  },
  delete_brain_doc: (draft, { doc_id: id }) => draft.table('brain_doc').update(id, { deleted_at: now() }),
  restore_brain_doc_version(draft, { doc_id: id, version_id: version, snapshot_version_id: kept }) {
    const wanted = [...draft.table('brain_doc_version').rows()].find((row) => row.doc_id === id && row.version_id === version);
    const { workspace_id: workspace, title } = draft.table('brain_doc').get(id);
    reducers.save_brain_doc(draft, { id, workspace_id: workspace, title, content_json: wanted.content_json, version_id: kept });
  },
};

const now = () => new Date().toISOString();

class LocalTable {
  #rows = new Map();
  #listeners = new Set();
  #changes = [];
  #key;

  constructor(name) {
    this.name = name;
    this.#key = KEYS[name];
  }

  #textOf(row) { return this.#key ? JSON.stringify(row[this.#key]) : JSON.stringify(row); }

  // ---- As the client library's tables

  snapshot() { return [...this.#rows.values()]; }
  get(key) { return this.#rows.get(JSON.stringify(key)); }
  version() { return 0; }
  index(...columns) { return { find: (...values) => this.snapshot().filter((row) => columns.every((column, i) => row[column] === values[i])) }; }
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  // ---- As a draft's

  rows() { return this.#rows.values(); }
  insert(row) { this.put(row); }
  put(row) {
    const text = this.#textOf(row);
    this.#changes.push({ table: this.name, ...(this.#rows.has(text) && { before: this.#rows.get(text) }), after: row });
    this.#rows.set(text, row);
  }
  update(key, change) { if (this.get(key)) this.put({ ...this.get(key), ...change }); }
  delete(key) {
    const text = JSON.stringify(key);
    if (this.#rows.has(text)) this.#changes.push({ table: this.name, before: this.#rows.get(text) });
    this.#rows.delete(text);
  }

  /** Tells what changed, and answers it. */
  flush() {
    const rows = this.#changes;
    this.#changes = [];
    if (rows.length > 0) for (const listener of [...this.#listeners]) listener({ source: 'effect', own: true, rows });
    return rows;
  }
}

class LocalWorkspace {
  id = LOCAL;
  state = 'live';
  role = 'OWNER';
  presence = { snapshot: () => ({ people: [] }), subscribe: () => () => {}, set() {} };
  #tables = new Map(TABLES.map((name) => [name, new LocalTable(name)]));
  #changed;

  constructor(changed) {
    this.#changed = changed;
    this.history = new History((doing, as) => this.#do(doing, as, {}), MAX_UNDO);
    const kept = read();
    for (const [name, table] of this.#tables) {
      for (const row of kept[name] ?? []) table.put(row);
      table.flush();
    }
    this.table('skein_workspace').put({ id: LOCAL, name: 'This browser' });
    if (this.table('workspace').snapshot().length === 0) this.table('workspace').put({ id: LOCAL, name: 'This browser', created_at: now(), updated_at: now() });
    for (const table of this.#tables.values()) table.flush();
  }

  table(name) { return this.#tables.get(name); }
  call(reducer, args, options = {}) { return this.#do({ reducer, args, ...options }, 'call', options); }

  async #do(doing, as, { group }) {
    const { reducer, args, inverse = inverses[reducer] } = doing;
    const undoings = as === 'undo' ? [] : [inverse?.(args, this) ?? []].flat();
    reducers[reducer](this, args);
    if (undoings.length > 0) this.history.record(doing, undoings, { group, redo: as === 'redo' ? this.history.redoing ?? undefined : undefined });
    const rows = [...this.#tables.values()].flatMap((table) => table.flush());
    localStorage.setItem(STORE, JSON.stringify(Object.fromEntries([...this.#tables].map(([name, table]) => [name, table.snapshot()]))));
    this.#changed(rows);
    return { seq: 0, repeated: false };
  }
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(STORE)) ?? {};
  } catch {
    return {}; // written by something else: as good as nothing
  }
}

/** Answers how to leave. */
export function showLocal(page) {
  let undrawn = [];
  let scheduled = 0;
  const soon = (rows) => {
    undrawn.push(...rows);
    scheduled ||= requestAnimationFrame(() => {
      scheduled = 0;
      view.draw({ all: false, rows: undrawn.splice(0) });
    });
  };
  const workspace = new LocalWorkspace(soon);
  const context = {
    workspace,
    isLocal: true,
    schema: { name: 'studio' },
    me: ME,
    may: () => true,
    name: () => 'You',
    act: (reducer, args, options) => workspace.call(reducer, args, options).then(() => true, (error) => (tell(error), false)),
  };
  document.title = 'This browser – Skein';
  document.body.classList.add('can-edit');
  page.top.replaceChildren(h('h1', { class: 'workspace-name' }, 'This browser'), h('span', { class: 'tag' }, 'local'));
  const view = createStudio(context);
  view.element.classList.add('pane');
  page.main.replaceChildren(h('div', { class: 'shell' }, h('div', { class: 'main-column' }, h('div', { class: 'stage' }, view.element))));
  view.draw({ all: true, rows: [] });
  return () => {
    cancelAnimationFrame(scheduled);
    view.leave();
  };
}
