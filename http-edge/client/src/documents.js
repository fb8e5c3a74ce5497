// The documents of whoever asks, in a workspace of the module `documents`: each saves itself, and says with every write which version it was made from.

import { Autosave } from './autosave.js';

/** Browsers let requests that outlive their page have 64 KiB together. */
const KEEPALIVE_BYTES = 60_000;

/** @typedef {import('./documents.js').Documents} Documents */

/**
 * @param {import('./index.d.ts').Client} client
 * @param {string} workspace
 * @returns {Documents}
 */
export function documents(client, workspace) {
  const path = `/v1/workspaces/${encodeURIComponent(workspace)}`;
  /** @type {Promise<string> | null} */
  let identity = null;
  const me = () => (identity ??= client.request('GET', '/v1/identity').then(
    (answer) => /** @type {any} */ (answer).identity,
    (e) => { identity = null; throw e; },
  ));
  /** The caller's rows of a table, each with the transaction that last wrote it. @param {string} table @param {string | null} id @returns {Promise<{ row: any, version: number }[]>} */
  const rows = async (table, id) => {
    const query = JSON.stringify([id === null ? { table } : { table, where: ['=', 'id', id] }]);
    const answer = /** @type {any} */ (await client.request('GET', `${path}/snapshot?query=${encodeURIComponent(query)}`));
    const { rows, versions } = answer.tables[table];
    return rows.map((/** @type {any} */ row, /** @type {number} */ i) => ({ row, version: versions[i] }));
  };
  /** @param {string} reducer @param {Record<string, unknown>} body @param {{ headers?: Record<string, string>, keepalive?: boolean }} [more] @returns {Promise<any>} */
  const call = (reducer, body, more) => client.request('POST', `${path}/calls/${reducer}`, { body, ...more });
  const source = (/** @type {string} */ id) => ({
    load: async () => {
      const [found] = await rows('document', id);
      return found ? { value: found.row.value, version: String(found.version) } : null;
    },
    save: async (/** @type {{ value: unknown, version: string | null, keepalive: boolean }} */ { value, version, keepalive }) => {
      const owner = await me();
      const expect = { row: { table: 'document', key: [owner, id], version: Number(version ?? 0) } };
      const fits = keepalive && new TextEncoder().encode(JSON.stringify({ id, value })).length <= KEEPALIVE_BYTES;
      const { seq } = await call('save_document', { id, value }, { headers: { 'skein-expect': JSON.stringify(expect) }, keepalive: fits });
      return { version: String(seq) };
    },
  });
  return {
    source,
    open: async (id, options = {}) => {
      const document = new Autosave({ ...source(id), ...options });
      await me(); // a write of a page that is left cannot wait for who it is
      await document.open();
      return document;
    },
    list: async () => (await rows('document', null)).map(({ row: { id, revision, created_at, updated_at } }) => ({ id, revision, createdAt: created_at, updatedAt: updated_at })),
    revisions: async (id) => (await rows('document_revision', id))
      .map(({ row: { revision, value, saved_at } }) => ({ revision, value, savedAt: saved_at }))
      .sort((a, b) => a.revision - b.revision),
    restore: async (id, revision) => void await call('restore_document', { id, revision }),
    delete: async (id) => void await call('delete_document', { id }),
    purge: async (id) => void await call('purge_document', { id }),
  };
}
