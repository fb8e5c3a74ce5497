// One row, whole, in a dialog; in the present it stays up to date.

import { keyText, whole } from './cells.js';
import { typeText } from './types.js';
import { h, iconButton, refill, toast } from './ui.js';

/** `past`: the transaction whose state it is of; null: the present. */
export function openRow(context, table, row, past) {
  const live = past === null && table.kind === 'keyed' ? context.workspace.table(table.name).row(keyOf(table, row)) : null;
  const body = h('div', { class: 'row-values' });
  const state = h('p', { class: 'hint' });
  const draw = () => {
    const now = live ? live.snapshot() : row;
    const version = live && now ? context.workspace.table(table.name).version(keyOf(table, row)) : 0;
    const saved = past === null ? (version ? `Last written by #${version}.` : '') : `As it was after #${past}.`;
    refill(state, [now ? saved : h('strong', { class: 'gone' }, 'This row is gone.')]);
    refill(body, [h('dl', { class: 'values' }, table.columns.flatMap((column) => [h('dt', {}, column.name, h('small', {}, typeText(column.type))), h('dd', {}, whole(context, column.type, (now ?? row)[column.name]))]))]);
  };
  const stop = live?.subscribe(draw);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(JSON.stringify(live?.snapshot() ?? row, null, 2));
      toast('Copied as JSON');
    } catch {
      toast('The browser does not give its clipboard to this page: it is served without HTTPS.');
    }
  };
  const title = table.key.length ? keyText(table, row) : 'a row';
  const dialog = h(
    'dialog',
    { class: 'row-dialog', 'aria-label': `Row of ${table.name}`, onclose: () => (stop?.(), dialog.remove()), onclick: (event) => event.target === dialog && dialog.close() },
    h('div', { class: 'dialog-body' }, h('header', {}, h('h2', {}, h('code', {}, table.name), ' ', h('span', { class: 'dialog-key' }, title)), iconButton('copy', 'Copy as JSON', copy), iconButton('close', 'Close', () => dialog.close())), state, body),
  );
  draw();
  document.body.append(dialog);
  dialog.showModal();
}

export const keyOf = (table, row) => (table.key.length === 1 ? row[table.key[0]] : table.key.map((column) => row[column]));
