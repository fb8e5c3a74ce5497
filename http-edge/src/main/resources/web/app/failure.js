// A view that cannot be shown: why, and what to do now.

import { h, problem } from './ui.js';

/** `to`: the route; `again` shows it anew. */
export function failure(error, to, again) {
  const home = h('a', { class: 'button', href: '#' }, 'All workspaces');
  const retry = h('button', { onclick: again }, 'Try again');
  if (to.kind === 'open' && error.code === 'not_found') {
    const why = h('p', {}, 'It may have been deleted, or the link is not whole. The address says ', h('code', { class: 'plain long' }, to.workspace), '.');
    return problem('There is no such workspace', error, why, home, retry);
  }
  if (to.kind === 'open' && error.code === 'forbidden') return problem('This workspace is not open to you', error, h('p', {}, 'Whoever is an admin in it can send you an invitation.'), home, retry);
  return problem('This did not work', error, retry, home);
}

/** An address that means nothing. */
export function lost() {
  return h('section', { class: 'state lost' }, h('h1', {}, 'There is nothing here'), h('p', {}, 'No page has the address ', h('code', { class: 'plain long' }, location.hash), '.'), h('div', { class: 'actions' }, h('a', { class: 'button', href: '#' }, 'All workspaces')));
}
