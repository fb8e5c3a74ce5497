// Invitations: make one, hand it over as a link or a QR code, see what is left of the others, revoke them.

import { qrImage, qrModules } from './qr.js';
import { api } from './session.js';
import { field, h, icon, refill, ROLE_TEXT, select, submitting, tell, time, toast } from './ui.js';

const DAY_S = 86_400;
const LASTS = [[String(3_600), 'an hour'], [String(DAY_S), 'a day'], [String(7 * DAY_S), 'a week'], [String(30 * DAY_S), 'a month'], ['', 'for ever']];
const TICK_MS = 15_000;
const MAX_CLOSED = 20;

/** Roles that one may give away. */
export const grantable = (context) => (context.may('owner') ? ['viewer', 'editor', 'admin', 'owner'] : ['viewer', 'editor']);

export function createInvites(context) {
  const open = h('ul', { class: 'invites', 'aria-label': 'Open invitations' });
  const closed = h('ul', { class: 'invites' });
  const closedFold = h('details', { class: 'other-way' }, h('summary', {}, 'Closed ones'), closed);
  const element = h('section', { class: 'invite' });
  let role = '';
  let looks = '';
  const draw = () => {
    if (role !== context.workspace.role) {
      role = context.workspace.role;
      refill(element, context.may('admin') ? [h('h2', {}, 'Invite'), inviteForm(context), open, closedFold] : []);
    }
    if (!context.may('admin')) return;
    const invites = [...context.workspace.table('skein_invite').snapshot()].sort((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at));
    const states = invites.map((invite) => [invite, stateOf(invite)]);
    const now = JSON.stringify(states);
    if (now === looks) return;
    looks = now;
    const part = (isOpen) => states.filter(([, state]) => (state === 'open') === isOpen);
    open.replaceChildren(...part(true).map(([invite]) => inviteElement(context, invite, 'open')));
    closed.replaceChildren(...part(false).slice(0, MAX_CLOSED).map(([invite, state]) => inviteElement(context, invite, state)));
    closedFold.hidden = closed.children.length === 0;
  };
  const timer = setInterval(draw, TICK_MS); // they expire without anybody doing anything
  return { element, draw, leave: () => clearInterval(timer) };
}

/** As the server decides it. */
function stateOf({ uses_left: left, expires_at: expires, revoked_at: revoked }) {
  if (revoked) return 'revoked';
  if (left <= 0) return 'used up';
  return expires && Date.parse(expires) <= Date.now() ? 'expired' : 'open';
}

function inviteElement(context, invite, state) {
  const left = `${invite.uses_left} ${invite.uses_left === 1 ? 'use' : 'uses'} left`;
  const revoke = h('button', { type: 'button', class: 'quiet small', onclick: () => revokeInvite(context, invite, revoke) }, 'Revoke');
  return h(
    'li',
    { 'data-state': state },
    h('span', { class: 'names' }, h('strong', {}, invite.role.toLowerCase()), h('small', {}, left, ' · ', invite.expires_at ? ['until ', time(invite.expires_at)] : 'for ever', ` · by ${context.name(invite.created_by)}`)),
    state === 'open' ? revoke : h('span', { class: 'tag' }, state),
  );
}

async function revokeInvite(context, { token_hash: hash }, button) {
  button.disabled = true;
  const id = Array.from(atob(hash), (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  try {
    await api('DELETE', `${context.path}/invites/${id}`);
  } catch (error) {
    button.disabled = false;
    tell(error);
  }
}

function inviteForm(context) {
  const role = select(grantable(context).map((each) => [each, ROLE_TEXT[each]]), 'editor', { name: 'role' });
  const uses = h('input', { name: 'uses', type: 'number', min: 1, max: 100_000, value: 1, required: true });
  const lasts = select(LASTS, String(7 * DAY_S), { name: 'days' });
  const made = h('div', { class: 'made', 'aria-live': 'polite' });
  const form = h('form', { class: 'stack' }, field('As', role), h('div', { class: 'pair' }, field('Uses', uses), field('Good for', lasts)), h('button', {}, 'Create link'));
  submitting(form, async () => {
    const body = { role: role.value, uses: Number(uses.value) };
    if (lasts.value) body.expiresIn = Number(lasts.value);
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
  const qr = h('details', { class: 'qr-fold' }, h('summary', {}, 'As a QR code'), qrModules(url) ? qrImage(url, 'QR code of the link') : h('p', { class: 'hint' }, 'The link is too long for one.'));
  return h('div', { class: 'stack' }, h('div', { class: 'link' }, text, h('button', { type: 'button', onclick: copy }, icon('copy'), 'Copy')), qr, h('p', { class: 'hint' }, 'Shown once: only its hash is kept.'));
}
