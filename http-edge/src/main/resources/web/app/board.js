// A board of cards in columns. Positions are ranks: a card between two others gets a rank between theirs.

import { openCard } from './card-dialog.js';
import { dragCards } from './drag.js';
import { arrange, flash, h, hueOf, icon, iconButton, refill, toast } from './ui.js';

const NAMES = ['To do', 'Doing', 'Done'];
const MAX_COLUMNS = 20;
const RANK_STEP = 1024;
const MOVE_MS = 180;

export function createBoard(context) {
  const columns = h('div', { class: 'columns' });
  const hint = h('p', { class: 'hint board-hint' });
  const element = h('section', {}, columns, hint);
  const board = {
    context,
    cards: new Map(), // id → { row, element }
    columns: [], // { element, list, count, adding }
    extra: 0, // empty columns that somebody asked for on this page
    from: new Map(), // id → where a card that was dropped by hand comes from
    remarks: new Map(),
  };
  const more = iconButton('plus', 'Add a column', () => {
    board.extra = board.columns.length + 1;
    draw({ all: true, rows: [] });
  }, { class: 'icon-button more-columns' });
  dragCards(columns, {
    mayDrag: () => context.may('editor'),
    drop: (id, column, before, rect) => {
      board.from.set(id, rect);
      return moveTo(board, id, column, before);
    },
  });
  const draw = (change) => drawBoard(board, columns, more, hint, change);
  return { name: 'board', label: 'Board', element, draw };
}

function drawBoard(board, parent, more, hint, { all, rows }) {
  const { context } = board;
  const cards = [...context.workspace.table('card').snapshot()].sort((a, b) => a.column - b.column || a.rank - b.rank || (a.id < b.id ? -1 : 1));
  board.remarks = groupRemarks(context.workspace.table('remark').snapshot());
  const before = positions(board, all);
  const count = Math.min(MAX_COLUMNS, Math.max(NAMES.length, board.extra, ...cards.map((card) => card.column + 1)));
  while (board.columns.length < count) board.columns.push(createColumn(board, board.columns.length));
  board.columns.length = count;
  for (const id of board.cards.keys()) if (!context.workspace.table('card').get(id)) board.cards.delete(id);
  for (const [index, column] of board.columns.entries()) {
    const inside = cards.filter((card) => card.column === index);
    arrange(column.list, inside.map((card) => cardElement(board, card)));
    column.count.textContent = inside.length;
    column.element.classList.toggle('is-empty', inside.length === 0);
  }
  arrange(parent, [...board.columns.map((column) => column.element), ...(context.may('editor') && count < MAX_COLUMNS ? [more] : [])]);
  hint.textContent = context.may('editor')
    ? 'Drag a card, or focus it and press Alt with an arrow key. Enter opens it.'
    : 'You can look, and write remarks: open a card.';
  if (!all) showChanges(board, rows, before);
}

function groupRemarks(remarks) {
  const groups = new Map();
  for (const remark of remarks) groups.set(remark.card_id, [...(groups.get(remark.card_id) ?? []), remark]);
  return groups;
}

function positions(board, all) {
  const at = new Map();
  if (!all) for (const [id, { element }] of board.cards) at.set(id, element.getBoundingClientRect());
  for (const [id, rect] of board.from) at.set(id, rect);
  board.from.clear();
  return at;
}

/** Cards glide to where they are now; what others changed lights up in their colour. */
function showChanges(board, rows, before) {
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  for (const [id, { element }] of still ? [] : board.cards) {
    const from = before.get(id);
    const to = element.getBoundingClientRect();
    if (from && (from.x !== to.x || from.y !== to.y)) {
      element.animate([{ transform: `translate(${from.x - to.x}px, ${from.y - to.y}px)` }, { transform: 'none' }], { duration: MOVE_MS, easing: 'ease-out' });
    }
  }
  for (const { table, after, sender } of rows) {
    const card = table === 'card' ? after?.id : after?.card_id;
    const element = board.cards.get(card)?.element;
    if (!element || sender === board.context.me) continue;
    flash(element, table === 'nudge' ? 'nudged' : 'touched', hueOf(sender));
    if (table === 'nudge') toast(`${board.context.name(sender)} points at “${board.cards.get(card).row.title}”`, { hue: hueOf(sender) });
  }
}

function createColumn(board, index) {
  const count = h('span', { class: 'count' });
  const list = h('ol', { class: 'cards', 'data-column': index });
  const name = NAMES[index] ?? `Column ${index + 1}`;
  const adding = addForm(board, index, name);
  const element = h('section', { class: 'column', 'aria-label': name }, h('header', {}, h('h2', {}, name), count), list, adding);
  return { element, list, count };
}

/** A button that turns into a text field, and stays one until Escape or nothing is added. */
function addForm(board, index, name) {
  const input = h('textarea', { name: 'title', rows: 2, maxlength: 500, 'aria-label': `A new card in ${name}`, placeholder: 'What is to be done?' });
  const open = h('button', { type: 'button', class: 'add-card', onclick: () => toggle(true) }, icon('plus'), 'Add a card');
  const form = h('form', { class: 'adding', hidden: true }, input, h('div', { class: 'actions' }, h('button', { class: 'primary small' }, 'Add'), iconButton('close', 'Leave off', () => toggle(false))));
  const toggle = (on) => {
    form.hidden = !on;
    open.hidden = on;
    if (on) input.focus();
    else open.focus();
  };
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const title = input.value.trim();
    if (title === '') return;
    const last = cardsOf(board, index).at(-1);
    input.value = '';
    const done = await board.context.act('add_card', { id: newId(), title, column: index, rank: last ? last.rank + RANK_STEP : 0 });
    if (!done && input.value === '') input.value = title;
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') toggle(false);
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  return h('div', { class: 'for-editors' }, open, form);
}

const newId = () => [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

function cardsOf(board, column) {
  return board.context.workspace.table('card').snapshot().filter((card) => card.column === column).sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1));
}

function cardElement(board, row) {
  let card = board.cards.get(row.id);
  if (!card) {
    card = { element: createCard(board, row.id) };
    board.cards.set(row.id, card);
  }
  const remarks = board.remarks.get(row.id)?.length ?? 0;
  const looks = JSON.stringify([row, remarks]);
  if (card.looks !== looks) {
    refill(card.element, [
      h('span', { class: 'title' }, row.title),
      remarks > 0 && h('span', { class: 'remark-count', 'aria-label': `${remarks} remarks` }, icon('remark'), remarks),
      h('span', { class: 'grip for-editors', 'aria-hidden': 'true' }, icon('grip')),
    ]);
    card.element.dataset.color = row.color;
  }
  Object.assign(card, { row, looks });
  return card.element;
}

function createCard(board, id) {
  const open = () => openCard(board.context, id);
  return h('li', {
    class: 'card',
    tabindex: 0,
    'data-id': id,
    'aria-keyshortcuts': 'Enter Alt+ArrowUp Alt+ArrowDown Alt+ArrowLeft Alt+ArrowRight',
    onclick: open,
    onkeydown: (event) => {
      if (event.key === 'Enter') open();
      else if (event.altKey && event.key.startsWith('Arrow')) {
        event.preventDefault();
        step(board, id, event.key);
      }
    },
  });
}

/** Moves a card by one place, by keyboard. */
function step(board, id, key) {
  const card = board.context.workspace.table('card').get(id);
  if (!card || !board.context.may('editor')) return;
  const own = cardsOf(board, card.column);
  const at = own.findIndex((each) => each.id === id);
  if (key === 'ArrowUp' && at > 0) moveTo(board, id, card.column, own[at - 1].id);
  if (key === 'ArrowDown' && at < own.length - 1) moveTo(board, id, card.column, own[at + 2]?.id ?? null);
  const column = card.column + ({ ArrowLeft: -1, ArrowRight: 1 }[key] ?? 0);
  if (column === card.column || column < 0 || column >= board.columns.length) return;
  moveTo(board, id, column, cardsOf(board, column)[at]?.id ?? null);
}

/** Puts a card before another, or at the end (`before` null). Answers whether it was done. */
async function moveTo(board, id, column, before) {
  const { workspace, act } = board.context;
  const others = cardsOf(board, column).filter((card) => card.id !== id);
  const found = others.findIndex((card) => card.id === before);
  const at = found < 0 ? others.length : found;
  const [left, right] = [others[at - 1]?.rank, others[at]?.rank];
  const rank = left === undefined ? (right ?? RANK_STEP) - RANK_STEP : right === undefined ? left + RANK_STEP : (left + right) / 2;
  const now = workspace.table('card').get(id);
  if (now?.column === column && cardsOf(board, column).findIndex((card) => card.id === id) === at) return true;
  if (rank !== left && rank !== right) return act('move_card', { id, column, rank });
  // Fifty halvings at one place use up the double: deal the column's ranks anew.
  const order = [...others.slice(0, at).map((card) => card.id), id, ...others.slice(at).map((card) => card.id)];
  const done = await Promise.all(order.map((each, i) => act('move_card', { id: each, column, rank: i * RANK_STEP })));
  return done.every(Boolean);
}
