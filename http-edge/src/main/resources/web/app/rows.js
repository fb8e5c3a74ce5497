// Every table the role may read, row by row.

import { inner, typeText } from './types.js';
import { arrange, avatar, flash, h, hueOf, time } from './ui.js';

const PAGE = 100;
const MAX_EVENTS = 50;
const MAX_CELL = 120;

export function createRows(context) {
  const chips = h('div', { class: 'chips', role: 'group', 'aria-label': 'Tables' });
  const body = h('tbody');
  const head = h('thead');
  const table = h('div', { class: 'scroll' }, h('table', {}, head, body));
  const none = h('p', { class: 'state' }, 'No rows.');
  const more = h('button', { class: 'quiet', onclick: () => (show(shown + PAGE)) }, 'More rows');
  const element = h('section', { class: 'rows' }, chips, table, none, more);
  const tables = [...context.schema.tables].sort((a, b) => isSystem(a) - isSystem(b));
  const events = new Map(tables.filter((each) => each.kind === 'event').map((each) => [each.name, []]));
  let chosen = tables[0];
  let shown = PAGE;
  let elements = new Map(); // text → element

  const choose = (name) => {
    chosen = tables.find((each) => each.name === name);
    elements = new Map();
    head.replaceChildren(h('tr', {}, chosen.columns.map((column) => h('th', { scope: 'col' }, column.name, h('small', {}, typeText(column.type))))));
    show(PAGE);
  };
  const show = (count) => {
    shown = count;
    draw({ all: true, rows: [] });
  };
  const rowsOf = (each) => (each.kind === 'event' ? events.get(each.name) : context.workspace.table(each.name).snapshot());
  const draw = ({ all, rows }) => {
    for (const { table: name, after } of rows) {
      const list = events.get(name);
      if (list && after) list.splice(0, list.length, after, ...list.slice(0, MAX_EVENTS - 1));
    }
    arrange(chips, tables.map((each) => chip(each)));
    if (element.hidden) return;
    const touched = new Map(rows.filter((row) => row.table === chosen.name && row.after).map((row) => [JSON.stringify(row.after), row.sender]));
    const list = rowsOf(chosen);
    const next = new Map();
    const order = list.slice(0, shown).map((row, i) => {
      const text = `${JSON.stringify(row)}${chosen.key.length ? '' : i}`;
      next.set(text, elements.get(text) ?? h('tr', {}, chosen.columns.map((column) => h('td', {}, cell(context, column.type, row[column.name])))));
      const sender = touched.get(JSON.stringify(row));
      if (sender && !all) flash(next.get(text), 'touched', hueOf(sender));
      return next.get(text);
    });
    elements = next;
    arrange(body, order);
    none.hidden = list.length > 0;
    table.hidden = list.length === 0;
    more.hidden = list.length <= shown;
  };
  const known = new Map();
  const chip = (each) => {
    if (!known.has(each.name)) {
      known.set(each.name, h('button', { type: 'button', class: 'chip', onclick: () => choose(each.name) }, each.name, h('span', { class: 'count' })));
    }
    const button = known.get(each.name);
    button.lastChild.textContent = each.kind === 'event' ? 'event' : rowsOf(each).length;
    button.setAttribute('aria-pressed', each === chosen);
    return button;
  };
  new MutationObserver(() => element.hidden || draw({ all: true, rows: [] })).observe(element, { attributeFilter: ['hidden'] });
  choose(chosen.name);
  return { name: 'rows', label: 'Rows', element, draw };
}

const isSystem = (table) => table.name.startsWith('skein_');

function cell(context, type, value) {
  if (value === null || value === undefined) return h('span', { class: 'none' }, '–');
  if (inner(type) === 'identity') return h('span', { class: 'person' }, avatar(value, context.name(value)), context.name(value));
  if (inner(type) === 'instant') return time(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  const shown = text.length > MAX_CELL ? `${text.slice(0, MAX_CELL)}…` : text;
  return h('span', { class: typeof value === 'string' ? null : 'exact', title: text.length > MAX_CELL ? text.slice(0, 2000) : null }, shown);
}
