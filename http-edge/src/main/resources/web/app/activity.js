// What happened last: who called what, when, and which rows it changed.

import { api } from './session.js';
import { arrange, avatar, h, time } from './ui.js';

const MAX_ENTRIES = 100;

export function createActivity(context) {
  const list = h('ol', { class: 'activity' });
  const none = h('p', { class: 'hint' }, 'Nothing has happened yet.');
  const element = h('section', {}, h('h2', {}, 'Activity'), none, list);
  const entries = new Map(); // seq → element
  let asked = false;

  const draw = ({ changes }) => {
    if (!asked) {
      asked = true;
      past();
    }
    for (const change of changes) if (change.seq) entries.set(change.seq, entry(context, change));
    show();
  };
  const show = () => {
    const newest = [...entries.keys()].sort((a, b) => b - a);
    for (const seq of newest.splice(MAX_ENTRIES)) entries.delete(seq);
    arrange(list, newest.map((seq) => entries.get(seq)));
    none.hidden = newest.length > 0;
  };
  const past = async () => {
    try {
      const { transactions } = await api('GET', `${context.path}/history?limit=50`);
      for (const one of transactions) if (!entries.has(one.seq)) entries.set(one.seq, entry(context, one));
      show();
    } catch (error) {
      none.textContent = `What happened before is not to be had: ${error.message}`;
    }
  };
  return { name: 'activity', label: 'Activity', aside: true, element, draw };
}

function entry(context, { seq, time: when, sender, reducer, rows }) {
  const name = context.name(sender);
  return h(
    'li',
    {},
    avatar(sender, name),
    h('div', {}, h('p', {}, h('strong', {}, name), ' ', h('code', {}, reducer)), rows?.length ? h('p', { class: 'what' }, summary(rows)) : null),
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
