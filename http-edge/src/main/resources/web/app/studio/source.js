// One workflow of module `studio`: its rows and reducers, as the canvas wants them.

import { nodeOf, noteIn } from '../canvas/node.js';
import { newId } from '../new-id.js';
import { tell } from '../ui.js';

const TYPES = ['start', 'agent', 'tool', 'condition', 'note', 'end'];
/** In one call, of the server. */
const MAX_OPS = 2_000;

export function studioSource(context, workflow) {
  const { workspace } = context;
  const [nodes, edges] = [workspace.table('workflow_node'), workspace.table('workflow_edge')];
  const [nodesOf, edgesOf] = [nodes.index('workflow_id'), edges.index('workflow_id')];
  const [byNode, byEdge] = [nodes.index('workflow_id', 'node_id'), edges.index('workflow_id', 'edge_id')];
  const call = (ops, options) => workspace.call('apply_workflow_ops', { workflow_id: workflow, ops_json: JSON.stringify(ops), display_name: context.name(context.me) }, options);
  const act = (ops, options) => {
    const group = options?.group ?? newId();
    const parts = [];
    for (let i = 0; i < ops.length; i += MAX_OPS) parts.push(call(ops.slice(i, i + MAX_OPS), { ...options, group }).then(() => true, (error) => (tell(error), false)));
    return Promise.all(parts);
  };
  const moves = (places) => [...places].map(([nodeId, { x, y }]) => ({ op: 'upsert_node', nodeId, positionJson: JSON.stringify({ ...parsed(byNode.find(workflow, nodeId)[0]?.position_json), x, y }) }));

  /** A node that somebody removed meanwhile is not brought back, and must not hold up the others. */
  const move = async (places, undo) => {
    try {
      await call(moves(places), { group: undo?.group, inverse: undo ? () => ({ reducer: 'apply_workflow_ops', args: { workflow_id: workflow, ops_json: JSON.stringify(moves(new Map([...places.keys()].map((id) => [id, undo.origins.get(id)])))), display_name: context.name(context.me) } }) : null });
    } catch (error) {
      if (error.reason === 'workflow_missing') return; // gone with all of its nodes, and the page says so
      const left = new Map([...places].filter(([id]) => byNode.find(workflow, id).length > 0));
      if (error.reason !== 'invalid_op') tell(error);
      else if (left.size > 0 && left.size < places.size) await move(left, undo);
    }
  };

  return {
    place: workflow,
    history: workspace.history,
    types: TYPES,
    canRemoveEdges: true,
    nodeTable: nodes,
    edgeTable: edges,
    allNodes: () => nodesOf.find(workflow),
    allEdges: () => edgesOf.find(workflow),
    nodeId: (row) => (row.workflow_id === workflow ? row.node_id : null),
    edgeId: (row) => (row.workflow_id === workflow ? row.edge_id : null),
    node: (id) => byNode.find(workflow, id).at(-1),
    edge: (id) => byEdge.find(workflow, id).at(-1),
    readNode,
    readEdge,
    move,
    add({ type, x, y }) {
      const nodeId = newId();
      act([{ op: 'upsert_node', nodeId, type, positionJson: JSON.stringify({ x, y }), dataJson: JSON.stringify({ label: type }) }]);
      return nodeId;
    },
    connect(source, out, target) {
      const handles = out ? { handlesJson: JSON.stringify({ sourceHandle: out, targetHandle: 'main-0' }) } : {};
      act([{ op: 'upsert_edge', edgeId: newId(), source, target, ...handles }]);
    },
    remove: (nodeIds, edgeIds) => act([...edgeIds.map((edgeId) => ({ op: 'delete_edge', edgeId })), ...nodeIds.map((nodeId) => ({ op: 'delete_node', nodeId }))]),
    edit(id, { name, type, data }, before) {
      const value = JSON.parse(data);
      const named = name !== before.name && value !== null && typeof value === 'object' && !Array.isArray(value) ? JSON.stringify({ ...value, label: name }) : data;
      const change = { op: 'upsert_node', nodeId: id, ...(named !== before.data && { dataJson: named }), ...(type !== before.type && { type }) };
      return Object.keys(change).length > 2 ? call([change]) : null;
    },
  };
}

function parsed(text) {
  try {
    const value = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
  } catch {
    return {}; // the server lets no other in, but an old page may have
  }
}

/** A drag changes the position only: what the data says is read once. */
function readNode(row, before) {
  const { x, y } = parsed(row.position_json);
  if (before?.data === row.data_json && before.type === row.type) return { ...before, ...nodeOf({ ...before, x, y }) };
  const data = parsed(row.data_json);
  const name = [data.label, data.name, data.title].find((each) => typeof each === 'string' && each !== '') ?? row.type.slice(row.type.lastIndexOf('.') + 1);
  return nodeOf({ id: row.node_id, name, type: row.type, x, y, data: row.data_json, ...noteIn(row.type, data.parameters ?? data, name) });
}

function readEdge({ edge_id: id, source, target, handles_json: handles }) {
  const { sourceHandle, targetHandle } = parsed(handles);
  const [out, into] = [sourceHandle, targetHandle].map((each) => (typeof each === 'string' ? each : ''));
  return { id, source, target, out, into, isMain: out === '' || /^(main|out|source)/i.test(out) };
}
