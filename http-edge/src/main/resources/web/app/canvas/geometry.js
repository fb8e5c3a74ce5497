// Sizes and lines of a graph, in scene units.

export const NODE = { width: 96, height: 72 };
/** Below a node, for its name. */
const NAME_HEIGHT = 38;
export const NOTE = { width: 240, height: 160 };
const ARROW = 6;
/** How close to a line a hand must be, in pixels of the screen. */
const NEAR_PX = 9;
const SAMPLES = 24;

export const sizeOf = (node) => (node.note === null ? NODE : node.size);

export function boxOf(node, at = node) {
  const { width, height } = sizeOf(node);
  return { x: at.x, y: at.y, width, height: node.note === null ? height + NAME_HEIGHT : height };
}

export const meet = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
export const holds = (a, b) => a.x <= b.x && a.y <= b.y && a.x + a.width >= b.x + b.width && a.y + a.height >= b.y + b.height;

/** Around all of the boxes; null where there are none. */
export function around(boxes) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y, width, height } of boxes) {
    [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x + width), Math.max(bottom, y + height)];
  }
  return left === Infinity ? null : { x: left, y: top, width: right - left, height: bottom - top };
}

export const between = (a, b) => ({ x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) });

/** Where the output `index` of `count` leaves a node. */
export function outAt(node, at, index, count) {
  const { width, height } = sizeOf(node);
  return { x: at.x + width, y: at.y + (height * (index + 1)) / (count + 1) };
}

export const inAt = (node, at) => ({ x: at.x, y: at.y + sizeOf(node).height / 2 });

/** Control points of the line from an output to an input: it leaves to the right and arrives from the left. */
export function curve(from, to) {
  const bend = Math.max(40, Math.abs(to.x - from.x) / 2);
  return [from, { x: from.x + bend, y: from.y }, { x: to.x - bend, y: to.y }, to];
}

/** The line with its arrow's head: a marker would cost more to draw. */
export function path(from, to) {
  const [a, b, c, d] = curve(from, to).map(({ x, y }) => `${round(x)} ${round(y)}`);
  return `M${a}C${b} ${c} ${d}m${-ARROW} ${-ARROW}l${ARROW} ${ARROW}l${-ARROW} ${ARROW}`;
}

const round = (number) => Math.round(number * 10) / 10;

/** Around a line, bends included. */
export function boxOfLine(from, to) {
  const points = curve(from, to);
  return around(points.map(({ x, y }) => ({ x, y, width: 1, height: 1 })));
}

/** Whether a point is on a line, as a hand sees it. */
export function isNear(point, from, to, scale) {
  const [a, b, c, d] = curve(from, to);
  const near = NEAR_PX / scale;
  let before = a;
  for (let i = 1; i <= SAMPLES; i++) {
    const t = i / SAMPLES;
    const at = (axis) => (1 - t) ** 3 * a[axis] + 3 * (1 - t) ** 2 * t * b[axis] + 3 * (1 - t) * t * t * c[axis] + t ** 3 * d[axis];
    const now = { x: at('x'), y: at('y') };
    if (distanceTo(point, before, now) < near) return true;
    before = now;
  }
  return false;
}

function distanceTo(point, a, b) {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const t = Math.min(1, Math.max(0, ((point.x - a.x) * dx + (point.y - a.y) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(point.x - a.x - t * dx, point.y - a.y - t * dy);
}
