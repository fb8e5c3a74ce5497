// What happened last: who called what, when, and which rows it changed. The same by the same one after another is one entry.

import { cell, keyText } from './cells.js';
import { changedColumns } from './diff.js';
import { api } from './session.js';
import { arrange, avatar, h, time } from './ui.js';

const MAX_TRANSACTIONS = 100;
const MAX_OLDER = 1_000;
const MAX_ROWS = 20;
const MAX_COLUMNS = 8;
const PAGE = 50;
const TOGETHER_MS = 30_000;

export function createActivity(context) {
  const list = h('ol', { class: 'activity' });
  const none = h('p', { class: 'hint' }, 'Nothing has happened yet.');
  const older = h('button', { type: 'button', class: 'quiet small', hidden: true, onclick: () => past() }, 'Older');
  const element = h('section', {}, h('h2', {}, 'Activity'), none, list, older);
  const transactions = new Map(); // seq → { seq, time, sender, reducer, rows }
  let elements = new Map(); // what an entry says → its element
  let kept = MAX_TRANSACTIONS;
  let next; // where the past goes on; undefined: not asked yet, null: at its begin

  const draw = ({ changes }) => {
    if (next === undefined) past();
    for (const change of changes) transactions.set(change.seq, change);
    show();
  };
  const show = () => {
    const newest = [...transactions.keys()].sort((a, b) => b - a);
    for (const seq of newest.splice(kept)) transactions.delete(seq);
    const shown = new Map();
    for (const group of grouped(newest.map((seq) => transactions.get(seq)))) {
      const says = `${group[0].seq} ${group.length} ${context.name(group[0].sender)}`;
      shown.set(says, elements.get(says) ?? entry(context, group));
    }
    elements = shown;
    arrange(list, [...shown.values()]);
    none.hidden = newest.length > 0;
  };
  const past = async () => {
    const before = next ? `&before=${next}` : '';
    next = next === undefined ? null : next;
    older.disabled = true;
    try {
      const answer = await api('GET', `${context.path}/history?limit=${PAGE}${before}`);
      for (const one of answer.transactions) if (!transactions.has(one.seq)) transactions.set(one.seq, { ...one, rows: rowsOf(one.tables) });
      next = answer.next;
      if (before) kept = Math.min(MAX_OLDER, kept + PAGE);
      older.hidden = next === null || kept >= MAX_OLDER;
      show();
    } catch (error) {
      none.hidden = false;
      none.textContent = `What happened before is not to be had: ${error.message}`;
    } finally {
      older.disabled = false;
    }
  };
  return { name: 'activity', label: 'Activity', aside: true, element, draw };
}

/** The past as the live client tells it; of what a row was before, only that it was there. */
function rowsOf(tables) {
  return Object.entries(tables).flatMap(([table, { insert = [], update = [], delete: gone = [] }]) => [
    ...insert.map((after) => ({ table, after })),
    ...update.map((after) => ({ table, before: {}, after })),
    ...gone.map((before) => ({ table, before })),
  ]);
}

/** Runs of one sender and reducer, the newest first. */
function grouped(transactions) {
  const groups = [];
  for (const one of transactions) {
    const last = groups.at(-1)?.at(-1);
    const same = last && last.sender === one.sender && last.reducer === one.reducer && Date.parse(last.time) - Date.parse(one.time) < TOGETHER_MS;
    if (same) groups.at(-1).push(one);
    else groups.push([one]);
  }
  return groups;
}

function entry(context, group) {
  const { seq, time: when, sender, reducer } = group[0];
  const first = group.at(-1).seq;
  const name = context.name(sender);
  const rows = group.flatMap((one) => one.rows ?? []);
  const fold = h('details', { class: 'what-fold', ontoggle: () => fold.open && fold.childElementCount === 1 && fold.append(inside()) }, h('summary', { class: 'what' }, rows.length > 0 ? summary(rows) : 'no rows that you see'));
  const inside = () => {
    const body = h('div', { class: 'stack' }, h('div', { class: 'actions' }, action('See this state', () => context.showState(seq)), first > 1 && action('Before and after', () => context.compare(first - 1, seq))));
    body.append(...rows.slice(0, MAX_ROWS).map((row) => rowLine(context, row)).filter(Boolean));
    if (rows.length > MAX_ROWS) body.append(h('p', { class: 'hint' }, `and ${rows.length - MAX_ROWS} more rows`));
    return body;
  };
  return h(
    'li',
    {},
    avatar(sender, name),
    h(
      'div',
      {},
      h('p', {}, h('strong', {}, name), ' ', h('code', {}, reducer), group.length > 1 && h('span', { class: 'times' }, ` ×${group.length}`)),
      fold,
    ),
    h('span', { class: 'when' }, time(when), h('small', {}, `#${seq}`)),
  );
}

const action = (text, onclick) => h('button', { type: 'button', class: 'small', onclick }, text);

/** A row's change, as far as it is known here: what passes by has its columns of before, what the history tells has not. */
function rowLine(context, { table: name, before, after }) {
  const table = context.schema.tables.find((each) => each.name === name);
  if (!table) return null;
  const isRow = (row) => typeof row === 'object' && row !== null && !Array.isArray(row) && Object.keys(row).length > 0;
  const [had, has] = [isRow(before), isRow(after)];
  const key = has || had ? keyText(table, has ? after : before) : JSON.stringify(before);
  const shown = table.columns.filter(({ name: column }) => !table.key.includes(column) && (had || has) && (!had || !has || changedColumns([{ name: column }], before, after).length > 0));
  const values = shown.slice(0, MAX_COLUMNS).map(({ name: column, type }) => [h('dt', {}, column), h('dd', {}, had && has && [cell(context, type, before[column]), ' → '], cell(context, type, (has ? after : before)[column]))]);
  const kind = after === undefined ? 'delete' : before === undefined ? 'insert' : 'update';
  return h('div', { class: 'row-line', 'data-kind': kind }, h('p', {}, h('span', { class: 'sign' }, { insert: '+', update: '~', delete: '−' }[kind]), h('code', {}, name), ' ', h('span', { class: 'long' }, key)), h('dl', {}, values.flat()));
}

/** Such as "card +1 ~2 −1". */
function summary(rows) {
  const counts = new Map();
  for (const { table, before, after } of rows) {
    const count = counts.get(table) ?? { '+': 0, '~': 0, '−': 0 };
    count[before === undefined ? '+' : after === undefined ? '−' : '~']++;
    counts.set(table, count);
  }
  return [...counts].map(([table, count]) => `${table} ${Object.entries(count).filter(([, n]) => n).map(([sign, n]) => sign + n).join(' ')}`).join(', ');
}
