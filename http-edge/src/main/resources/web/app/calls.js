// Any reducer, by a form made from its arguments.

import { example, inner, typeText } from './types.js';
import { atLeast, field, h, select, submitting } from './ui.js';

export function createCalls(context) {
  const reducers = context.schema.reducers;
  const holder = h('div');
  const isSystem = (reducer) => reducer.name.startsWith('skein_');
  const group = (label, list) => h('optgroup', { label }, list.map(({ name }) => h('option', { value: name }, name)));
  const choice = h(
    'select',
    { name: 'reducer', onchange: () => choose(choice.value) },
    group(context.schema.name, reducers.filter((reducer) => !isSystem(reducer))),
    group('every workspace', reducers.filter(isSystem)),
  );
  const choose = (name) => holder.replaceChildren(form(context, reducers.find((reducer) => reducer.name === name)));
  choose(choice.value);
  const element = h('section', { class: 'calls' }, h('div', { class: 'panel stack' }, field('Reducer', choice), holder));
  const draw = () => {
    for (const warning of element.querySelectorAll('[data-role]')) warning.hidden = context.may(warning.dataset.role);
  };
  return { name: 'calls', label: 'Call', element, draw };
}

function form(context, { name, callableBy, columns }) {
  const inputs = columns.map((column) => ({ column, ...control(column) }));
  const result = h('p', { class: 'result', role: 'status' });
  const element = h(
    'form',
    { class: 'stack' },
    h('p', { class: 'notice', 'data-role': callableBy, hidden: atLeast(context.workspace.role, callableBy) }, 'This needs the role ', h('strong', {}, callableBy), '; the server will refuse.'),
    inputs.map(({ column, element: input }) => field(column.name, input, typeText(column.type) + (mayBeBlank(column) ? ', may stay empty' : ''))),
    inputs.length === 0 && h('p', { class: 'hint' }, 'No arguments.'),
    h('div', { class: 'actions' }, h('button', { class: 'primary' }, 'Call'), result),
  );
  return submitting(element, async () => {
    result.textContent = '';
    const args = {};
    for (const { column, read } of inputs) {
      const value = read();
      if (value !== undefined) args[column.name] = value;
    }
    const began = performance.now();
    const { seq } = await context.workspace.call(name, args);
    result.textContent = `#${seq}, durable after ${Math.round(performance.now() - began)} ms`;
  });
}

const mayBeBlank = (column) => column.default !== undefined || Boolean(column.type.optional);

/** An input for a column, and how to read it: undefined leaves the argument out. */
function control(column) {
  const { name } = column;
  const type = inner(column.type);
  const required = !mayBeBlank(column);
  const text = (properties, read = String) => {
    const element = h('input', { name, required, spellcheck: 'false', ...properties });
    return { element, read: () => (element.value === '' && !(type === 'string' && required) ? undefined : read(element.value)) };
  };
  if (type.enum) {
    const element = select([...(required ? [] : [['', '–']]), ...type.enum.values.map((value) => [value])], column.default, { name });
    return { element, read: () => element.value || undefined };
  }
  switch (type) {
    case 'bool': {
      const element = h('input', { type: 'checkbox', name, checked: column.default === true });
      return { element, read: () => element.checked };
    }
    case 'int': return text({ type: 'number', step: 1 }, Number);
    case 'double': return text({ type: 'number', step: 'any' }, Number);
    // Beyond 2^53 a number would not be exact; the server takes text as well.
    case 'long': return text({ inputmode: 'numeric', pattern: '-?[0-9]+' }, (value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value));
    case 'string': return text({ required: false });
    case 'instant': return text({ type: 'datetime-local', step: 1 }, (value) => new Date(value).toISOString());
    case 'bytes': return text({ placeholder: 'base64' });
    case 'identity': return text({ placeholder: '64 hex digits' });
    default: return json(column, required);
  }
}

function json({ name, type }, required) {
  const element = h('textarea', { name, rows: 9, required, spellcheck: 'false', class: 'exact', placeholder: JSON.stringify(example(inner(type)), null, 2) });
  const read = () => {
    if (element.value.trim() === '') return undefined;
    try {
      return JSON.parse(element.value);
    } catch (error) {
      throw Object.assign(new Error(`${name}: ${error.message}`), { code: 'invalid_args' });
    }
  };
  return { element, read };
}
