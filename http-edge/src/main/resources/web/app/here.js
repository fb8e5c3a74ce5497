// Who is here, beside the workspace's name: faces while they fit, and how many there are.

import { avatar, h } from './ui.js';

const MAX_FACES = 6;

/** Shows the crowd, and tells others whether somebody looks at this tab. */
export function createHere(context) {
  const faces = h('span', { class: 'faces' });
  const count = h('span', { class: 'count' });
  const element = h('span', { class: 'here', role: 'group', 'aria-label': 'Here now' }, faces, count);
  const { presence } = context.workspace;
  const draw = () => {
    const { mode, users, people } = presence.snapshot();
    const shown = [...people].sort((a, b) => Number(b.active) - Number(a.active) || (a.identity < b.identity ? -1 : 1)).slice(0, MAX_FACES);
    faces.replaceChildren(...shown.map((person) => face(context, person)));
    const more = users - shown.length;
    count.textContent = mode === 'counts' ? `${users} here` : more > 0 ? `+${more}` : '';
    element.title = `${users} here`;
  };
  const stop = presence.subscribe(draw);
  const seen = () => presence.set({}, { active: !document.hidden });
  document.addEventListener('visibilitychange', seen);
  seen();
  return {
    element,
    leave: () => {
      stop();
      document.removeEventListener('visibilitychange', seen);
    },
  };
}

function face(context, { identity, sessions, active, state }) {
  const name = context.name(identity, typeof state.name === 'string' ? state.name : '');
  const where = sessions > 1 ? `, in ${sessions} tabs` : '';
  const text = `${name}${identity === context.me ? ' (you)' : ''}${active ? '' : ', idle'}${where}`;
  return h('span', { class: 'face', 'data-identity': identity, 'data-active': active, title: text, role: 'img', 'aria-label': text }, avatar(identity, name));
}
