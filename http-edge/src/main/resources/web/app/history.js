// A slider over all transactions: the present at its right end, any state before it to the left.

import { writeAddress } from './address.js';
import { api } from './session.js';
import { h, iconButton, refill, time } from './ui.js';

/** A hand that drags asks for one state each time it rests. */
const REST_MS = 140;
const KEPT_STATES = 4;
const MAX_RETRIES = 3;

/** `past` is { seq, tables } while one is shown, else null; `changed()` is called whenever it is another. */
export function createTimeline(context, changed) {
  const slider = h('input', { type: 'range', class: 'time-slider', min: 1, step: 1, 'aria-label': 'Transaction', oninput: () => go(Number(slider.value)) });
  const back = iconButton('back', 'One transaction back', () => go(position() - 1));
  const forth = iconButton('forth', 'One transaction on', () => go(position() + 1));
  const about = h('p', { class: 'time-about', role: 'status' });
  const live = h('button', { type: 'button', class: 'small live-button', 'aria-pressed': 'true', onclick: () => go(Infinity) }, h('span', { class: 'dot' }), 'Live');
  const element = h('div', { class: 'timeline', 'aria-label': 'Time', role: 'group' }, live, back, slider, forth, about);
  const states = new Map(); // `epoch:seq` → { seq, tables, said }, the last used last
  let wanted = null; // null: the present
  let timer = 0;
  let head = 0;
  const self = { element, past: null };

  const position = () => wanted ?? head;
  const say = (...what) => refill(about, what);
  const look = () => {
    slider.max = head;
    slider.value = position();
    slider.setAttribute('aria-valuetext', wanted === null ? `live, #${head}` : `#${wanted} of ${head}`);
    back.disabled = position() <= 1;
    forth.disabled = wanted === null;
    slider.disabled = head <= 1;
    live.setAttribute('aria-pressed', wanted === null);
    element.classList.toggle('is-past', wanted !== null);
    if (wanted === null) say(head > 1 ? 'Now. Drag to see any state before.' : 'Now.');
  };
  const show = (past) => {
    self.past = past;
    changed();
  };
  const go = (seq) => {
    clearTimeout(timer);
    wanted = head && seq >= head ? null : Math.max(1, Math.floor(seq) || 1);
    writeAddress({ at: wanted === Infinity ? null : wanted });
    if (wanted === Infinity) wanted = null; // the present, before it is known how far that is
    look();
    if (wanted === null) {
      show(null);
      return;
    }
    const kept = states.get(`${context.workspace.epoch}:${wanted}`);
    if (kept) arrive(kept);
    else {
      say(h('strong', {}, `#${wanted}`), ' …');
      timer = setTimeout(ask, REST_MS, wanted, 0);
    }
  };
  const arrive = (state) => {
    const key = `${state.epoch}:${state.seq}`;
    states.delete(key);
    states.set(key, state);
    if (states.size > KEPT_STATES) states.delete(states.keys().next().value);
    say(h('strong', {}, `State after #${state.seq}`), ...state.said(), h('span', { class: 'tag' }, 'read-only'));
    show(state);
  };
  const ask = async (seq, tries) => {
    try {
      const [{ epoch, tables }, { transactions }] = await Promise.all([api('GET', `${context.path}/snapshot?seq=${seq}`), api('GET', `${context.path}/history?before=${seq + 1}&limit=1`)]);
      const did = transactions.find((each) => each.seq === seq);
      const said = () => (did ? [' · ', time(did.time), ' · ', context.name(did.sender), ' · ', h('code', {}, did.reducer)] : []);
      if (wanted === seq) arrive({ epoch, seq, tables, said });
    } catch (error) {
      if (wanted !== seq) return;
      if (error.code === 'overloaded' && tries < MAX_RETRIES) {
        timer = setTimeout(ask, error.retryAfter ?? 1_000, seq, tries + 1);
        return;
      }
      say(h('strong', {}, `#${seq}`), ' ', h('span', { role: 'alert', class: 'form-error' }, h('code', {}, error.reason ?? error.code ?? 'internal'), ' ', error.message));
    }
  };
  return Object.assign(self, {
    go,
    draw: () => {
      if (context.workspace.seq === head) return;
      head = context.workspace.seq;
      look();
    },
    leave: () => clearTimeout(timer),
  });
}
