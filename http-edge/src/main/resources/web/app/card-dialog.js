// One card, opened: its text and colour, its remarks.

import { avatar, h, icon, iconButton, time } from './ui.js';

const COLORS = ['', 'rose', 'amber', 'green', 'blue', 'violet'];

/** `closed` is called once it is. */
export function openCard(context, id, closed = () => {}) {
  const { workspace } = context;
  const cards = workspace.table('card');
  const card = cards.get(id);
  if (!card) return closed();
  const mayEdit = context.may('editor');
  let version = cards.version(id);

  const title = h('textarea', { class: 'card-title', name: 'title', rows: 2, maxlength: 500, required: true, readonly: !mayEdit, 'aria-label': 'Title', value: card.title });
  const colors = h(
    'fieldset',
    { class: 'colors', disabled: !mayEdit },
    h('legend', {}, 'Colour'),
    COLORS.map((color) =>
      h('label', { 'data-color': color, title: color || 'none' }, h('input', { type: 'radio', name: 'color', value: color, checked: color === card.color, 'aria-label': color || 'none' })),
    ),
  );
  const notice = h('div', { class: 'notice', hidden: true, role: 'alert' });
  const say = (...what) => {
    notice.replaceChildren(...what);
    notice.hidden = what.length === 0;
  };

  let saving = false;
  const save = async () => {
    // The second press of an impatient hand would conflict with the first.
    if (saving) return;
    saving = true;
    const color = colors.querySelector(':checked')?.value ?? card.color;
    try {
      // Only over what was on the screen: a change that came meanwhile is not overwritten unseen.
      await workspace.call('edit_card', { id, title: title.value.trim(), color }, { expect: { row: { table: 'card', key: id, version } } });
      dialog.close();
    } catch (error) {
      if (error.code === 'conflict') conflict();
      else say(h('code', {}, error.reason ?? error.code), ' ', error.message);
    } finally {
      saving = false;
    }
  };
  const conflict = () => {
    const now = cards.get(id);
    version = cards.version(id);
    if (!now) return;
    const take = () => {
      title.value = now.title;
      for (const input of colors.querySelectorAll('input')) input.checked = input.value === now.color;
      say();
    };
    say(
      h('code', {}, 'conflict'),
      ' Somebody changed this card meanwhile. It now says: ',
      h('q', {}, now.title),
      h('div', { class: 'actions' }, h('button', { type: 'button', class: 'small', onclick: take }, 'Take theirs'), h('button', { type: 'button', class: 'small', onclick: () => (say(), save()) }, 'Save mine')),
    );
  };

  const remarks = h('ul', { class: 'remarks' });
  const drawRemarks = () => {
    const all = workspace.table('remark').snapshot().filter((remark) => remark.card_id === id).sort((a, b) => Date.parse(a.written_at) - Date.parse(b.written_at));
    remarks.replaceChildren(...all.map((remark) => remarkElement(context, remark)));
  };
  const remark = h('input', { name: 'remark', maxlength: 500, placeholder: 'Write a remark', 'aria-label': 'A remark' });
  const remarkForm = h('form', { class: 'remark-form' }, remark, h('button', {}, 'Remark'));
  remarkForm.addEventListener('submit', async (event) => {
    event.preventDefault();
    const text = remark.value.trim();
    if (text === '') return;
    remark.value = '';
    if (!(await context.act('add_remark', { card_id: id, text })) && remark.value === '') remark.value = text;
  });
  const remove = async () => {
    if (await context.act('remove_card', { id })) dialog.close();
  };

  const form = h('form', { class: 'stack' }, title, colors, notice, mayEdit && h('div', { class: 'actions' }, h('button', { class: 'primary' }, 'Save'), h('button', { type: 'button', class: 'danger', onclick: remove }, 'Remove card')));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    save();
  });
  title.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (mayEdit) form.requestSubmit();
  });
  const nudge = h('button', { type: 'button', class: 'quiet small', title: 'Make the card shake on everybody’s screen', onclick: () => context.act('nudge_card', { card_id: id }) }, icon('bell'), 'Point at it');
  const dialog = h(
    'dialog',
    { class: 'card-dialog', 'aria-label': `Card ${card.title}` },
    h('header', {}, h('h2', {}, 'Card'), nudge, iconButton('close', 'Close', () => dialog.close())),
    form,
    h('section', { 'aria-label': 'Remarks' }, h('h3', {}, 'Remarks'), remarks, remarkForm),
  );
  const stop = workspace.on('change', () => {
    drawRemarks();
    if (!cards.get(id)) say(h('code', {}, 'card_missing'), ' Somebody has removed this card.');
  });
  dialog.addEventListener('close', () => {
    stop();
    dialog.remove();
    closed();
  });
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  drawRemarks();
  document.body.append(dialog);
  dialog.showModal();
  if (mayEdit) title.select();
}

function remarkElement(context, { author, text, written_at: writtenAt }) {
  return h('li', {}, avatar(author, context.name(author)), h('div', {}, h('p', { class: 'by' }, h('strong', {}, context.name(author)), ' ', time(writtenAt)), h('p', {}, text)));
}
