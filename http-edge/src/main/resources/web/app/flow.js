// The graph of module `flow`: its rows and reducers, as the canvas wants them.

import { createCanvas } from './canvas/canvas.js';
import { nodeOf, noteIn } from './canvas/node.js';
import { newId } from './new-id.js';
import { tell } from './ui.js';

const TYPES = ['start', 'agent', 'tool', 'condition', 'end'];

export function createFlow(context) {
  const canvas = createCanvas(context, flowSource(context));
  const element = canvas.element;
  return { name: 'flow', label: 'Graph', element, draw: ({ all }) => all && canvas.rolesChanged(), leave: canvas.leave };
}

function flowSource(context) {
  const { workspace } = context;
  const [nodes, edges] = [workspace.table('node'), workspace.table('edge')];
  const rowOf = ({ id, name, type, x, y, data }) => ({ id, name, type, x, y, parameters: JSON.parse(data) });
  const call = (reducer, args, options) => workspace.call(reducer, args, options);
  return {
    place: 'flow',
    history: workspace.history,
    types: TYPES,
    canRemoveEdges: false, // there is no reducer for that
    nodeTable: nodes,
    edgeTable: edges,
    allNodes: () => nodes.snapshot(),
    allEdges: () => edges.snapshot(),
    nodeId: (row) => row.id,
    edgeId: (row) => row.id,
    node: (id) => nodes.get(id),
    edge: (id) => edges.get(id),
    readNode: ({ id, name, type, x, y, parameters }) => nodeOf({ id, name, type, x, y, data: JSON.stringify(parameters), ...noteIn(type, parameters, name) }),
    readEdge: ({ id, source, target, kind, output, input }) => ({ id, source, target, out: `${kind}-${output}`, into: `${kind}-${input}`, isMain: kind === 'main' }),
    async move(places, undo) {
      // A node that somebody removed meanwhile is no mistake of the hand.
      const moves = [...places].map(([id, place]) => call('move_node', { id, ...place }, { group: undo?.group, inverse: undo ? () => ({ reducer: 'move_node', args: { id, ...undo.origins.get(id) } }) : null }).catch((error) => error.reason === 'node_missing' || tell(error)));
      await Promise.all(moves);
    },
    add({ type, x, y }) {
      const id = newId();
      context.act('put_nodes', { nodes: [{ id, name: type, type, x, y, parameters: {} }] });
      return id;
    },
    connect(source, out, target) {
      const [, kind = 'main', output = '0'] = /^(.*)-(\d+)$/.exec(out) ?? [];
      context.act('put_edges', { edges: [{ id: newId(), source, target, kind, output: Number(output), input: 0 }] });
    },
    async remove(ids) {
      const group = newId();
      await Promise.all(ids.map((id) => context.act('remove_node', { id }, { group })));
    },
    edit: (id, changes, before) => call('put_nodes', { nodes: [rowOf({ ...before, ...changes, ...placeNow(nodes.get(id), before) })] }),
  };
}

const placeNow = (row, before) => ({ x: (row ?? before).x, y: (row ?? before).y });

// ---- What calls do before the server has done them, and how they are undone

export const effects = {
  put_nodes: (draft, { nodes }) => { for (const node of nodes) draft.table('node').put(node); },
  put_edges: (draft, { edges }) => { for (const edge of edges) draft.table('edge').put(edge); },
  move_node: (draft, { id, x, y }) => draft.table('node').update(id, { x, y }),
  remove_node: (draft, { id }) => {
    for (const edge of [...edgesAt(draft, id)]) draft.table('edge').delete(edge.id);
    draft.table('node').delete(id);
  },
};

export const inverses = {
  put_nodes: ({ nodes }, rows) => nodes.map(({ id }) => {
    const before = rows.table('node').get(id);
    return before ? { reducer: 'put_nodes', args: { nodes: [before] } } : { reducer: 'remove_node', args: { id } };
  }),
  move_node: ({ id }, rows) => {
    const before = rows.table('node').get(id);
    return before ? { reducer: 'move_node', args: { id, x: before.x, y: before.y } } : null;
  },
  remove_node: ({ id }, rows) => {
    const before = rows.table('node').get(id);
    const edges = [...edgesAt(rows, id)];
    return before ? [{ reducer: 'put_nodes', args: { nodes: [before] } }, ...(edges.length ? [{ reducer: 'put_edges', args: { edges } }] : [])] : null;
  },
};

function* edgesAt(rows, id) {
  for (const edge of rows.table('edge').rows()) if (edge.source === id || edge.target === id) yield edge;
}
