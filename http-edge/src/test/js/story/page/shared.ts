// A studio behind a server, by the npm package spacetimedb as it is published.

import { SenderError } from 'spacetimedb';
import type { DbConnection } from '../../generated/studio.ts';
import { apply, Pending, type Graph, type Op } from './graph.ts';
import { Line } from './line.ts';
import { newId, type Document, type Place, type Studio } from './studio.ts';

/** Changes of this long go into one call. */
const BATCH_MS = 50;
/** Before a call is made again that the server had no room for. */
const PAUSE_MS = 500;

const text = (value: string) => `'${value.replaceAll("'", "''")}'`;

export class Shared implements Studio {
  readonly #line: Line;
  readonly #changed: () => void;
  readonly #name: () => string;
  readonly #complain: (what: string) => void;
  readonly #pending = new Map<string, Pending>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(server: string, database: string, name: () => string, changed: () => void, complain: (what: string) => void) {
    this.#name = name;
    this.#changed = changed;
    this.#complain = complain;
    this.#line = new Line(server, database, changed, () => this.#returned());
    this.#line.subscribe('mine', ['SELECT * FROM workspace', 'SELECT * FROM workspace_member', 'SELECT * FROM workspace_invite']);
  }

  // ---- what is there

  get #db(): DbConnection['db'] | undefined { return this.#line.shown?.db; }

  state() { return this.#line.state; }
  workspaces() { return [...this.#db?.workspace.iter() ?? []]; }
  workflows(workspace: string) { return [...this.#db?.workflow.iter() ?? []].filter((each) => each.workspaceId === workspace); }
  members(workspace: string) { return [...this.#db?.workspaceMember.iter() ?? []].filter((each) => each.workspaceId === workspace).map((each) => `${each.displayName}, ${each.role}`); }

  documents(workspace: string): Document[] {
    return [...this.#db?.brainDoc.iter() ?? []]
      .filter((each) => each.workspaceId === workspace && each.deletedAt === undefined)
      .map((each) => ({ id: each.id, title: each.title, text: JSON.parse(each.contentJson).text ?? '' }));
  }

  invitations(workspace: string) {
    return [...this.#db?.workspaceInvite.iter() ?? []]
      .filter((each) => each.workspaceId === workspace)
      .map((each) => ({ tokenHash: each.tokenHash, revoked: each.revokedAt !== undefined }));
  }

  /** What the server says, with what was done here on top. */
  graph(workflow: string): Graph { return apply(this.#rows(workflow), this.#pending.get(workflow)?.all ?? []); }

  #rows(workflow: string): Graph {
    const nodes = [...this.#db?.workflowNode.iter() ?? []].filter((each) => each.workflowId === workflow);
    const edges = [...this.#db?.workflowEdge.iter() ?? []].filter((each) => each.workflowId === workflow);
    return { nodes: new Map(nodes.map((node) => [node.nodeId, node])), edges: new Map(edges.map((edge) => [edge.edgeId, edge])) };
  }

  #events(workflow: string) { return [...this.#db?.workflowChangeEvent.iter() ?? []].filter((each) => each.workflowId === workflow); }

  changes(workflow: string): string[] {
    return this.#events(workflow)
      .map(({ timestamp, eventType, details }) => ({ timestamp, what: eventType.replace('_', ' '), ...JSON.parse(details) }))
      .sort((a, b) => b.timestamp.localeCompare(a.timestamp) || a.what.localeCompare(b.what))
      .map(({ what, by, nodeName }) => `${what}${nodeName ? ` (${nodeName})` : ''} by ${by}`);
  }

  open({ workspace, workflow }: Place): void {
    this.#line.subscribe('workspace', workspace === undefined ? [] : ['workflow', 'brain_doc'].map((table) => `SELECT * FROM ${table} WHERE workspace_id = ${text(workspace)}`));
    this.#line.subscribe('workflow', workflow === undefined ? [] : ['workflow_node', 'workflow_edge', 'workflow_change_event'].map((table) => `SELECT * FROM ${table} WHERE workflow_id = ${text(workflow)}`));
  }

  // ---- calls

  async createWorkspace(name: string) {
    const id = newId();
    await this.#line.call(({ reducers }) => reducers.createWorkspace({ id, name, displayName: this.#name() }));
    return id;
  }

  async createWorkflow(workspaceId: string, name: string) {
    const id = newId();
    await this.#line.call(({ reducers }) => reducers.createWorkflow({ id, workspaceId, name, displayName: this.#name() }));
    return id;
  }

  async importWorkflow(workspaceId: string, name: string, json: string) {
    const { nodes, edges } = JSON.parse(json);
    const [workflowId, now] = [newId(), new Date().toISOString()];
    await this.#line.call(({ reducers }) => reducers.importWorkflowSnapshot({
      workflowId, workspaceId, name, nodesJson: JSON.stringify(nodes), edgesJson: JSON.stringify(edges), uiStateJson: '{}',
      createdAt: now, updatedAt: now, lastModifiedBy: this.#name(),
    }));
    return workflowId;
  }

  saveDocument(workspaceId: string, { id, title, text }: Document) {
    return this.#line.call(({ reducers }) => reducers.saveBrainDoc({ id, workspaceId, title, contentJson: JSON.stringify({ text }), versionId: undefined }));
  }

  async invite(workspaceId: string) {
    const token = [...crypto.getRandomValues(new Uint8Array(32))].map(hex).join('');
    const tokenHash = await sha256(token);
    await this.#line.call(({ reducers }) => reducers.createInvite({ workspaceId, tokenHash }));
    return token;
  }

  revoke(workspaceId: string, tokenHash: string) { return this.#line.call(({ reducers }) => reducers.revokeInvite({ workspaceId, tokenHash })); }

  /** What joining makes visible comes in the transaction that joins, the invitation among it. */
  async join(token: string) {
    const tokenHash = await sha256(token);
    await this.#line.call(({ reducers }) => reducers.joinWorkspace({ tokenHash, displayName: this.#name() }));
    const invite = [...this.#db?.workspaceInvite.iter() ?? []].find((each) => each.tokenHash === tokenHash);
    if (!invite) throw new Error('the workspace did not come with the answer');
    return invite.workspaceId;
  }

  // ---- editing

  edit(workflow: string, ops: Op[]): void {
    const pending = this.#pending.get(workflow) ?? new Pending();
    this.#pending.set(workflow, pending);
    ops.forEach((op) => pending.add(op));
    this.#sayLater(workflow, BATCH_MS);
    this.#changed();
  }

  #sayLater(workflow: string, ms: number): void {
    if (this.#timers.has(workflow)) return;
    this.#timers.set(workflow, setTimeout(() => {
      this.#timers.delete(workflow);
      void this.#say(workflow, this.#pending.get(workflow)!);
    }, ms));
  }

  /** Nothing to say is said when there is no way or a call is under way: either will have its end and come back here. */
  async #say(workflow: string, pending: Pending): Promise<void> {
    const ops = this.#line.state === 'live' ? pending.take(this.#rows(workflow)) : [];
    if (!ops.length) return;
    try {
      await this.#line.call(({ reducers }) => reducers.applyWorkflowOps({ workflowId: workflow, opsJson: JSON.stringify(ops), displayName: this.#name() }));
      pending.acknowledged();
    } catch (error) {
      if (this.#line.state !== 'live') return;
      if (!(error instanceof SenderError)) {
        pending.putBack();
        return this.#sayLater(workflow, PAUSE_MS);
      }
      if (!pending.refused(this.#rows(workflow))) this.#complain(error.message);
    }
    this.#changed();
    if (pending.all.length) this.#sayLater(workflow, BATCH_MS);
    else if (this.#pending.get(workflow) === pending) this.#pending.delete(workflow);
  }

  /** The rows are those of the new connection. */
  #returned(): void {
    for (const [workflow, pending] of this.#pending) {
      pending.returned(new Set(this.#events(workflow).filter((each) => each.eventType === 'node_added').map((each) => each.nodeId ?? '')));
      this.#sayLater(workflow, 0);
    }
  }
}

const hex = (byte: number) => byte.toString(16).padStart(2, '0');

async function sha256(text: string): Promise<string> {
  return [...new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))].map(hex).join('');
}
