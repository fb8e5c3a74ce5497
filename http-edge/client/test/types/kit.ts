// Not run: what the type checker says of programs that use stores, documents with autosave and the React bindings.

import { connect, type Observable } from '../../src/index.js';
import { Autosave, httpDocument, salvageCopy, type AutosaveSnapshot } from '../../src/autosave.js';
import { SkeinProvider, hooksFor, useCall, useSnapshot, useTable } from '../../src/react.js';
import { FileStore } from '../../src/store/file.js';
import { IndexedDbStore, deleteIndexedDbStore, salvageCalls } from '../../src/store/indexeddb.js';
import { LayeredStore } from '../../src/store/layers.js';
import { MemoryStore, StoreError } from '../../src/store/memory.js';
import { createElement } from 'react';

interface Schema {
  tables: { card: { row: { id: string; title: string; column: number }; key: string }; place: { row: { x: number; y: number }; key: [number, number] } };
  reducers: { add_card: { id: string; title: string } };
}

// Stores

const store = new LayeredStore(
  { browser: new IndexedDbStore('w1', { salvage: salvageCalls, durability: 'strict' }), memory: new MemoryStore(), file: new FileStore('folder', { sync: true }) },
  { merge: (loaded) => loaded[0]?.kept ?? [], onError: ({ layer, error }) => console.log(layer, error instanceof StoreError && error.code === 'quota'), need: 'one' },
);
const workspace = connect('').workspace<Schema>('w1', { store });
const status: 'ok' | 'behind' | 'closed' | undefined = store.status['browser'];
void deleteIndexedDbStore('w1');
// @ts-expect-error: a code that no store fails with
new StoreError('forbidden', 'no');
// @ts-expect-error: layers need to know how to merge
new LayeredStore({ memory: new MemoryStore() }, { onError: () => {} });
// @ts-expect-error: no such durability
new IndexedDbStore('w1', { durability: 'often' });

// Documents

interface Doc { blocks: string[] }
const doc = new Autosave<Doc>({
  ...httpDocument<Doc>('/doc', { token: async () => null }),
  store: new IndexedDbStore('doc', { salvage: salvageCopy }),
  onConflict: ({ local, there }) => (there ? { value: { blocks: [...local.blocks, ...there.value.blocks] } } : 'local'),
});
doc.change({ blocks: ['a'] });
const observable: Observable<AutosaveSnapshot<Doc>, void> = doc;
// @ts-expect-error: another value
doc.change({ blocks: [1] });
// @ts-expect-error: no such choice
void doc.resolve('remote');

// React

const { useRow, useQuery, useCall: useOurCall, useRemoteChanges } = hooksFor<Schema>();
function Component() {
  const title: string | undefined = useRow('card', 'c1')?.title;
  const place: number | undefined = useRow('place', [1, 2])?.x;
  const { status, tables } = useQuery([{ table: 'card', where: ['=', 'column', 1] }, 'place']);
  const ids: string[] = (tables.card ?? []).map((row) => row.id);
  const { call, pending, error } = useOurCall('add_card');
  void call({ id: 'c', title: 'C' }, { key: 'k' }).then(({ seq }) => seq.toFixed());
  useRemoteChanges('card', ({ own, rows }) => own || rows[0]?.after?.title.trim());
  const saving = useSnapshot(doc).status;
  useTable('anything')[0]?.whatever;
  void useCall('anything').call({ x: 1 });
  // @ts-expect-error: there is no such table
  useRow('cards', 'c1');
  // @ts-expect-error: a composite key is an array
  useRow('place', 1);
  // @ts-expect-error: there is no such column
  useQuery([{ table: 'card', where: ['=', 'colour', 1] }]);
  // @ts-expect-error: an argument is missing
  void call({ id: 'c' });
  return createElement('p', null, title, place, status, ids.join(), pending, error?.code, saving);
}
export const page = createElement(SkeinProvider, { workspace }, createElement(Component));
export { observable, status };
