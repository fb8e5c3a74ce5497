// What happened last: who called what, when, and which rows it changed. The same by the same one after another is one entry.

import { api } from './session.js';
import { arrange, avatar, h, time } from './ui.js';

const MAX_TRANSACTIONS = 100;
const TOGETHER_MS = 30_000;

export function createActivity(context) {
  const list = h('ol', { class: 'activity' });
  const none = h('p', { class: 'hint' }, 'Nothing has happened yet.');
  const element = h('section', {}, h('h2', {}, 'Activity'), none, list);
  const transactions = new Map(); // seq → { seq, time, sender, reducer, rows }
  let elements = new Map(); // what an entry says → its element
  let asked = false;

  const draw = ({ changes }) => {
    if (!asked) {
      asked = true;
      past();
    }
    for (const change of changes) transactions.set(change.seq, change);
    show();
  };
  const show = () => {
    const newest = [...transactions.keys()].sort((a, b) => b - a);
    for (const seq of newest.splice(MAX_TRANSACTIONS)) transactions.delete(seq);
    const next = new Map();
    for (const group of grouped(newest.map((seq) => transactions.get(seq)))) {
      const says = `${group[0].seq} ${group.length} ${context.name(group[0].sender)}`;
      next.set(says, elements.get(says) ?? entry(context, group));
    }
    elements = next;
    arrange(list, [...next.values()]);
    none.hidden = newest.length > 0;
  };
  const past = async () => {
    try {
      const history = await api('GET', `${context.path}/history?limit=50`);
      for (const one of history.transactions) if (!transactions.has(one.seq)) transactions.set(one.seq, { ...one, rows: rowsOf(one.tables) });
      show();
    } catch (error) {
      none.textContent = `What happened before is not to be had: ${error.message}`;
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
  const name = context.name(sender);
  const rows = group.flatMap((one) => one.rows ?? []);
  return h(
    'li',
    {},
    avatar(sender, name),
    h(
      'div',
      {},
      h('p', {}, h('strong', {}, name), ' ', h('code', {}, reducer), group.length > 1 && h('span', { class: 'times' }, ` ×${group.length}`)),
      rows.length > 0 && h('p', { class: 'what' }, summary(rows)),
    ),
    h('span', { class: 'when' }, time(when), h('small', {}, `#${seq}`)),
  );
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
