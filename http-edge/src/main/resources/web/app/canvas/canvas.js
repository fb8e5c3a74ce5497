// A graph that several people work on at once. Puts the parts together: the graph (rows), the camera, the scene (elements), the hand and the keys, the
// others, and panels over it. Everything is drawn in one animation frame.

import { h, icon, iconButton, tell, toast } from '../ui.js';
import { Camera } from './camera.js';
import { carry } from './carry.js';
import { createHand } from './hand.js';
import { around, boxOf, NODE } from './geometry.js';
import { Graph } from './graph.js';
import { createInspector } from './inspector.js';
import { KEYS, listenToKeys } from './keys.js';
import { createMinimap } from './minimap.js';
import { createOthers } from './others.js';
import { createPalette } from './palette.js';
import { Scene } from './scene.js';

let canvases = 0;
/** A pause of the keyboard that lets go of what it moves. */
const NUDGED_TOGETHER_MS = 400;

/**
 * source: as Graph wants it, and what a hand can do:
 *   move(places: id → { x, y }, undo: { origins, group } or null), add({ type, x, y }) → id, connect(source, out, target), remove(nodes, edges),
 *   edit(id, { name, type, data }, before); canRemoveEdges; types: usual ones; place: its name for presence.
 * Answers { element, leave, rolesChanged, stage }.
 */
export function createCanvas(context, source) {
  const stage = new Stage(context, source);
  return { element: stage.root, stage, leave: () => stage.leave(), rolesChanged: () => stage.rolesChanged() };
}

class Stage {
  selection = new Set();
  /** Node id → where my hand has it. */
  held = new Map();
  isInspecting = false;
  isMarquee = false;
  isSpaceDown = false;
  isHolding = false;
  #context; #scheduled = 0; #number = ++canvases; #isFitted = false; #stops = []; #pending = null; #nudging = null;
  #live; #tools; #empty; #minimap; #inspector; #palette; #hand;

  constructor(context, source) {
    this.#context = context;
    this.source = source;
    this.element = h('div', { class: 'canvas', tabindex: 0, role: 'application', 'aria-label': 'Graph. Press ? for the keys.', 'aria-roledescription': 'canvas' });
    this.over = h('div', { class: 'canvas-top' });
    this.#live = h('p', { class: 'visually-hidden', role: 'status', 'aria-live': 'polite' });
    this.camera = new Camera(this.element, { changed: () => this.frame(), resized: () => this.camera.isOwn || this.fit() });
    this.graph = new Graph(source, (change) => this.#changed(change));
    this.scene = new Scene(this);
    this.#minimap = createMinimap(this);
    this.#inspector = createInspector(this);
    this.#palette = createPalette(this, source.types, (type) => this.#add(type));
    this.#empty = h('div', { class: 'state canvas-empty' });
    this.others = createOthers(this, context, source.place);
    this.element.append(this.over);
    this.#tools = createTools(this);
    this.root = h('section', { class: 'graph', 'aria-label': 'Graph' }, this.element, this.#empty, this.#tools.element, this.#minimap.element, this.#palette.element, this.#inspector.element, this.#live);
    this.#hand = createHand(this);
    listenToKeys(this, this.#hand);
    this.#stops.push(context.workspace.history.subscribe(() => this.#tools.draw()));
    this.rolesChanged();
    this.frame();
  }

  leave() {
    cancelAnimationFrame(this.#scheduled);
    this.#hand.cancel();
    this.#endNudging();
    for (const stop of this.#stops) stop();
    for (const part of [this.graph, this.scene, this.camera, this.others, this.#minimap]) part.leave();
  }

  // ---- Drawing

  /** Draws with the next frame, once. */
  frame = () => {
    this.#scheduled ||= requestAnimationFrame(() => {
      this.#scheduled = 0;
      if (!this.#isFitted && this.graph.nodes.size > 0 && this.camera.width > 0) {
        this.#isFitted = true;
        this.fit();
      }
      this.scene.draw();
      this.others.draw();
      this.#minimap.drawSoon();
      this.#inspector.draw();
    });
  };

  touch(nodes, edges) { this.scene.touch(nodes, edges); }

  /** Where a node is shown: in my hand, or where its row says. */
  placeOf = (node) => this.held.get(node.id) ?? node;

  markOthers(id, element) { this.others?.mark(id, element); }
  domId(id) { return `node-${this.#number}-${id}`; }

  #changed({ all, nodes, edges, sender }) {
    for (const id of this.selection) if (!this.graph.nodes.has(id) && !this.graph.edges.has(id)) this.selection.delete(id);
    if (all) this.scene.reset();
    else this.touch(nodes, edges);
    this.#drawEmpty();
    if (sender && !all) this.source.seen?.(nodes, sender);
  }

  #drawEmpty() {
    const isEmpty = this.graph.nodes.size === 0;
    if (this.#empty.hidden === !isEmpty && this.#empty.hasChildNodes()) return;
    this.#empty.hidden = !isEmpty;
    this.#minimap.element.hidden = isEmpty;
    this.#empty.replaceChildren(h('h2', {}, 'Nothing on the canvas yet'), h('p', {}, this.mayEdit() ? 'Add the first node, and drag from its right side to connect it with another.' : 'Whoever may edit this workflow has not added anything.'), this.mayEdit() ? h('button', { type: 'button', class: 'primary', onclick: () => this.openPalette() }, icon('plus'), 'Add a node') : '');
  }

  rolesChanged() {
    this.#empty.replaceChildren();
    this.#tools.draw();
    this.#drawEmpty();
    this.frame();
  }

  fit() { this.camera.fit(around([...this.graph.nodes.values()].map((node) => boxOf(node, this.placeOf(node))))); }
  say(text) { this.#live.textContent = text; }

  // ---- What a hand may ask for

  mayEdit() { return this.#context.may('editor'); }
  isLive() { return this.#context.workspace.state === 'live'; }
  pointAt(point) { this.others.pointAt(point); }

  select(ids, isMore = false) {
    this.#endNudging();
    const before = this.selection;
    this.selection = new Set(isMore ? [...before, ...ids] : ids);
    const changed = [...before, ...this.selection].filter((id) => before.has(id) !== this.selection.has(id));
    if (changed.length === 0) return;
    this.touch(changed.filter((id) => this.graph.nodes.has(id)), changed.filter((id) => this.graph.edges.has(id)));
    const [only] = this.selection;
    if (this.selection.size === 1 && this.graph.nodes.has(only)) this.element.setAttribute('aria-activedescendant', this.domId(only));
    else this.element.removeAttribute('aria-activedescendant');
    if (this.selection.size === 1) this.isInspecting ||= matchMedia('(min-width: 900px)').matches;
    this.others.tellSoon();
  }

  hold(carried) {
    this.isHolding = true;
    this.element.classList.add('is-carrying');
    this.others.tellSoon();
    return carried;
  }

  release() {
    this.isHolding = false;
    this.element.classList.remove('is-carrying');
    this.others.tellSoon();
  }

  /** Steps of the keyboard that follow one another are one drag. */
  nudge(ids, dx, dy) {
    if (this.#nudging?.ids !== ids.join()) {
      this.#endNudging();
      this.#nudging = { ids: ids.join(), carried: carry(this, ids), x: 0, y: 0 };
    }
    const nudging = this.#nudging;
    clearTimeout(nudging.timer);
    [nudging.x, nudging.y] = [nudging.x + dx, nudging.y + dy];
    nudging.carried.move(nudging.x, nudging.y);
    nudging.timer = setTimeout(() => this.#endNudging(), NUDGED_TOGETHER_MS);
  }

  #endNudging() {
    const nudging = this.#nudging;
    this.#nudging = null;
    if (!nudging) return;
    clearTimeout(nudging.timer);
    nudging.carried.drop();
  }

  /** `from`: { source, out } to connect the new node with. */
  openPalette(at = null, from = null) {
    if (!this.mayEdit()) return;
    this.#pending = { at, from };
    this.#palette.open();
  }

  #add(type) {
    const { at, from } = this.#pending ?? {};
    const { x, y } = at ?? this.#freePlace();
    const id = this.source.add({ type, x: Math.round(x - (from ? 0 : NODE.width / 2)), y: Math.round(y - NODE.height / 2) });
    if (from) this.connect(from.source, from.out, id);
    this.select([id]);
    const node = this.graph.nodes.get(id); // its effect shows it at once
    if (node && !at) this.camera.reveal(boxOf(node));
    this.say(`${type} added`);
  }

  /** To the right of the node that is selected, or in the middle; beside it where that is taken. */
  #freePlace() {
    const chosen = this.selection.size === 1 ? this.graph.nodes.get([...this.selection][0]) : undefined;
    const { x, y } = chosen && chosen.note === null ? { x: chosen.x + NODE.width * 1.5 + 80, y: chosen.y + NODE.height / 2 } : this.camera.middle;
    const isTaken = (place) => [...this.graph.nodes.values()].some((node) => Math.abs(node.x + NODE.width / 2 - place.x) < NODE.width + 24 && Math.abs(node.y + NODE.height / 2 - place.y) < NODE.height + 40);
    for (let ring = 0; ring < 6; ring++) {
      for (let dy = -ring; dy <= ring; dy++) {
        for (let dx = -ring; dx <= ring; dx++) {
          const place = { x: x + dx * (NODE.width + 64), y: y + dy * (NODE.height + 64) };
          if (Math.max(Math.abs(dx), Math.abs(dy)) === ring && !isTaken(place)) return place;
        }
      }
    }
    return { x, y };
  }

  connect(source, out, target) {
    const isThere = [...this.graph.edgesAt(source)].map((id) => this.graph.edges.get(id)).some((edge) => edge.source === source && edge.target === target && edge.out === out);
    if (isThere) toast('These two are connected already');
    else this.source.connect(source, out, target);
  }

  /** What is selected, or these: with a node go the lines at it. */
  remove(ids = [...this.selection]) {
    if (!this.mayEdit()) return;
    const nodes = ids.filter((id) => this.graph.nodes.has(id));
    const edges = new Set(ids.filter((id) => this.graph.edges.has(id)));
    for (const node of nodes) for (const edge of this.graph.edgesAt(node)) edges.add(edge);
    if (nodes.length === 0 && !this.source.canRemoveEdges) return;
    if (nodes.length + edges.size > 0) this.source.remove(nodes, [...edges]);
    this.element.focus({ preventScroll: true });
  }

  undo() { this.#again('undo', 'There is nothing of yours to undo'); }
  redo() { this.#again('redo', 'There is nothing to do again'); }

  async #again(what, otherwise) {
    this.#endNudging();
    try {
      if (!(await this.#context.workspace.history[what]())) toast(otherwise);
    } catch (error) {
      tell(error);
    }
  }

  // ---- Panels

  inspect() {
    if (this.selection.size === 0) return;
    this.isInspecting = true;
    this.#inspector.draw();
    this.#inspector.focus();
  }

  closePanels() {
    if (this.#palette.close()) return true;
    const wasOpen = this.isInspecting && this.selection.size > 0;
    this.isInspecting = false;
    this.frame();
    return wasOpen;
  }

  showKeys() { showKeys(); }
}

function createTools(stage) {
  const { history } = stage.source;
  const undo = iconButton('undo', 'Undo (Ctrl+Z)', () => stage.undo());
  const redo = iconButton('redo', 'Redo (Ctrl+Shift+Z)', () => stage.redo());
  const marquee = iconButton('marquee', 'Select an area (Shift and drag)', () => {
    stage.isMarquee = !stage.isMarquee;
    marquee.setAttribute('aria-pressed', stage.isMarquee);
    stage.element.classList.toggle('is-marking', stage.isMarquee);
  }, { 'aria-pressed': false });
  const add = h('button', { type: 'button', class: 'primary small add-node', onclick: () => stage.openPalette() }, icon('plus'), 'Node');
  const editing = h('div', { class: 'canvas-tools', role: 'toolbar', 'aria-label': 'Edit' }, add, undo, redo, marquee);
  const looking = h('div', { class: 'canvas-tools is-looking', role: 'toolbar', 'aria-label': 'View' }, iconButton('plus', 'Closer', () => stage.camera.zoom(1.25)), iconButton('minus', 'Farther', () => stage.camera.zoom(0.8)), iconButton('fit', 'Show all', () => stage.fit()), iconButton('keys', 'Keys', showKeys));
  const element = h('div', { class: 'canvas-toolbars' }, editing, looking);
  const draw = () => {
    for (const one of [add, undo, redo]) one.hidden = !stage.mayEdit();
    undo.disabled = !history.canUndo;
    redo.disabled = !history.canRedo;
  };
  return { element, draw };
}

function showKeys() {
  const dialog = h('dialog', { class: 'card-dialog keys-dialog', 'aria-label': 'Keys of the canvas' }, h('header', {}, h('h2', {}, 'Keys'), iconButton('close', 'Close', () => dialog.close())), h('dl', {}, KEYS.map(([key, does]) => [h('dt', {}, h('kbd', {}, key)), h('dd', {}, does)]).flat()));
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
}
