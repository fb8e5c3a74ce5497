// Nodes in the hand. They are shown where the hand is, whatever comes in meanwhile; the others are told where every MOVE_EVERY_MS, in one call for all
// of them and never a second before the first is answered. Letting go makes the one call that is undone as a whole.

import { newId } from '../new-id.js';

export const MOVE_EVERY_MS = 50;
const MAX_LAYERS = 8;

export function carry(stage, ids) {
  const { graph, held } = stage;
  const group = newId();
  const origins = new Map(ids.filter((id) => graph.nodes.has(id)).map((id) => [id, placeIn(graph.nodes.get(id))]));
  let by = { x: 0, y: 0 };
  let isUnsaid = false;
  let wasSaid = false;
  let isUnderWay = false;
  let timer = 0;

  // A layer of its own spares the others from being painted again; many of them would cost more than they spare.
  const lift = (isUp) => { if (origins.size <= MAX_LAYERS) for (const id of origins.keys()) stage.scene.element(id)?.classList.toggle('is-lifted', isUp); };
  lift(true);

  /** Where they are, those that are still there. */
  const places = (at = by) => new Map([...origins].filter(([id]) => graph.nodes.has(id)).map(([id, { x, y }]) => [id, { x: Math.round(x + at.x), y: Math.round(y + at.y) }]));
  const tell = async () => {
    timer = 0;
    if (!isUnsaid) return;
    timer = setTimeout(tell, MOVE_EVERY_MS);
    if (isUnderWay || !stage.isLive()) return; // a place on the way that nobody would see in time is not worth a call
    isUnsaid = false;
    [isUnderWay, wasSaid] = [true, true];
    await stage.source.move(places(), null);
    isUnderWay = false;
  };
  const end = () => {
    clearTimeout(timer);
    lift(false);
    for (const id of origins.keys()) held.delete(id);
    stage.touch(origins.keys());
  };

  return {
    move(x, y) {
      by = { x, y };
      isUnsaid = true;
      for (const [id, place] of places()) held.set(id, place);
      stage.touch(origins.keys());
      if (!timer) tell();
    },
    drop() {
      const final = places();
      const hasMoved = wasSaid || isUnsaid;
      if (hasMoved && final.size > 0) stage.source.move(final, { origins, group }); // its effect shows them there before the hand lets go
      end();
    },
    cancel() {
      end();
      const back = places({ x: 0, y: 0 });
      if (wasSaid && back.size > 0) stage.source.move(back, null);
    },
  };
}

const placeIn = ({ x, y }) => ({ x, y });
