// Everything in this browser's local storage; no server is asked anything.

import { apply, type Edge, type Graph, type Node, type Op } from './graph.ts';
import { newId, type Document, type Named, type Place, type Studio } from './studio.ts';

const KEY = 'studio.standalone';
const HERE = 'here';

interface Workflow extends Named { nodes: Node[]; edges: Edge[] }
interface Kept { workflows: Workflow[]; documents: Document[] }

export class Standalone implements Studio {
  readonly #kept: Kept = JSON.parse(localStorage.getItem(KEY) ?? '{"workflows":[],"documents":[]}');
  readonly #changed: () => void;

  constructor(changed: () => void) { this.#changed = changed; }

  #keep(): void {
    localStorage.setItem(KEY, JSON.stringify(this.#kept));
    this.#changed();
  }

  #workflow(id: string): Workflow | undefined { return this.#kept.workflows.find((each) => each.id === id); }

  state() { return 'standalone' as const; }
  workspaces() { return [{ id: HERE, name: 'This browser' }]; }
  workflows() { return this.#kept.workflows; }
  documents() { return this.#kept.documents; }
  members() { return []; }
  invitations() { return []; }
  changes() { return []; }

  graph(id: string): Graph {
    const { nodes = [], edges = [] } = this.#workflow(id) ?? {};
    return { nodes: new Map(nodes.map((node) => [node.nodeId, node])), edges: new Map(edges.map((edge) => [edge.edgeId, edge])) };
  }

  open(_place: Place) { this.#changed(); }

  async createWorkflow(_workspace: string, name: string) { return this.#add({ id: newId(), name, nodes: [], edges: [] }); }
  async importWorkflow(_workspace: string, name: string, json: string) { return this.#add({ id: newId(), name, ...JSON.parse(json) }); }

  #add(workflow: Workflow): string {
    this.#kept.workflows.push(workflow);
    this.#keep();
    return workflow.id;
  }

  async saveDocument(_workspace: string, document: Document) {
    const index = this.#kept.documents.findIndex((each) => each.id === document.id);
    this.#kept.documents.splice(index < 0 ? this.#kept.documents.length : index, 1, document);
    this.#keep();
  }

  edit(id: string, ops: Op[]) {
    const workflow = this.#workflow(id);
    if (!workflow) return;
    const { nodes, edges } = apply(this.graph(id), ops);
    Object.assign(workflow, { nodes: [...nodes.values()], edges: [...edges.values()] });
    this.#keep();
  }

  createWorkspace(): Promise<string> { return alone(); }
  invite(): Promise<string> { return alone(); }
  revoke(): Promise<void> { return alone(); }
  join(): Promise<string> { return alone(); }
}

function alone(): Promise<never> { return Promise.reject(new Error('there is nobody else here: that needs a server')); }
