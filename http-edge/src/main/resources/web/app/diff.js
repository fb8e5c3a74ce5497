// What is other after one transaction than after an earlier one: each row before and after, side by side.

import { keyText, whole } from './cells.js';
import { h } from './ui.js';

const MAX_SHOWN = 100;
const KINDS = { insert: 'new', update: 'changed', delete: 'gone' };

/** Columns of a row that are other; all of them where it was not there before, or is not after. */
export function changedColumns(columns, before, after) {
  return columns.filter(({ name }) => !before || !after || JSON.stringify(before[name]) !== JSON.stringify(after[name])).map(({ name }) => name);
}

/** The tables of an answer of `history/diff`. */
export function diffElement(context, { from, to, tables }) {
  const parts = context.schema.tables.filter((table) => tables[table.name]).map((table) => tableElement(context, table, tables[table.name], from, to));
  if (parts.length === 0) return h('p', { class: 'state' }, `After #${to} all that you may see is as it was after #${from}.`);
  return h('div', { class: 'diff' }, parts);
}

function tableElement(context, table, changes, from, to) {
  const rows = [
    ...changes.insert.map((after) => ({ kind: 'insert', after })),
    ...changes.update.map(({ before, after }) => ({ kind: 'update', before, after })),
    ...changes.delete.map((before) => ({ kind: 'delete', before })),
  ];
  const list = h('div', { class: 'diff-rows' });
  const more = h('button', { type: 'button', class: 'quiet small', onclick: () => show() });
  let shown = 0;
  const show = () => {
    list.append(...rows.slice(shown, shown + MAX_SHOWN).map((row) => rowElement(context, table, row, from, to)));
    shown = Math.min(rows.length, shown + MAX_SHOWN);
    more.hidden = shown === rows.length;
    more.textContent = `${rows.length - shown} more rows`;
  };
  show();
  const count = (kind, sign) => changes[kind].length > 0 && h('span', { class: 'tag', 'data-kind': kind }, `${sign}${changes[kind].length} ${KINDS[kind]}`);
  return h('section', { class: 'diff-table' }, h('h3', {}, h('code', {}, table.name), count('insert', '+'), count('update', '~'), count('delete', '−')), list, more);
}

/** One row; of one that changed, the columns that did not are folded away. */
function rowElement(context, table, { kind, before, after }, from, to) {
  const changed = new Set(changedColumns(table.columns, before, after));
  const line = (column) =>
    h(
      'tr',
      { 'data-changed': kind === 'update' && changed.has(column.name) },
      h('th', { scope: 'row' }, column.name),
      h('td', { class: 'before' }, before ? whole(context, column.type, before[column.name]) : null),
      h('td', { class: 'after' }, after ? whole(context, column.type, after[column.name]) : null),
    );
  const isShown = (column) => kind !== 'update' || changed.has(column.name);
  const same = table.columns.filter((column) => !isShown(column));
  const rest = h('tbody', { hidden: true }, same.map(line));
  const unfold = h('button', { type: 'button', class: 'quiet small', onclick: () => ((rest.hidden = false), unfold.remove()) }, `${same.length} columns as before`);
  return h(
    'article',
    { class: 'diff-row', 'data-kind': kind },
    h('header', {}, h('span', { class: 'tag', 'data-kind': kind }, KINDS[kind]), h('code', { class: 'long' }, table.key.length ? keyText(table, after ?? before) : '')),
    h(
      'table',
      {},
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Column'), h('th', { scope: 'col' }, `After #${from}`), h('th', { scope: 'col' }, `After #${to}`))),
      h('tbody', {}, table.columns.filter(isShown).map(line)),
      rest,
    ),
    same.length > 0 && unfold,
  );
}
