// Who are you?

import { session, signIn, signInWith, whoIs } from './session.js';
import { field, h, shortId, submitting, time } from './ui.js';

/** `done` is called once somebody is signed in. */
export function showSignIn(page, done) {
  const ended = session.ended && h('p', { class: 'notice', role: 'alert' }, h('strong', {}, 'You are signed out. '), session.ended);
  page.main.replaceChildren(h('section', { class: 'narrow' }, h('h1', {}, 'Workspaces that stay in step'), intro(), ended || '', signInForm(done), tokenForm(done), alone()));
}

function intro() {
  return h('p', { class: 'lead' }, 'Open a board in two tabs, edit in one, watch the other. Every change is on disk before anyone sees it.');
}

const alone = () => h('p', { class: 'hint' }, 'Or draw a workflow ', h('a', { href: '#/w/this-browser' }, 'in this browser alone'), ', without a server.');

/** A server in development mode makes somebody new. */
export function signInForm(done) {
  const name = h('input', { name: 'name', maxlength: 60, autocomplete: 'nickname', placeholder: 'Ada', autofocus: true });
  const form = h('form', { class: 'panel stack' }, field('Your name', name, 'Others see it beside what you change.'), h('button', { class: 'primary' }, 'Continue'));
  return submitting(form, async () => {
    await signIn(name.value.trim());
    done();
  });
}

/** First who the token is of, then in. */
export function tokenForm(done) {
  const token = h('textarea', { name: 'token', rows: 3, required: true, spellcheck: 'false', autocomplete: 'off', class: 'exact' });
  const name = h('input', { name: 'token-name', maxlength: 60, autocomplete: 'nickname' });
  const found = h('div');
  const form = h('form', { class: 'stack' }, field('Token', token, 'A JWT that this server accepts. It is kept in this browser.'), h('button', {}, 'Whose is it?'));
  submitting(form, async () => {
    found.replaceChildren();
    const text = token.value.trim().replace(/^Bearer\s+/i, '');
    const about = await checked(text);
    const enter = h('form', { class: 'panel stack' }, whose(about), field('Your name', name, 'Others see it beside what you change.'), h('button', { class: 'primary' }, 'Continue with this token'));
    submitting(enter, async () => {
      await signInWith(text, name.value.trim());
      done();
    });
    found.replaceChildren(enter);
  });
  return h('details', { class: 'other-way' }, h('summary', {}, 'I have a token'), h('div', { class: 'stack' }, form, found));
}

/** Says of an expired one that it is, and since when, where the token itself tells. */
async function checked(token) {
  try {
    return await whoIs(token);
  } catch (error) {
    const end = error.code === 'unauthenticated' ? endOf(token) : null;
    if (end !== null && end < Date.now()) throw Object.assign(new Error(`this token expired at ${new Date(end).toLocaleString()}`), { code: 'unauthenticated' });
    throw error;
  }
}

/** When a JWT says that it ends, in milliseconds since 1970; null: it does not say, or is none. Nothing is decided by it. */
function endOf(token) {
  try {
    const { exp } = JSON.parse(atob(token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/')));
    return typeof exp === 'number' ? exp * 1000 : null;
  } catch {
    return null;
  }
}

function whose({ identity, issuer, subject, expiresAt }) {
  const line = (term, ...value) => [h('dt', {}, term), h('dd', {}, value)];
  return h('dl', { class: 'invited' }, line('Identity', h('code', { title: identity }, `${shortId(identity)}…`)), line('Issuer', issuer), line('Subject', h('span', { class: 'long' }, subject)), line('Until', time(expiresAt)));
}
