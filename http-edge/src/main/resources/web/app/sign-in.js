// Who are you, and: you are invited.

import { api, session, signIn, signInWith } from './session.js';
import { field, h, problem, submitting } from './ui.js';

/** `done` is called once somebody is signed in. */
export function showSignIn(page, done) {
  page.main.replaceChildren(h('section', { class: 'narrow' }, h('h1', {}, 'Workspaces that stay in step'), intro(), signInForm(done), tokenForm(done), alone()));
}

function intro() {
  return h('p', { class: 'lead' }, 'Open a board in two tabs, edit in one, watch the other. Every change is on disk before anyone sees it.');
}

const alone = () => h('p', { class: 'hint' }, 'Or draw a workflow ', h('a', { href: '#/w/this-browser' }, 'in this browser alone'), ', without a server.');

function signInForm(done) {
  const name = h('input', { name: 'name', maxlength: 60, autocomplete: 'nickname', placeholder: 'Ada', autofocus: true });
  const form = h('form', { class: 'panel stack' }, field('Your name', name, 'Others see it beside what you change.'), h('button', { class: 'primary' }, 'Continue'));
  return submitting(form, async () => {
    await signIn(name.value.trim());
    done();
  });
}

function tokenForm(done) {
  const token = h('textarea', { name: 'token', rows: 3, required: true, spellcheck: 'false', autocomplete: 'off' });
  const form = h('form', { class: 'stack' }, field('Token', token, 'A JWT that this server accepts.'), h('button', {}, 'Continue with this token'));
  submitting(form, async () => {
    await signInWith(token.value.trim(), '');
    done();
  });
  return h('details', { class: 'other-way' }, h('summary', {}, 'I have a token'), form);
}

/** Redeems an invitation and goes to the workspace. */
export function showJoin(page, { workspace, token }, again) {
  const heading = [h('h1', {}, 'You are invited'), h('p', { class: 'lead' }, 'to the workspace ', h('strong', {}, workspace), '.')];
  if (!token) {
    page.main.replaceChildren(problem('This link is not whole', { code: 'invalid_args', message: 'An invitation looks like #join=workspace:token.' }));
    return;
  }
  if (!session.current) {
    page.main.replaceChildren(h('section', { class: 'narrow' }, heading, signInForm(again), tokenForm(again)));
    return;
  }
  const name = h('input', { name: 'name', maxlength: 60, required: true, value: session.current.name ?? '' });
  const form = h('form', { class: 'panel stack' }, field('Your name there', name), h('button', { class: 'primary' }, 'Join'));
  submitting(form, async () => {
    await api('POST', `/v1/workspaces/${encodeURIComponent(workspace)}/join`, { token, displayName: name.value.trim() });
    location.replace(`#/w/${workspace}`); // going back must not try to join again
  });
  page.main.replaceChildren(h('section', { class: 'narrow' }, heading, form));
}
