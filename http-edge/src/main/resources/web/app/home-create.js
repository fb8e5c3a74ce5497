// A new workspace from a module.

import { api, session } from './session.js';
import { field, h, select, submitting } from './ui.js';

const ACCESS = [
  ['private', 'Private: members only'],
  ['public-read', 'Anyone may read'],
  ['public-write', 'Anyone may edit'],
];
const USUAL = 'board';

export function createForm(modules) {
  const names = modules.map((module) => module.name ?? module);
  const name = h('input', { name: 'name', required: true, maxlength: 200, placeholder: 'Launch plan' });
  const module = select(names.map((each) => [each]), USUAL, { name: 'module' });
  const access = select(ACCESS, 'private', { name: 'access' });
  const id = h('input', { name: 'id', maxlength: 128, pattern: '[A-Za-z0-9][A-Za-z0-9_\\-]{0,127}', title: 'letters, digits, _ and -', placeholder: 'launch-2027', spellcheck: 'false', autocomplete: 'off', class: 'exact' });
  const form = h(
    'form',
    { class: 'panel stack' },
    field('Name', name),
    field('Module', module, 'What its rows and commands are.'),
    field('Access', access),
    h('details', { class: 'other-way' }, h('summary', {}, 'With an id of your own'), field('Id', id, 'In links and in the API; for ever. Left empty, the server makes one.')),
    h('button', { class: 'primary' }, 'Create'),
  );
  return submitting(form, async () => {
    const body = { module: module.value, name: name.value.trim(), access: access.value };
    if (id.value.trim()) body.id = id.value.trim();
    if (session.current.name) body.displayName = session.current.name;
    const made = await api('POST', '/v1/workspaces', body);
    location.hash = `#/w/${encodeURIComponent(made.id)}`;
  });
}
