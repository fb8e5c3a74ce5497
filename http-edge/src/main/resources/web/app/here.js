// Who is here, beside the workspace's name: faces while they fit, and everybody in a list.

import { arrange, avatar, h } from './ui.js';

const MAX_FACES = 6;
const MAX_LISTED = 100;

/** Shows the crowd, and tells others whether somebody looks at this tab. */
export function createHere(context) {
  const faces = h('span', { class: 'faces' });
  const count = h('span', { class: 'count' });
  const list = h('ul', { class: 'here-list' });
  const summary = h('summary', { 'aria-label': 'Who is here' }, faces, count);
  const menu = h('details', { class: 'here-menu', ontoggle: () => draw(), onkeydown: (event) => event.key === 'Escape' && close() }, summary, h('div', { class: 'menu' }, list));
  const element = h('div', { class: 'here', role: 'group', 'aria-label': 'Here now' }, menu);
  const { presence } = context.workspace;
  const known = new Map(); // what a face says → its element
  let scheduled = 0;

  const close = () => {
    menu.open = false;
    summary.focus();
  };
  const draw = () => {
    scheduled = 0;
    const { mode, users, people } = presence.snapshot();
    const sorted = [...people].sort((a, b) => Number(b.active) - Number(a.active) || (a.identity < b.identity ? -1 : 1));
    const shown = sorted.slice(0, MAX_FACES).map((person) => face(context, person, known));
    for (const [says, { element: each }] of known) if (!shown.includes(each)) known.delete(says);
    arrange(faces, shown);
    const more = users - shown.length;
    count.textContent = mode === 'counts' ? `${users} here` : more > 0 ? `+${more}` : '';
    element.title = `${users} here`;
    if (!menu.open) return;
    const rest = users - Math.min(sorted.length, MAX_LISTED);
    list.replaceChildren(...sorted.slice(0, MAX_LISTED).map((person) => line(context, person)), ...(rest > 0 ? [h('li', { class: 'hint' }, `and ${rest} more`)] : []));
  };
  const stop = presence.subscribe(() => (scheduled ||= requestAnimationFrame(draw)));
  const seen = () => presence.set({}, { active: !document.hidden });
  const elsewhere = (event) => !menu.contains(event.target) && (menu.open = false);
  document.addEventListener('visibilitychange', seen);
  document.addEventListener('click', elsewhere);
  seen();
  return {
    element,
    leave: () => {
      stop();
      cancelAnimationFrame(scheduled);
      document.removeEventListener('visibilitychange', seen);
      document.removeEventListener('click', elsewhere);
    },
  };
}

const nameOf = (context, { identity, state }) => context.name(identity, typeof state.name === 'string' ? state.name : '');
const isMe = (context, { identity }) => identity === context.me;

/** The same element as long as it says the same, so that a crowd that comes and goes does not draw all faces anew. */
function face(context, person, known) {
  const { identity, sessions, active } = person;
  const name = nameOf(context, person);
  const where = sessions > 1 ? `, in ${sessions} tabs` : '';
  const text = `${name}${isMe(context, person) ? ' (you)' : ''}${active ? '' : ', idle'}${where}`;
  const says = `${identity} ${text}`;
  if (!known.has(says)) known.set(says, { element: h('span', { class: 'face', 'data-identity': identity, 'data-active': active, title: text, role: 'img', 'aria-label': text }, avatar(identity, name)) });
  return known.get(says).element;
}

function line(context, person) {
  const name = nameOf(context, person);
  const member = context.workspace.table('skein_member').get(person.identity);
  return h(
    'li',
    { 'data-active': person.active },
    avatar(person.identity, name),
    h('span', { class: 'names' }, h('strong', {}, name, isMe(context, person) && h('span', { class: 'you' }, ' you')), h('small', {}, [person.active ? 'active' : 'idle', member ? member.role.toLowerCase() : 'no member', person.sessions > 1 && `${person.sessions} tabs`].filter(Boolean).join(' · '))),
  );
}
