// Nodes and lines as elements. What is outside of the view (and some way around it) has none; what moves is only given a transform, and panning
// moves one layer. What is at rest has no transform, as a browser has to think about each one with every frame: 500 of them made a frame 85 ms longer.
// Nobody listens here: the hand listens on the canvas.

import { arrange, h, hueOf, svg } from '../ui.js';
import { boxOf, boxOfLine, inAt, meet, outAt, path, sizeOf } from './geometry.js';

/** Elements that are made in one frame at most; the rest follow in the next ones. */
const MADE_PER_FRAME = 150;
/** Of the view's size: what is drawn around it, so that a short way needs no new elements. */
const AROUND = 0.3;
/** Below this scale names are no longer legible, and cost. */
export const FAR = 0.34;
/** What has not moved for this long is at rest. */
const AT_REST_MS = 400;
/** Of a name: two lines. To cut it with a style would cost a layer for each. */
const MAX_NAME = 38;
/** A gesture is over when the camera stood still this long; then everything is drawn sharp at its scale. */
const SETTLED_MS = 160;
const GRID = 22;

export class Scene {
  #stage; #world; #notes; #lines; #nodes; #grid;
  #elements = new Map();
  #paths = new Map();
  #dirtyNodes = new Set();
  #dirtyEdges = new Set();
  #swept = null;
  #sweptScale = 0;
  #drawn = { x: NaN, y: NaN, scale: NaN };
  #settling = 0;
  #moving = new Set();
  #resting = 0;
  #mustSweep = true;

  constructor(stage) {
    this.#stage = stage;
    this.#grid = h('div', { class: 'canvas-grid' });
    this.#notes = h('div', { class: 'canvas-notes' });
    this.#lines = svg('svg', { class: 'canvas-lines', 'aria-hidden': 'true' });
    this.#nodes = h('div', { class: 'canvas-nodes' });
    this.#world = h('div', { class: 'canvas-world' }, this.#notes, this.#lines, this.#nodes);
    stage.element.append(this.#grid, this.#world);
  }

  leave() {
    clearTimeout(this.#settling);
    clearTimeout(this.#resting);
  }

  element(id) { return this.#elements.get(id)?.element; }

  /** Everything anew. */
  reset() {
    this.#elements.clear();
    this.#paths.clear();
    this.#dirtyNodes.clear();
    this.#dirtyEdges.clear();
    this.#moving.clear();
    for (const layer of [this.#notes, this.#lines, this.#nodes]) layer.replaceChildren();
    this.#mustSweep = true;
    this.#stage.frame();
  }

  /** These are to be looked at again with the next frame. */
  touch(nodes, edges = []) {
    for (const id of nodes) {
      this.#dirtyNodes.add(id);
      for (const edge of this.#stage.graph.edgesAt(id)) this.#dirtyEdges.add(edge);
    }
    const { graph } = this.#stage;
    for (const id of edges) {
      this.#dirtyEdges.add(id);
      const edge = graph.edges.get(id);
      // Another output in use moves the others of its node.
      if (edge && graph.outs(edge.source).length > 1) this.touch([edge.source]);
    }
    this.#stage.frame();
  }

  /** In a frame. */
  draw() {
    this.#look();
    for (const id of this.#dirtyNodes) this.#drawNode(id);
    this.#dirtyNodes.clear();
    for (const id of this.#dirtyEdges) this.#drawEdge(id);
    this.#dirtyEdges.clear();
    this.#sweep();
  }

  #look() {
    const { x, y, scale } = this.#stage.camera;
    const before = this.#drawn;
    if (before.x === x && before.y === y && before.scale === scale) return;
    this.#drawn = { x, y, scale };
    this.#world.classList.add('is-moving');
    this.#world.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    if (before.scale !== scale) this.#world.classList.toggle('is-far', scale < FAR);
    let step = GRID * scale;
    while (step < GRID * 0.7) step *= 2;
    while (step > GRID * 1.4) step /= 2;
    if (before.scale !== scale) this.#grid.style.backgroundSize = `${step}px ${step}px`;
    this.#grid.style.transform = `translate(${mod(x, step) - 2 * GRID}px, ${mod(y, step) - 2 * GRID}px)`;
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#world.classList.remove('is-moving'), SETTLED_MS);
    const { camera } = this.#stage;
    const seen = camera.seen();
    const swept = this.#swept;
    const isInside = swept && seen.x >= swept.x && seen.y >= swept.y && seen.x + seen.width <= swept.x + swept.width && seen.y + seen.height <= swept.y + swept.height;
    if (!isInside || scale > this.#sweptScale * 1.6) this.#mustSweep = true;
  }

  // ---- What is near enough to have an element

  #sweep() {
    if (!this.#mustSweep) return;
    const { graph, camera } = this.#stage;
    if (camera.width === 0) return; // not laid out yet: a resize follows
    this.#swept = camera.seen(AROUND);
    this.#sweptScale = camera.scale;
    let room = MADE_PER_FRAME;
    for (const id of this.#elements.keys()) if (!this.#isNodeNear(graph.nodes.get(id))) this.#dropNode(id);
    for (const id of this.#paths.keys()) if (!this.#isEdgeNear(graph.edges.get(id))) this.#dropEdge(id);
    for (const [id, node] of graph.nodes) if (room > 0 && !this.#elements.has(id) && this.#isNodeNear(node)) room -= this.#drawNode(id);
    for (const [id, edge] of graph.edges) if (room > 0 && !this.#paths.has(id) && this.#isEdgeNear(edge)) room -= this.#drawEdge(id);
    this.#mustSweep = room <= 0;
    if (this.#mustSweep) this.#stage.frame();
  }

  #isNodeNear(node) { return node !== undefined && this.#swept !== null && meet(boxOf(node, this.#stage.placeOf(node)), this.#swept); }

  #isEdgeNear(edge) {
    const ends = edge && endsOf(this.#stage, edge);
    return Boolean(ends) && this.#swept !== null && meet(boxOfLine(...ends), this.#swept);
  }

  // ---- Nodes

  /** Answers how many elements that made. */
  #drawNode(id) {
    const node = this.#stage.graph.nodes.get(id);
    if (!this.#isNodeNear(node)) return this.#dropNode(id);
    const known = this.#elements.get(id);
    const one = known ?? { element: h('div', { class: 'node', 'data-id': id, id: this.#stage.domId(id), role: 'img' }), looks: '', x: NaN, y: NaN };
    const place = this.#stage.placeOf(node);
    if (one.x !== place.x || one.y !== place.y) this.#move(one, place, known !== undefined);
    const outs = this.#stage.graph.outs(id);
    const looks = `${node.name}\n${node.type}\n${node.note}\n${node.size?.width} ${node.size?.height}\n${outs.join()}`;
    if (one.looks !== looks) dress(one.element, node, outs);
    one.looks = looks;
    one.element.classList.toggle('is-selected', this.#stage.selection.has(id));
    this.#stage.markOthers(id, one.element);
    if (known) return 0;
    this.#elements.set(id, one);
    (node.note === null ? this.#nodes : this.#notes).append(one.element);
    return 1;
  }

  #move(one, { x, y }, isShown) {
    [one.x, one.y] = [x, y];
    if (!isShown) return rest(one);
    one.element.style.transform = `translate(${x - one.restX}px, ${y - one.restY}px)`;
    this.#moving.add(one);
    one.movedAt = performance.now();
    this.#resting ||= setTimeout(() => this.#rest(), AT_REST_MS);
  }

  #rest() {
    this.#resting = 0;
    const since = performance.now() - AT_REST_MS;
    for (const one of this.#moving) {
      if (one.movedAt > since) continue;
      rest(one);
      this.#moving.delete(one);
    }
    if (this.#moving.size > 0) this.#resting = setTimeout(() => this.#rest(), AT_REST_MS);
  }

  #dropNode(id) {
    this.#moving.delete(this.#elements.get(id));
    this.#elements.get(id)?.element.remove();
    this.#elements.delete(id);
    return 0;
  }

  // ---- Lines

  #drawEdge(id) {
    const edge = this.#stage.graph.edges.get(id);
    if (!this.#isEdgeNear(edge)) return this.#dropEdge(id);
    const known = this.#paths.get(id);
    const element = known ?? svg('path', { class: 'edge', 'data-id': id, 'data-source': edge.source, 'data-target': edge.target });
    element.setAttribute('d', path(...endsOf(this.#stage, edge)));
    element.classList.toggle('is-other', !edge.isMain);
    element.classList.toggle('is-selected', this.#stage.selection.has(id));
    if (known) return 0;
    this.#paths.set(id, element);
    this.#lines.append(element);
    return 1;
  }

  #dropEdge(id) {
    this.#paths.get(id)?.remove();
    this.#paths.delete(id);
    return 0;
  }
}

function rest(one) {
  [one.restX, one.restY] = [one.x, one.y];
  Object.assign(one.element.style, { left: `${one.x}px`, top: `${one.y}px`, transform: '' });
}

/** Where a line begins and ends; null where one of its nodes is gone. */
export function endsOf({ graph, placeOf }, edge) {
  const [from, to] = [graph.nodes.get(edge.source), graph.nodes.get(edge.target)];
  if (!from || !to) return null;
  const outs = graph.outs(edge.source);
  return [outAt(from, placeOf(from), Math.max(0, outs.indexOf(edge.out)), outs.length), inAt(to, placeOf(to))];
}

export const shortType = (type) => type.slice(type.lastIndexOf('.') + 1);

const mod = (a, b) => ((a % b) + b) % b;

function dress(element, node, outs) {
  element.setAttribute('aria-label', `${node.name}, ${shortType(node.type)}`);
  element.title = `${node.name} (${node.type})`;
  element.classList.toggle('is-note', node.note !== null);
  if (node.note !== null) {
    const { width, height } = sizeOf(node);
    Object.assign(element.style, { width: `${width}px`, height: `${height}px` });
    element.replaceChildren(h('div', { class: 'body' }, node.note));
    return;
  }
  const type = shortType(node.type);
  const handles = h('span', { class: 'outs' }, outs.map((out) => h('span', { class: 'handle out', 'data-out': out })));
  const badge = h('span', { class: 'badge', hue: hueOf(type) }, type.slice(0, 2).toUpperCase());
  arrange(element, [h('div', { class: 'body' }, h('span', { class: 'handle in' }), badge, handles), h('div', { class: 'name' }, node.name.length > MAX_NAME ? `${node.name.slice(0, MAX_NAME - 1)}…` : node.name)]);
}
