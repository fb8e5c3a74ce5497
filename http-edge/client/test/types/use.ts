// Not run: what the type checker says of a program that uses the library with generated types.

import { connect, rowReducers, SkeinError, type Store, type Workspace } from '../../src/index.js';
import { MemoryStore } from '../../src/store/memory.js';

interface Schema {
  tables: { card: { row: { id: string; title: string; column: number }; key: string }; place: { row: { x: number; y: number }; key: [number, number] } };
  reducers: { add_card: { id: string; title: string }; remove_card: { id: string } };
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
void untyped.call('anything', { x: 1 });
export { cards, place, title };
