// The way in: where the server is, who asks, and what the platform offers.

import { browserWakeups, systemClock } from './connection.js';
import { request } from './http.js';
import { Workspace } from './workspace.js';

/** @typedef {import('./index.d.ts').ModuleDescription} ModuleDescription */

/**
 * @typedef {object} Door what a workspace needs of its client
 * @property {import('./index.d.ts').Clock} clock
 * @property {() => number} random
 * @property {import('./index.d.ts').ConnectOptions['WebSocket']} WebSocket
 * @property {import('./index.d.ts').ConnectOptions['wakeups']} wakeups
 * @property {() => Promise<string | null>} token
 * @property {(workspace: string, token: string | null) => Promise<{ address: string, expiresIn?: number }>} socketUrl trades the token for a ticket; `expiresIn`: for how many ms the token is good
 * @property {(workspace: string, module: string | null, token: string | null) => Promise<ModuleDescription>} schemaOf
 */

/** @type {import('./index.d.ts').connect} */
export function connect(origin, options = {}) {
  const { token = null, fetch = globalThis.fetch.bind(globalThis), WebSocket, clock = systemClock, random = Math.random, wakeups = browserWakeups() } = options;
  const base = origin.replace(/\/$/, '') || globalThis.location?.origin || '';
  const currentToken = async () => (typeof token === 'function' ? token() : token);
  /** @type {Door} */
  const door = {
    clock,
    random,
    WebSocket,
    wakeups,
    token: currentToken,
    socketUrl: async (workspace, bearer) => {
      const address = `${base.replace(/^http/, 'ws')}/v1/workspaces/${encodeURIComponent(workspace)}/socket`;
      if (bearer === null) return { address };
      const answer = await request('POST', `${base}/v1/identity/websocket-token`, { token: bearer, fetch });
      return { address: `${address}?ticket=${encodeURIComponent(answer.token)}`, expiresIn: answer.expiresIn };
    },
    schemaOf: async (workspace, module, bearer) => {
      const name = module ?? (await request('GET', `${base}/v1/workspaces/${encodeURIComponent(workspace)}`, { token: bearer, fetch })).module;
      return described(await request('GET', `${base}/v1/modules/${encodeURIComponent(name)}/schema`, { token: bearer, fetch }));
    },
  };
  return {
    origin: base,
    workspace: (id, more = {}) => /** @type {any} */ (new Workspace(id, door, more)),
    request: async (method, path, more = {}) => request(method, base + path, { ...more, token: await currentToken(), fetch }),
  };
}

/** As much of a schema as the library needs. @param {any} schema @returns {ModuleDescription} */
function described({ name, version, tables }) {
  const entries = tables.map((/** @type {any} */ table) => [table.name, { key: table.key, event: table.kind === 'event' }]);
  return { module: name, version, tables: Object.fromEntries(entries) };
}
