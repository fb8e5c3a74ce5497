// The conditions of a table as chips, and a small form for one more.

import { OPERATORS } from './filter.js';
import { h, icon, iconButton, refill, select } from './ui.js';

/** `changed(conditions)` is called with the new list. */
export function createFilterBar(changed) {
  const chips = h('span', { class: 'filters', role: 'list', 'aria-label': 'Filters' });
  const column = h('select', { name: 'column', 'aria-label': 'Column' });
  const operator = select(Object.entries(OPERATORS).map(([name, { text }]) => [name, text]), 'has', {
    name: 'operator',
    'aria-label': 'Operator',
    onchange: () => (value.hidden = Boolean(OPERATORS[operator.value].unary)),
  });
  const value = h('input', { name: 'value', 'aria-label': 'Value', placeholder: 'Value', spellcheck: 'false', autocomplete: 'off' });
  const form = h('form', { class: 'filter-form', hidden: true }, column, operator, value, h('button', { class: 'primary small' }, 'Filter'), iconButton('close', 'No filter', () => open(false)));
  const button = h('button', { type: 'button', class: 'quiet small', 'aria-expanded': 'false', onclick: () => open(true) }, icon('filter'), 'Filter');
  let conditions = [];

  const open = (on) => {
    form.hidden = !on;
    button.hidden = on;
    button.setAttribute('aria-expanded', on);
    (on ? column : button).focus();
  };
  form.addEventListener('keydown', (event) => event.key === 'Escape' && open(false));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const unary = OPERATORS[operator.value].unary;
    changed([...conditions, { column: column.value, operator: operator.value, value: unary ? '' : value.value }]);
    value.value = '';
    open(false);
  });
  const chip = (condition) => {
    const { text } = OPERATORS[condition.operator];
    const says = `${condition.column} ${text} ${condition.value}`.trim();
    return h(
      'span',
      { class: 'filter-chip', role: 'listitem' },
      h('code', {}, condition.column),
      ` ${text} `,
      condition.value !== '' && h('strong', {}, condition.value),
      iconButton('close', `Take away: ${says}`, () => changed(conditions.filter((each) => each !== condition))),
    );
  };
  return {
    element: h('div', { class: 'filter-bar' }, chips, button, form),
    /** Another table, or other conditions. */
    show: (columns, now) => {
      conditions = now;
      const names = columns.map((each) => each.name);
      if ([...column.options].map((option) => option.value).join() !== names.join()) refill(column, names.map((name) => h('option', { value: name }, name)));
      refill(chips, conditions.map(chip));
    },
  };
}
