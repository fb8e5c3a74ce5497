// A form control for each column type: { element, read(), set(value) }. `read` answers undefined where the argument is left out, and throws invalid_args
// with the place where what is there cannot be one.

import { example, typeText } from './types.js';
import { h, icon, iconButton, select } from './ui.js';

const MAX_ITEMS = 200;
const MAX_FILE_BYTES = 512 * 1024;

const invalid = (name, message) => Object.assign(new Error(`${name}: ${message}`), { code: 'invalid_args' });

/** A column of a reducer or of a nested record, with its label. `people`: identities to choose from, as [identity, name]. */
export function column({ name, type, default: usual }, people) {
  const control = controlOf(name, type, people, usual !== undefined);
  if (usual !== undefined) control.set(usual);
  const text = typeText(type) + (usual !== undefined ? ', has a default' : '');
  return { name, ...control, element: labelled(name, text, control) };
}

/** Controls of several parts are groups with a legend, others have a label. */
function labelled(name, text, { element, group }) {
  if (group) return h('fieldset', { class: 'arg' }, h('legend', {}, name, ' ', h('small', {}, text)), element);
  const label = h('label', {}, h('span', {}, name, ' ', h('small', {}, text)), element);
  return h('div', { class: 'field arg' }, label);
}

function controlOf(name, type, people, mayBlank) {
  if (type.optional) return optional(name, type.optional, people);
  if (type.list) return list(name, type.list, people);
  if (type.record) return record(name, type.record, people);
  if (type.enum) return choice(name, type.enum.values, mayBlank);
  return SIMPLE[type](name, mayBlank, people);
}

function input(name, mayBlank, properties, read = String, write = String) {
  const element = h('input', { name, required: !mayBlank, spellcheck: 'false', autocomplete: 'off', ...properties });
  return { element, read: () => (element.value === '' ? undefined : read(element.value)), set: (value) => (element.value = value === null ? '' : write(value)) };
}

const whole = (name, mayBlank, least, most) => input(name, mayBlank, { type: 'number', step: 1, min: least, max: most }, Number);
/** Beyond 2^53 a number would not be exact; the server takes text as well. */
const long = (name, mayBlank, pattern) => input(name, mayBlank, { inputmode: 'numeric', pattern, title: 'a whole number' }, (text) => (Number.isSafeInteger(Number(text)) ? Number(text) : text));

const SIMPLE = {
  bool: (name) => {
    const element = h('input', { type: 'checkbox', name });
    return { element, read: () => element.checked, set: (value) => (element.checked = value === true) };
  },
  int: (name, mayBlank) => whole(name, mayBlank, -(2 ** 31), 2 ** 31 - 1),
  uint: (name, mayBlank) => whole(name, mayBlank, 0, 2 ** 32 - 1),
  long: (name, mayBlank) => long(name, mayBlank, '-?[0-9]+'),
  ulong: (name, mayBlank) => long(name, mayBlank, '[0-9]+'),
  double: (name, mayBlank) => input(name, mayBlank, { type: 'number', step: 'any' }, Number),
  string: (name) => {
    const element = h('textarea', { name, rows: 1, class: 'one-line', spellcheck: 'false' });
    return { element, read: () => element.value, set: (value) => (element.value = value ?? '') };
  },
  instant: (name, mayBlank) => {
    const { element, read } = input(name, mayBlank, { type: 'datetime-local', step: 1 }, (text) => new Date(text).toISOString());
    const set = (value) => (element.value = value ? localTime(new Date(value)) : '');
    const now = h('button', { type: 'button', class: 'small', onclick: () => set(Date.now()) }, 'Now');
    return { element: h('span', { class: 'with-button' }, element, now), read, set };
  },
  bytes,
  identity: (name, mayBlank, people) => {
    const known = h('datalist', { id: `people-${crypto.getRandomValues(new Uint32Array(1))[0]}` }, people.map(([identity, who]) => h('option', { value: identity }, who)));
    const { element, read, set } = input(name, mayBlank, { list: known.id, pattern: '[0-9a-f]{64}', title: '64 hex digits', placeholder: '64 hex digits, or choose a member', class: 'exact' });
    return { element: h('span', {}, element, known), read, set };
  },
  json: (name, mayBlank) => {
    const element = h('textarea', { name, rows: 4, class: 'exact', required: !mayBlank, spellcheck: 'false', placeholder: '{}' });
    return { element, read: () => (element.value.trim() === '' ? undefined : parsed(name, element.value)), set: (value) => (element.value = JSON.stringify(value, null, 2)) };
  },
};

/** With the offset of this place, as the control wants it. */
function localTime(date) {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

export function parsed(name, text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(name, error.message);
  }
}

function bytes(name, mayBlank) {
  const { element, read, set } = input(name, true, { placeholder: 'base64', pattern: '[A-Za-z0-9+\\/]*=*', title: 'base64', class: 'exact' });
  const file = h('input', {
    type: 'file',
    class: 'file',
    'aria-label': `${name} from a file`,
    onchange: async () => {
      const [chosen] = file.files;
      if (!chosen) return;
      element.setCustomValidity(chosen.size > MAX_FILE_BYTES ? `the file has more than ${MAX_FILE_BYTES / 1024} KiB` : '');
      if (chosen.size > MAX_FILE_BYTES) element.reportValidity();
      else set(base64(new Uint8Array(await chosen.arrayBuffer())));
    },
  });
  element.addEventListener('input', () => element.setCustomValidity(''));
  // No bytes are bytes too.
  return { element: h('span', { class: 'with-button' }, element, file), read: () => read() ?? (mayBlank ? undefined : ''), set };
}

function base64(content) {
  let text = '';
  for (const byte of content) text += String.fromCharCode(byte);
  return btoa(text);
}

function choice(name, values, mayBlank) {
  const element = select([...(mayBlank ? [['', '–']] : []), ...values.map((value) => [value])], values[0], { name });
  return { element, read: () => element.value || undefined, set: (value) => (element.value = value ?? '') };
}

/** A switch in front of the value: without it there is none, and an empty text is a text. */
function optional(name, type, people) {
  let inside = null;
  const holder = h('div', { class: 'optional-value' });
  const given = h('input', { type: 'checkbox', name: `${name}?`, 'aria-label': `${name} has a value`, onchange: () => look() });
  const look = () => {
    inside = given.checked ? (inside ?? controlOf(name, type, people, false)) : null;
    holder.replaceChildren(inside?.element ?? h('span', { class: 'hint' }, 'no value'));
    (holder.querySelector('input, select, textarea') ?? given).setAttribute('aria-label', name);
    if (!inside) given.setAttribute('aria-label', `${name} has a value`);
  };
  look();
  const set = (value) => {
    given.checked = value !== null && value !== undefined;
    look();
    inside?.set(value);
  };
  const read = () => (given.checked ? inside.read() : null);
  return { element: h('div', { class: 'optional' }, given, holder), group: true, read, set };
}

function list(name, type, people) {
  const items = h('ol', { class: 'items' });
  let controls = [];
  const add = (value) => {
    if (controls.length >= MAX_ITEMS) return;
    const control = controlOf(`${name}[${controls.length}]`, type, people, false);
    if (value !== undefined) control.set(value);
    const item = h('li', {}, control.element, iconButton('close', 'Take away', () => ((controls = controls.filter((each) => each !== control)), item.remove())));
    if (!control.group) control.element.setAttribute('aria-label', `${name}, item ${controls.length + 1}`);
    controls.push(control);
    items.append(item);
  };
  const more = h('button', { type: 'button', class: 'small', onclick: () => (add(), items.lastElementChild.querySelector('input, select, textarea')?.focus()) }, icon('plus'), 'Item');
  const set = (values) => {
    if (values.length > MAX_ITEMS) throw invalid(name, `the form takes ${MAX_ITEMS} items; write JSON for more`);
    controls = [];
    items.replaceChildren();
    for (const value of values) add(value);
  };
  return { element: h('div', { class: 'stack list' }, items, more), group: true, read: () => controls.map((control) => control.read()), set };
}

function record(name, { columns }, people) {
  const controls = columns.map((each) => column(each, people));
  return {
    element: h('div', { class: 'record' }, controls.map((control) => control.element)),
    group: true,
    read: () => readAll(controls),
    set: (value) => setAll(controls, value),
  };
}

export function readAll(controls) {
  return Object.fromEntries(controls.map((control) => [control.name, control.read()]).filter(([, value]) => value !== undefined));
}

/** Members that are no column are not lost silently: they are refused. */
export function setAll(controls, value) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('arguments', 'an object is needed');
  for (const name of Object.keys(value)) if (!controls.some((control) => control.name === name)) throw invalid(name, 'there is no such column');
  for (const control of controls) if (value[control.name] !== undefined) control.set(value[control.name]);
}

/** Arguments to begin with, as JSON. */
export const exampleOf = (columns) => JSON.stringify(Object.fromEntries(columns.map((each) => [each.name, each.default ?? example(each.type)])), null, 2);
