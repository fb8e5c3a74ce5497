// You are invited: to what, as what; and if not any more, why that may be.

import { api, session } from './session.js';
import { signInForm, tokenForm } from './sign-in.js';
import { field, h, loading, problem, ROLE_TEXT, submitting, time } from './ui.js';

/** Redeems an invitation and goes to the workspace; `again` draws the page anew once somebody is signed in. */
export async function showJoin(page, { workspace, token }, again) {
  if (!token) {
    page.main.replaceChildren(problem('This link is not whole', { code: 'invalid_args', message: 'An invitation looks like #join=workspace:token.' }, home()));
    return;
  }
  const heading = [h('h1', {}, 'You are invited'), h('p', { class: 'lead' }, 'to the workspace ', h('strong', {}, workspace), '.')];
  if (!session.current) {
    page.main.replaceChildren(h('section', { class: 'narrow' }, heading, signInForm(again), tokenForm(again)));
    return;
  }
  page.main.replaceChildren(h('section', { class: 'narrow' }, heading, loading('Looking at the invitation', 2)));
  const path = `/v1/workspaces/${encodeURIComponent(workspace)}`;
  let about;
  try {
    about = await api('POST', `${path}/join/preview`, { token });
  } catch (error) {
    if (error.reason !== 'invite_invalid') throw error;
    page.main.replaceChildren(await noLonger(path, workspace, error));
    return;
  }
  document.title = `Join ${about.name} – Skein`;
  const name = h('input', { name: 'name', maxlength: 60, required: true, autocomplete: 'nickname', value: session.current.name ?? '' });
  const form = h('form', { class: 'panel stack' }, field('Your name there', name, 'Members see it beside what you change.'), h('div', { class: 'actions' }, h('button', { class: 'primary' }, `Join as ${about.role}`), h('a', { class: 'button quiet', href: '#' }, 'Not now')));
  submitting(form, async () => {
    await api('POST', `${path}/join`, { token, displayName: name.value.trim() });
    location.replace(`#/w/${encodeURIComponent(workspace)}`); // going back must not try to join again
  });
  page.main.replaceChildren(h('section', { class: 'narrow' }, h('h1', {}, 'You are invited'), what(about), form));
}

function what({ workspace, name, module, role, expiresAt, usesLeft }) {
  const line = (term, ...value) => [h('dt', {}, term), h('dd', {}, value)];
  return h(
    'dl',
    { class: 'panel invited' },
    line('To', h('strong', {}, name), h('small', {}, ` ${module} · ${workspace}`)),
    line('As', ROLE_TEXT[role] ?? role),
    line('Open', expiresAt ? ['until ', time(expiresAt)] : 'for ever', h('small', {}, ` · ${usesLeft} ${usesLeft === 1 ? 'use' : 'uses'} left`)),
  );
}

/** The server does not say which of them it is to who has only a link; who is a member already wants in all the same. */
async function noLonger(path, workspace, error) {
  const isIn = await api('GET', path).then(() => true, () => false);
  return h(
    'section',
    { class: 'state', role: 'alert' },
    h('h2', {}, 'This invitation is not open any more'),
    h('p', {}, 'It has expired, has been used as often as it may, or was revoked. Whoever sent it can make another one.'),
    h('p', {}, h('code', {}, error.reason), ' ', error.message),
    h('div', { class: 'actions' }, isIn && h('a', { class: 'button primary', href: `#/w/${encodeURIComponent(workspace)}` }, 'You are in already: open it'), home()),
  );
}

const home = () => h('a', { class: 'button quiet', href: '#' }, 'All workspaces');
