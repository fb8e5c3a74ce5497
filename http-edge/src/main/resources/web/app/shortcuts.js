// What the keyboard does: the keys of the whole page, and a list of them and of what the views add.

import { h, iconButton } from './ui.js';

const STORE = 'skein.keys';
const SECOND_KEY_MS = 1_500;

const PLACES = { w: ['#', 'All workspaces'], c: ['#/cluster', 'The cluster, for operators'] };

const LIST = [
  ['Everywhere', [[['?'], 'This list'], ...Object.entries(PLACES).map(([key, [, does]]) => [['G', key.toUpperCase()], does]), [['Esc'], 'Closes what is open']]],
  ['Views of a workspace', [[['←', '→'], 'Next view, while a tab has the focus'], [['Tab'], 'To the next thing that can be used']]],
  ['Board', [[['Enter'], 'Opens the card'], [['Alt', '← ↑ → ↓'], 'Moves the card']]],
  ['Graph', [[['+', '−'], 'Nearer, farther'], [['?'], 'All its keys, while it has the focus']]],
  ['Charts', [[['←', '→'], 'The value before, the value after'], [['Home', 'End'], 'The oldest, the newest']]],
];

/** Keys without Ctrl and the like can be turned off: who speaks to the machine presses them unawares. */
function single(on) {
  try {
    if (on !== undefined) localStorage.setItem(STORE, on ? 'on' : 'off');
    return localStorage.getItem(STORE) !== 'off';
  } catch {
    return true; // storage is forbidden here, so nothing was turned off
  }
}

export function showShortcuts() {
  if (document.querySelector('.shortcuts')) return;
  const close = () => dialog.close();
  const toggle = h('input', { type: 'checkbox', checked: single(), onchange: () => single(toggle.checked) });
  const dialog = h(
    'dialog',
    { class: 'shortcuts', 'aria-label': 'Keyboard shortcuts', onclose: () => dialog.remove(), onclick: (event) => event.target === dialog && close() },
    h('header', {}, h('h2', {}, 'Keyboard shortcuts'), iconButton('close', 'Close', close)),
    h('div', { class: 'shortcut-parts' }, LIST.map(([title, keys]) => h('section', {}, h('h3', {}, title), h('dl', {}, keys.map(([press, does]) => h('div', {}, h('dt', {}, press.map((key) => h('kbd', {}, key))), h('dd', {}, does))))))),
    h('footer', {}, h('label', {}, toggle, h('span', {}, '?, G W and G C work'))),
  );
  document.body.append(dialog);
  dialog.showModal();
}

const isTyping = (target) => target.closest?.('input, textarea, select, [contenteditable], dialog') !== null;

let first = null; // when G was pressed

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !single()) return;
  const place = first !== null && event.timeStamp - first < SECOND_KEY_MS ? PLACES[event.key.toLowerCase()] : undefined;
  first = event.key.toLowerCase() === 'g' ? event.timeStamp : null;
  if (event.key === '?') showShortcuts();
  else if (place) location.hash = place[0];
  else return;
  event.preventDefault();
});
