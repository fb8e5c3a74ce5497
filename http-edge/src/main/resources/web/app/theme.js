// Light, dark, or as the system has it; the choice is kept in this browser and followed by its other tabs. `theme-first.js` applies it early.

import { h } from './ui.js';

const STORE = 'skein.theme';
const THEMES = [['system', 'System'], ['light', 'Light'], ['dark', 'Dark']];
const root = document.documentElement;

const current = () => root.dataset.theme ?? 'system';

function apply(theme) {
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  else delete root.dataset.theme;
  for (const radio of document.querySelectorAll('input[name="theme"]')) radio.checked = radio.value === current();
}

function choose(theme) {
  apply(theme);
  try {
    if (theme === 'system') localStorage.removeItem(STORE);
    else localStorage.setItem(STORE, theme);
  } catch (error) {
    console.warn(`the theme is not kept: ${error.message}`);
  }
}

addEventListener('storage', (event) => {
  if (event.key === STORE || event.key === null) apply(event.newValue);
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
