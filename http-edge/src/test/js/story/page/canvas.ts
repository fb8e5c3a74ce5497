// Nodes and edges, and hands on them.

import type { Graph, Node, Op } from './graph.ts';
import { newId } from './studio.ts';

const SVG = 'http://www.w3.org/2000/svg';
const [WIDTH, HEIGHT] = [110, 44];

interface Point { x: number; y: number }

function placeOf(node: Node): Point {
  const { x = 0, y = 0 } = JSON.parse(node.positionJson);
  return { x, y };
}

export class Canvas {
  readonly #root: HTMLElement;
  readonly #svg: SVGElement;
  readonly #edit: (ops: Op[]) => void;
  readonly #elements = new Map<string, HTMLElement>();
  readonly #lines = new Map<string, SVGLineElement>();
  #graph: Graph = { nodes: new Map(), edges: new Map() };
  /** Where the next connection begins. */
  #from: string | undefined;

  constructor(root: HTMLElement, edit: (ops: Op[]) => void) {
    this.#root = root;
    this.#svg = root.querySelector('svg')!;
    this.#edit = edit;
  }

  add(type: string): void {
    const count = this.#graph.nodes.size;
    const position = { x: 30 + (count % 5) * 150, y: 30 + Math.floor(count / 5) * 80 };
    this.#edit([{ op: 'upsert_node', nodeId: newId(), type, positionJson: JSON.stringify(position) }]);
  }

  draw(graph: Graph): void {
    this.#graph = graph;
    reconcile(this.#elements, graph.nodes, (node) => this.#root.appendChild(this.#element(node.nodeId)));
    for (const [id, node] of graph.nodes) this.#drawNode(this.#elements.get(id)!, node);
    const edges = new Map([...graph.edges].filter(([, { source, target }]) => graph.nodes.has(source) && graph.nodes.has(target)));
    reconcile(this.#lines, edges, () => this.#svg.appendChild(document.createElementNS(SVG, 'line')));
    for (const [id, { source, target }] of edges) {
      const [a, b] = [placeOf(graph.nodes.get(source)!), placeOf(graph.nodes.get(target)!)];
      const line = this.#lines.get(id)!;
      const ends = { x1: a.x + WIDTH / 2, y1: a.y + HEIGHT / 2, x2: b.x + WIDTH / 2, y2: b.y + HEIGHT / 2 };
      for (const [name, value] of Object.entries(ends)) line.setAttribute(name, String(value));
      line.dataset.between = `${graph.nodes.get(source)!.type} ${graph.nodes.get(target)!.type}`;
    }
  }

  #drawNode(element: HTMLElement, node: Node): void {
    const { x, y } = placeOf(node);
    element.style.left = `${x}px`;
    element.style.top = `${y}px`;
    element.dataset.type = node.type;
    element.querySelector('span')!.textContent = node.type;
    element.classList.toggle('from', this.#from === node.nodeId);
  }

  #element(id: string): HTMLElement {
    const element = document.createElement('div');
    element.className = 'node';
    element.dataset.id = id;
    element.innerHTML = '<span></span><button class="remove" aria-label="Remove">×</button><button class="connect" aria-label="Connect">→</button>';
    element.querySelector('.remove')!.addEventListener('click', () => this.#remove(id));
    element.querySelector('.connect')!.addEventListener('click', () => this.#connect(id));
    element.addEventListener('pointerdown', (event) => {
      if (!(event.target as HTMLElement).closest('button')) this.#drag(element, id, event);
    });
    return element;
  }

  /** The first press says from where, the second whereto. */
  #connect(id: string): void {
    const from = this.#from;
    this.#from = from === undefined ? id : undefined;
    if (from !== undefined && from !== id) this.#edit([{ op: 'upsert_edge', edgeId: newId(), source: from, target: id }]);
    this.draw(this.#graph);
  }

  #remove(id: string): void {
    const edges = [...this.#graph.edges.values()].filter((edge) => edge.source === id || edge.target === id);
    this.#edit([{ op: 'delete_node', nodeId: id }, ...edges.map(({ edgeId }) => ({ op: 'delete_edge' as const, edgeId }))]);
  }

  /** Says nothing of the type: a node that somebody removes meanwhile is not brought back. */
  #drag(element: HTMLElement, id: string, start: PointerEvent): void {
    const { x, y } = placeOf(this.#graph.nodes.get(id)!);
    element.setPointerCapture(start.pointerId);
    element.onpointermove = (event) => {
      const place = { x: Math.max(0, x + event.clientX - start.clientX), y: Math.max(0, y + event.clientY - start.clientY) };
      this.#edit([{ op: 'upsert_node', nodeId: id, positionJson: JSON.stringify(place) }]);
    };
    element.onpointerup = element.onpointercancel = () => { element.onpointermove = null; };
  }
}

/** One element for each thing, and none for what is gone. */
function reconcile<T, E extends Element>(elements: Map<string, E>, things: Map<string, T>, make: (thing: T) => E): void {
  for (const [id, element] of elements) {
    if (things.has(id)) continue;
    element.remove();
    elements.delete(id);
  }
  for (const [id, thing] of things) if (!elements.has(id)) elements.set(id, make(thing));
}
