// My workspaces: find one, open it, rename it, delete it; and a new one.

import { createForm } from './home-create.js';
import { askDelete, askRename } from './home-change.js';
import { api } from './session.js';
import { arrange, atLeast, h, icon, loading, problem, refill, select, time } from './ui.js';

const FOLLOW_MS = 2_000;
const PAGE = 1_000;
/** What is shown at once of what the search finds. */
const MAX_SHOWN = 200;

/** The two halves come by themselves, and fail by themselves. */
export async function showHome(page) {
  const mine = h('div', {}, loading('Loading workspaces'));
  const create = h('div', {}, loading('Loading modules'));
  page.main.replaceChildren(
    h('div', { class: 'home' }, h('section', { class: 'mine' }, h('h1', {}, 'Workspaces'), mine), h('section', { class: 'new' }, h('h2', {}, 'New workspace'), create)),
  );
  const half = async (element, read, draw) => {
    try {
      element.replaceChildren(draw(await read()));
    } catch (error) {
      if (error.code === 'unauthenticated') throw error;
      element.replaceChildren(problem('This cannot be shown', error, h('button', { onclick: () => half(element, read, draw) }, 'Try again')));
    }
  };
  const readMine = () => api('GET', `/v1/workspaces?limit=${PAGE}`);
  const list = createList(() => look());
  let ending = false;
  const look = async () => {
    const answer = await readMine().catch((error) => console.warn(`the list is not to be had: ${error.message}`));
    if (answer && list.element.isConnected) list.show(answer);
  };
  // The list is a second or so behind: whoever comes back from a new workspace must find it without a reload.
  const follow = async () => {
    while (!ending) {
      await new Promise((resolve) => setTimeout(resolve, FOLLOW_MS));
      if (!ending && !document.hidden) await look();
    }
  };
  await Promise.all([half(mine, readMine, (answer) => (list.show(answer), list.element)), half(create, () => api('GET', '/v1/modules'), ({ modules }) => createForm(modules))]);
  follow();
  const closeMenus = ({ target }) => {
    for (const menu of list.element.querySelectorAll('.item-menu[open]')) if (!menu.contains(target)) menu.open = false;
  };
  document.addEventListener('click', closeMenus);
  return () => {
    ending = true;
    document.removeEventListener('click', closeMenus);
  };
}

/** `changed()`: one was renamed or deleted here. */
function createList(changed) {
  const search = h('input', { type: 'search', name: 'search', placeholder: 'Search by name or id', 'aria-label': 'Search workspaces', autocomplete: 'off', spellcheck: 'false', oninput: () => draw() });
  const module = h('select', { name: 'of-module', 'aria-label': 'Only of', onchange: () => draw() });
  const order = select([['name', 'By name'], ['new', 'Newest first']], 'name', { name: 'order', 'aria-label': 'Order', onchange: () => draw() });
  const tools = h('div', { class: 'home-tools' }, search, module, order);
  const items = h('ul', { class: 'workspaces' });
  const none = h('p', { class: 'state' });
  const more = h('p', { class: 'hint', role: 'status' });
  const element = h('div', { class: 'stack' }, tools, items, none, more);
  const gone = new Set(); // deleted here, and in the list for a moment yet
  let elements = new Map(); // what a workspace says → its element
  let all = [];
  let hasMore = false;
  let shown = '';

  const show = ({ workspaces, next }) => {
    const now = JSON.stringify(workspaces);
    if (now === shown) return;
    [shown, all, hasMore] = [now, workspaces, next !== null];
    const chosen = module.value;
    const modules = [...new Set(all.map((each) => each.module))].sort();
    refill(module, [h('option', { value: '' }, 'Every module'), ...modules.map((name) => h('option', { value: name }, name))]);
    module.value = modules.includes(chosen) ? chosen : '';
    draw();
  };
  const draw = () => {
    const wanted = search.value.trim().toLowerCase();
    const present = all.filter(({ id }) => !gone.has(id));
    const found = present
      .filter((each) => (!wanted || each.name.toLowerCase().includes(wanted) || each.id.toLowerCase().includes(wanted)) && (!module.value || each.module === module.value))
      .sort((a, b) => (order.value === 'new' ? Date.parse(b.createdAt) - Date.parse(a.createdAt) : a.name.localeCompare(b.name)));
    const next = new Map();
    for (const each of found.slice(0, MAX_SHOWN)) next.set(JSON.stringify(each), elements.get(JSON.stringify(each)) ?? item(each, () => (gone.add(each.id), draw(), changed()), changed));
    elements = next;
    arrange(items, [...next.values()]);
    tools.hidden = present.length === 0;
    none.hidden = found.length > 0;
    refill(none, present.length > 0 ? ['No workspace is called so.'] : [h('strong', {}, 'Nothing here yet'), 'Create a workspace, or open an invitation somebody sent you.']);
    more.hidden = found.length <= MAX_SHOWN && !hasMore;
    more.textContent = found.length > MAX_SHOWN ? `${found.length - MAX_SHOWN} more: search for them` : `Only your first ${PAGE} workspaces by id are here.`;
  };
  return { element, show };
}

function item(workspace, deleted, renamed) {
  const { id, name, module, role, access, createdAt } = workspace;
  const may = (least) => atLeast(role, least);
  const choice = (text, action, properties) => h('button', { type: 'button', class: 'quiet', ...properties, onclick: () => ((menu.open = false), action()) }, text);
  const menu = h(
    'details',
    { class: 'item-menu', onkeydown: (event) => event.key === 'Escape' && ((menu.open = false), menu.firstChild.focus()), onfocusout: (event) => event.relatedTarget && !menu.contains(event.relatedTarget) && (menu.open = false) },
    h('summary', { 'aria-label': `More of ${name}`, title: 'More' }, icon('more')),
    h('div', { class: 'menu' }, choice('Rename', () => askRename(workspace, renamed)), may('owner') && choice('Delete', () => askDelete(workspace, deleted), { class: 'danger' })),
  );
  return h(
    'li',
    { class: 'workspace-item' },
    h(
      'a',
      { href: `#/w/${encodeURIComponent(id)}`, class: 'panel workspace' },
      h('span', { class: 'glyph', 'data-module': module, 'aria-hidden': 'true' }, glyph(module)),
      h('span', { class: 'names' }, h('strong', {}, name), h('small', {}, `${module} · ${id} · `, time(createdAt))),
      h('span', { class: 'tags' }, h('span', { class: 'tag' }, role), access === 'private' ? null : h('span', { class: 'tag open' }, access)),
    ),
    may('admin') && menu,
  );
}

const glyph = (module) => ({ board: '▤', flow: '⤳' })[module] ?? module.slice(0, 1).toUpperCase();
