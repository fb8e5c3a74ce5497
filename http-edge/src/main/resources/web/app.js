// What the address says is what the page shows: #/w/<workspace> (what is open in it may follow), #/w/<workspace>/invite/<token>, #join=<workspace>:<token>,
// #/w/this-browser (a studio without a server), otherwise the list of workspaces.

import { showHome } from './app/home.js';
import { showJoin, showSignIn } from './app/sign-in.js';
import { session, signOut } from './app/session.js';
import { LOCAL, showLocal } from './app/studio/local.js';
import { showInvite } from './app/studio/sharing.js';
import { avatar, h, loading, problem, shortId } from './app/ui.js';
import { showWorkspace } from './app/workspace.js';

const top = document.getElementById('top');
const main = document.getElementById('main');
/** How to leave the view that is shown. */
let leave = () => {};
let shown = 0;

function route() {
  const { invited, secret } = /^#\/w\/(?<invited>[\w-]+)\/invite\/(?<secret>[\w-]*)$/.exec(location.hash)?.groups ?? {};
  if (invited) return { kind: 'invite', workspace: invited, token: secret };
  const { open, join, token = '' } = /^#(?:\/w\/(?<open>[\w-]+)(?:\/.*)?|join=(?<join>[\w-]+)(?::(?<token>.+))?)$/.exec(location.hash)?.groups ?? {};
  if (open) return { kind: 'open', workspace: open };
  return join ? { kind: 'join', workspace: join, token } : { kind: 'home' };
}

async function show() {
  const number = ++shown;
  leave();
  leave = () => {};
  for (const dialog of document.querySelectorAll('dialog')) dialog.close();
  const page = { top: h('div', { class: 'bar-view' }), main: h('div', { class: 'view' }, loading('Loading')) };
  top.replaceChildren(h('a', { class: 'logo', href: '#', 'aria-label': 'Skein, all workspaces' }, h('img', { src: 'icon.svg', alt: '' }), h('span', {}, 'Skein')), page.top, who());
  main.replaceChildren(page.main);
  document.title = 'Skein';
  try {
    const left = await views()(page);
    if (number === shown) leave = left ?? leave;
    else left?.();
  } catch (error) {
    if (number !== shown) return;
    if (error.code === 'unauthenticated' && session.current) {
      signOut();
      show();
      return;
    }
    if (error.code === undefined) console.error(error); // ours, not the server's
    page.main.replaceChildren(problem('This did not work', error, h('button', { onclick: show }, 'Try again'), h('a', { class: 'button quiet', href: '#' }, 'All workspaces')));
  }
}

function views() {
  const to = route();
  if (to.kind === 'join') return (page) => showJoin(page, to, show);
  if (to.kind === 'open' && to.workspace === LOCAL) return showLocal;
  if (!session.current) return (page) => showSignIn(page, show);
  if (to.kind === 'invite') return (page) => showInvite(page, to);
  if (to.kind === 'open') return (page) => showWorkspace(page, to.workspace);
  return showHome;
}

function who() {
  const me = session.current;
  if (!me) return '';
  return h(
    'details',
    { class: 'who' },
    h('summary', { 'aria-label': 'You' }, avatar(me.identity, me.name), h('span', { class: 'who-name' }, me.name || shortId(me.identity))),
    h(
      'div',
      { class: 'menu' },
      h('p', {}, h('strong', {}, me.name || 'No name'), h('code', { class: 'long' }, me.identity)),
      h('p', { class: 'hint' }, 'This identity lives in this browser. A private window is somebody else.'),
      h('button', { class: 'quiet', onclick: () => confirm('The identity cannot be had again. Forget it?') && (signOut(), show()) }, 'Forget this identity'),
    ),
  );
}

document.addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll('details.who[open]')) if (!menu.contains(event.target)) menu.open = false;
});
addEventListener('hashchange', show);
show();
