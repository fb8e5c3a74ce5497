// Dragging cards with mouse, pen or finger. A finger drags by the grip only; elsewhere it scrolls.

import { h } from './ui.js';

const THRESHOLD_PX = 5;
const EDGE_PX = 40;
const SCROLL_PX = 12;

/**
 * `drop(id, column, before, rect)` answers a promise: until it settles, the gap stays where the card was dropped. `over(id, column, before)` is told where
 * the hand is whenever that is another place, and `over(null)` when it lets go.
 */
export function dragCards(root, { mayDrag, drop, over }) {
  root.addEventListener('pointerdown', (event) => {
    const card = event.target.closest('.card');
    if (!card || event.button !== 0 || !mayDrag()) return;
    if (event.pointerType === 'touch' && !event.target.closest('.grip')) return;
    follow(root, card, event, { drop, over });
  });
}

function follow(root, card, start, { drop, over }) {
  const rect = card.getBoundingClientRect();
  const gap = h('li', { class: 'gap', 'aria-hidden': 'true' });
  const ending = new AbortController();
  let ghost = null;
  let last = start;
  let scrolling = 0;

  const lift = () => {
    ghost = card.cloneNode(true);
    ghost.removeAttribute('tabindex');
    ghost.classList.add('ghost');
    ghost.style.width = `${rect.width}px`;
    gap.style.height = `${rect.height}px`;
    document.body.append(ghost);
    document.body.classList.add('is-dragging');
    card.after(gap);
    over(card.dataset.id, Number(card.parentElement.dataset.column), gap.nextElementSibling?.dataset.id ?? null);
    card.classList.add('lifted');
    scrolling = requestAnimationFrame(scroll);
  };
  const move = (event) => {
    last = event;
    if (!ghost && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) < THRESHOLD_PX) return;
    event.preventDefault();
    if (!ghost) lift();
    place();
  };
  const place = () => {
    ghost.style.transform = `translate(${rect.x + last.clientX - start.clientX}px, ${rect.y + last.clientY - start.clientY}px)`;
    const column = columnAt(root, last.clientX);
    const list = column?.querySelector('.cards');
    if (!list) return;
    const below = [...list.querySelectorAll('.card:not(.lifted)')].find((each) => last.clientY < middle(each));
    if (gap.parentElement === list && gap.nextElementSibling === (below ?? null)) return;
    list.insertBefore(gap, below ?? null);
    over(card.dataset.id, Number(list.dataset.column), below?.dataset.id ?? null);
  };
  const scroll = () => {
    const box = root.getBoundingClientRect();
    if (last.clientX > box.right - EDGE_PX) root.scrollLeft += SCROLL_PX;
    else if (last.clientX < box.left + EDGE_PX) root.scrollLeft -= SCROLL_PX;
    place();
    scrolling = requestAnimationFrame(scroll);
  };
  const end = async (dropped) => {
    ending.abort();
    if (!ghost) return;
    cancelAnimationFrame(scrolling);
    document.body.classList.remove('is-dragging');
    // The click that follows a drag opens no card.
    root.addEventListener('click', (event) => event.stopPropagation(), { capture: true, once: true, signal: AbortSignal.timeout(50) });
    const from = ghost.getBoundingClientRect();
    ghost.remove();
    over(null);
    if (dropped && gap.isConnected) {
      let before = gap.nextElementSibling;
      while (before?.classList.contains('lifted')) before = before.nextElementSibling;
      await drop(card.dataset.id, Number(gap.parentElement.dataset.column), before?.dataset.id ?? null, from);
      // Not before the change itself is drawn, or the card would show at its old place for a frame.
      await new Promise(requestAnimationFrame);
    }
    gap.remove();
    card.classList.remove('lifted');
  };

  const listen = (type, listener) => addEventListener(type, listener, { signal: ending.signal, passive: false });
  listen('pointermove', move);
  listen('pointerup', () => end(true));
  listen('pointercancel', () => end(false));
  listen('keydown', (event) => event.key === 'Escape' && end(false));
  listen('dragstart', (event) => event.preventDefault());
}

function columnAt(root, x) {
  const columns = [...root.querySelectorAll('.column')];
  return columns.find((column) => x <= column.getBoundingClientRect().right) ?? columns.at(-1);
}

function middle(element) {
  const rect = element.getBoundingClientRect();
  return rect.y + rect.height / 2;
}
