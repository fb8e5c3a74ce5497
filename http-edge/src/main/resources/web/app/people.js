// Who is a member, and the way in for others.

import { api } from './session.js';
import { avatar, field, h, icon, ROLE_TEXT, select, shortId, submitting, tell, toast } from './ui.js';

const ORDER = ['owner', 'admin', 'editor', 'viewer'];
const DAY_MS = 86_400_000;

export function createPeople(context) {
  const list = h('ul', { class: 'people' });
  const invite = h('section', { class: 'invite' });
  const element = h('section', { class: 'people-view' }, h('h2', {}, 'Members'), list, invite);
  let looks = '';
  let role = '';
  const draw = () => {
    const members = [...context.workspace.table('skein_member').snapshot()].sort((a, b) => rank(a) - rank(b) || Date.parse(a.joined_at) - Date.parse(b.joined_at));
    const now = JSON.stringify([members, context.workspace.role]);
    if (now !== looks) list.replaceChildren(...members.map((member) => memberElement(context, member)));
    looks = now;
    if (role === context.workspace.role) return;
    role = context.workspace.role;
    invite.replaceChildren(...(context.may('admin') ? [h('h2', {}, 'Invite'), inviteForm(context)] : []));
  };
  return { name: 'people', label: 'People', aside: true, element, draw };
}

const rank = (member) => ORDER.indexOf(member.role.toLowerCase());
const grantable = (context) => (context.may('owner') ? ['viewer', 'editor', 'admin', 'owner'] : ['viewer', 'editor']);

function memberElement(context, { identity, display_name: displayName, role: spelled }) {
  const role = spelled.toLowerCase();
  const isMe = identity === context.me;
  const name = context.name(identity);
  const mayChange = context.may('admin') && !isMe && (context.may('owner') || ['viewer', 'editor'].includes(role));
  const roles = select(grantable(context).map((each) => [each]), role, {
    'aria-label': `Role of ${name}`,
    onchange: async () => {
      if (!(await context.act('skein_set_role', { identity, role: like(spelled, roles.value) }))) roles.value = role;
    },
  });
  const remove = h('button', { type: 'button', class: 'quiet small', onclick: () => confirm(`Remove ${name}?`) && context.act('skein_remove_member', { identity }) }, 'Remove');
  return h(
    'li',
    { 'data-identity': identity },
    avatar(identity, name),
    h('span', { class: 'names' }, h('strong', {}, name, isMe && h('span', { class: 'you' }, ' you')), h('small', {}, h('code', {}, shortId(identity)))),
    mayChange ? [roles, remove] : h('span', { class: 'tag' }, role),
  );
}

/** Roles are sent as the rows spell them. */
const like = (spelled, role) => (spelled === spelled.toUpperCase() ? role.toUpperCase() : role);

function inviteForm(context) {
  const role = select(grantable(context).map((each) => [each, ROLE_TEXT[each]]), 'editor', { name: 'role' });
  const uses = h('input', { name: 'uses', type: 'number', min: 1, max: 100_000, value: 1, required: true });
  const days = select([['1', 'a day'], ['7', 'a week'], ['30', 'a month'], ['', 'for ever']], '7', { name: 'days' });
  const made = h('div', { class: 'made' });
  const form = h('form', { class: 'stack' }, field('As', role), h('div', { class: 'pair' }, field('Uses', uses), field('Good for', days)), h('button', {}, 'Create link'));
  submitting(form, async () => {
    const body = { role: role.value, uses: Number(uses.value) };
    if (days.value) body.expiresAt = new Date(Date.now() + Number(days.value) * DAY_MS).toISOString();
    const { token } = await api('POST', `${context.path}/invites`, body);
    made.replaceChildren(link(`${location.origin}/#join=${encodeURIComponent(context.workspace.id)}:${token}`));
  });
  return h('div', { class: 'stack' }, form, made);
}

function link(url) {
  const text = h('input', { class: 'exact', name: 'link', readonly: true, value: url, 'aria-label': 'Invitation link', onfocus: () => text.select() });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(url);
      toast('Copied');
    } catch {
      text.focus(); // no clipboard without HTTPS: it is selected, Ctrl+C does it
    }
  };
  return h('div', { class: 'stack' }, h('div', { class: 'link' }, text, h('button', { type: 'button', onclick: copy }, icon('copy'), 'Copy')), h('p', { class: 'hint' }, 'Shown once: only its hash is kept.'));
}
