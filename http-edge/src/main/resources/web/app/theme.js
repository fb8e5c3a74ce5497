// Light, dark, or as the system has it; the choice is kept in this browser. What it means for the page is done by `theme-first.js`.

import { h, toast } from './ui.js';

const STORE = 'skein.theme';
const THEMES = [['system', 'System'], ['light', 'Light'], ['dark', 'Dark']];

function current() {
  try {
    return localStorage.getItem(STORE) ?? 'system';
  } catch {
    return 'system'; // storage is forbidden here
  }
}

function choose(theme) {
  try {
    if (theme === 'system') localStorage.removeItem(STORE);
    else localStorage.setItem(STORE, theme);
    document.dispatchEvent(new Event('themechosen'));
  } catch {
    toast('This browser keeps nothing for this page, so its theme is the system’s.');
  }
}

addEventListener('storage', () => {
  for (const radio of document.querySelectorAll('input[name="theme"]')) radio.checked = radio.value === current();
});

/** A group of three. */
export function themeSwitch() {
  return h(
    'fieldset',
    { class: 'segments' },
    h('legend', {}, 'Theme'),
    THEMES.map(([value, label]) => h('label', {}, h('input', { type: 'radio', name: 'theme', value, checked: value === current(), onchange: () => choose(value) }), h('span', {}, label))),
  );
}
