// Whether two states of a document are equal.

import { SkeinError } from './errors.js';

/** JSON with the names of objects in order: equal states have equal texts. @param {unknown} value @returns {string} */
export function textOf(value) {
  try {
    const text = JSON.stringify(value, (_, part) => (part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part));
    if (text !== undefined) return text;
  } catch (e) {
    throw new SkeinError('invalid_args', `the document is no JSON: ${/** @type {Error} */ (e).message}`);
  }
  throw new SkeinError('invalid_args', 'the document is no JSON');
}
