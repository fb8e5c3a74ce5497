// The others at a board: which card somebody looks at, has opened, or drags, and where to. All of it is presence: nothing is written down.

import { avatar, h, hueOf } from './ui.js';

const MAX_FACES = 3;

/** `changed` is called when the board is to be drawn with what is said here. */
export function createBoardOthers(context, changed) {
  const { presence } = context.workspace;
  const mine = { drag: null, open: null, look: null };
  let drags = new Map(); // card → { column, before, person }
  let atCard = new Map(); // card → [person]
  let said = '';

  const hear = () => {
    const people = presence.snapshot().people.filter((person) => person.identity !== context.me && isPlace(person.state.card));
    const now = JSON.stringify(people.map(({ identity, state }) => [identity, state.name, state.card]));
    if (now === said) return;
    said = now;
    drags = new Map();
    atCard = new Map();
    for (const person of people) {
      const { id, drag } = person.state.card;
      atCard.set(id, [...(atCard.get(id) ?? []), person]);
      if (isPlaceToDrop(drag)) drags.set(id, { ...drag, person });
    }
    changed();
  };
  const tell = () => {
    const { drag, open, look } = mine;
    const id = drag?.id ?? open ?? look;
    presence.set({ card: id === null ? null : { id, ...(drag && { drag: { column: drag.column, before: drag.before } }), ...(open && { open: true }) } });
  };
  const say = (what) => (value) => {
    mine[what] = value;
    tell();
  };
  const stop = presence.subscribe(hear);
  return {
    drag: say('drag'),
    open: say('open'),
    look: say('look'),
    isHeld: (card) => drags.has(card),
    /** The cards of a column in their order, with those that somebody drags where the hand has them. */
    placed(cards, column) {
      const inside = cards.filter((card) => (drags.get(card.id)?.column ?? card.column) === column && !drags.has(card.id));
      for (const card of cards) {
        const drag = drags.get(card.id);
        if (drag?.column !== column) continue;
        const at = inside.findIndex(({ id }) => id === drag.before);
        inside.splice(at < 0 ? inside.length : at, 0, card);
      }
      return inside;
    },
    /** Shows on a card who is at it. */
    mark(card, element) {
      const people = atCard.get(card) ?? [];
      const drag = drags.get(card);
      const looks = people.length === 0 ? '' : JSON.stringify([people.map(({ identity, state }) => [identity, state.name, state.card.open]), drag?.person.identity]);
      const isThere = element.querySelector('.card-others') !== null; // a card that is drawn anew has lost it
      if ((element.dataset.others ?? '') === looks && isThere === looks.length > 0) return;
      element.dataset.others = looks;
      element.classList.toggle('is-held', Boolean(drag));
      element.style.setProperty('--hue', people.length ? hueOf((drag?.person ?? people[0]).identity) : '');
      element.querySelector('.card-others')?.remove();
      if (people.length > 0) element.append(faces(context, people, drag));
    },
    leave() {
      stop();
      presence.set({ card: null });
    },
  };
}

const isPlace = (card) => card !== null && typeof card === 'object' && typeof card.id === 'string';
const isPlaceToDrop = (drag) => drag !== null && typeof drag === 'object' && Number.isInteger(drag.column) && drag.column >= 0 && drag.column < 20;

function faces(context, people, drag) {
  const nameOf = ({ identity, state }) => context.name(identity, typeof state.name === 'string' ? state.name : '');
  const shown = drag ? [drag.person] : people.slice(0, MAX_FACES);
  const does = (person) => (drag ? 'moves this' : person.state.card.open ? 'opened this' : 'is here');
  return h('span', { class: 'card-others' }, drag ? h('span', { class: 'card-holder' }, nameOf(drag.person)) : shown.map((person) => h('span', { class: 'face', role: 'img', 'aria-label': `${nameOf(person)} ${does(person)}`, title: `${nameOf(person)} ${does(person)}` }, avatar(person.identity, nameOf(person)))));
}
