// What a workspace of the studio has: workflows, documents, recent changes, members and invitations.

import { newId } from '../new-id.js';
import { arrange, avatar, h, hueOf, icon, iconButton, tell, time } from '../ui.js';
import { ask } from './ask.js';
import { createSharing } from './sharing.js';

const MAX_CHANGES = 50;
/** Of a long list; the filter finds the rest. */
const MAX_SHOWN = 200;
const WHAT = { node_added: 'added', node_deleted: 'removed', edge_added: 'connected two nodes', edge_deleted: 'took a connection away' };

export function createRail(studio) {
  const { context } = studio;
  const { workspace } = context;
  const me = () => context.name(context.me);
  studio.createWorkflow = async (name) => {
    const id = newId();
    // Its effect shows it at once; where the server refuses it, it goes again and the page says so.
    context.act('create_workflow', { id, workspace_id: studio.home, name, display_name: me() });
    studio.show({ kind: 'workflow', id });
  };
  const createDoc = (title) => {
    const id = newId();
    workspace.call('save_brain_doc', { id, workspace_id: studio.home, title, content_json: JSON.stringify({ text: '' }), version_id: null }).then(() => studio.show({ kind: 'doc', id }), tell);
  };

  const homes = h('div', { class: 'rail-home' });
  const workflows = createList({ label: 'Workflows', one: 'workflow', glyph: 'graph', create: studio.createWorkflow, open: (id) => studio.show({ kind: 'workflow', id }), rename: (id, name) => context.act('rename_workflow', { workflow_id: id, new_name: name }), remove: (id) => context.act('delete_workflow', { workflow_id: id }) });
  const docs = createList({ label: 'Documents', one: 'document', glyph: 'document', create: createDoc, open: (id) => studio.show({ kind: 'doc', id }), remove: (id) => context.act('delete_brain_doc', { doc_id: id }) });
  const changes = h('ol', { class: 'changes', 'aria-label': 'Recent changes' });
  const noChanges = h('p', { class: 'hint' }, 'Nothing has been added or removed here.');
  const recent = h('details', { class: 'rail-part', open: true }, h('summary', {}, 'Recent changes'), noChanges, changes);
  const sharing = createSharing(studio);
  const element = h('nav', { class: 'rail', 'aria-label': 'Studio' }, homes, workflows.element, docs.element, ...(context.isLocal ? [] : [recent, sharing.element]));

  const touched = ({ all, rows }, ...tables) => all || rows.some((row) => tables.includes(row.table));
  const drawHomes = () => {
    const all = [...workspace.table('workspace').snapshot()].sort((a, b) => a.name.localeCompare(b.name));
    const own = all.find(({ id }) => id === studio.home);
    const choice = h('select', { 'aria-label': 'Workspace', onchange: () => studio.go(choice.value) }, all.map(({ id, name }) => h('option', { value: id, selected: id === studio.home }, name)));
    const rename = async () => {
      const name = await ask('Rename the workspace', 'Name', own.name, 'Rename');
      if (name && name !== own.name) context.act('rename_workspace', { workspace_id: own.id, new_name: name });
    };
    const another = async () => {
      const name = await ask('A new workspace', 'Name', '', 'Create');
      const id = newId();
      if (name && (await context.act('create_workspace', { id, name, display_name: me() }))) studio.go(id);
    };
    const remove = () => confirm(`Remove “${own.name}” with all of its workflows and documents?`) && context.act('delete_workspace', { workspace_id: own.id });
    const isOwner = workspace.table('workspace_member').index('workspace_id').find(studio.home).some((member) => member.identity === context.me && member.role === 'owner');
    homes.replaceChildren(all.length > 1 ? choice : h('strong', { class: 'rail-title' }, own?.name ?? ''), ...(own ? [h('span', { class: 'rail-actions for-editors' }, iconButton('edit', 'Rename the workspace', rename), iconButton('plus', 'Another workspace', another), isOwner ? iconButton('trash', 'Remove the workspace', remove) : '')] : []));
  };
  const drawWorkflows = () => {
    const rows = [...workspace.table('workflow').index('workspace_id').find(studio.home)].sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1));
    const here = new Map();
    for (const { identity, state } of workspace.presence.snapshot().people) if (identity !== context.me && state.at?.in) here.set(state.at.in, [...(here.get(state.at.in) ?? []), { identity, name: context.name(identity, state.name) }]);
    workflows.draw(rows.map(({ id, name, last_modified_by: by }) => ({ id, name, hint: by ? `last changed by ${by}` : '', here: here.get(id) ?? [] })), studio.open?.kind === 'workflow' ? studio.open.id : null);
  };
  const drawDocs = () => {
    const rows = workspace.table('brain_doc').index('workspace_id').find(studio.home).filter((doc) => !doc.deleted_at).sort((a, b) => a.title.localeCompare(b.title) || (a.id < b.id ? -1 : 1));
    docs.draw(rows.map(({ id, title }) => ({ id, name: title || 'Untitled', hint: '', here: [] })), studio.open?.kind === 'doc' ? studio.open.id : null);
  };
  let changesOf = null;
  const drawChanges = () => {
    const workflow = studio.open?.kind === 'workflow' ? studio.open.id : null;
    recent.hidden = workflow === null;
    if (workflow === null) return;
    changesOf = workflow;
    const rows = [...workspace.table('workflow_change_event').index('workflow_id').find(workflow)];
    const latest = rows.map((row, i) => ({ row, i })).sort((a, b) => (a.row.timestamp === b.row.timestamp ? b.i - a.i : a.row.timestamp < b.row.timestamp ? 1 : -1)).slice(0, MAX_CHANGES);
    changes.replaceChildren(...latest.map(({ row }) => changeElement(row)));
    noChanges.hidden = rows.length > 0;
  };
  const stop = workspace.presence.subscribe(() => studio.home && drawWorkflows());
  return {
    element,
    draw(change) {
      if (studio.home === null) return;
      const key = `${studio.home} ${studio.open?.kind} ${studio.open?.id}`;
      const isOther = element.dataset.shows !== key;
      element.dataset.shows = key;
      const now = isOther ? { all: true } : change;
      if (touched(now, 'workspace', 'workspace_member')) drawHomes();
      if (touched(now, 'workflow')) drawWorkflows();
      if (touched(now, 'brain_doc')) drawDocs();
      if (touched(now, 'workflow_change_event') || changesOf !== (studio.open?.kind === 'workflow' ? studio.open.id : null)) drawChanges();
      if (touched(now, 'workspace_member', 'workspace_invite')) sharing.draw();
    },
    leave: stop,
  };
}

function changeElement({ event_type: type, details, timestamp }) {
  let said = {};
  try {
    said = JSON.parse(details) ?? {};
  } catch {
    // another program's line: it is shown as it is
  }
  const by = typeof said.by === 'string' && said.by ? said.by : 'Somebody';
  const node = typeof said.nodeName === 'string' ? [' ', h('code', {}, said.nodeName.slice(said.nodeName.lastIndexOf('.') + 1))] : [];
  return h('li', { 'data-type': type }, h('span', {}, h('strong', {}, by), ' ', WHAT[type] ?? type.replaceAll('_', ' '), node), h('span', { class: 'when' }, time(timestamp)));
}

/** A list of things to open, with a filter where it is long, and a line to add one. */
function createList({ label, one, glyph, create, open, rename, remove }) {
  const list = h('ul', { class: 'rail-list', 'aria-label': label });
  const none = h('p', { class: 'hint' }, `No ${label.toLowerCase()} yet.`);
  const count = h('span', { class: 'count' });
  const filter = h('input', { type: 'search', class: 'rail-filter', 'aria-label': `Filter ${label.toLowerCase()}`, placeholder: 'Filter', hidden: true });
  const input = h('input', { name: one, maxlength: 200, required: true, placeholder: `New ${one}`, 'aria-label': `New ${one}` });
  const form = h('form', { class: 'rail-add for-editors' }, input, iconButton('plus', `Create ${one}`, null, { type: 'submit', class: 'icon-button' }));
  const element = h('details', { class: 'rail-part', open: true }, h('summary', {}, label, count), filter, list, none, form);
  const elements = new Map();
  let last = [[], null];

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const name = input.value.trim();
    if (!name) return;
    input.value = '';
    create(name);
  });
  filter.addEventListener('input', () => draw(...last));
  list.addEventListener('click', async (event) => {
    const id = event.target.closest('li')?.dataset.id;
    const what = event.target.closest('button')?.dataset.does;
    const { name } = last[0].find((item) => item.id === id) ?? {};
    if (what === 'open') open(id);
    if (what === 'rename') {
      const other = await ask(`Rename the ${one}`, 'Name', name, 'Rename');
      if (other && other !== name) rename(id, other);
    }
    if (what === 'remove' && confirm(`Remove “${name}”?`)) remove(id);
  });
  const draw = (items, chosen) => {
    last = [items, chosen];
    filter.hidden = items.length < 12;
    const wanted = filter.hidden ? '' : filter.value.trim().toLowerCase();
    const shown = items.filter(({ name }) => name.toLowerCase().includes(wanted)).slice(0, MAX_SHOWN);
    const known = new Set(shown.map(({ id }) => id));
    for (const id of elements.keys()) if (!known.has(id)) elements.delete(id);
    arrange(list, shown.map((item) => itemElement(elements, item, chosen, { one, glyph, rename })));
    count.textContent = items.length;
    none.hidden = items.length > 0;
  };
  return { element, draw };
}

function itemElement(elements, { id, name, hint, here }, chosen, { one, glyph, rename }) {
  const looks = JSON.stringify([name, hint, here, id === chosen]);
  const known = elements.get(id);
  if (known?.looks === looks) return known.element;
  const action = (does, picture, label) => iconButton(picture, `${label} ${name}`, null, { 'data-does': does });
  const parts = [
    h('button', { type: 'button', class: 'rail-open', 'data-does': 'open', title: hint || null, 'aria-current': id === chosen ? 'page' : null }, icon(glyph), h('span', { class: 'rail-name' }, name)),
    h('span', { class: 'faces' }, here.slice(0, 3).map((person) => h('span', { class: 'face', title: person.name, hue: hueOf(person.identity) }, avatar(person.identity, person.name)))),
    h('span', { class: 'rail-actions for-editors' }, rename ? action('rename', 'edit', 'Rename') : null, action('remove', 'trash', `Remove ${one}`)),
  ];
  const element = known?.element ?? h('li', { 'data-id': id });
  element.replaceChildren(...parts);
  elements.set(id, { element, looks });
  return element;
}
