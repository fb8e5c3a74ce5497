// Members of a workspace of the studio, and the way in for others. One token opens both doors: it is an invitation to the Skein workspace, and its
// SHA-256, which is all that the server keeps of it, is the studio's invitation.

import { newId } from '../new-id.js';
import { api, session } from '../session.js';
import { avatar, field, h, icon, problem, submitting, tell, time, toast } from '../ui.js';

const USES = 100;
const WEEK_S = 7 * 86_400;

export function createSharing(studio) {
  const { context } = studio;
  const table = (name) => context.workspace.table(name).index('workspace_id').find(studio.home);
  const members = h('ul', { class: 'rail-members', 'aria-label': 'Members of this workspace' });
  const invites = h('ul', { class: 'rail-invites', 'aria-label': 'Invitations' });
  const made = h('div', { class: 'made' });
  const create = h('button', { type: 'button', class: 'small for-editors', onclick: async () => {
    create.disabled = true;
    try {
      made.replaceChildren(linkElement(`${location.origin}/#/w/${context.workspace.id}/invite/${await invite(context, studio.home)}`));
    } catch (error) {
      tell(error);
    } finally {
      create.disabled = false;
    }
  } }, icon('link'), 'Invite by link');
  const element = h('details', { class: 'rail-part' }, h('summary', {}, 'Sharing'), members, create, made, invites);
  invites.addEventListener('click', (event) => {
    const hash = event.target.closest('button')?.dataset.hash;
    if (hash) revoke(context, studio.home, hash);
  });
  return {
    element,
    draw() {
      members.replaceChildren(...[...table('workspace_member')].sort((a, b) => (a.joined_at < b.joined_at ? -1 : 1)).map(({ identity, display_name: name, role }) => h('li', {}, avatar(identity, name), h('span', { class: 'names' }, h('strong', {}, name || context.name(identity)), h('small', {}, role)))));
      const open = table('workspace_invite').filter((one) => !one.revoked_at).sort((a, b) => (a.created_at < b.created_at ? 1 : -1));
      invites.replaceChildren(...open.map((one) => h('li', {}, h('span', { class: 'names' }, h('code', {}, one.token_hash.slice(0, 10)), h('small', {}, time(one.created_at))), h('button', { type: 'button', class: 'danger small for-editors', 'data-hash': one.token_hash }, 'Revoke'))));
    },
  };
}

function linkElement(url) {
  const text = h('input', { class: 'exact', readonly: true, value: url, 'aria-label': 'Invitation link', onfocus: () => text.select() });
  const copy = () => navigator.clipboard?.writeText(url).then(() => toast('Copied'), () => text.focus()) ?? text.focus();
  return h('div', { class: 'stack' }, h('div', { class: 'link' }, text, h('button', { type: 'button', class: 'small', onclick: copy }, icon('copy'), 'Copy')), h('p', { class: 'hint' }, 'Shown once: only its hash is kept.'));
}

/** Answers the token. Who may not invite to the Skein workspace invites those who can already open it. */
async function invite(context, home) {
  const { token, hash } = context.may('admin') ? await skeinInvite(context) : await ownToken();
  await context.workspace.call('create_invite', { workspace_id: home, token_hash: hash });
  return token;
}

async function skeinInvite(context) {
  const { token, id } = await api('POST', `${context.path}/invites`, { role: 'editor', uses: USES, expiresIn: WEEK_S });
  return { token, hash: id };
}

async function ownToken() {
  const token = newId() + newId() + newId();
  return { token, hash: await hashOf(token) };
}

async function revoke(context, home, hash) {
  if (!(await context.act('revoke_invite', { workspace_id: home, token_hash: hash })) || !context.may('admin')) return;
  // Of an invitation that somebody without that right made there is no second half.
  await api('DELETE', `${context.path}/invites/${hash}`).catch((error) => error.code === 'not_found' || error.reason === 'invite_missing' || tell(error));
}

async function hashOf(token) {
  if (!crypto.subtle) throw Object.assign(new Error('Browsers hash on HTTPS and on localhost only: open this page there.'), { code: 'unavailable' });
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token)));
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The page that an invitation's link opens. `again` shows the address anew. */
export function showInvite(page, { workspace, token }) {
  const path = `/v1/workspaces/${encodeURIComponent(workspace)}`;
  const name = h('input', { name: 'name', maxlength: 60, required: true, value: session.current.name ?? '' });
  const form = h('form', { class: 'panel stack' }, field('Your name there', name), h('button', { class: 'primary' }, 'Join'));
  submitting(form, async () => {
    const displayName = name.value.trim();
    const joined = await api('POST', `${path}/join`, { token, displayName }).catch((error) => error);
    try {
      await api('POST', `${path}/calls/join_workspace`, { token_hash: await hashOf(token), display_name: displayName });
    } catch (error) {
      throw joined instanceof Error && error.code === 'forbidden' ? joined : error; // the first door's reason, where that is the closed one
    }
    location.replace(`#/w/${workspace}`); // going back must not try to join again
  });
  page.main.replaceChildren(token ? h('section', { class: 'narrow' }, h('h1', {}, 'You are invited'), h('p', { class: 'lead' }, 'to work on workflows together.'), form) : problem('This link is not whole', { code: 'invalid_args', message: 'An invitation looks like #/w/workspace/invite/token.' }));
}
