// The others on this canvas: where their hands are and what they have selected, as presence says. Their names and colours are those of the page.

import { h, hueOf } from '../ui.js';

/** Beyond this nobody can tell whose hand is whose. */
const MAX_HANDS = 30;
/** Of a selection, so that a state stays small. */
const MAX_SELECTED = 50;

/** `place`: which graph this is; hands on others are not shown. */
export function createOthers(stage, context, place) {
  const { presence } = context.workspace;
  const hands = new Map(); // identity → { element, at }
  let selected = new Map(); // node → [person]
  let point = null;
  let pointTimer = 0;

  const hear = () => {
    const people = presence.snapshot().people.filter((person) => person.identity !== context.me && person.state.at?.in === place).slice(0, MAX_HANDS);
    const before = selected;
    selected = new Map();
    for (const person of people) for (const id of listOf(person.state.at.selected)) selected.set(id, [...(selected.get(id) ?? []), person]);
    const changed = [...new Set([...before.keys(), ...selected.keys()])].filter((id) => said(before.get(id)) !== said(selected.get(id)));
    if (changed.length) stage.touch(changed);
    const here = new Set(people.map((person) => person.identity));
    for (const [identity, { element }] of hands) {
      if (here.has(identity)) continue;
      element.remove();
      hands.delete(identity);
    }
    for (const person of people) {
      const hand = hands.get(person.identity) ?? createHandOf(stage, context, person);
      hands.set(person.identity, hand);
      const { x, y } = person.state.at;
      hand.at = Number.isFinite(x) && Number.isFinite(y) ? { x, y } : null;
      hand.element.hidden = hand.at === null;
    }
    stage.frame();
  };
  const tell = () => {
    pointTimer = 0;
    const at = { in: place, selected: [...stage.selection].slice(0, MAX_SELECTED) };
    if (point) Object.assign(at, { x: Math.round(point.x), y: Math.round(point.y) });
    if (stage.isHolding) at.holds = true;
    presence.set({ at });
  };
  // The client library makes one message of what is said within 50 ms; this only spares it the events of a fast mouse.
  const tellSoon = () => (pointTimer ||= setTimeout(tell, 25));
  const stop = presence.subscribe(hear);
  tell();
  queueMicrotask(hear);
  return {
    tellSoon,
    pointAt(now) {
      point = now;
      tellSoon();
    },
    /** In a frame. */
    draw() {
      for (const { element, at } of hands.values()) {
        if (!at) continue;
        const { x, y } = stage.camera.toScreen(at);
        element.style.transform = `translate(${x}px, ${y}px)`;
      }
    },
    /** Marks a node's element with who else has it selected. */
    mark(id, element) {
      const person = selected.get(id)?.[0];
      const was = element.dataset.by;
      if (was === person?.identity && element.classList.contains('is-held') === Boolean(person?.state.at.holds)) return;
      element.classList.toggle('is-theirs', Boolean(person));
      element.classList.toggle('is-held', Boolean(person?.state.at.holds));
      if (!person) {
        delete element.dataset.by;
        delete element.dataset.who;
        return;
      }
      element.dataset.by = person.identity;
      element.dataset.who = nameOf(context, person);
      element.style.setProperty('--hue', hueOf(person.identity));
    },
    namesAt: (id) => (selected.get(id) ?? []).map((person) => nameOf(context, person)),
    leave() {
      stop();
      clearTimeout(pointTimer);
      presence.set({ at: null });
    },
  };
}

const nameOf = (context, { identity, state }) => context.name(identity, typeof state.name === 'string' ? state.name : '');
const listOf = (selected) => (Array.isArray(selected) ? selected.filter((id) => typeof id === 'string').slice(0, MAX_SELECTED) : []);
const said = (people) => (people ?? []).map((person) => `${person.identity} ${Boolean(person.state.at?.holds)}`).join();

function createHandOf(stage, context, person) {
  const arrow = h('span', { class: 'hand-arrow' });
  const element = h('div', { class: 'hand', hue: hueOf(person.identity), 'data-identity': person.identity, 'aria-hidden': 'true' }, arrow, h('span', { class: 'hand-name' }, nameOf(context, person)));
  stage.over.append(element);
  return { element, at: null };
}
