// What the page shows and does, be it shared through a server or in this browser alone.

import type { Graph, Op } from './graph.ts';

export interface Named { id: string; name: string }
export interface Document { id: string; title: string; text: string }
export interface Invitation { tokenHash: string; revoked: boolean }

/** What is open. */
export interface Place { workspace?: string; workflow?: string }

export type State = 'connecting' | 'live' | 'waiting' | 'standalone';

export interface Studio {
  state(): State;
  workspaces(): Named[];
  workflows(workspace: string): Named[];
  documents(workspace: string): Document[];
  members(workspace: string): string[];
  invitations(workspace: string): Invitation[];
  graph(workflow: string): Graph;
  /** In words, the latest first. */
  changes(workflow: string): string[];

  open(place: Place): void;

  // Settled when it is done; rejected with why not.
  createWorkspace(name: string): Promise<string>;
  createWorkflow(workspace: string, name: string): Promise<string>;
  /** `json`: an object with `nodes` and `edges`, arrays as import_workflow_snapshot takes them. */
  importWorkflow(workspace: string, name: string, json: string): Promise<string>;
  saveDocument(workspace: string, document: Document): Promise<void>;
  /** The new invitation's token, which the server is not told. */
  invite(workspace: string): Promise<string>;
  revoke(workspace: string, tokenHash: string): Promise<void>;
  /** The workspace that one is in now. */
  join(token: string): Promise<string>;

  /** Shows at once, and is said to the server in its time. */
  edit(workflow: string, ops: Op[]): void;
}

export const newId = () => crypto.randomUUID();
