// My workspaces, and a new one.

import { api, session } from './session.js';
import { field, h, select, submitting } from './ui.js';

const ACCESS = [
  ['private', 'Private: members only'],
  ['public-read', 'Anyone may read'],
  ['public-write', 'Anyone may edit'],
];

export async function showHome(page) {
  const [{ workspaces }, { modules }] = await Promise.all([api('GET', '/v1/workspaces'), api('GET', '/v1/modules')]);
  page.main.replaceChildren(
    h(
      'div',
      { class: 'home' },
      h('section', { class: 'mine' }, h('h1', {}, 'Workspaces'), workspaces.length ? list(workspaces) : empty()),
      h('section', { class: 'new' }, h('h2', {}, 'New workspace'), createForm(modules)),
    ),
  );
}

function list(workspaces) {
  return h(
    'ul',
    { class: 'workspaces' },
    workspaces.map(({ id, name, module, role, access }) =>
      h(
        'li',
        {},
        h(
          'a',
          { href: `#/w/${id}`, class: 'panel workspace' },
          h('span', { class: 'glyph', 'data-module': module, 'aria-hidden': 'true' }, glyph(module)),
          h('span', { class: 'names' }, h('strong', {}, name), h('small', {}, `${module} · ${id}`)),
          h('span', { class: 'tags' }, h('span', { class: 'tag' }, role), access === 'private' ? null : h('span', { class: 'tag open' }, access)),
        ),
      ),
    ),
  );
}

const glyph = (module) => ({ board: '▤', flow: '⤳' })[module] ?? module.slice(0, 1).toUpperCase();

function empty() {
  return h('div', { class: 'state' }, h('h2', {}, 'Nothing here yet'), h('p', {}, 'Create a workspace, or open an invitation somebody sent you.'));
}

function createForm(modules) {
  const names = modules.map((module) => module.name ?? module);
  const name = h('input', { name: 'name', required: true, maxlength: 200, placeholder: 'Launch plan' });
  const module = select(names.map((each) => [each]), 'board', { name: 'module' });
  const access = select(ACCESS, 'private', { name: 'access' });
  const form = h('form', { class: 'panel stack' }, field('Name', name), field('Module', module, 'What its rows and commands are.'), field('Access', access), h('button', { class: 'primary' }, 'Create'));
  return submitting(form, async () => {
    const body = { module: module.value, name: name.value.trim(), access: access.value };
    if (session.current.name) body.displayName = session.current.name;
    const { id } = await api('POST', '/v1/workspaces', body);
    location.hash = `#/w/${id}`;
  });
}
