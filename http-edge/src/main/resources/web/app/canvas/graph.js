// The graph that is drawn, kept in step with two tables of the client library. What a module's rows look like is its source's business:
//
// source: { nodeTable, edgeTable, allNodes(), allEdges(): rows; nodeId(row), edgeId(row): null where it is none of this graph;
//           node(id), edge(id): the row now; readNode(row, before), readEdge(row) }
// node: { id, name, type, x, y, note: text or null, size: of a note, data: text of JSON, by }
// edge: { id, source, target, out, into: names of handles, '' for the only one; isMain }

const ANEW = new Set(['snapshot', 'subscription', 'store']);

export class Graph {
  /** @type {Map<string, object>} */
  nodes = new Map();
  edges = new Map();
  /** Node id → ids of the edges at it, also of nodes that are not there (any more). */
  #edgesAt = new Map();
  /** Node id → names of its outputs, in order. */
  #outs = new Map();
  #source; #changed; #stops;

  /** `changed({ all, nodes, edges, sender, seq })`: the ids of what is new, gone, or otherwise now. */
  constructor(source, changed) {
    this.#source = source;
    this.#changed = changed;
    this.#stops = [source.nodeTable, source.edgeTable].map((table) => table.subscribe((change) => this.#hear(change)));
    this.#load();
  }

  leave() { for (const stop of this.#stops) stop(); }

  edgesAt(node) { return this.#edgesAt.get(node) ?? NONE; }

  /** Names of a node's outputs: those in use, and at least one. */
  outs(node) {
    let outs = this.#outs.get(node);
    if (!outs) {
      const used = [...this.edgesAt(node)].map((id) => this.edges.get(id)).filter((edge) => edge.source === node);
      outs = [...new Set(used.map((edge) => edge.out))].sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
      if (outs.length === 0) outs = [''];
      this.#outs.set(node, outs);
    }
    return outs;
  }

  #load() {
    this.nodes = new Map();
    this.edges = new Map();
    this.#edgesAt.clear();
    this.#outs.clear();
    for (const row of this.#source.allNodes()) this.#putNode(this.#source.nodeId(row), row);
    for (const row of this.#source.allEdges()) this.#putEdge(this.#source.edgeId(row), row);
  }

  #hear({ source, rows, sender, own, seq }) {
    if (ANEW.has(source)) {
      this.#load();
      this.#changed({ all: true, nodes: new Set(), edges: new Set() });
      return;
    }
    const [nodes, edges] = [new Set(), new Set()];
    for (const { table, before, after } of rows) {
      const isNode = table === this.#source.nodeTable.name;
      if (!isNode && table !== this.#source.edgeTable.name) continue;
      for (const row of [before, after]) {
        const id = row && this.#source[isNode ? 'nodeId' : 'edgeId'](row);
        if (id !== null && id !== undefined) (isNode ? nodes : edges).add(id);
      }
    }
    if (nodes.size + edges.size === 0) return;
    for (const id of nodes) this.#putNode(id, this.#source.node(id));
    for (const id of edges) this.#putEdge(id, this.#source.edge(id));
    this.#changed({ all: false, nodes, edges, seq, sender: own || source === 'effect' ? null : sender });
  }

  #putNode(id, row) {
    if (row === undefined) this.nodes.delete(id);
    else this.nodes.set(id, this.#source.readNode(row, this.nodes.get(id)));
  }

  #putEdge(id, row) {
    const before = this.edges.get(id);
    for (const end of before ? [before.source, before.target] : []) {
      const edges = this.#edgesAt.get(end);
      edges?.delete(id);
      if (edges?.size === 0) this.#edgesAt.delete(end);
      this.#outs.delete(end);
    }
    if (row === undefined) {
      this.edges.delete(id);
      return;
    }
    const edge = this.#source.readEdge(row);
    this.edges.set(id, edge);
    for (const end of [edge.source, edge.target]) {
      if (!this.#edgesAt.has(end)) this.#edgesAt.set(end, new Set());
      this.#edgesAt.get(end).add(id);
      this.#outs.delete(end);
    }
  }
}

const NONE = Object.freeze(new Set());
