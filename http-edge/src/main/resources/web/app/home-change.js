// Renaming and deleting a workspace, each asked for in a dialog.

import { api } from './session.js';
import { field, h, iconButton, submitting, toast } from './ui.js';

export function askRename({ id, name }, renamed) {
  const input = h('input', { name: 'new-name', required: true, maxlength: 200, value: name });
  ask(`Rename “${name}”`, [field('New name', input)], 'Rename', 'primary', async () => {
    await api('PATCH', path(id), { name: input.value.trim() });
    toast('Renamed; the list follows in a moment.');
    renamed();
  });
  input.select();
}

/** Its name has to be typed: nobody can bring it back. */
export function askDelete({ id, name }, deleted) {
  const input = h('input', { name: 'confirm', required: true, autocomplete: 'off', spellcheck: 'false' });
  input.addEventListener('input', () => input.setCustomValidity(input.value === name ? '' : 'this is not its name'));
  const what = h('p', {}, 'All its rows, members and invitations go for everybody, and its id is not given away again.');
  ask(`Delete “${name}”?`, [what, field('Type its name', input, name)], 'Delete for ever', 'danger', async () => {
    await api('DELETE', path(id));
    toast(`“${name}” is deleted.`);
    deleted();
  });
}

const path = (id) => `/v1/workspaces/${encodeURIComponent(id)}`;

function ask(title, content, label, kind, action) {
  const form = h('form', { class: 'stack' }, content, h('div', { class: 'actions' }, h('button', { class: kind }, label), h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, 'Cancel')));
  const dialog = h('dialog', { class: 'ask-dialog', 'aria-label': title, onclose: () => dialog.remove() }, h('div', { class: 'dialog-body' }, h('header', {}, h('h2', {}, title), iconButton('close', 'Close', () => dialog.close())), form));
  submitting(form, async () => {
    await action();
    dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
}
