// My workspaces, and a new one.

import { api, session } from './session.js';
import { field, h, loading, problem, select, submitting } from './ui.js';

const ACCESS = [
  ['private', 'Private: members only'],
  ['public-read', 'Anyone may read'],
  ['public-write', 'Anyone may edit'],
];

/** The two halves come by themselves, and fail by themselves. */
export async function showHome(page) {
  const mine = h('div', {}, loading('Loading workspaces'));
  const create = h('div', {}, loading('Loading modules'));
  page.main.replaceChildren(
    h('div', { class: 'home' }, h('section', { class: 'mine' }, h('h1', {}, 'Workspaces'), mine), h('section', { class: 'new' }, h('h2', {}, 'New workspace'), create)),
  );
  const half = async (element, path, draw) => {
    try {
      element.replaceChildren(draw(await api('GET', path)));
    } catch (error) {
      if (error.code === 'unauthenticated') throw error;
      element.replaceChildren(problem('This cannot be shown', error, h('button', { onclick: () => half(element, path, draw) }, 'Try again')));
    }
  };
  await Promise.all([
    half(mine, '/v1/workspaces', ({ workspaces }) => (workspaces.length ? list(workspaces) : empty())),
    half(create, '/v1/modules', ({ modules }) => createForm(modules)),
  ]);
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
