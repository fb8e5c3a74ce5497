// Module `studio`: workflows and documents of a workspace on the left, what is open on the right. What is open stands in the address.

import { createCanvas } from '../canvas/canvas.js';
import { newId } from '../new-id.js';
import { field, h, icon, iconButton, loading, submitting } from '../ui.js';
import { createDoc } from './doc.js';
import { createRail } from './rail.js';
import { studioSource } from './source.js';

export function createStudio(context) {
  const { workspace } = context;
  const table = (name) => workspace.table(name);
  const stage = h('div', { class: 'studio-stage' });
  const element = h('section', { class: 'studio' });
  const studio = {
    context,
    /** Of the studio's own workspaces, of which one Skein workspace may hold several. */
    home: null,
    open: openIn(location.hash),
    show(open) {
      studio.open = open;
      element.classList.remove('is-rail-open');
      const asked = location.hash.slice(location.hash.split('?')[0].length);
      history.replaceState(null, '', `#/w/${workspace.id}${open ? `/${open.kind}/${encodeURIComponent(open.id)}` : ''}${asked}`);
      draw({ all: true, rows: [] });
    },
    go(home) {
      studio.home = home;
      studio.show(null);
    },
  };
  const rail = createRail(studio);
  const toggle = iconButton('panel', 'Workflows and documents', () => element.classList.toggle('is-rail-open'), { class: 'icon-button rail-toggle' });
  element.append(rail.element, h('div', { class: 'studio-main' }, toggle, stage));
  let shown = { key: null };

  const replace = (key, part) => {
    shown.leave?.();
    shown = { key, ...part };
    stage.replaceChildren(part.element);
  };
  const choose = () => {
    // It comes with the first rows: before them nothing is known.
    if (!table('skein_workspace').get(workspace.id)) return void (shown.key !== 'loading' && replace('loading', { element: loading('Loading the workspace') }));
    const homes = table('workspace').snapshot();
    if (!homes.some(({ id }) => id === studio.home)) studio.home = homeOf(studio.open) ?? homes[0]?.id ?? null;
    if (studio.home === null) {
      studio.open = null;
      if (shown.key !== 'founding') replace('founding', founding(context, studio));
      return;
    }
    const row = studio.open && table(studio.open.kind === 'doc' ? 'brain_doc' : 'workflow').get(studio.open.id);
    if (studio.open && !row) return void (shown.key !== 'gone' && replace('gone', gone(studio)));
    if (!studio.open) studio.open = firstOf(context, studio.home);
    if (!studio.open) {
      if (shown.key !== 'nothing') replace('nothing', nothing(studio));
      return;
    }
    const key = `${studio.open.kind} ${studio.open.id}`;
    if (shown.key !== key) replace(key, studio.open.kind === 'doc' ? createDoc(studio, studio.open.id) : createCanvas(context, studioSource(context, studio.open.id)));
  };
  const homeOf = (open) => (open ? table(open.kind === 'doc' ? 'brain_doc' : 'workflow').get(open.id)?.workspace_id : undefined);
  let role = '';
  const draw = (change) => {
    choose();
    const now = workspace.role;
    if (role !== now) shown.rolesChanged?.();
    role = now;
    element.classList.toggle('has-rail', studio.home !== null);
    rail.draw(change);
    shown.draw?.(change);
  };
  return {
    name: 'studio',
    label: 'Studio',
    element,
    draw,
    leave: () => {
      shown.leave?.();
      rail.leave();
    },
  };
}

function openIn(hash) {
  const { kind, id } = /^#\/w\/[\w-]+\/(?<kind>workflow|doc)\/(?<id>[^?]+)/.exec(hash)?.groups ?? {};
  return kind ? { kind, id: decodeURIComponent(id) } : null;
}

/** What was changed last. */
function firstOf(context, home) {
  const last = [...context.workspace.table('workflow').index('workspace_id').find(home)].sort((a, b) => (a.updated_at < b.updated_at ? 1 : -1))[0];
  return last ? { kind: 'workflow', id: last.id } : null;
}

function founding(context, studio) {
  const known = context.workspace.table('skein_workspace').get(context.workspace.id)?.name ?? '';
  const name = h('input', { name: 'workspace', maxlength: 200, required: true, value: known });
  const form = h('form', { class: 'panel stack' }, field('Name of the workspace', name), h('button', { class: 'primary' }, 'Create workspace'));
  submitting(form, async () => {
    const id = newId();
    await context.workspace.call('create_workspace', { id, name: name.value.trim(), display_name: context.name(context.me) });
    studio.go(id);
  });
  const element = h('div', { class: 'studio-state' }, h('div', { class: 'narrow' }, h('h1', {}, 'A studio for workflows'), h('p', { class: 'lead' }, 'Nothing of it is open to you yet. Make a workspace, or ask a member of one for an invitation link.'), context.may('editor') ? form : null));
  return { element };
}

function nothing(studio) {
  return { element: h('div', { class: 'state' }, icon('graph'), h('h2', {}, 'No workflow yet'), h('p', {}, 'A workflow is a graph of nodes that everybody here edits at once.'), h('button', { class: 'primary for-editors', onclick: () => studio.createWorkflow('New workflow') }, icon('plus'), 'Create a workflow')) };
}

function gone(studio) {
  return { element: h('div', { class: 'state', role: 'alert' }, h('h2', {}, 'This is no longer there'), h('p', {}, 'Somebody removed it, or it was never part of this workspace.'), h('button', { onclick: () => studio.show(null) }, 'Show what is there')) };
}
