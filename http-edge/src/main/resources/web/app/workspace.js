// One workspace, live: the connection's state on top, its content in views, who and what beside them.

import { createActivity } from './activity.js';
import { effects as boardEffects, inverses as boardInverses } from './board-calls.js';
import { createBoard } from './board.js';
import { createCalls } from './calls.js';
import { createFlow, effects as flowEffects, inverses as flowInverses } from './flow.js';
import { createHere } from './here.js';
import { createHistory } from './history-view.js';
import { createPeople } from './people.js';
import { createRows } from './rows.js';
import { readAddress, writeAddress } from './address.js';
import { api, client, session, signOut } from './session.js';
import { createSignals } from './signals.js';
import { effects as studioEffects, inverses as studioInverses } from './studio/ops.js';
import { createStudio } from './studio/studio.js';
import { arrange, atLeast, h, problem, shortId, tell } from './ui.js';

/** What is kept of changes until the next frame is drawn; a hidden tab draws none. Beyond it a view draws itself anew. */
const MAX_UNDRAWN = 500;
/** What calls do before the server has done them, and how they are undone. */
const OPTIMISM = {
  board: { effects: boardEffects, inverses: boardInverses },
  flow: { effects: flowEffects, inverses: flowInverses },
  studio: { effects: studioEffects, inverses: studioInverses },
};
const STATE_TEXT = { live: 'Live', connecting: 'Connecting', waiting: 'Reconnecting', closed: 'Closed' };

/** Answers how to leave. */
export async function showWorkspace(page, id) {
  const path = `/v1/workspaces/${encodeURIComponent(id)}`;
  const about = await api('GET', path);
  const schema = await api('GET', `/v1/modules/${encodeURIComponent(about.module)}/schema`);
  document.title = `${about.name} – Skein`;

  const tables = schema.tables.map((table) => [table.name, { key: table.key, event: table.kind === 'event' }]);
  const workspace = client.workspace(id, { schema: { module: schema.name, version: schema.version, tables: Object.fromEntries(tables) }, ...OPTIMISM[schema.name] });
  workspace.subscribe(['*']);
  const context = contextOf(workspace, schema, path);
  const views = viewsOf(context);
  const status = createStatus(workspace);
  const title = h('h1', { class: 'workspace-name' }, about.name);
  const badge = h('span', { class: 'tag role' });
  const here = createHere(context);
  page.top.replaceChildren(title, badge, here.element, status.element);

  const shell = createShell(views, defaultView(about.module));
  context.open = shell.open;
  const stopDrawing = drawing(workspace, views, () => {
    title.textContent = workspace.table('skein_workspace').get(id)?.name ?? about.name;
    badge.textContent = workspace.role.toLowerCase();
    document.body.classList.toggle('can-edit', context.may('editor'));
  });
  const stopEntering = workspace.connection.subscribe(() => {
    const { state, error } = workspace.connection.snapshot();
    status.show(state, error);
    if (state === 'live' && !shell.element.isConnected) page.main.replaceChildren(shell.element);
    if (state === 'closed') page.main.replaceChildren(ended(workspace, error));
  });
  workspace.on('error', tell);
  workspace.presence.set({ name: session.current.name });
  workspace.start();
  return () => {
    stopEntering();
    stopDrawing();
    here.leave();
    for (const view of views) view.leave?.();
    workspace.stop();
  };
}

function contextOf(workspace, schema, path) {
  return {
    workspace,
    schema,
    path,
    me: session.current.identity,
    may: (role) => atLeast(workspace.role, role),
    /** `said` is what somebody says of itself: the name of who is here and no member. */
    name: (identity, said = '') => workspace.table('skein_member').get(identity)?.display_name || (identity === session.current.identity && session.current.name) || said || shortId(identity),
    /** Calls a reducer; a failure is told in a toast. Answers whether it was done. */
    act: (reducer, args, options) =>
      workspace.call(reducer, args, options).then(
        () => true,
        (error) => (tell(error), false),
      ),
  };
}

/** A view: name, label, element, draw({ all, rows, changes }), leave?, aside?. */
function viewsOf(context) {
  const content = { board: createBoard, flow: createFlow, studio: createStudio }[context.schema.name];
  const all = [createRows, createCalls, createHistory, createSignals, createPeople, createActivity];
  return (content ? [content, ...all] : all).map((create) => create(context));
}

const defaultView = (module) => ({ board: 'board', flow: 'flow', studio: 'studio' })[module] ?? 'rows';

/** Draws at most once for each frame of the screen, whatever the number of changes. */
function drawing(workspace, views, before) {
  let undrawn = { all: true, changes: [], own: [] };
  let scheduled = 0;
  const draw = () => {
    scheduled = 0;
    const now = undrawn;
    undrawn = { all: false, changes: [], own: [] };
    before();
    for (const view of views) view.draw({ ...now, rows: [...now.own, ...now.changes.flatMap((change) => change.rows.map((row) => ({ ...row, sender: change.sender })))] });
  };
  const soon = () => (scheduled ||= requestAnimationFrame(draw));
  const stops = [
    workspace.on('transaction', (transaction) => {
      if (undrawn.changes.push(transaction) > MAX_UNDRAWN) undrawn = { all: true, own: [], changes: undrawn.changes.slice(-MAX_UNDRAWN / 2) };
      soon();
    }),
    workspace.on('change', ({ source, rows }) => {
      if (source === 'transaction') return;
      if (source === 'effect' && undrawn.own.length + rows.length < MAX_UNDRAWN) {
        for (const row of rows) undrawn.own.push({ ...row, sender: session.current.identity });
        if (rows.length > 0) soon();
        return;
      }
      undrawn = { all: true, own: [], changes: source === 'snapshot' ? [] : undrawn.changes };
      soon();
    }),
    workspace.on('role', soon),
  ];
  return () => {
    cancelAnimationFrame(scheduled);
    for (const stop of stops) stop();
  };
}

function createStatus(workspace) {
  const text = h('span', { class: 'status-text' });
  const seq = h('span', { class: 'seq', title: 'The last transaction this page has' });
  const element = h('span', { class: 'status', role: 'status', 'data-state': 'connecting' }, h('span', { class: 'dot' }), text, seq);
  const retry = h('button', { class: 'quiet small', onclick: () => workspace.start() }, 'Now');
  const show = (state, error) => {
    element.dataset.state = state;
    element.title = error ? `${error.code}: ${error.message}` : '';
    text.textContent = STATE_TEXT[state];
    if (state === 'waiting') element.append(retry);
    else retry.remove();
  };
  workspace.on('position', (now) => (seq.textContent = `#${now}`));
  show('connecting');
  return { element, show };
}

function ended(workspace, error) {
  const titles = { forbidden: 'You are no longer part of this workspace', unauthenticated: 'Your sign-in has ended', not_found: 'This workspace is no longer there' };
  const signInAgain = () => {
    signOut(error.message);
    dispatchEvent(new HashChangeEvent('hashchange'));
  };
  return problem(
    titles[error.code] ?? 'The connection has ended',
    error,
    error.code === 'unauthenticated' ? h('button', { class: 'primary', onclick: signInAgain }, 'Sign in again') : h('button', { class: 'primary', onclick: () => workspace.start() }, 'Connect again'),
    h('a', { class: 'button quiet', href: '#' }, 'All workspaces'),
  );
}

/** Tabs over views. On wide screens the views marked `aside` stand beside the others and need no tab. */
function createShell(views, first) {
  const wide = matchMedia('(min-width: 1080px)');
  const main = h('div', { class: 'stage' });
  const aside = h('aside', { class: 'beside' });
  const tabs = new Map(views.map((view) => [view, h('button', { type: 'button', role: 'tab', id: `tab-${view.name}`, 'aria-controls': `view-${view.name}`, onclick: () => choose(view) }, view.label)]));
  const list = h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Views' }, [...tabs.values()]);
  const usual = views.find((view) => view.name === first);
  let chosen = views.find((view) => view.name === readAddress().get('view')) ?? usual;
  for (const view of views) {
    Object.assign(view.element, { id: `view-${view.name}` });
    view.element.classList.add('pane');
  }
  const isBeside = (view) => wide.matches && view.aside;
  const choose = (view) => {
    chosen = view;
    writeAddress({ view: view === usual ? null : view.name });
    place();
  };
  const place = () => {
    if (isBeside(chosen)) chosen = views[0];
    for (const [view, tab] of tabs) {
      const on = view === chosen;
      tab.hidden = isBeside(view);
      tab.setAttribute('aria-selected', on);
      tab.tabIndex = on ? 0 : -1;
      view.element.hidden = !on && !isBeside(view);
      view.element.setAttribute('role', isBeside(view) ? 'region' : 'tabpanel');
      view.element.setAttribute('aria-labelledby', `tab-${view.name}`);
    }
    arrange(main, views.filter((view) => !isBeside(view)).map((view) => view.element));
    arrange(aside, views.filter(isBeside).map((view) => view.element));
  };
  list.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const open = views.filter((view) => !isBeside(view));
    choose(open[(open.indexOf(chosen) + step + open.length) % open.length]);
    tabs.get(chosen).focus();
  });
  wide.addEventListener('change', place);
  place();
  return {
    element: h('div', { class: 'shell' }, h('div', { class: 'main-column' }, list, main), aside),
    /** Shows the view of this name. */
    open: (name) => choose(views.find((view) => view.name === name)),
  };
}
