// Not run: what the type checker says of a program that uses the library with generated types.

import { connect, rowReducers, SkeinError, type Presence, type Query, type Store, type Table, type Workspace } from '../../src/index.js';
import { LocalDiagram } from '../../src/diagrams.js';
import { MemoryStore } from '../../src/store/memory.js';

interface Schema {
  tables: { card: { row: { id: string; title: string; column: number }; key: string }; place: { row: { x: number; y: number }; key: [number, number] } };
  reducers: { add_card: { id: string; title: string }; remove_card: { id: string }; count: { column: number } };
  answers: { count: { cards: number } };
}
const schema = { module: 'board', version: 1, tables: { card: { key: ['id'], event: false }, place: { key: ['x', 'y'], event: false } } } as const;

const store: Store = new MemoryStore();
const board = connect('', { token: async () => null }).workspace<Schema>('w', {
  schema,
  store,
  effects: { add_card: (draft, { id, title }) => draft.table('card').insert({ id, title, column: 0 }) },
  inverses: { add_card: ({ id }) => ({ reducer: 'remove_card', args: { id } }) },
});
const title: string | undefined = board.table('card').get('c1')?.title;
const place = board.table('place').get([1, 2]);
const cards: readonly Schema['tables']['card']['row'][] = board.table('card').index('column', 'id').find(1, 'c1');
board.subscribe([{ table: 'card', where: ['and', ['=', 'column', 1], ['not', ['=', 'title', 'x']]] }, 'place', '*']).rows('card').at(0)?.title.trim();
void board.call('add_card', { id: 'c', title: 'C' }).then(({ seq }) => seq.toFixed());
board.on('settled', ({ error }) => error instanceof SkeinError && error.code === 'rejected');
rowReducers('card', { put: 'add_card', remove: 'remove_card', key: ['id'] });

void board.call('count', { column: 1 }).then(({ answer }) => answer?.cards.toFixed());
// @ts-expect-error: it answers nothing
void board.call('remove_card', { id: 'c' }).then(({ answer }) => answer.cards);
// @ts-expect-error: there is no such table
board.table('cards');
// @ts-expect-error: nor such a column
board.subscribe([{ table: 'card', where: ['=', 'colour', 1] }]);
// @ts-expect-error: an argument is missing
void board.call('add_card', { id: 'c' });
// @ts-expect-error: a composite key is an array
board.table('place').get(1);

const untyped: Workspace = connect('https://x').workspace('w');
untyped.table('anything').get('k')?.whatever;
void untyped.call('anything', { x: 1 }).then(({ answer }) => answer.whatever);

const diagram = new LocalDiagram({ client: connect(''), store });
diagram.put({ id: 'a', kind: 'shape', data: { x: 1 } });
// @ts-expect-error: there is no such kind
diagram.put({ id: 'a', kind: 'circle', data: { x: 1 } });
void diagram.push({ onConflict: ({ local, shared }) => (local && shared ? 'both' : undefined) }).then(({ copies }) => copies[0]?.copy);

// What the declarations promise is there.
declare const workspace: import('../../src/workspace.js').Workspace;
declare const table: import('../../src/table.js').Table;
declare const query: import('../../src/query.js').Query;
declare const presence: import('../../src/presence.js').Presence;
export const workspaceHas: Record<keyof Workspace, unknown> = workspace;
export const tableHas: Record<keyof Table, unknown> = table;
export const queryHas: Record<keyof Query, unknown> = query;
export const presenceHas: Record<keyof Presence, unknown> = presence;
export { cards, place, title };
