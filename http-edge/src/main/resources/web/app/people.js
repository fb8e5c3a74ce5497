// Who is a member, and the way in for others.

import { createInvites, grantable } from './invite.js';
import { avatar, h, ROLE_TEXT, select, shortId, time } from './ui.js';

const ORDER = ['owner', 'admin', 'editor', 'viewer'];
const MAX_SHOWN = 200;

export function createPeople(context) {
  const list = h('ul', { class: 'people' });
  const count = h('span', { class: 'count' });
  const more = h('p', { class: 'hint', hidden: true });
  const leaving = h('button', { type: 'button', class: 'quiet small', onclick: () => leaveWorkspace(context) }, 'Leave this workspace');
  const invites = createInvites(context);
  const element = h('section', { class: 'people-view' }, h('h2', {}, 'Members ', count), list, more, leaving, invites.element);
  let looks = '';
  const draw = () => {
    const members = [...context.workspace.table('skein_member').snapshot()].sort((a, b) => rank(a) - rank(b) || Date.parse(a.joined_at) - Date.parse(b.joined_at));
    const now = JSON.stringify([members, context.workspace.role]);
    if (now !== looks) {
      list.replaceChildren(...members.slice(0, MAX_SHOWN).map((member) => memberElement(context, member)));
      count.textContent = members.length;
      more.hidden = members.length <= MAX_SHOWN;
      more.textContent = `and ${members.length - MAX_SHOWN} more: table skein_member under Rows has them all`;
      leaving.hidden = !members.some(({ identity }) => identity === context.me);
    }
    looks = now;
    invites.draw();
  };
  return { name: 'people', label: 'People', aside: true, element, draw, leave: invites.leave };
}

const rank = (member) => ORDER.indexOf(member.role.toLowerCase());

function memberElement(context, { identity, display_name: displayName, role: spelled, joined_at: joined }) {
  const role = spelled.toLowerCase();
  const isMe = identity === context.me;
  const name = displayName || context.name(identity);
  const mayChange = context.may('admin') && !isMe && (context.may('owner') || ['viewer', 'editor'].includes(role));
  const roles = select(grantable(context).map((each) => [each]), role, {
    'aria-label': `Role of ${name}`,
    title: ROLE_TEXT[role],
    onchange: async () => {
      if (!(await context.act('skein_set_role', { identity, role: like(spelled, roles.value) }))) roles.value = role;
    },
  });
  const remove = h('button', { type: 'button', class: 'quiet small', onclick: () => confirm(`Remove ${name}?`) && context.act('skein_remove_member', { identity }) }, 'Remove');
  return h(
    'li',
    { 'data-identity': identity },
    avatar(identity, name),
    h('span', { class: 'names' }, h('strong', {}, name, isMe && h('span', { class: 'you' }, ' you')), h('small', { title: `${identity}, here since ${joined}` }, h('code', {}, shortId(identity)), ' · since ', time(joined))),
    mayChange ? [roles, remove] : h('span', { class: 'tag' }, role),
  );
}

/** Roles are sent as the rows spell them. */
const like = (spelled, role) => (spelled === spelled.toUpperCase() ? role.toUpperCase() : role);

async function leaveWorkspace(context) {
  if (!confirm('Leave this workspace? To come back you need another invitation.')) return;
  if (await context.act('skein_leave', {})) location.hash = '';
}
