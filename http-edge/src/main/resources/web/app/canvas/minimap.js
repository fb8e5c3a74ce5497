// The whole graph, small, and which part of it is seen. A picture: drawn a few times in a second at most.

import { h } from '../ui.js';
import { around, boxOf, sizeOf } from './geometry.js';

const SIZE = { width: 176, height: 112 };
const DRAW_EVERY_MS = 120;
const PADDING = 8;

export function createMinimap(stage) {
  const element = h('canvas', { class: 'minimap', width: SIZE.width * 2, height: SIZE.height * 2, role: 'img', 'aria-label': 'Overview; press to go there' });
  const pen = element.getContext('2d');
  let view = null; // scene → picture
  let timer = 0;
  let colours = null;

  const draw = () => {
    timer = 0;
    if (!element.isConnected || element.offsetParent === null) return;
    colours ??= coloursOf(element);
    const { graph, camera } = stage;
    const box = around([...[...graph.nodes.values()].map((node) => boxOf(node, stage.placeOf(node))), camera.seen()]);
    if (!box) return;
    const scale = Math.min((SIZE.width - 2 * PADDING) / box.width, (SIZE.height - 2 * PADDING) / box.height);
    view = { scale, x: (SIZE.width - box.width * scale) / 2 - box.x * scale, y: (SIZE.height - box.height * scale) / 2 - box.y * scale };
    pen.setTransform(2, 0, 0, 2, 0, 0);
    pen.clearRect(0, 0, SIZE.width, SIZE.height);
    const rect = ({ x, y, width, height }, least = 0) => [x * scale + view.x, y * scale + view.y, Math.max(least, width * scale), Math.max(least, height * scale)];
    for (const isNote of [true, false]) {
      pen.fillStyle = isNote ? colours.note : colours.node;
      for (const node of graph.nodes.values()) if ((node.note !== null) === isNote) pen.fillRect(...rect({ ...stage.placeOf(node), ...sizeOf(node) }, 2));
    }
    pen.fillStyle = colours.chosen;
    for (const id of stage.selection) {
      const node = graph.nodes.get(id);
      if (node) pen.fillRect(...rect({ ...stage.placeOf(node), ...sizeOf(node) }, 3));
    }
    pen.strokeStyle = colours.chosen;
    pen.lineWidth = 1.5;
    pen.strokeRect(...rect(camera.seen()));
  };
  const go = (event) => {
    if (!view || !(event.buttons & 1)) return;
    const { x, y } = element.getBoundingClientRect();
    stage.camera.centre({ x: (event.clientX - x - view.x) / view.scale, y: (event.clientY - y - view.y) / view.scale });
  };
  element.addEventListener('pointerdown', (event) => {
    element.setPointerCapture(event.pointerId);
    go(event);
  });
  element.addEventListener('pointermove', go);
  const recolour = () => {
    colours = null;
    draw();
  };
  document.addEventListener('themechange', recolour);
  return {
    element,
    drawSoon: () => (timer ||= setTimeout(draw, DRAW_EVERY_MS)),
    leave: () => {
      clearTimeout(timer);
      document.removeEventListener('themechange', recolour);
    },
  };
}

function coloursOf(element) {
  const style = getComputedStyle(element);
  return { node: style.getPropertyValue('--soft'), note: style.getPropertyValue('--line-strong'), chosen: style.getPropertyValue('--accent') };
}
