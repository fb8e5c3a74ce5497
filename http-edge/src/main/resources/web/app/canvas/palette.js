// Which type a new node has: those that the graph uses, those that are usual, or any that is typed in.

import { h, hueOf } from '../ui.js';
import { shortType } from './scene.js';

const MAX_SHOWN = 12;

/** `add(type)` with the type that is chosen. */
export function createPalette(stage, usual, add) {
  const input = h('input', { type: 'search', 'aria-label': 'Type of the new node', placeholder: 'Type, such as agent', autocomplete: 'off', spellcheck: 'false', maxlength: 200 });
  const list = h('ul', { class: 'palette-types' });
  const form = h('form', { class: 'palette panel canvas-over', hidden: true, role: 'dialog', 'aria-label': 'Add a node' }, h('h2', {}, 'Add a node'), input, list);

  const types = () => {
    const counts = new Map(usual.map((type) => [type, 0.5]));
    for (const { type } of stage.graph.nodes.values()) counts.set(type, (counts.get(type) ?? 0) + 1);
    const wanted = input.value.trim().toLowerCase();
    return [...counts].filter(([type]) => type.toLowerCase().includes(wanted)).sort(([, a], [, b]) => b - a).map(([type]) => type).slice(0, MAX_SHOWN);
  };
  const draw = () => {
    const found = types();
    const own = input.value.trim();
    if (own && !found.includes(own)) found.push(own);
    list.replaceChildren(...found.map((type) => h('li', {}, h('button', { type: 'button', 'data-type': type, title: type }, h('span', { class: 'badge', hue: hueOf(shortType(type)), 'aria-hidden': 'true' }, shortType(type).slice(0, 2).toUpperCase()), shortType(type)))));
  };
  const choose = (type) => {
    close();
    stage.element.focus({ preventScroll: true });
    add(type);
  };
  const close = () => {
    const wasOpen = !form.hidden;
    form.hidden = true;
    return wasOpen;
  };
  input.addEventListener('input', draw);
  list.addEventListener('click', (event) => {
    const type = event.target.closest('button')?.dataset.type;
    if (type !== undefined) choose(type);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const type = input.value.trim() || types()[0];
    if (type) choose(types().find((each) => shortType(each).toLowerCase() === type.toLowerCase()) ?? type);
  });
  form.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    close();
    stage.element.focus({ preventScroll: true });
  });
  return {
    element: form,
    close,
    open() {
      form.hidden = false;
      input.value = '';
      draw();
      input.focus();
    },
  };
}
