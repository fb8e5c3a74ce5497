// My workspaces, and a new one.

import { api, session } from './session.js';
import { field, h, loading, problem, select, submitting } from './ui.js';

const ACCESS = [
  ['private', 'Private: members only'],
  ['public-read', 'Anyone may read'],
  ['public-write', 'Anyone may edit'],
];

const FOLLOW_MS = 2_000;

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
  let shown = '';
  const drawMine = (answer) => {
    shown = JSON.stringify(answer);
    return answer.workspaces.length ? list(answer.workspaces) : empty();
  };
  // The list is a second or so behind: whoever comes back from a new workspace must find it without a reload.
  const follow = async () => {
    while (mine.isConnected) {
      await new Promise((resolve) => setTimeout(resolve, FOLLOW_MS));
      if (!mine.isConnected || document.hidden) continue;
      const before = shown;
      const answer = await api('GET', '/v1/workspaces').catch((error) => console.warn(`the list is not to be had: ${error.message}`));
      // What the button of a problem has drawn meanwhile is as new.
      if (answer && shown === before && shown !== JSON.stringify(answer)) mine.replaceChildren(drawMine(answer));
    }
  };
  await Promise.all([half(mine, '/v1/workspaces', drawMine), half(create, '/v1/modules', ({ modules }) => createForm(modules))]);
  follow();
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
