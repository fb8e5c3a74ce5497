// A board of cards in columns. Positions are ranks: a card between two others gets a rank between theirs.

import { createBoardOthers } from './board-others.js';
import { openCard } from './card-dialog.js';
import { dragCards } from './drag.js';
import { newId } from './new-id.js';
import { arrange, flash, h, hueOf, icon, iconButton, refill, tell, toast } from './ui.js';

const NAMES = ['To do', 'Doing', 'Done'];
const MAX_COLUMNS = 20;
const RANK_STEP = 1024;
const MOVE_MS = 180;

export function createBoard(context) {
  const { history } = context.workspace;
  const columns = h('div', { class: 'columns' });
  const hint = h('p', { class: 'hint board-hint' });
  const [undo, redo] = [iconButton('undo', 'Undo (Ctrl+Z)', () => again('undo')), iconButton('redo', 'Redo (Ctrl+Shift+Z)', () => again('redo'))];
  const element = h('section', { class: 'board' }, columns, h('div', { class: 'board-foot' }, h('span', { class: 'for-editors board-undo' }, undo, redo), hint));
  const board = {
    context,
    cards: new Map(), // id → { row, element }
    columns: [], // { element, list, count, adding }
    extra: 0, // empty columns that somebody asked for on this page
    from: new Map(), // id → where a card that was dropped by hand comes from
    remarks: new Map(),
    announce: h('p', { class: 'visually-hidden', role: 'status', 'aria-live': 'polite' }),
  };
  element.append(board.announce);
  board.others = createBoardOthers(context, () => draw({ all: false, rows: [] }));
  const again = (what) => history[what]().then((done) => done || toast(what === 'undo' ? 'There is nothing of yours to undo' : 'There is nothing to do again'), tell);
  const drawHistory = () => {
    undo.disabled = !history.canUndo;
    redo.disabled = !history.canRedo;
  };
  const stopHistory = history.subscribe(drawHistory);
  drawHistory();
  const keys = (event) => {
    const what = undoKey(event);
    if (!what || element.hidden || !element.isConnected || isTyping(event.target)) return;
    event.preventDefault();
    again(what);
  };
  document.addEventListener('keydown', keys);
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
    over: (id, column, before) => board.others.drag(id === null ? null : { id, column, before }),
  });
  const draw = (change) => drawBoard(board, columns, more, hint, change);
  const leave = () => {
    document.removeEventListener('keydown', keys);
    stopHistory();
    board.others.leave();
  };
  return { name: 'board', label: 'Board', element, draw, leave };
}

function undoKey({ key, ctrlKey, metaKey, shiftKey, altKey }) {
  if (altKey || !(ctrlKey || metaKey)) return null;
  return key.toLowerCase() === 'z' ? (shiftKey ? 'redo' : 'undo') : key.toLowerCase() === 'y' ? 'redo' : null;
}

const isTyping = (element) => element.closest('input, textarea, select, dialog, [contenteditable]') !== null;

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
    const inside = board.others.placed(cards, index);
    arrange(column.list, inside.map((card) => cardElement(board, card)));
    column.count.textContent = inside.length;
    column.element.classList.toggle('is-empty', inside.length === 0);
  }
  arrange(parent, [...board.columns.map((column) => column.element), ...(context.may('editor') && count < MAX_COLUMNS ? [more] : [])]);
  hint.textContent = context.may('editor')
    ? 'Drag a card, or go to it with the arrow keys and move it with Alt and an arrow. Enter opens it.'
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
    // What somebody drags is seen to move.
    if (!element || sender === board.context.me || (table === 'card' && board.others.isHeld(card))) continue;
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
  return { element, list, count, name };
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
  board.others.mark(row.id, card.element);
  return card.element;
}

function createCard(board, id) {
  const open = () => {
    board.others.open(id);
    openCard(board.context, id, () => board.others.open(null));
  };
  return h('li', {
    class: 'card',
    tabindex: 0,
    'data-id': id,
    'aria-keyshortcuts': 'Enter ArrowUp ArrowDown ArrowLeft ArrowRight Alt+ArrowUp Alt+ArrowDown Alt+ArrowLeft Alt+ArrowRight',
    onclick: open,
    onfocus: () => board.others.look(id),
    onblur: () => board.others.look(null),
    onkeydown: (event) => {
      if (event.key === 'Enter') open();
      else if (event.altKey && event.key.startsWith('Arrow')) {
        event.preventDefault();
        step(board, id, event.key);
      } else if (event.key.startsWith('Arrow')) {
        event.preventDefault();
        focusNext(board, id, event.key);
      }
    },
  });
}

/** Goes to the card beside this one. */
function focusNext(board, id, key) {
  const card = board.context.workspace.table('card').get(id);
  if (!card) return;
  const own = cardsOf(board, card.column);
  const at = own.findIndex((each) => each.id === id);
  const [down, aside] = [{ ArrowUp: -1, ArrowDown: 1 }[key] ?? 0, { ArrowLeft: -1, ArrowRight: 1 }[key] ?? 0];
  let next = own[at + down];
  for (let column = card.column + aside; aside && column >= 0 && column < board.columns.length; column += aside) {
    const there = cardsOf(board, column);
    next = there[Math.min(at, there.length - 1)];
    if (next) break;
  }
  if (next && next.id !== id) board.cards.get(next.id)?.element.focus();
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
  if (column < 0 || column >= board.columns.length) return;
  if (column !== card.column) moveTo(board, id, column, cardsOf(board, column)[at]?.id ?? null);
  // Shown by its effect already.
  const now = workspaceCard(board, id);
  const place = cardsOf(board, now.column).findIndex((each) => each.id === id) + 1;
  board.announce.textContent = `${now.title}: ${board.columns[now.column].name}, ${place} of ${cardsOf(board, now.column).length}`;
  requestAnimationFrame(() => board.cards.get(id)?.element.focus());
}

const workspaceCard = (board, id) => board.context.workspace.table('card').get(id);

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
  const group = newId();
  const done = await Promise.all(order.map((each, i) => act('move_card', { id: each, column, rank: i * RANK_STEP }, { group })));
  return done.every(Boolean);
}
