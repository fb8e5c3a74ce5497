// A question with one line of text for an answer.

import { field, h, iconButton } from '../ui.js';

/** Answers the text, or null where somebody thinks better of it. */
export function ask(title, label, value, action) {
  return new Promise((resolve) => {
    const input = h('input', { name: 'answer', maxlength: 200, required: true, value });
    const form = h('form', { class: 'stack' }, field(label, input), h('div', { class: 'actions' }, h('button', { class: 'primary' }, action), h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, 'Leave it')));
    const dialog = h('dialog', { class: 'card-dialog', 'aria-label': title }, h('header', {}, h('h2', {}, title), iconButton('close', 'Close', () => dialog.close())), form);
    let answer = null;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      answer = input.value.trim() || null;
      dialog.close();
    });
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(answer);
    });
    dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
    document.body.append(dialog);
    dialog.showModal();
    input.select();
  });
}
