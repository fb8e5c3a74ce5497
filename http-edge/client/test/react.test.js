// The hooks with React itself, in a document, on a real workspace whose server is the test.

import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { Window } from 'happy-dom';

const window = new Window();
Object.assign(globalThis, { window, document: window.document, IS_REACT_ACT_ENVIRONMENT: true });
globalThis.navigator ??= window.navigator; // Node 20 has none
const { StrictMode, act, createElement: h, memo, startTransition, useEffect, useState } = await import('react');
const { createRoot, hydrateRoot } = await import('react-dom/client');
const { renderToString } = await import('react-dom/server');
const { Autosave } = await import('../src/autosave.js');
const { SkeinProvider, useCall, useConnection, usePresence, useQuery, useRemoteChanges, useRow, useSnapshot, useTable, useWorkspace } = await import('../src/react.js');
const { Stage, accepted, card, refused, rowsOf, settled, snapshot, tx, welcome } = await import('./support.js');

const mounted = [];
afterEach(() => act(async () => { for (const root of mounted.splice(0)) root.unmount(); }));
after(() => window.happyDOM.close());

/** What is shown, and how to unmount it. */
async function show(element, { strict = false } = {}) {
  const container = document.createElement('div');
  const root = createRoot(container);
  mounted.push(root);
  const render = (next) => act(async () => root.render(strict ? h(StrictMode, null, next) : next));
  await render(element);
  return { text: () => container.textContent, render, unmount: () => act(async () => { mounted.splice(mounted.indexOf(root), 1); root.unmount(); }) };
}

async function live(...messages) {
  const stage = new Stage();
  const socket = await stage.live(messages.length > 0 ? messages : undefined);
  return { stage, socket, workspace: stage.workspace, say: (...said) => act(async () => { socket.say(...said); await settled(); }) };
}

const inside = (workspace, ...children) => h(SkeinProvider, { workspace }, ...children);

/** A component that counts its renders. */
function counted(render) {
  const component = memo((props) => { component.renders++; return render(props); });
  component.renders = 0;
  return component;
}

/** Counts who listens to something observable. */
function listeners(observable) {
  const count = { now: 0, most: 0 };
  const subscribe = observable.subscribe.bind(observable);
  observable.subscribe = (listener) => {
    count.most = Math.max(count.most, ++count.now);
    const stop = subscribe(listener);
    let isOver = false;
    return () => { if (!isOver) count.now--; isOver = true; stop(); };
  };
  return count;
}

test('useTable and useRow show what is there, and render when that changes and never else', async () => {
  const { workspace, say } = await live(welcome(), snapshot(10, [card('a'), card('b')]));
  const Table = counted(() => useTable('card').map(({ title }) => title).join());
  const Row = counted(({ id }) => `${id}:${useRow('card', id)?.title ?? '-'} `);
  const Remarks = counted(() => `${useTable('remark').length} `);
  const page = await show(inside(workspace, h(Row, { id: 'b' }), h(Row, { id: 'new' }), h(Remarks), h(Table)));
  const renders = () => [Table.renders, Row.renders, Remarks.renders];
  assert.deepEqual([page.text(), renders()], ['b:b new:- 0 a,b', [1, 2, 1]]);
  await say(tx(11, { card: { update: [card('a', 'A')] } }));
  assert.deepEqual([page.text(), renders()], ['b:b new:- 0 A,b', [2, 2, 1]]);
  await say(tx(12, { card: { insert: [card('new', 'N')] }, remark: { insert: [{ t: 1 }] } }));
  assert.deepEqual([page.text(), renders()], ['b:b new:N 1 A,b,N', [3, 3, 2]]);
  await say(tx(13, { card: { update: [card('a', 'A')] } }), { type: 'position', seq: 20 });
  assert.deepEqual(renders(), [3, 3, 2], 'the same rows again are no change');
  await page.render(inside(workspace, h(Row, { id: 'b' }), h(Row, { id: 'new' }), h(Remarks), h(Table)));
  assert.deepEqual(renders(), [3, 3, 2], 'nor is a render of the parent');
});

test('O4: what a component shows of two tables is of one transaction', async () => {
  const { workspace, say } = await live();
  const seen = [];
  const Both = () => {
    const [cards, remarks] = [useTable('card'), useTable('remark')];
    seen.push(`${cards.length}/${remarks.length}`);
    return null;
  };
  await show(inside(workspace, h(Both)));
  await say(tx(11, { card: { insert: [card('b')] }, remark: { insert: [{ t: 1 }] } }), tx(12, { card: { insert: [card('c')] }, remark: { insert: [{ t: 2 }] } }));
  assert.deepEqual([...new Set(seen)].filter((one) => !['1/0', '2/1', '3/2'].includes(one)), []);
  assert.equal(seen.at(-1), '3/2');
});

test('a key that is composite, unknown or another one', async () => {
  const { workspace } = await live(welcome(), snapshot(10, [], { subs: { 1: rowsOf(10, [card('a')], { place: { rows: [{ x: 1, y: 2, name: 'here' }], versions: [10] } }) } }));
  const places = workspace.table('place');
  const made = [];
  const row = places.row.bind(places);
  places.row = (key) => { made.push(key); return row(key); };
  const Place = ({ at }) => useRow('place', at)?.name ?? 'nowhere';
  const page = await show(inside(workspace, h(Place, { at: [1, 2] })));
  assert.equal(page.text(), 'here');
  await page.render(inside(workspace, h(Place, { at: [1, 2] })));
  assert.deepEqual(made, [[1, 2]], 'an equal key is the same row');
  await page.render(inside(workspace, h(Place, { at: undefined })));
  assert.equal(page.text(), 'nowhere');
  await page.render(inside(workspace, h(Place, { at: [1, 2] })));
  assert.equal(page.text(), 'here');
});

test('useQuery subscribes while it is mounted; equal tables are one subscription, other ones another', async () => {
  const { workspace, socket, say } = await live();
  const seen = [];
  const List = counted(({ column }) => {
    const { status, tables } = useQuery([{ table: 'card', where: ['=', 'column', column] }]);
    seen.push(`${column}:${status}`);
    return `${status}:${(tables.card ?? []).map(({ id }) => id).join()} `;
  });
  const page = await show(inside(workspace, h(List, { column: 7 })));
  const [asked] = socket.of('subscribe');
  assert.deepEqual([asked.tables, page.text()], [[{ table: 'card', where: ['=', 'column', 7] }], 'pending: ']);
  await say({ type: 'subscribed', id: asked.id, sub: asked.sub, seq: 10, view: 'v2', tables: { card: { rows: [card('x', 'x', { column: 7 })], versions: [9] } } });
  assert.equal(page.text(), 'live:x ');
  const before = List.renders;
  await page.render(inside(workspace, h(List, { column: 7 })));
  await say(tx(11, { card: { update: [card('a', 'A')] } }));
  assert.deepEqual([List.renders, socket.of('subscribe').length], [before, 1], 'other rows, and equal tables');
  await page.render(inside(workspace, h(List, { column: 8 })));
  assert.deepEqual([page.text(), socket.of('subscribe').length], ['pending: ', 2]);
  assert.equal(seen.includes('8:live'), false, 'never the rows of what was asked before');
});

test('useQuery lets go of its subscription when it is unmounted, and of each one it leaves', async () => {
  for (const strict of [false, true]) {
    const { workspace } = await live();
    const queries = [];
    const subscribe = workspace.subscribe.bind(workspace);
    workspace.subscribe = (tables) => { const query = subscribe(tables); queries.push(query); return query; };
    const List = ({ column }) => useQuery([{ table: 'card', where: ['=', 'column', column] }]).status;
    const page = await show(inside(workspace, h(List, { column: 1 })), { strict });
    await page.render(inside(workspace, h(List, { column: 2 })));
    const open = () => queries.filter(({ status }) => status !== 'closed').length;
    assert.equal(open(), 1, `strict: ${strict}`);
    await page.unmount();
    assert.deepEqual([open(), queries.length], [0, strict ? 3 : 2]);
  }
});

test('strict mode and unmounting leave nobody listening', async () => {
  const { workspace, say } = await live();
  const row = workspace.table('card').row('a');
  const counts = [workspace.table('card'), workspace.presence, workspace.connection, row].map(listeners);
  workspace.table('card').row = () => row;
  const All = () => {
    useTable('card');
    usePresence();
    useConnection();
    useRow('card', 'a');
    useCall('add_card');
    useRemoteChanges('card', () => {});
    return 'there';
  };
  const page = await show(inside(workspace, h(All)), { strict: true });
  assert.deepEqual(counts.map(({ now }) => now), [2, 1, 1, 1], 'the table twice: its rows, and its changes');
  await say(tx(11, { card: { insert: [card('z')] } }));
  assert.deepEqual(counts.map(({ now }) => now), [2, 1, 1, 1]);
  await page.unmount();
  assert.deepEqual(counts.map(({ now }) => now), [0, 0, 0, 0]);
  assert.ok(counts.every(({ most }) => most >= 1));
});

test('another workspace in the provider is shown at once, and the old one is left', async () => {
  const one = await live(welcome(), snapshot(10, [card('a', 'one')]));
  const two = await live(welcome(), snapshot(10, [card('a', 'two')]));
  const count = listeners(one.workspace.table('card'));
  const Table = () => useTable('card')[0].title;
  const page = await show(inside(one.workspace, h(Table)));
  assert.deepEqual([page.text(), count.now], ['one', 1]);
  await page.render(inside(two.workspace, h(Table)));
  assert.deepEqual([page.text(), count.now], ['two', 0]);
});

test('usePresence and useConnection', async () => {
  const { workspace, socket, say } = await live();
  const People = counted(() => usePresence().people.map(({ state }) => state.name).join());
  const Connection = counted(() => { const { state, hasRows, role } = useConnection(); return ` ${state} ${hasRows} ${role}`; });
  const page = await show(inside(workspace, h(People), h(Connection)));
  assert.equal(page.text(), ' live true editor');
  const person = (identity, name) => ({ identity, sessions: 1, active: true, state: { name } });
  await say({ type: 'presence', n: 1, mode: 'list', users: 2, sessions: 2, list: [person('me', 'Ada'), person('other', 'Bob')] });
  assert.deepEqual([page.text(), People.renders, Connection.renders], ['Ada,Bob live true editor', 2, 1]);
  await act(async () => socket.cut());
  assert.match(page.text(), / waiting true editor$/);
  assert.equal(People.renders, 2);
});

test('useCall: calls, says how many are open and what was refused; who does not look does not render', async () => {
  const { workspace, socket, say } = await live();
  let blind;
  const Blind = counted(() => { blind = useCall('add_card').call; return null; });
  let used;
  const Button = counted(() => { used = useCall('add_card'); return `${used.pending} ${used.error?.code ?? 'fine'}`; });
  const page = await show(inside(workspace, h(Blind), h(Button)));
  const [call, blindCall] = [used.call, blind];
  let outcome;
  await act(async () => { outcome = call({ id: 'x' }, { key: 'k1' }); });
  await act(async () => { call({ id: 'y' }).catch(() => {}); blind({ id: 'z' }); });
  assert.deepEqual([page.text(), socket.calls.map(({ reducer, args }) => [reducer, args.id])], ['2 fine', [['add_card', 'x'], ['add_card', 'y'], ['add_card', 'z']]]);
  assert.equal(socket.calls[0].key, 'k1');
  const [x, y, z] = socket.calls;
  await say(refused(y.id), refused(z.id));
  assert.equal(page.text(), '1 rejected');
  await say(tx(11, {}), accepted(x.id, 11));
  assert.deepEqual([await outcome, page.text()], [{ seq: 11, repeated: false }, '0 rejected']);
  await act(async () => { call({ id: 'x2' }); });
  assert.equal(page.text(), '1 fine');
  assert.deepEqual([used.call === call, blind === blindCall, Blind.renders], [true, true, 1]);
  await page.unmount();
  socket.say(refused(socket.calls.at(-1).id)); // nobody shows it, and nothing complains
  await settled();
});

test('a render that is thrown away or interrupted leaves nothing behind, and nobody sees two states at once', async () => {
  const { workspace, say } = await live();
  const count = listeners(workspace.table('card'));
  let suspended = true;
  let wake;
  const promise = new Promise((resolve) => { wake = resolve; });
  const Slow = ({ on }) => {
    const size = useTable('card').length;
    if (on && suspended) throw promise;
    return `slow ${size} `;
  };
  const Fast = () => `fast ${useTable('card').length}`;
  let setOn;
  const App = () => {
    const [on, set] = useState(false);
    setOn = set;
    return h('div', null, h(Slow, { on, key: String(on) }), h(Fast));
  };
  const page = await show(inside(workspace, h(App)));
  await act(async () => startTransition(() => setOn(true))); // it suspends: what was shown stays
  assert.deepEqual([page.text(), count.now], ['slow 1 fast 1', 2]);
  await say(tx(11, { card: { insert: [card('b')] } }));
  assert.deepEqual([page.text(), count.now], ['slow 2 fast 2', 2], 'a change is shown by both, in the middle of it');
  suspended = false;
  await act(async () => wake());
  assert.deepEqual([page.text(), count.now], ['slow 2 fast 2', 2]);
});

test('a row that changes between render and subscription is not missed', async () => {
  const { workspace, socket } = await live();
  const Row = () => {
    const title = useRow('card', 'a').title;
    useEffect(() => {}, []);
    return title;
  };
  const Changer = () => {
    useEffect(() => { socket.say(tx(11, { card: { update: [card('a', 'changed')] } })); }, []);
    return null;
  };
  const page = await show(inside(workspace, h(Changer), h(Row))); // its effect runs before the row's listener is there
  assert.equal(page.text(), 'changed');
});

test('a server renders an empty state, and the browser goes on from it without a complaint', async () => {
  const { workspace } = await live();
  const App = () => {
    const parts = [useTable('card').length, String(useRow('card', 'a')?.title), useQuery(['card']).status, usePresence().users, useConnection().state, useCall('x').pending];
    return h('p', null, parts.join(' '));
  };
  const html = renderToString(inside(workspace, h(App)));
  assert.equal(html, '<p>0 undefined pending 0 closed 0</p>');
  const container = document.createElement('div');
  container.innerHTML = html;
  const complaints = [];
  await act(async () => { mounted.push(hydrateRoot(container, inside(workspace, h(App)), { onRecoverableError: (error) => complaints.push(error.message) })); });
  assert.deepEqual(complaints, []);
  assert.match(container.textContent, /^1 a .* 0 live 0$/);
});

test('without a provider a hook says what is missing', () => {
  const Lost = () => { useWorkspace(); return null; };
  assert.throws(() => renderToString(h(Lost)), /SkeinProvider/);
});

test('useSnapshot binds anything observable: a document with autosave', async () => {
  const saved = { value: 'a', version: 'v1' };
  const doc = new Autosave({ load: async () => saved, save: async () => ({ version: 'v2' }), page: {}, debounceMs: 600_000, periodMs: 600_000 });
  await doc.open();
  const Doc = counted(() => { const { status, value } = useSnapshot(doc); return `${value} ${status}`; });
  const page = await show(h(Doc));
  assert.equal(page.text(), 'a saved');
  await act(async () => doc.change('b'));
  assert.equal(page.text(), 'b pending');
  await act(async () => doc.flush());
  assert.equal(page.text(), 'b saved');
  await doc.close();
});

/** An editor with a state of its own, as canvas libraries have it: what the user does becomes a call, what others do becomes state. */
function editorOf(useChanges) {
  return function Editor({ hand }) {
    const [cards, setCards] = useState({ origin: 'remote', titles: {} });
    const { call } = useCall('put_card');
    useChanges((change) => setCards(({ titles }) => {
      const next = { ...titles };
      for (const { before, after } of change.rows) {
        if (before) delete next[before.id];
        if (after) next[after.id] = after.title;
      }
      return { origin: change.own ? 'own' : 'remote', titles: next };
    }));
    hand.edit = (id, title) => setCards(({ titles }) => ({ origin: 'local', id, titles: { ...titles, [id]: title } }));
    useEffect(() => {
      if (cards.origin === 'local') void call({ id: cards.id, title: cards.titles[cards.id] });
    }, [cards, call]);
    return Object.entries(cards.titles).map(([id, title]) => `${id}=${title}`).sort().join();
  };
}

test('loop prevention: what others change is shown and never called back, and one\'s own change is called once', async () => {
  const { workspace, socket, say } = await live();
  const hand = {};
  const Editor = editorOf((listener) => useRemoteChanges('card', listener));
  const page = await show(inside(workspace, h(Editor, { hand })));
  await say(tx(11, { card: { insert: [card('b', 'B')] } }), tx(12, { card: { update: [card('a', 'A')] } }));
  assert.deepEqual([page.text(), socket.calls], ['a=A,b=B', []]);
  await act(async () => hand.edit('b', 'mine'));
  const [call] = socket.calls;
  assert.deepEqual([socket.calls.length, call.args], [1, { id: 'b', title: 'mine' }]);
  await say(tx(13, { card: { update: [card('b', 'mine')] } }, { sender: 'me', reducer: 'put_card' }), accepted(call.id, 13));
  await say(tx(14, { card: { update: [card('b', 'theirs')] } }));
  assert.deepEqual([page.text(), socket.calls.length], ['a=A,b=theirs', 1]);
});

test('loop prevention: `own` tells one\'s own transaction, its effect and its end from those of others', async () => {
  const { workspace, socket, say } = await live();
  const heard = [];
  const all = [];
  workspace.table('card').subscribe((change) => change && all.push([change.source, change.own]));
  const Listener = () => { useRemoteChanges(null, (change) => heard.push([change.source, change.seq])); return null; };
  await show(inside(workspace, h(Listener)), { strict: true });
  await act(async () => { workspace.call('put_card', { id: 'b' }, { effect: (draft, { id }) => draft.table('card').put(card(id)) }); });
  await say(tx(11, { card: { insert: [card('b', 'done')] } }, { sender: 'me', reducer: 'put_card' }), accepted(socket.calls[0].id, 11));
  await act(async () => { workspace.call('put_card', { id: 'c' }, { effect: (draft, { id }) => draft.table('card').put(card(id)) }).catch(() => {}); });
  await say(refused(socket.calls[1].id));
  assert.deepEqual(heard, []);
  await say(tx(12, { card: { insert: [card('d')] } }, { sender: 'me', reducer: 'put_card' }));
  assert.deepEqual(heard, [['transaction', 12]], 'the same person in another tab is somebody else, and it is told once in strict mode too');
  assert.deepEqual(all, [['effect', true], ['transaction', true], ['effect', true], ['effect', true], ['transaction', false]]);
});
