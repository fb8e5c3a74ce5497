// What the address says is what the page shows: #/w/<workspace> (what is open in it may follow, and what its views show behind a `?`),
// #/w/this-browser (a studio without a server), #/w/<workspace>/invite/<token>, #/cluster, #join=<workspace>:<token>, and with nothing the list of workspaces.

import { showCluster } from './app/cluster.js';
import { failure, lost } from './app/failure.js';
import { header } from './app/header.js';
import { showHome } from './app/home.js';
import { showJoin } from './app/invite-join.js';
import { watchNetwork } from './app/offline.js';
import { showSignIn } from './app/sign-in.js';
import { session, signOut } from './app/session.js';
import { LOCAL, showLocal } from './app/studio/local.js';
import { showInvite } from './app/studio/sharing.js';
import { h, skeleton } from './app/ui.js';
import { showWorkspace } from './app/workspace.js';

const top = document.getElementById('top');
const main = document.getElementById('main');
/** How to leave the view that is shown. */
let leave = () => {};
let shown = 0;

function route() {
  const { invited, secret } = /^#\/w\/(?<invited>[\w-]+)\/invite\/(?<secret>[\w-]*)$/.exec(location.hash)?.groups ?? {};
  if (invited) return { kind: 'invite', workspace: invited, token: secret };
  const { open, join, token = '' } = /^#(?:\/w\/(?<open>[\w-]+)(?:[/?].*)?|join=(?<join>[\w-]+)(?::(?<token>.+))?)$/.exec(location.hash)?.groups ?? {};
  if (open) return { kind: 'open', workspace: open };
  if (join) return { kind: 'join', workspace: join, token };
  if (location.hash === '#/cluster') return { kind: 'cluster' };
  return { kind: ['', '#', '#/'].includes(location.hash) ? 'home' : 'lost' };
}

async function show() {
  const number = ++shown;
  leave();
  leave = () => {};
  for (const dialog of document.querySelectorAll('dialog')) dialog.close();
  const to = route();
  const page = { top: h('div', { class: 'bar-view' }), main: h('div', { class: 'view' }, skeleton(to.kind, 'Loading')) };
  top.replaceChildren(...header(session.current ? to.kind : 'sign-in', page.top, show));
  main.replaceChildren(page.main);
  document.title = 'Skein';
  try {
    const left = await viewOf(to)(page);
    if (number === shown) leave = left ?? leave;
    else left?.();
  } catch (error) {
    if (number !== shown) return;
    if (error.code === 'unauthenticated' && session.current) {
      signOut(error.message);
      show();
      return;
    }
    if (error.code === undefined) console.error(error); // ours, not the server's
    page.main.replaceChildren(failure(error, to, show));
  }
}

function viewOf(to) {
  if (to.kind === 'lost') return (page) => page.main.replaceChildren(lost());
  if (to.kind === 'join') return (page) => showJoin(page, to, show);
  if (to.kind === 'open' && to.workspace === LOCAL) return showLocal;
  if (!session.current) return (page) => showSignIn(page, show);
  if (to.kind === 'invite') return (page) => showInvite(page, to);
  if (to.kind === 'open') return (page) => showWorkspace(page, to.workspace);
  return to.kind === 'cluster' ? showCluster : showHome;
}

/** Another page: who reads with a screen reader or by keys begins at its content, not where the link was. */
function turn() {
  show();
  main.focus({ preventScroll: true });
  scrollTo(0, 0);
}

// The address says which page it is, so this link must not change it.
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});
addEventListener('hashchange', turn);
watchNetwork(top);
show();
