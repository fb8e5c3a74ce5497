// Which rows of a table are shown, and in what order: conditions as `column.operator.value`, which is also how the address has them.

import { inner } from './types.js';

/** Operator → how it is called, and whether a row's value passes; `order` compares as the column's type does, null: no order. */
export const OPERATORS = {
  eq: { text: 'is', test: (value, wanted, order) => (order === null ? textOf(value) === wanted : order === 0) },
  ne: { text: 'is not', test: (value, wanted, order) => (order === null ? textOf(value) !== wanted : order !== 0) },
  has: { text: 'contains', test: (value, wanted) => textOf(value).toLowerCase().includes(wanted.toLowerCase()) },
  lt: { text: '<', test: (value, wanted, order) => order !== null && order < 0 },
  le: { text: '≤', test: (value, wanted, order) => order !== null && order <= 0 },
  gt: { text: '>', test: (value, wanted, order) => order !== null && order > 0 },
  ge: { text: '≥', test: (value, wanted, order) => order !== null && order >= 0 },
  none: { text: 'is empty', unary: true, test: (value) => isEmpty(value) },
  some: { text: 'is there', unary: true, test: (value) => !isEmpty(value) },
};

const isEmpty = (value) => value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
export const textOf = (value) => (value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value));

/** { column, operator, value }, or null where the text says nothing about these columns. */
export function parseCondition(text, columns) {
  const { column, operator, value } = /^(?<column>\w+)\.(?<operator>\w+)\.(?<value>.*)$/s.exec(text)?.groups ?? {};
  return columns.some((each) => each.name === column) && Object.hasOwn(OPERATORS, operator) ? { column, operator, value } : null;
}

export const conditionText = ({ column, operator, value }) => `${column}.${operator}.${value}`;

/** Whether a row passes all of them. */
export function passes(conditions, columns) {
  const tests = conditions.map(({ column, operator, value }) => {
    const order = orderOf(columns.find((each) => each.name === column).type);
    const { test } = OPERATORS[operator];
    return (row) => test(row[column], value, isEmpty(row[column]) ? null : order(row[column], value));
  });
  return (row) => tests.every((test) => test(row));
}

/** Rows by one column, those without a value last; `sort`: `column`, or `-column` for the greatest first; rows that are alike stay as they are. */
export function sorted(rows, sort, columns) {
  const descending = sort.startsWith('-');
  const column = columns.find((each) => each.name === sort.replace(/^-/, ''));
  if (!column) return [...rows];
  const order = orderOf(column.type);
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [a[column.name], b[column.name]];
    if (isEmpty(x) || isEmpty(y)) return Number(isEmpty(x)) - Number(isEmpty(y));
    return sign * (order(x, y) ?? 0);
  });
}

const least = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** How two values of a type compare, either of which may be typed text; null: they do not. */
function orderOf(type) {
  const plain = inner(type);
  switch (plain) {
    case 'int':
    case 'uint':
    case 'double': return (a, b) => (Number.isNaN(Number(a)) || Number.isNaN(Number(b)) || b === '' ? null : least(Number(a), Number(b)));
    // Beyond 2^53 they come as text, and as numbers they would not be exact.
    case 'long':
    case 'ulong': return (a, b) => (isWhole(a) && isWhole(b) ? least(BigInt(a), BigInt(b)) : null);
    case 'instant': return (a, b) => (Number.isNaN(Date.parse(a)) || Number.isNaN(Date.parse(b)) ? null : least(Date.parse(a), Date.parse(b)) || least(String(a), String(b)));
    case 'bool': return (a, b) => least(String(a), { yes: 'true', no: 'false' }[b] ?? String(b));
    default: return (a, b) => (typeof a === 'object' || typeof b === 'object' ? least(textOf(a), textOf(b)) : least(String(a), String(b)));
  }
}

const isWhole = (value) => /^-?\d+$/.test(String(value));
