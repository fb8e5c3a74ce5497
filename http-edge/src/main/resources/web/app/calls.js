// Any reducer, by a form made from its arguments, or by its arguments as JSON.

import { column, exampleOf, parsed, readAll, setAll } from './args.js';
import { atLeast, field, h, refill, submitting, toast } from './ui.js';

const MAX_OUTCOMES = 20;

export function createCalls(context) {
  const reducers = context.schema.reducers;
  const holder = h('div');
  const outcomes = h('ol', { class: 'outcomes', 'aria-label': 'Outcomes' });
  const isSystem = (reducer) => reducer.name.startsWith('skein_');
  const group = (label, list) => list.length > 0 && h('optgroup', { label }, list.map(({ name }) => h('option', { value: name }, name)));
  const choice = h('select', { name: 'reducer', onchange: () => choose(choice.value) });
  refill(choice, [group(context.schema.name, reducers.filter((reducer) => !isSystem(reducer))), group('every workspace', reducers.filter(isSystem))]);
  const tell = (outcome) => {
    outcomes.prepend(outcome);
    while (outcomes.children.length > MAX_OUTCOMES) outcomes.lastElementChild.remove();
  };
  const choose = (name) => holder.replaceChildren(callForm(context, reducers.find((reducer) => reducer.name === name), tell));
  choose(choice.value);
  const element = h('section', { class: 'calls' }, h('div', { class: 'panel stack' }, field('Reducer', choice), holder), h('div', { class: 'stack' }, h('h2', {}, 'Outcomes'), outcomes));
  const draw = () => {
    for (const warning of element.querySelectorAll('[data-role]')) warning.hidden = context.may(warning.dataset.role);
  };
  return { name: 'calls', label: 'Call', element, draw };
}

function callForm(context, { name, callableBy, columns }, tell) {
  const people = context.workspace.table('skein_member').snapshot().map(({ identity, display_name: displayName }) => [identity, displayName]);
  let controls = columns.map((each) => column(each, people));
  const json = h('textarea', { name: 'args', rows: 14, spellcheck: 'false', class: 'exact', 'aria-label': 'Arguments as JSON' });
  const parts = h('div', { class: 'stack' }, controls.map((control) => control.element));
  const asJson = h('button', { type: 'button', class: 'quiet small', 'aria-pressed': 'false', onclick: () => turn() }, 'As JSON');
  const result = h('p', { class: 'result', role: 'status' });
  let written = false;

  const turn = () => {
    try {
      if (written) {
        controls = columns.map((each) => column(each, people));
        setAll(controls, parsed('arguments', json.value));
        refill(parts, controls.map((control) => control.element));
      } else {
        const args = readAll(controls);
        json.value = Object.values(args).some((value) => value !== '' && value !== false) ? JSON.stringify(args, null, 2) : exampleOf(columns);
        parts.replaceChildren(json);
      }
      written = !written;
      asJson.setAttribute('aria-pressed', written);
    } catch (error) {
      toast(error.message, { error });
    }
  };
  const element = h(
    'form',
    { class: 'stack' },
    h('p', { class: 'notice', 'data-role': callableBy, hidden: atLeast(context.workspace.role, callableBy) }, 'This needs the role ', h('strong', {}, callableBy), '; the server will refuse.'),
    parts,
    columns.length === 0 && h('p', { class: 'hint' }, 'No arguments.'),
    h('div', { class: 'actions' }, h('button', { class: 'primary' }, 'Call'), columns.length > 0 && asJson, result),
  );
  return submitting(element, async () => {
    result.textContent = '';
    const args = written ? parsed('arguments', json.value) : readAll(controls);
    const began = performance.now();
    try {
      const { seq, repeated } = await context.workspace.call(name, args, { effect: null, inverse: null });
      const ms = Math.round(performance.now() - began);
      result.textContent = `#${seq}, durable after ${ms} ms`;
      tell(outcome(name, true, `#${seq}`, repeated ? 'had been done before' : `in ${ms} ms`, h('button', { type: 'button', class: 'quiet small', onclick: () => context.compare(Math.max(1, seq - 1), seq) }, 'What it changed')));
    } catch (error) {
      tell(outcome(name, false, error.reason ?? error.code ?? 'internal', error.message));
      throw error; // the form shows it
    }
  });
}

function outcome(name, ok, code, text, action) {
  return h('li', { 'data-ok': ok }, h('code', {}, name), ' ', h('strong', {}, code), ' ', h('span', {}, text), action);
}
