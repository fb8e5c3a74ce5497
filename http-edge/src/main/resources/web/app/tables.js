// A table of any length: only the rows in sight, and a few around them, are elements. All rows have one height.

import { h, hueOf } from './ui.js';

/** As in tables.css. */
const ROW_PX = 38;
const OVERSCAN = 10;
const FLASH_MS = 1_600;
const MAX_FLASHES = 500;
const WIDTHS = { bool: 90, int: 110, uint: 110, long: 130, ulong: 130, double: 120, instant: 130, identity: 190 };

/** `onopen(row)`: a row is to be seen whole; `onsort(column)`: its head was pressed. */
export function createTable({ label, onopen, onsort }) {
  const spacer = () => h('tr', { class: 'spacer', 'aria-hidden': 'true' }, h('td'));
  const [above, below] = [spacer(), spacer()];
  const [head, body, widths] = [h('thead'), h('tbody', {}, above, below), h('colgroup')];
  const table = h('table', { class: 'long-table', 'aria-label': label }, widths, head, body);
  const element = h('div', { class: 'scroll table-scroll' }, table);
  let shown = { columns: [], rows: [], idOf: () => '', cell: () => '' };
  let elements = new Map(); // id → { element, row }
  let flashes = new Map(); // id → { hue, until, seen }
  let active = 0;
  let scheduled = 0;

  const render = () => {
    scheduled = 0;
    const { rows, columns, idOf, cell } = shown;
    const first = Math.max(0, Math.floor(element.scrollTop / ROW_PX) - OVERSCAN);
    const last = Math.min(rows.length, Math.ceil((element.scrollTop + (element.clientHeight || innerHeight)) / ROW_PX) + OVERSCAN);
    if (active < first || active >= last) active = Math.min(first + (first ? OVERSCAN : 0), Math.max(0, rows.length - 1));
    const next = new Map();
    const order = [];
    for (let i = first; i < last; i++) {
      const id = idOf(rows[i], i);
      const known = elements.get(id);
      const one = known?.row === rows[i] ? known : { element: rowElement(known?.element, columns, rows[i], cell), row: rows[i] };
      next.set(id, one);
      one.element.setAttribute('aria-rowindex', i + 2);
      one.element.dataset.index = i;
      one.element.tabIndex = i === active ? 0 : -1;
      flashed(one.element, flashes.get(id));
      order.push(one.element);
    }
    elements = next;
    above.firstChild.style.height = `${first * ROW_PX}px`;
    below.firstChild.style.height = `${(rows.length - last) * ROW_PX}px`;
    place(body, above, order, below);
    table.setAttribute('aria-rowcount', rows.length + 1);
  };
  const soon = () => (scheduled ||= requestAnimationFrame(render));
  const go = (index) => {
    active = Math.max(0, Math.min(shown.rows.length - 1, index));
    const top = active * ROW_PX;
    const room = element.clientHeight - head.offsetHeight - ROW_PX;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top > element.scrollTop + room) element.scrollTop = top - room;
    render();
    body.querySelector('[tabindex="0"]')?.focus({ preventScroll: true });
  };
  element.addEventListener('scroll', soon, { passive: true });
  body.addEventListener('click', ({ target }) => {
    const row = target.closest('tr[data-index]');
    if (!row || getSelection().toString()) return;
    active = Number(row.dataset.index);
    onopen(shown.rows[active]);
  });
  body.addEventListener('keydown', (event) => {
    const page = Math.max(1, Math.floor(element.clientHeight / ROW_PX) - 2);
    const to = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + page, PageUp: active - page, Home: 0, End: shown.rows.length - 1 }[event.key];
    if (to !== undefined) go(to);
    else if (event.key === 'Enter' || event.key === ' ') onopen(shown.rows[active]);
    else return;
    event.preventDefault();
  });
  new ResizeObserver(soon).observe(element);
  return {
    element,
    /** Other columns. `sort`: as filter.js says it. */
    columns: (columns, keys, sort, typeText) => {
      widths.replaceChildren(...columns.map((column) => sized(h('col'), WIDTHS[column.type.optional ?? column.type] ?? 220)));
      for (const each of [above, below]) each.firstChild.colSpan = columns.length;
      table.style.minWidth = `${columns.reduce((sum, column) => sum + (WIDTHS[column.type.optional ?? column.type] ?? 220), 0)}px`;
      const focused = [...head.querySelectorAll('button')].indexOf(document.activeElement);
      head.replaceChildren(h('tr', { 'aria-rowindex': 1 }, columns.map((column) => headCell(column, keys.includes(column.name), sort, typeText(column.type), onsort))));
      head.querySelectorAll('button')[focused]?.focus();
      elements = new Map();
    },
    /** `idOf(row, index)` tells rows apart, `cell(column, row)` draws one. */
    show: (what) => {
      shown = what;
      soon();
    },
    /** That a row was changed by somebody; seen once, if it comes into sight soon. `own`: by oneself. */
    flash: (id, sender, own) => {
      flashes.set(id, { hue: hueOf(sender), own, until: performance.now() + FLASH_MS, seen: false });
      if (flashes.size > MAX_FLASHES) flashes.delete(flashes.keys().next().value);
    },
    /** Another table's rows. */
    forget: () => {
      elements = new Map();
      flashes = new Map();
      active = 0;
      element.scrollTop = 0;
    },
    leave: () => cancelAnimationFrame(scheduled),
  };
}

function sized(col, px) {
  col.style.width = `${px}px`;
  return col;
}

function headCell(column, isKey, sort, type, onsort) {
  const way = sort === column.name ? 'ascending' : sort === `-${column.name}` ? 'descending' : 'none';
  return h(
    'th',
    { scope: 'col', 'aria-sort': way },
    h('button', { type: 'button', class: 'sort', title: `Sort by ${column.name}`, onclick: () => onsort(column.name) }, h('span', {}, column.name, isKey && h('span', { class: 'key-mark', title: 'primary key' }, ' key')), h('small', {}, type)),
  );
}

/** The element of a row that was there is filled anew, so that focus stays on it. */
function rowElement(element = h('tr'), columns, row, cell) {
  element.replaceChildren(...columns.map((column) => h('td', {}, cell(column, row))));
  return element;
}

/** Two names of one animation take turns: a row flashes again without the layout being asked in between. */
function flashed(element, flash) {
  if (!flash || flash.seen) return;
  flash.seen = true;
  if (flash.until < performance.now()) return;
  element.style.setProperty('--hue', flash.hue);
  element.dataset.flash = element.dataset.flash === 'a' ? 'b' : 'a';
  element.classList.toggle('own', flash.own);
}

/** Moves only what is elsewhere. */
function place(body, above, order, below) {
  const wanted = new Set([above, ...order, below]);
  for (const child of [...body.children]) if (!wanted.has(child)) child.remove();
  let at = above.nextElementSibling;
  for (const element of order) {
    if (element === at) at = at.nextElementSibling;
    else body.insertBefore(element, at);
  }
}
