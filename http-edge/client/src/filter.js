// The wire's filters, looked at here: only for rows that an effect has written; of all others the server says which subscription they belong to.

/** @type {Record<string, (order: number) => boolean>} */
const OPERATORS = {
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

/**
 * Whether a row matches. As on the server, null equals null alone, and is neither less nor greater than anything.
 * @param {readonly any[]} filter
 * @param {any} row
 * @returns {boolean}
 */
export function matches(filter, row) {
  const [operator, ...rest] = filter;
  if (operator === 'and') return rest.every((part) => matches(part, row));
  if (operator === 'or') return rest.some((part) => matches(part, row));
  if (operator === 'not') return !matches(rest[0], row);
  const [value, wanted] = [row[rest[0]] ?? null, rest[1] ?? null];
  const order = compare(value, wanted);
  return order === null ? operator === '!=' : (OPERATORS[operator]?.(order) ?? false);
}

/** Negative, 0, positive; null: they have no order and are not equal. @param {any} a @param {any} b @returns {number | null} */
function compare(a, b) {
  if (a === null || b === null) return a === b ? 0 : null;
  if (typeof a === 'object' || typeof b === 'object') return JSON.stringify(a) === JSON.stringify(b) ? 0 : null;
  if (typeof a === typeof b) return a < b ? -1 : a > b ? 1 : 0;
  // Whole numbers beyond 2^53 are strings.
  if (/^-?\d+$/.test(String(a)) && /^-?\d+$/.test(String(b))) return BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0;
  return null;
}
