// What the canvas knows of a node, whatever module it is of.

import { NOTE } from './geometry.js';

const MAX_NOTE_CHARS = 4_000;

/** See graph.js. */
export const nodeOf = ({ id, name, type, x, y, data, note = null, size = NOTE }) => ({ id, name, type, x: finite(x), y: finite(y), data, note, size });

const finite = (number) => (Number.isFinite(number) ? number : 0);

/** A remark beside the graph, as editors of workflows have them: a sheet of its own size behind the nodes. */
export function noteIn(type, parameters, name) {
  if (!/(^|\.)(stickyNote|note)$/.test(type)) return {};
  const { content, text, width, height } = parameters ?? {};
  const said = String(content ?? text ?? name).replace(/[#*_`]/g, '').slice(0, MAX_NOTE_CHARS).trim();
  return { note: said, size: { width: within(width, NOTE.width), height: within(height, NOTE.height) } };
}

const within = (size, otherwise) => Math.min(4_000, Math.max(60, Number(size) || otherwise));
