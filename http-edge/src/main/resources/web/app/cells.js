// A column's value: short in a table's cell, whole where there is room.

import { textOf } from './filter.js';
import { inner } from './types.js';
import { avatar, h, time } from './ui.js';

const MAX_CELL = 120;
const MAX_TITLE = 2_000;
const MAX_WHOLE = 100_000;

/** One line. */
export function cell(context, type, value) {
  if (value === null || value === undefined) return h('span', { class: 'none' }, '–');
  const plain = inner(type);
  if (plain === 'identity') return h('span', { class: 'person' }, avatar(value, context.name(value)), context.name(value));
  if (plain === 'instant') return time(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const text = textOf(value);
  const shown = text.length > MAX_CELL ? `${text.slice(0, MAX_CELL)}…` : text;
  return h('span', { class: typeof value === 'string' ? null : 'exact', title: text.length > MAX_CELL ? text.slice(0, MAX_TITLE) : null }, shown);
}

/** All of it. */
export function whole(context, type, value) {
  if (value === null || value === undefined) return h('span', { class: 'none' }, 'none');
  const plain = inner(type);
  if (plain === 'identity') return h('span', { class: 'whole-person' }, cell(context, type, value), h('code', { class: 'long' }, value));
  if (plain === 'instant') return h('span', {}, time(value), ' ', h('code', { class: 'long' }, value));
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'object' && String(value).length < MAX_CELL && !String(value).includes('\n')) return h('span', { class: typeof value === 'string' ? 'long' : 'exact' }, value === '' ? h('span', { class: 'none' }, 'empty text') : String(value));
  const text = prettied(plain, value);
  return h('pre', { class: 'value' }, text.length > MAX_WHOLE ? `${text.slice(0, MAX_WHOLE)}\n… ${text.length - MAX_WHOLE} more characters` : text);
}

function prettied(type, value) {
  return typeof value === 'object' || type === 'json' ? JSON.stringify(value, null, 2) : String(value);
}

/** A key as one reads it. */
export const keyText = (table, row) => table.key.map((column) => textOf(row[column])).join(', ');
