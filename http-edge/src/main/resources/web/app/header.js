// The frame's top: where one can go, and who one is.

import { api, session, signOut } from './session.js';
import { showShortcuts } from './shortcuts.js';
import { themeSwitch } from './theme.js';
import { avatar, h, icon, iconButton, shortId } from './ui.js';

/** Whether a token's owner may see the cluster; asked once for each token. */
const operators = new WeakMap(); // what session.current was → promise

function isOperator(me) {
  let known = operators.get(me);
  if (!known) {
    known = api('GET', '/v1/identity').then(({ operator }) => operator === true);
    operators.set(me, known);
    known.catch(() => operators.delete(me));
  }
  return known.catch(() => false); // unknown for now: the view itself tells what is wrong, and the next page asks again
}

/** `kind`: of the route; `bar`: what the view has to say in the header; `again`: shows the page anew. */
export function header(kind, bar, again) {
  const links = () => [link('#', 'Workspaces', kind === 'home')];
  const nav = h('nav', { class: 'nav', 'aria-label': 'Main' }, session.current && links());
  const menuNav = h('nav', { class: 'menu-nav', 'aria-label': 'Main' }, session.current && links());
  if (session.current) {
    isOperator(session.current).then((may) => {
      if (may) for (const each of [nav, menuNav]) each.append(link('#/cluster', 'Cluster', kind === 'cluster'));
    });
  }
  return [
    h('a', { class: 'logo', href: '#', 'aria-label': 'Skein, all workspaces' }, h('img', { src: 'icon.svg', alt: '' }), h('span', {}, 'Skein')),
    nav,
    bar,
    iconButton('keyboard', 'Keyboard shortcuts', showShortcuts, { class: 'icon-button for-keyboards', 'aria-keyshortcuts': '?' }),
    who(menuNav, again),
  ];
}

function link(href, text, here) {
  return h('a', { href, 'aria-current': here ? 'page' : null }, text);
}

function who(menuNav, again) {
  const me = session.current;
  const summary = me
    ? h('summary', {}, avatar(me.identity, me.name), h('span', { class: 'unseen' }, 'You: '), h('span', { class: 'who-name' }, me.name || shortId(me.identity)))
    : h('summary', { 'aria-label': 'Settings' }, icon('gear'));
  const about = me && [
    h('p', {}, h('strong', {}, me.name || 'No name'), h('code', { class: 'long' }, me.identity)),
    h('p', { class: 'hint' }, 'This identity lives in this browser. A private window is somebody else.'),
  ];
  const forget = me && h('button', { class: 'quiet', onclick: () => confirm('The identity cannot be had again. Forget it?') && (signOut(), again()) }, 'Forget this identity');
  return h('details', { class: 'who' }, summary, h('div', { class: 'menu' }, about, menuNav, themeSwitch(), forget));
}

/** The menu closes with Escape, a click elsewhere, and when the focus leaves it. */
function closes(event) {
  for (const menu of document.querySelectorAll('details.who[open]')) if (!menu.contains(event.target)) menu.open = false;
}
document.addEventListener('click', closes);
document.addEventListener('focusin', closes);
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const menu of document.querySelectorAll('details.who[open]')) {
    menu.open = false;
    menu.querySelector('summary').focus();
  }
});
