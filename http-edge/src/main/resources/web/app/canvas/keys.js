// The canvas by keyboard. It is one stop of the Tab key; Alt and an arrow go from node to node.

import { boxOf } from './geometry.js';

const STEP = 20;
const FAR_STEP = 100;
const PAN_PX = 60;
const ARROWS = { ArrowLeft: { x: -1, y: 0 }, ArrowRight: { x: 1, y: 0 }, ArrowUp: { x: 0, y: -1 }, ArrowDown: { x: 0, y: 1 } };

/** For people. */
export const KEYS = [
  ['Arrows', 'move what is selected, or the view (Shift: further)'],
  ['Alt + arrow', 'select the next node there'],
  ['[  ]', 'select the node before, after'],
  ['Enter', 'open the selected node'],
  ['A', 'add a node'],
  ['C', 'connect: then choose a node, then Enter'],
  ['Delete', 'remove what is selected'],
  ['Ctrl + A', 'select all'],
  ['Ctrl + Z', 'undo, with Shift redo'],
  ['+  −  0', 'closer, farther, show all'],
  ['Shift + drag', 'select an area'],
  ['Escape', 'let go, leave off'],
];

export function listenToKeys(stage, hand) {
  const { element } = stage;
  let connectingFrom = null;

  const endConnecting = () => {
    connectingFrom = null;
    element.classList.remove('is-connecting');
  };
  const selected = () => [...stage.selection].filter((id) => stage.graph.nodes.has(id));
  const connect = () => {
    if (!stage.mayEdit()) return;
    const [source] = selected();
    if (source === undefined) return;
    connectingFrom = source;
    element.classList.add('is-connecting');
    stage.say(`Connecting ${stage.graph.nodes.get(source).name}: choose a node with Alt and an arrow, then press Enter.`);
  };
  const enter = () => {
    const [target] = selected();
    if (connectingFrom === null) {
      stage.inspect();
    } else if (target !== undefined && target !== connectingFrom) {
      stage.connect(connectingFrom, stage.graph.outs(connectingFrom)[0], target);
      endConnecting();
    }
  };
  const escape = () => {
    if (connectingFrom !== null) endConnecting();
    else if (!hand.cancel() && !stage.closePanels()) stage.select([]);
  };
  const commands = {
    '+': () => stage.camera.zoom(1.25),
    '=': () => stage.camera.zoom(1.25),
    '-': () => stage.camera.zoom(0.8),
    0: () => stage.fit(),
    a: () => stage.openPalette(),
    c: connect,
    '[': () => step(stage, -1),
    ']': () => step(stage, 1),
    '?': () => stage.showKeys(),
    Enter: enter,
    Escape: escape,
    Delete: () => stage.remove(),
    Backspace: () => stage.remove(),
  };
  const withControl = {
    a: () => stage.select([...stage.graph.nodes.keys()]),
    z: (event) => (event.shiftKey ? stage.redo() : stage.undo()),
    y: () => stage.redo(),
  };

  element.addEventListener('keydown', (event) => {
    if (event.target !== element || event.isComposing) return;
    if (event.key === ' ') stage.isSpaceDown = true;
    const arrow = ARROWS[event.key];
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const command = event.ctrlKey || event.metaKey ? withControl[name] : event.altKey ? null : commands[name];
    if (arrow) onArrow(stage, arrow, event);
    else if (command) command(event);
    if (arrow || command || event.key === ' ') event.preventDefault();
  });
  element.addEventListener('keyup', (event) => event.key === ' ' && (stage.isSpaceDown = false));
  element.addEventListener('blur', () => (stage.isSpaceDown = false));
}

function onArrow(stage, { x, y }, event) {
  const ids = [...stage.selection].filter((id) => stage.graph.nodes.has(id));
  if (event.altKey) return go(stage, { x, y });
  if (ids.length === 0 || !stage.mayEdit()) return stage.camera.pan(-x * PAN_PX * (event.shiftKey ? 4 : 1), -y * PAN_PX * (event.shiftKey ? 4 : 1));
  stage.nudge(ids, x * (event.shiftKey ? FAR_STEP : STEP), y * (event.shiftKey ? FAR_STEP : STEP));
}

const centreOf = (stage, node) => {
  const { x, y, width, height } = boxOf(node, stage.placeOf(node));
  return { x: x + width / 2, y: y + height / 2 };
};

/** Selects the nearest node in a direction; what is off the line counts as farther. */
function go(stage, { x, y }) {
  const nodes = [...stage.graph.nodes.values()];
  const from = nodes.find((node) => stage.selection.has(node.id));
  const at = from ? centreOf(stage, from) : stage.camera.middle;
  const away = (node) => {
    const to = centreOf(stage, node);
    const [ahead, aside] = [(to.x - at.x) * x + (to.y - at.y) * y, Math.abs((to.x - at.x) * y) + Math.abs((to.y - at.y) * x)];
    return ahead <= 1 ? (from ? Infinity : 1e9 + Math.abs(ahead) + aside) : ahead + 2 * aside;
  };
  const best = nodes.filter((node) => node !== from).map((node) => ({ node, far: away(node) })).sort((a, b) => a.far - b.far)[0];
  if (best && best.far < Infinity) choose(stage, best.node);
}

/** The next one, from left to right and then down. */
function step(stage, by) {
  const nodes = [...stage.graph.nodes.values()].sort((a, b) => a.x - b.x || a.y - b.y || (a.id < b.id ? -1 : 1));
  if (nodes.length === 0) return;
  const at = nodes.findIndex((node) => stage.selection.has(node.id));
  choose(stage, nodes[at < 0 ? (by > 0 ? 0 : nodes.length - 1) : (at + by + nodes.length) % nodes.length]);
}

function choose(stage, node) {
  stage.select([node.id]);
  stage.camera.reveal(boxOf(node, stage.placeOf(node)));
  const lines = stage.graph.edgesAt(node.id).size;
  stage.say(`${node.name}, ${node.type}, ${lines} ${lines === 1 ? 'connection' : 'connections'}`);
}
