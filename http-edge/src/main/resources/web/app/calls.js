// Any reducer, by a form made from its arguments.

import { atLeast, field, h, select, submitting } from './ui.js';

export function createCalls(context) {
  const reducers = context.schema.reducers;
  const holder = h('div');
  const own = reducers.filter((reducer) => !reducer.name.startsWith('skein_'));
  const system = reducers.filter((reducer) => reducer.name.startsWith('skein_'));
  const group = (label, list) => h('optgroup', { label }, list.map((reducer) => h('option', { value: reducer.name }, reducer.name)));
  const choice = h('select', { name: 'reducer', onchange: () => choose(choice.value) }, group(context.workspace.module, own), group('every workspace', system));
  const choose = (name) => holder.replaceChildren(form(context, reducers.find((reducer) => reducer.name === name)));
  choose(reducers[0].name);
  const element = h('section', { class: 'calls' }, h('div', { class: 'panel stack' }, field('Reducer', choice), holder));
  const draw = () => {
    for (const warning of element.querySelectorAll('[data-role]')) warning.hidden = context.may(warning.dataset.role);
  };
  return { name: 'calls', label: 'Call', element, draw };
}

function form(context, reducer) {
  const inputs = reducer.args.map((column) => ({ column, ...control(column) }));
  const result = h('p', { class: 'result', role: 'status' });
  const role = reducer.role ?? 'none';
  const element = h(
    'form',
    { class: 'stack' },
    h('p', { class: 'notice', 'data-role': role, hidden: atLeast(context.client.role, role) }, 'This needs the role ', h('strong', {}, role), '; the server will refuse.'),
    inputs.map(({ column, element: input }) => field(column.name, input, typeText(column.type) + (isOptional(column) ? ', may stay empty' : ''))),
    inputs.length === 0 && h('p', { class: 'hint' }, 'No arguments.'),
    h('button', { class: 'primary' }, 'Call ', h('code', {}, reducer.name)),
    result,
  );
  return submitting(element, async () => {
    result.textContent = '';
    const args = {};
    for (const { column, read } of inputs) {
      const value = read();
      if (value !== undefined) args[column.name] = value;
    }
    const began = performance.now();
    const { seq } = await context.client.call(reducer.name, args);
    result.textContent = `Transaction ${seq}, durable after ${Math.round(performance.now() - began)} ms`;
  });
}

const typeText = (type) => (typeof type === 'string' ? type : type.kind);
const isOptional = (column) => column.default !== undefined || typeText(column.type).startsWith('optional');

/** An input for a column, and how to read it: undefined leaves the argument out. */
function control(column) {
  const type = typeText(column.type).replace(/^optional<(.*)>$/, '$1');
  const required = !isOptional(column) && type !== 'string';
  const blank = (read) => (element) => (element.value === '' ? undefined : read(element.value));
  const made = (element, read) => ({ element, read: () => read(element) });
  const values = column.values ?? column.type.values;
  if (values) return made(select([...(required ? [] : [['', '–']]), ...values.map((value) => [value])], null, { name: column.name }), blank(String));
  switch (type) {
    case 'bool':
      return made(h('input', { type: 'checkbox', name: column.name }), (element) => element.checked);
    case 'int':
      return made(h('input', { type: 'number', step: 1, name: column.name, required }), blank(Number));
    case 'long': // as text: beyond 2^53 a JavaScript number is not exact
      return made(h('input', { inputmode: 'numeric', pattern: '-?[0-9]+', name: column.name, required }), blank((text) => (Number.isSafeInteger(Number(text)) ? Number(text) : text)));
    case 'double':
      return made(h('input', { type: 'number', step: 'any', name: column.name, required }), blank(Number));
    case 'string':
      return made(h('input', { name: column.name }), (element) => (element.value === '' && isOptional(column) ? undefined : element.value));
    case 'instant':
      return made(h('input', { type: 'datetime-local', step: 1, name: column.name, required }), blank((text) => new Date(text).toISOString()));
    case 'bytes':
    case 'identity':
      return made(h('input', { name: column.name, required, spellcheck: 'false', placeholder: type === 'bytes' ? 'base64' : '64 hex digits' }), blank(String));
    default:
      return made(h('textarea', { name: column.name, rows: 5, required, spellcheck: 'false', class: 'exact', placeholder: 'JSON' }), blank(json(column.name)));
  }
}

const json = (name) => (text) => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw Object.assign(new Error(`${name}: ${error.message}`), { code: 'invalid_args' });
  }
};
