// Mouse, pen and fingers on the canvas: one listener for each kind of event, and what a press began decides what its moves mean.

import { h, svg } from '../ui.js';
import { carry } from './carry.js';
import { between, boxOf, curve, holds, inAt, isNear, meet, outAt } from './geometry.js';
import { endsOf, FAR } from './scene.js';

const THRESHOLD_PX = 4;
const LINE_PX = 16;

export function createHand(stage) {
  const { element, camera } = stage;
  const fingers = new Map();
  let gesture = null;

  const begin = (event) => {
    const at = camera.at(event);
    if (event.button === 1 || stage.isSpaceDown) return panning(stage, at);
    const id = event.target.closest('.node')?.dataset.id;
    const out = stage.mayEdit() ? outUnder(stage, camera.toScene(at), id) : null;
    if (out) return connecting(stage, out.id, out.name, at);
    if (id !== undefined) return pressing(stage, id, event, at);
    if (event.shiftKey || stage.isMarquee) return marking(stage, at, event.shiftKey);
    const edge = edgeAt(stage, camera.toScene(at));
    if (edge) {
      stage.select([edge]);
      return null;
    }
    return panning(stage, at, true);
  };
  const down = (event) => {
    if (event.button > 1 || event.target.closest('.canvas-over')) return;
    element.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, camera.at(event));
    element.focus({ preventScroll: true });
    if (event.button === 1) event.preventDefault();
    if (fingers.size > 1) {
      gesture?.cancel?.();
      gesture = pinching(stage, fingers);
    } else {
      gesture = begin(event);
    }
  };
  const move = (event) => {
    const at = camera.at(event);
    if (event.pointerType !== 'touch') stage.pointAt(camera.toScene(at));
    if (!fingers.has(event.pointerId)) return;
    fingers.set(event.pointerId, at);
    gesture?.move?.(at, event);
  };
  const up = (event) => {
    if (!fingers.delete(event.pointerId)) return;
    const ended = gesture;
    gesture = null;
    if (event.type === 'pointerup') ended?.end?.(camera.at(event), event);
    else ended?.cancel?.();
  };
  element.addEventListener('pointerdown', down);
  element.addEventListener('pointermove', move);
  element.addEventListener('pointerup', up);
  element.addEventListener('pointercancel', up);
  element.addEventListener('pointerleave', () => fingers.size === 0 && stage.pointAt(null));
  element.addEventListener('dragstart', (event) => event.preventDefault());
  element.addEventListener('dblclick', (event) => {
    const node = event.target.closest('.node');
    if (node) stage.inspect();
    else if (!event.target.closest('.canvas-over')) stage.openPalette(camera.sceneAt(event));
  });
  element.addEventListener('wheel', (event) => {
    if (event.target.closest('.canvas-over')) return;
    event.preventDefault();
    const lines = event.deltaMode === 1 ? LINE_PX : 1;
    // Two fingers on a pad move sideways too; a wheel turns up and down only, and a pinch says that it holds Ctrl.
    if (event.shiftKey || (event.deltaX !== 0 && !event.ctrlKey)) camera.pan(-(event.shiftKey && !event.deltaX ? event.deltaY : event.deltaX) * lines, event.shiftKey ? 0 : -event.deltaY * lines);
    else camera.zoomAt(camera.at(event), Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0015)));
  }, { passive: false });

  return {
    get isBusy() { return gesture !== null; },
    /** Answers whether there was something to leave off. */
    cancel() {
      const ended = gesture;
      gesture = null;
      ended?.cancel?.();
      return Boolean(ended);
    },
  };
}

/** The background follows the hand. `clears`: a press that moves nothing selects nothing. */
function panning(stage, start, clears = false) {
  let last = start;
  let moved = false;
  stage.element.classList.add('is-panning');
  const done = () => stage.element.classList.remove('is-panning');
  return {
    move(at) {
      moved ||= Math.hypot(at.x - start.x, at.y - start.y) > THRESHOLD_PX;
      stage.camera.pan(at.x - last.x, at.y - last.y);
      last = at;
    },
    end() {
      done();
      if (!moved && clears) stage.select([]);
    },
    cancel: done,
  };
}

function pinching(stage, fingers) {
  const two = () => [...fingers.values()].slice(0, 2);
  const middle = ([a, b]) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  const apart = ([a, b]) => Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));
  let before = two();
  return {
    move() {
      const now = two();
      if (now.length < 2) return;
      const [from, to] = [middle(before), middle(now)];
      stage.camera.pan(to.x - from.x, to.y - from.y);
      stage.camera.zoomAt(to, apart(now) / apart(before));
      before = now;
    },
  };
}

/** A press on a node: it is selected, and carried once the hand moves. */
function pressing(stage, id, event, start) {
  const isMore = event.shiftKey || event.ctrlKey || event.metaKey;
  const wasSelected = stage.selection.has(id);
  if (!wasSelected) stage.select([id], isMore);
  let carried = null;
  const from = stage.camera.toScene(start);
  return {
    move(at) {
      if (!stage.mayEdit()) return;
      if (!carried && Math.hypot(at.x - start.x, at.y - start.y) < THRESHOLD_PX) return;
      carried ??= stage.hold(carry(stage, [...stage.selection].filter((each) => stage.graph.nodes.has(each))));
      const now = stage.camera.toScene(at);
      carried.move(now.x - from.x, now.y - from.y);
    },
    end(_, { pointerType }) {
      if (carried) stage.release(carried.drop());
      else if (wasSelected && pointerType === 'touch') stage.inspect(); // there is no room to show it at the first
      else if (wasSelected && isMore) stage.select([...stage.selection].filter((each) => each !== id));
      else if (wasSelected) stage.select([id]);
    },
    cancel() { if (carried) stage.release(carried.cancel()); },
  };
}

/** A rectangle that selects what it touches; to the left of where it began, what it holds whole does not matter. */
function marking(stage, start, isMore) {
  const before = isMore ? [...stage.selection] : [];
  const box = h('div', { class: 'marquee' });
  stage.over.append(box);
  const move = (at) => {
    const now = between(start, at);
    Object.assign(box.style, { transform: `translate(${now.x}px, ${now.y}px)`, width: `${now.width}px`, height: `${now.height}px` });
    const scene = between(stage.camera.toScene(start), stage.camera.toScene(at));
    const inside = [...stage.graph.nodes.values()].filter((node) => (node.note === null ? meet : (a, b) => holds(b, a))(boxOf(node, stage.placeOf(node)), scene));
    stage.select([...before, ...inside.map((node) => node.id)]);
  };
  move(start);
  return { move, end: () => box.remove(), cancel: () => box.remove() };
}

/** A line from an output to wherever the hand is; over a node it connects. */
function connecting(stage, source, out, start) {
  const line = svg('path', { class: 'edge is-new' });
  const layer = svg('svg', { class: 'canvas-new-line', 'aria-hidden': 'true' }, line);
  stage.over.append(layer);
  const node = stage.graph.nodes.get(source);
  const outs = stage.graph.outs(source);
  const from = outAt(node, stage.placeOf(node), outs.indexOf(out), outs.length);
  let target = null;
  const aim = (id) => {
    if (id === target) return;
    stage.scene.element(target)?.classList.remove('is-target');
    target = id;
    stage.scene.element(target)?.classList.add('is-target');
  };
  const done = () => {
    aim(null);
    layer.remove();
  };
  return {
    move(at) {
      const point = stage.camera.toScene(at);
      const over = nodeAt(stage, point, source);
      aim(over?.id ?? null);
      const to = over ? inAt(over, stage.placeOf(over)) : point;
      const [a, b, c, d] = curve(from, to).map((each) => stage.camera.toScreen(each)).map(({ x, y }) => `${x} ${y}`);
      line.setAttribute('d', `M${a}C${b} ${c} ${d}`);
    },
    end(at) {
      const to = target;
      done();
      if (to !== null) stage.connect(source, out, to);
      else if (Math.hypot(at.x - start.x, at.y - start.y) < THRESHOLD_PX) stage.select([source]);
      else stage.openPalette(stage.camera.toScene(at), { source, out });
    },
    cancel: done,
  };
}

/** In scene units. */
const REACH = 14;
const GRIP = 11;

function nodeAt(stage, point, not) {
  const near = { x: point.x - REACH, y: point.y - REACH, width: 2 * REACH, height: 2 * REACH };
  return [...stage.graph.nodes.values()].findLast((node) => node.id !== not && node.note === null && meet(boxOf(node, stage.placeOf(node)), near));
}

/** The output that a hand takes hold of: a little more than what is drawn, and none that another node (`on`) is over. */
function outUnder(stage, point, on) {
  if (stage.camera.scale < FAR) return null; // they are not drawn
  const near = GRIP / Math.min(1, stage.camera.scale);
  for (const node of stage.graph.nodes.values()) {
    if ((on !== undefined && on !== node.id) || node.note !== null || Math.abs(point.y - node.y) > 200 || Math.abs(point.x - node.x) > 300) continue;
    const outs = stage.graph.outs(node.id);
    for (const [i, name] of outs.entries()) {
      const at = outAt(node, stage.placeOf(node), i, outs.length);
      if (Math.hypot(at.x - point.x, at.y - point.y) < near) return { id: node.id, name };
    }
  }
  return null;
}

function edgeAt(stage, point) {
  for (const [id, edge] of stage.graph.edges) {
    const ends = endsOf(stage, edge);
    if (ends && isNear(point, ...ends, stage.camera.scale)) return id;
  }
  return null;
}
