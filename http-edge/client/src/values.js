// JSON values: equality, and the text by which a row is known.

/** Whether two JSON values say the same. @param {any} a @param {any} b @returns {boolean} */
export function same(a, b) {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
}

/** A primary key's value as text. @param {unknown} key */
export const keyText = (key) => JSON.stringify(key);

/**
 * What a row is known by: its key, or all of it where there is none.
 * @param {readonly string[]} key columns
 * @param {any} row
 */
export function textOf(key, row) {
  if (key.length === 0) return JSON.stringify(row);
  return keyText(key.length === 1 ? row[key[0]] : key.map((column) => row[column]));
}

const encoder = new TextEncoder();
/** @param {string} text */
export const bytesOf = (text) => encoder.encode(text).length;

/** 122 random bits; `randomUUID` exists on HTTPS and localhost only. */
export const freshKey = () => crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
