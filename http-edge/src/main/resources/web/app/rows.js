// Every table the role may read, row by row: filtered, sorted, now or as it was after any transaction.

import { readAddress, writeAddress } from './address.js';
import { cell } from './cells.js';
import { createFilterBar } from './filter-bar.js';
import { conditionText, parseCondition, passes, sorted } from './filter.js';
import { createTimeline } from './history.js';
import { openRow } from './row-detail.js';
import { createTable } from './tables.js';
import { typeText } from './types.js';
import { arrange, h } from './ui.js';

const MAX_EVENTS = 50;
/** Tables beyond this are filtered and sorted anew only so often. */
const LONG = 5_000;
const LONG_PAUSE_MS = 250;

export function createRows(context) {
  const tables = [...context.schema.tables].sort((a, b) => isSystem(a) - isSystem(b));
  const events = new Map(tables.filter((each) => each.kind === 'event').map((each) => [each.name, []]));
  const chips = h('div', { class: 'chips', role: 'group', 'aria-label': 'Tables' });
  const how = h('span', { class: 'hint rows-count', role: 'status' });
  const none = h('p', { class: 'state' });
  const filters = createFilterBar((conditions) => filter(conditions));
  const list = createTable({ label: 'Rows', onopen: (row) => openRow(context, chosen, row, timeline.past?.seq ?? null), onsort: (column) => sortBy(column) });
  const timeline = createTimeline(context, () => {
    element.classList.toggle('is-past', Boolean(timeline.past));
    drawChips();
    refresh();
  });
  const element = h('section', { class: 'rows' }, timeline.element, chips, h('div', { class: 'rows-tools' }, filters.element, how), list.element, none);
  const chipOf = new Map(tables.map((each) => [each.name, h('button', { type: 'button', class: 'chip', onclick: () => choose(each) }, each.name, h('span', { class: 'count' }))]));
  let chosen, conditions, sort, made, waiting;

  const rowsOf = (each) => (timeline.past ? (timeline.past.tables[each.name]?.rows ?? []) : each.kind === 'event' ? events.get(each.name) : context.workspace.table(each.name).snapshot());
  const idOf = (row) => (chosen.key.length ? JSON.stringify(chosen.key.map((column) => row[column])) : JSON.stringify(row));

  const drawChips = () => {
    for (const each of tables) {
      const chip = chipOf.get(each.name);
      const count = each.kind === 'event' ? 'event' : String(rowsOf(each).length);
      if (chip.lastChild.textContent !== count) chip.lastChild.textContent = count;
      chip.setAttribute('aria-pressed', each === chosen);
    }
    arrange(chips, [...chipOf.values()]);
  };
  const choose = (table, query = new URLSearchParams()) => {
    chosen = table;
    conditions = query.getAll('where').map((text) => parseCondition(text, chosen.columns)).filter(Boolean);
    sort = query.get('sort') ?? '';
    list.forget();
    keep();
    columns();
    drawChips();
    refresh();
  };
  /** The first table and nothing else is what the address says anyway. */
  const keep = () => writeAddress({ table: chosen === tables[0] ? null : chosen.name, where: conditions.map(conditionText), sort });
  const columns = () => {
    list.columns(chosen.columns, chosen.key, sort, typeText);
    filters.show(chosen.columns, conditions);
    made = null;
  };
  const filter = (now) => {
    conditions = now;
    keep();
    columns();
    refresh();
  };
  const sortBy = (column) => {
    sort = sort === column ? `-${column}` : sort === `-${column}` ? '' : column;
    keep();
    columns();
    refresh();
  };
  /** The rows as they are shown, made anew only if the table has changed. By key unless asked otherwise: states of any time then have one order. */
  const refresh = () => {
    if (element.hidden) return;
    const from = rowsOf(chosen);
    if (made?.from !== from || chosen.kind === 'event') {
      if (made && from.length > LONG && performance.now() - made.at < LONG_PAUSE_MS) {
        waiting ??= setTimeout(() => ((waiting = null), refresh()), LONG_PAUSE_MS);
        return;
      }
      const shown = conditions.length ? from.filter(passes(conditions, chosen.columns)) : from;
      made = { from, rows: sorted(shown, sort || (chosen.key[0] ?? ''), chosen.columns), at: performance.now() };
    }
    const { rows } = made;
    how.textContent = conditions.length ? `${rows.length} of ${from.length} rows` : `${from.length} ${from.length === 1 ? 'row' : 'rows'}`;
    list.show({ columns: chosen.columns, rows, idOf: (row, i) => (chosen.key.length ? idOf(row) : `${idOf(row)}#${i}`), cell: (column, row) => cell(context, column.type, row[column.name]) });
    list.element.hidden = rows.length === 0;
    none.hidden = rows.length > 0;
    none.textContent = from.length > 0 ? 'No row passes the filters.' : chosen.kind === 'event' ? 'Rows of this table pass by; the next ones are shown here.' : 'No rows.';
  };
  const draw = ({ all, rows }) => {
    for (const { table, after, sender } of rows) {
      const passing = events.get(table);
      if (passing && after) passing.splice(0, passing.length, after, ...passing.slice(0, MAX_EVENTS - 1));
      if (!all && after && table === chosen.name && !timeline.past && !element.hidden) flash(after, sender);
    }
    timeline.draw();
    if (timeline.past) return;
    drawChips();
    refresh();
  };
  const flash = (row, sender) => {
    const flashOne = (id) => list.flash(id, sender, sender === context.me);
    if (chosen.key.length) flashOne(idOf(row));
    else rowsOf(chosen).forEach((each, i) => each === row && flashOne(`${idOf(row)}#${i}`));
  };
  new MutationObserver(refresh).observe(element, { attributeFilter: ['hidden'] });
  const asked = readAddress();
  choose(tables.find((each) => each.name === asked.get('table')) ?? tables[0], asked);
  if (asked.get('at')) timeline.go(Number(asked.get('at')));
  context.showState = (seq) => {
    context.open('rows');
    timeline.go(seq);
  };
  const leave = () => {
    clearTimeout(waiting);
    list.leave();
    timeline.leave();
  };
  return { name: 'rows', label: 'Rows', element, draw, leave };
}

const isSystem = (table) => table.name.startsWith('skein_');
