// What a push or a pull makes of a local copy: entries, and nothing but entries. Nothing here asks anybody, waits, or writes.

import { freshKey, same } from './values.js';

/** @typedef {import('./diagrams-copy.js').Entry} Entry */
/** @typedef {import('./diagrams.js').Kind} Kind */
/** @typedef {import('./diagrams.js').DiagramConflict} Conflict */
/** @typedef {import('./diagrams.js').Choice} Choice */
/** @typedef {Record<string, { choice: Choice, version: number }>} Picks what was chosen, and about which version of the shared entity */
/** @typedef {{ id: string, kind: Kind | null, data: any, version: number }} Shared an entity of the shared copy; kind null: it was removed */

/** @param {Entry | undefined} local @param {Shared} shared */
const alike = (local, shared) => local !== undefined && local.kind === shared.kind && same(local.data, shared.data);

/** @param {string} id @param {Entry} local @param {Shared} shared @returns {Conflict} */
export const conflictOf = (id, local, shared) => ({
  id,
  version: shared.version,
  local: local.kind && { kind: local.kind, data: local.data },
  shared: shared.kind && { kind: shared.kind, data: shared.data },
});

/** Of what is in the shared copy, what the local one does not have. @param {Map<string, Entry>} entries @param {Shared[]} shared */
export const news = (entries, shared) => shared.filter(({ id, version }) => version > (entries.get(id)?.version ?? 0));

/** Both sides have changed these, and not alike. @param {Map<string, Entry>} entries @param {Shared[]} shared */
export const conflicts = (entries, shared) => news(entries, shared)
  .filter((row) => entries.get(row.id)?.dirty && !alike(entries.get(row.id), row))
  .map((row) => conflictOf(row.id, /** @type {Entry} */ (entries.get(row.id)), row));

/**
 * The entries that a pull changes.
 * @param {Map<string, Entry>} entries
 * @param {Shared[]} shared
 * @param {Picks} picks one for each conflict
 * @param {() => string} [freshId]
 */
export function pulled(entries, shared, picks, freshId = () => `copy-${freshKey()}`) {
  /** @type {Map<string, Entry | null>} */ const changes = new Map();
  let kept = 0;
  const copies = [];
  for (const row of news(entries, shared)) {
    const local = entries.get(row.id);
    const isConflict = local?.dirty && !alike(local, row);
    const choice = isConflict ? picks[row.id].choice : 'shared';
    if (choice === 'shared') changes.set(row.id, taken(row));
    else if (choice === 'local' || !local || row.kind === null) {
      // What stays different here is a change of what is there now.
      kept++;
      changes.set(row.id, local ? { ...local, version: row.version } : null);
    } else if (local.kind === null) changes.set(row.id, taken(row)); // of both, one was removed: the other one stays
    else {
      const copy = freshId();
      copies.push({ id: row.id, copy });
      changes.set(copy, { ...local, version: 0 });
      changes.set(row.id, taken(row));
    }
  }
  const updated = [...changes.values()].filter((entry) => entry && !entry.dirty).length;
  const removed = [...changes.values()].filter((entry) => entry === null).length;
  return { changes, updated, removed, kept, copies };
}

/** @param {Shared} row @returns {Entry | null} */
const taken = ({ kind, data, version }) => (kind === null ? null : { kind, data, version, dirty: false });

/**
 * The entries that a push changes, once the server has done it.
 * @param {Map<string, Entry>} entries as they are now: some may have been changed since
 * @param {any[]} sent the changes that were pushed
 * @param {Picks} picks
 * @param {{ base: number, version: number, copies: { id: string, copy: string }[] }} answer
 * @returns {{ changes: Map<string, Entry | null>, wanted: string[] }} `wanted`: of these the shared one stays, and is still to be read
 */
export function pushed(entries, sent, picks, { base, version, copies }) {
  /** @type {Map<string, Entry | null>} */ const changes = new Map();
  const copied = new Map(copies.map(({ id, copy }) => [id, copy]));
  const wanted = [];
  for (const change of sent) {
    const now = entries.get(change.id);
    const kind = change.kind && change.kind.toLowerCase();
    const isAsSent = now !== undefined && now.kind === kind && same(now.data, change.data);
    const copy = copied.get(change.id);
    const isKept = picks[change.id]?.choice === 'shared' || (picks[change.id]?.choice === 'both' && kind === null);
    if (copy) changes.set(copy, { kind, data: change.data, version, dirty: false });
    if (!isKept && !copy) {
      // It is done, whatever has become of it here since. A removal is remembered while the base is before it: it is ours, and no news.
      const done = kind === null && version <= base ? null : { kind, data: change.data, version, dirty: false };
      changes.set(change.id, isAsSent ? done : (now ? { ...now, version } : null));
    } else if (isAsSent) {
      wanted.push(change.id);
      // Clean, and older than anything: whatever is read next takes its place, also if this program ends before.
      changes.set(change.id, kind === null ? null : { kind, data: change.data, version: 0, dirty: false });
    }
  }
  return { changes, wanted };
}
