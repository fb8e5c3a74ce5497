// A workflow's graph, and changes to it in the words of apply_workflow_ops.

export interface Node { nodeId: string; type: string; positionJson: string }
export interface Edge { edgeId: string; source: string; target: string }
export interface Graph { nodes: Map<string, Node>; edges: Map<string, Edge> }

/** An upsert says only what it changes: a node without a type is one that is moved, and not brought back if somebody removes it meanwhile. */
export type Op =
  | { op: 'upsert_node'; nodeId: string; type?: string; positionJson?: string }
  | { op: 'delete_node'; nodeId: string }
  | { op: 'upsert_edge'; edgeId: string; source: string; target: string }
  | { op: 'delete_edge'; edgeId: string };

const keyOf = (op: Op) => ('nodeId' in op ? `node ${op.nodeId}` : `edge ${op.edgeId}`);

/** Changes the graph as the server would. */
export function apply(graph: Graph, ops: Iterable<Op>): Graph {
  for (const op of ops) {
    switch (op.op) {
      case 'upsert_node': {
        const before = graph.nodes.get(op.nodeId);
        const type = op.type ?? before?.type;
        if (type === undefined) break;
        graph.nodes.set(op.nodeId, { nodeId: op.nodeId, type, positionJson: op.positionJson ?? before?.positionJson ?? '{}' });
        break;
      }
      case 'delete_node': graph.nodes.delete(op.nodeId); break;
      case 'upsert_edge': graph.edges.set(op.edgeId, { edgeId: op.edgeId, source: op.source, target: op.target }); break;
      case 'delete_edge': graph.edges.delete(op.edgeId); break;
    }
  }
  return graph;
}

/** Of the server: as much goes into one call. */
const MAX_OPS = 2_000;

/**
 * What somebody did here that the server has not acknowledged: at most one change for each node and edge, so that a drag is the last place and
 * not all the places on the way. What comes from the server never gets in here, and so is never sent back.
 */
export class Pending {
  readonly #waiting = new Map<string, Op>();
  #sent: Op[] = [];

  add(op: Op): void {
    const before = this.#waiting.get(keyOf(op));
    this.#waiting.set(keyOf(op), before?.op === op.op ? { ...before, ...op } : op);
  }

  /** In the order in which they apply. */
  get all(): Op[] { return [...this.#sent, ...this.#waiting.values()]; }

  /** The next call's, if there is anything to say and no call is under way. */
  take(rows: Graph): Op[] {
    if (this.#sent.length) return [];
    this.#dropMovesOfTheRemoved(rows);
    this.#sent = [...this.#waiting.values()].slice(0, MAX_OPS);
    for (const op of this.#sent) this.#waiting.delete(keyOf(op));
    return this.#sent;
  }

  acknowledged(): void { this.#sent = []; }

  /** The whole call was refused: without what somebody else has removed, it may be taken. False if there is nothing of the kind. */
  refused(rows: Graph): boolean {
    const refused = this.#sent;
    this.putBack();
    const another = this.#dropMovesOfTheRemoved(rows) > 0;
    if (!another) for (const op of refused) this.#waiting.delete(keyOf(op));
    return another;
  }

  /**
   * There is a new connection, and the old one took the answer with it. A call is one transaction: if one of its additions is among the recent
   * changes, all of it was done; else it is said again.
   */
  returned(added: Set<string>): void {
    if (this.#sent.some((op) => op.op === 'upsert_node' && op.type !== undefined && added.has(op.nodeId))) this.#sent = [];
    this.putBack();
  }

  /** The call was not done and may be made again. What was changed since, counts. */
  putBack(): void {
    const later = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const op of [...this.#sent, ...later]) this.add(op);
    this.#sent = [];
  }

  #dropMovesOfTheRemoved(rows: Graph): number {
    const moves = [...this.#waiting].filter(([, op]) => op.op === 'upsert_node' && op.type === undefined && !rows.nodes.has(op.nodeId));
    for (const [key] of moves) this.#waiting.delete(key);
    return moves.length;
  }
}
