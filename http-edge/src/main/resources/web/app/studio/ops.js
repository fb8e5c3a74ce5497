// apply_workflow_ops as this page makes it: what it does before the server has done it, and how it is undone. See docs of module `studio` for the
// operations: what an upsert does not say stays as it was, and one without a type brings back nothing that somebody removed.

/** What a node's or an edge's row was at the last looks, the latest first, so that the next one need not go through all rows. */
const found = new Map();
const MAX_FOUND = 5_000;
/** The server's row, and those that effects made of it which wait for their outcome. */
const MAX_STATES = 4;

function remember(key, row) {
  if (found.size > MAX_FOUND) found.clear();
  found.set(key, [row, ...(found.get(key) ?? [])].slice(0, MAX_STATES));
}

/**
 * The rows of these ids. Nodes and edges have no key, so a row is looked up by all of it: first as it was last time, then by going through the table.
 * @returns {Map<string, object>}
 */
function rowsOf(table, name, column, workflow, ids) {
  const rows = new Map();
  const missing = new Set();
  for (const id of ids) {
    const row = found.get(`${name} ${workflow} ${id}`)?.find((each) => table.get(each));
    if (row) rows.set(id, row);
    else missing.add(id);
  }
  if (missing.size === 0) return rows;
  for (const row of table.rows()) {
    if (row.workflow_id !== workflow || !missing.has(row[column])) continue;
    rows.set(row[column], row);
    remember(`${name} ${workflow} ${row[column]}`, row);
  }
  return rows;
}

const idOf = (op) => op.nodeId ?? op.edgeId;

function lookUp(draft, workflow, ops) {
  const ids = (kind) => new Set(ops.filter(({ op }) => op.endsWith(kind)).map(idOf));
  const [nodes, edges] = [draft.table('workflow_node'), draft.table('workflow_edge')];
  return {
    node: { table: nodes, rows: rowsOf(nodes, 'node', 'node_id', workflow, ids('node')) },
    edge: { table: edges, rows: rowsOf(edges, 'edge', 'edge_id', workflow, ids('edge')) },
  };
}

const kindOf = ({ op }) => (op.endsWith('node') ? 'node' : 'edge');

function rowAfter(op, workflow, before, by) {
  if (kindOf(op) === 'node') {
    const row = before ?? { workflow_id: workflow, node_id: op.nodeId, type: op.type, position_json: '{}', data_json: '{}', updated_at: '', updated_by: by };
    return { ...row, type: op.type ?? row.type, position_json: op.positionJson ?? row.position_json, data_json: op.dataJson ?? row.data_json };
  }
  const row = before ?? { workflow_id: workflow, edge_id: op.edgeId, source: op.source, target: op.target, handles_json: '{}', data_json: '{}', updated_at: '', updated_by: by };
  return { ...row, source: op.source ?? row.source, target: op.target ?? row.target, handles_json: op.handlesJson ?? row.handles_json, data_json: op.dataJson ?? row.data_json };
}

function applyOps(draft, { workflow_id: workflow, ops_json: text, display_name: by }) {
  const ops = JSON.parse(text);
  const known = lookUp(draft, workflow, ops);
  for (const op of ops) {
    const { table, rows } = known[kindOf(op)];
    const before = rows.get(idOf(op));
    if (op.op.startsWith('delete')) {
      if (before) table.delete(before);
      rows.delete(idOf(op));
      continue;
    }
    if (!before && (kindOf(op) === 'node' ? !op.type : !op.source || !op.target)) throw new Error('the server refuses this');
    const after = rowAfter(op, workflow, before, by);
    if (before) table.delete(before);
    table.put(after);
    rows.set(idOf(op), after);
    remember(`${kindOf(op)} ${workflow} ${idOf(op)}`, after);
  }
}

/** As the opposite call's operations, in the opposite order. */
function opposite(op, before) {
  const isNode = kindOf(op) === 'node';
  if (!before) return op.op.startsWith('delete') ? null : isNode ? { op: 'delete_node', nodeId: op.nodeId } : { op: 'delete_edge', edgeId: op.edgeId };
  const whole = op.op.startsWith('delete');
  const said = (member, column) => (whole || op[member] !== undefined ? { [member]: before[column] } : {});
  return isNode
    ? { op: 'upsert_node', nodeId: op.nodeId, ...said('type', 'type'), ...said('positionJson', 'position_json'), ...said('dataJson', 'data_json') }
    : { op: 'upsert_edge', edgeId: op.edgeId, ...said('source', 'source'), ...said('target', 'target'), ...said('handlesJson', 'handles_json'), ...said('dataJson', 'data_json') };
}

function undoOps({ workflow_id: workflow, ops_json: text, display_name: by }, rows) {
  const ops = JSON.parse(text);
  const known = lookUp(rows, workflow, ops);
  const undoing = ops.map((op) => opposite(op, known[kindOf(op)].rows.get(idOf(op)))).filter(Boolean).reverse();
  return undoing.length ? { reducer: 'apply_workflow_ops', args: { workflow_id: workflow, ops_json: JSON.stringify(undoing), display_name: by } } : null;
}

export const effects = {
  apply_workflow_ops: applyOps,
  create_workflow: (draft, { id, workspace_id: workspace, name, display_name: by }) => draft.table('workflow').put({ id, workspace_id: workspace, name, created_at: '', updated_at: '', last_modified_by: by }),
  rename_workflow: (draft, { workflow_id: id, new_name: name }) => draft.table('workflow').update(id, { name }),
  delete_workflow: (draft, { workflow_id: id }) => draft.table('workflow').delete(id),
  rename_workspace: (draft, { workspace_id: id, new_name: name }) => draft.table('workspace').update(id, { name }),
};

export const inverses = {
  apply_workflow_ops: undoOps,
  rename_workflow: ({ workflow_id: id }, rows) => {
    const before = rows.table('workflow').get(id);
    return before ? { reducer: 'rename_workflow', args: { workflow_id: id, new_name: before.name } } : null;
  },
};
