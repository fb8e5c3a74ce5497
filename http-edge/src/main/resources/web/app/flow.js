// A workflow graph: nodes at their places, edges between them; pan, zoom, and drag a node for everybody.

import { createCamera } from './camera.js';
import { flash, h, hueOf, iconButton, svg } from './ui.js';

const WIDTH = 96;
const HEIGHT = 72;
const NAME_CHARS = 20;
/** Below a node, for its name. */
const NAME_HEIGHT = 24;
const NOTE = { width: 240, height: 160 };
const KEY_STEP = 20;
/** Between two moves of one node while it is dragged. */
const MOVE_EVERY_MS = 50;

export function createFlow(context) {
  const notes = svg('g', { class: 'notes' });
  const edges = svg('g', { class: 'edges' });
  const nodes = svg('g', { class: 'nodes' });
  const scene = svg('g', {}, notes, edges, nodes);
  const canvas = svg('svg', { class: 'canvas', role: 'group', 'aria-label': 'Workflow graph' }, arrowHead(), scene);
  const detail = h('aside', { class: 'node-detail panel', hidden: true });
  const empty = h('div', { class: 'state canvas-empty' }, h('h2', {}, 'No nodes yet'), h('p', {}, 'Import a workflow, or call ', h('code', {}, 'put_nodes'), '.'));
  const camera = createCamera(canvas, scene, () => bounds(flow));
  const flow = { context, nodes: new Map(), edges: new Map(), parents: { notes, nodes, edges }, dragged: new Map(), selected: null, detail };
  flow.redraw = () => drawDetail(flow);
  flow.toScene = camera.toScene;
  const tools = h('div', { class: 'tools' }, iconButton('plus', 'Closer', () => camera.zoom(1.25)), iconButton('minus', 'Farther', () => camera.zoom(0.8)), iconButton('fit', 'Show all', camera.fit));
  const element = h('section', { class: 'flow' }, canvas, empty, tools, detail);
  let fitted = false;
  const draw = (change) => {
    drawFlow(flow, change);
    const isEmpty = flow.nodes.size === 0;
    empty.hidden = !isEmpty;
    if (!fitted && !isEmpty) {
      fitted = true;
      camera.fit();
    }
  };
  return { name: 'flow', label: 'Graph', element, draw, leave: camera.leave };
}

function arrowHead() {
  return svg('defs', {}, svg('marker', { id: 'arrow', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto' }, svg('path', { d: 'M1 1 7 4 1 7', class: 'arrow' })));
}

function bounds(flow) {
  const all = [...flow.nodes.values()].map(({ row }) => row);
  const [x, y] = [Math.min(...all.map((row) => row.x)), Math.min(...all.map((row) => row.y))];
  const [right, bottom] = [Math.max(...all.map((row) => row.x + sizeOf(row).width)), Math.max(...all.map((row) => row.y + sizeOf(row).height))];
  return { x, y, width: right - x, height: bottom - y };
}

function drawFlow(flow, { all, rows }) {
  const { workspace, me } = flow.context;
  if (all) {
    sync(flow, flow.nodes, workspace.table('node').snapshot(), putNode);
    sync(flow, flow.edges, workspace.table('edge').snapshot(), putEdge);
    for (const id of flow.nodes.keys()) drawEdgesOf(flow, id);
  }
  for (const { table, before, after } of rows) {
    const [known, put] = { node: [flow.nodes, putNode], edge: [flow.edges, putEdge] }[table] ?? [];
    if (after && put) put(flow, after);
    else if (put) forget(known, before.id);
  }
  for (const { table, before, after, sender } of rows) {
    if (table === 'node') drawEdgesOf(flow, (after ?? before).id);
    if (table === 'edge' && after) drawEdge(flow, after.id);
    if (table === 'node' && after && sender !== me) flash(flow.nodes.get(after.id).element, 'touched', hueOf(sender));
  }
  drawDetail(flow);
}

function sync(flow, known, rows, put) {
  const wanted = new Set(rows.map((row) => row.id));
  for (const id of [...known.keys()]) if (!wanted.has(id)) forget(known, id);
  for (const row of rows) put(flow, row);
}

function forget(known, id) {
  known.get(id)?.element.remove();
  known.delete(id);
}

const cut = (text, length) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);
const shortType = (type) => type.slice(type.lastIndexOf('.') + 1);

function putNode(flow, row) {
  let node = flow.nodes.get(row.id);
  if (!node) {
    node = { element: createNode(flow, row.id), edges: new Set() };
    for (const { row: edge } of flow.edges.values()) if (edge.source === row.id || edge.target === row.id) node.edges.add(edge.id);
    flow.nodes.set(row.id, node);
    if (isNote(row)) flow.parents.notes.append(node.element);
    else flow.parents.nodes.append(node.element);
  }
  node.row = { ...row, ...flow.dragged.get(row.id) }; // while it is in my hand, it is where my hand is
  const looks = JSON.stringify([row.name, row.type, row.parameters]);
  if (node.looks !== looks) {
    node.looks = looks;
    node.element.classList.toggle('is-note', isNote(row));
    node.element.replaceChildren(...(isNote(row) ? noteParts(row) : nodeParts(row)), svg('title', {}, `${row.name} (${row.type})`));
    node.element.setAttribute('aria-label', `${row.name}, ${shortType(row.type)}`);
  }
  node.element.setAttribute('transform', `translate(${node.row.x} ${node.row.y})`);
}

function nodeParts(row) {
  const type = shortType(row.type);
  return [
    svg('rect', { class: 'body', width: WIDTH, height: HEIGHT, rx: 14 }),
    svg('rect', { class: 'badge', x: WIDTH / 2 - 20, y: HEIGHT / 2 - 20, width: 40, height: 40, rx: 11, hue: hueOf(type) }),
    svg('text', { class: 'initials', x: WIDTH / 2, y: HEIGHT / 2 + 5, 'text-anchor': 'middle' }, type.slice(0, 2).toUpperCase()),
    svg('text', { class: 'name', x: WIDTH / 2, y: HEIGHT + 17, 'text-anchor': 'middle' }, cut(row.name, NAME_CHARS)),
  ];
}

/** A remark beside the graph, as editors of workflows have them: a sheet of its own size behind the nodes. */
const isNote = (row) => row.type.endsWith('stickyNote');

function sizeOf(row) {
  if (!isNote(row)) return { width: WIDTH, height: HEIGHT + NAME_HEIGHT };
  const { width, height } = row.parameters ?? {};
  return { width: Number(width) || NOTE.width, height: Number(height) || NOTE.height };
}

function noteParts(row) {
  const { width, height } = sizeOf(row);
  const lines = String(row.parameters?.content ?? row.name).split('\n').map((line) => line.replace(/[#*_`]/g, '').trim()).filter(Boolean);
  const fitting = lines.slice(0, Math.max(1, Math.floor((height - 20) / 20)));
  return [
    svg('rect', { class: 'body', width, height, rx: 10 }),
    fitting.map((line, i) => svg('text', { class: 'note', x: 14, y: 28 + i * 20 }, cut(line, Math.floor((width - 28) / (i ? 7.5 : 9))))),
  ].flat();
}

function putEdge(flow, row) {
  let edge = flow.edges.get(row.id);
  if (!edge) {
    edge = { element: svg('path', { class: 'edge', 'marker-end': 'url(#arrow)' }) };
    flow.edges.set(row.id, edge);
    flow.parents.edges.append(edge.element);
  }
  for (const end of [edge.row?.source, edge.row?.target]) flow.nodes.get(end)?.edges.delete(row.id);
  for (const end of [row.source, row.target]) flow.nodes.get(end)?.edges.add(row.id);
  edge.row = row;
  edge.element.classList.toggle('is-other', row.kind !== 'main');
}

function drawEdgesOf(flow, id) {
  for (const edge of flow.nodes.get(id)?.edges ?? []) drawEdge(flow, edge);
}

function drawEdge(flow, id) {
  const edge = flow.edges.get(id);
  const [from, to] = [flow.nodes.get(edge?.row.source)?.row, flow.nodes.get(edge?.row.target)?.row];
  if (!from || !to) return;
  const [x1, y1, x2, y2] = [from.x + WIDTH, from.y + HEIGHT / 2, to.x, to.y + HEIGHT / 2];
  const bend = Math.max(40, Math.abs(x2 - x1) / 2);
  edge.element.setAttribute('d', `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`);
}

function createNode(flow, id) {
  return svg('g', {
    class: 'node',
    tabindex: 0,
    role: 'button',
    'data-id': id,
    onfocus: () => select(flow, id),
    onpointerdown: (event) => event.button === 0 && drag(flow, id, event),
    onkeydown: (event) => {
      if (event.key === 'Escape') select(flow, null);
      const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
      if ((dx === 0 && dy === 0) || !flow.context.may('editor')) return;
      event.preventDefault();
      const { x, y } = flow.nodes.get(id).row;
      flow.context.act('move_node', { id, x: x + dx * KEY_STEP, y: y + dy * KEY_STEP });
    },
  });
}

/** While it is dragged, a node is moved for everybody: one call at a time, the newest place, not more often than MOVE_EVERY_MS. */
function drag(flow, id, start) {
  start.stopPropagation();
  select(flow, id);
  const node = flow.nodes.get(id);
  if (!node || !flow.context.may('editor')) return;
  const grabbed = flow.toScene(start);
  const origin = { x: node.row.x, y: node.row.y };
  const ending = new AbortController();
  let sent = origin;
  let sending = false;
  let held = true;
  const send = async () => {
    const place = flow.dragged.get(id);
    if (sending || !place || (place.x === sent.x && place.y === sent.y)) return;
    sending = true;
    sent = place;
    const [done] = await Promise.all([flow.context.act('move_node', { id, ...place }), new Promise((resolve) => setTimeout(resolve, MOVE_EVERY_MS))]);
    sending = false;
    if (done && flow.dragged.get(id) !== place) send();
    else if (!held || !done) release();
  };
  const release = () => {
    ending.abort();
    flow.dragged.delete(id);
    const row = flow.context.workspace.table('node').get(id);
    if (!row) return;
    putNode(flow, row);
    drawEdgesOf(flow, id);
  };
  const listen = (type, listener) => addEventListener(type, listener, { signal: ending.signal });
  listen('pointermove', (event) => {
    if (!flow.nodes.has(id)) return release();
    const now = flow.toScene(event);
    flow.dragged.set(id, { x: Math.round(origin.x + now.x - grabbed.x), y: Math.round(origin.y + now.y - grabbed.y) });
    putNode(flow, node.row);
    drawEdgesOf(flow, id);
    send();
  });
  const letGo = () => {
    held = false;
    ending.abort();
    if (!sending) send();
    if (!sending) release();
  };
  listen('pointerup', letGo);
  listen('pointercancel', letGo);
}

function select(flow, id) {
  flow.nodes.get(flow.selected)?.element.classList.remove('is-selected');
  flow.selected = id;
  flow.nodes.get(id)?.element.classList.add('is-selected');
  drawDetail(flow);
}

function drawDetail(flow) {
  const row = flow.context.workspace.table('node').get(flow.selected ?? '');
  flow.detail.hidden = !row;
  if (!row || flow.detail.dataset.shows === JSON.stringify(row)) return;
  flow.detail.dataset.shows = JSON.stringify(row);
  const open = flow.detail.querySelector('details')?.open ?? false;
  flow.detail.replaceChildren(
    h('header', {}, h('h2', {}, row.name), iconButton('close', 'Close', () => select(flow, null))),
    h('p', {}, h('code', {}, row.type)),
    h('dl', {}, h('dt', {}, 'Id'), h('dd', {}, h('code', { class: 'long' }, row.id)), h('dt', {}, 'Place'), h('dd', {}, `${row.x}, ${row.y}`)),
    h('details', { open }, h('summary', {}, 'Parameters'), h('pre', {}, JSON.stringify(row.parameters, null, 2))),
  );
}
