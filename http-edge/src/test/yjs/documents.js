// Asks the program on the other side of standard input and output to merge updates of random documents, and checks with Yjs itself what it says.
// Arguments: a seed, and how many documents. Each line is JSON: {updates, vector}, answered with {merged, missing, vector, within}.

import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import * as Y from 'yjs';
import { randomOf } from './people.js';

const [first, count] = process.argv.slice(2).map(Number);
const base64 = (bytes) => Buffer.from(bytes).toString('base64');
const bytes = (text) => new Uint8Array(Buffer.from(text, 'base64'));

const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

async function ask(updates, vector) {
  process.stdout.write(`${JSON.stringify({ updates: updates.map(base64), vector: base64(vector) })}\n`);
  const { value } = await answers.next();
  const answer = JSON.parse(value);
  return { merged: bytes(answer.merged), missing: bytes(answer.missing), vector: bytes(answer.vector), within: answer.within };
}

/** People who edit copies of one document and bring them together now and then; gives all updates that they made. */
function story(random) {
  const updates = [];
  const docs = Array.from({ length: 2 + Math.floor(random() * 4) }, (_, i) => {
    const doc = new Y.Doc({ gc: random() < 0.7 });
    doc.clientID = 1 + i + Math.floor(random() * 4e9);
    return doc;
  });
  const cursors = docs.map(() => null);
  const undo = docs.map((doc) => new Y.UndoManager(doc.getText('text')));
  for (const doc of docs) doc.on('update', (update, origin) => { if (origin !== 'theirs') updates.push(update); });
  const pick = (list) => list[Math.floor(random() * list.length)];
  const steps = 5 + Math.floor(random() * 120);
  for (let i = 0; i < steps; i++) {
    const which = Math.floor(random() * docs.length);
    if (random() < 0.25) {
      const other = pick(docs);
      Y.applyUpdate(docs[which], Y.encodeStateAsUpdate(other, Y.encodeStateVector(docs[which])), 'theirs');
    } else if (random() < 0.4) {
      cursors[which] = type(docs[which].getText('text'), cursors[which], pick);
    } else {
      edit(docs[which], undo[which], random, pick);
    }
  }
  return { docs, updates };
}

/** Types a letter where the last one was typed, whatever others have put behind that since. */
function type(text, cursor, pick) {
  const at = cursor ? Y.createAbsolutePositionFromRelativePosition(cursor, text.doc).index : 0;
  text.insert(at, pick(['p', 'q', 'r']));
  return Y.createRelativePositionFromTypeIndex(text, at + 1, -1);
}

function edit(doc, undo, random, pick) {
  const text = doc.getText('text');
  const list = doc.getArray('list');
  const map = doc.getMap('map');
  const at = Math.floor(random() * (text.length + 1));
  pick([
    () => text.insert(at, pick(['a', 'bc', 'def', 'é', 'ßx€'])),
    () => { for (const letter of pick(['typed', 'in one go', 'letter by letter'])) text.insert(text.length, letter); },
    () => { for (let i = 0; i < 4 && at + i <= text.length; i++) text.insert(at + i, 'xyzw'[i]); },
    () => doc.getText('whole').insert(0, pick(['😀', 'x😀é', '👩‍👩‍👧'])), // never cut: what Yjs makes of half a character depends on who cuts it
    () => text.delete(at, Math.min(text.length - at, 1 + Math.floor(random() * 6))),
    () => text.format(at, Math.min(text.length - at, 4), { bold: pick([true, null]) }),
    () => text.insertEmbed(at, { image: 'x' }),
    () => list.push([pick([1, -70, 2.5, 'text', null, true, { deep: [1, { er: 'yes' }] }, 12345678901, { u: undefined, big: 10n, neg: -5e9 }]), random()]),
    () => { if (list.length > 0) list.delete(Math.floor(random() * list.length), 1); },
    () => list.insert(0, [new Uint8Array([1, 2, 3])]),
    () => map.set(pick(['k', 'l']), pick([1, 'two', { three: 3 }, undefined])),
    () => map.delete(pick(['k', 'l'])),
    () => map.set('nested', new Y.Map([['inside', random()]])),
    () => { const nested = map.get('nested'); if (nested) nested.set(pick(['inside', 'other']), random()); },
    () => list.push([new Y.Text('inner')]),
    () => list.push([new Y.Doc({ guid: `sub${random()}`, meta: { a: 1 } })]),
    () => { const xml = doc.getXmlFragment('xml'); const element = new Y.XmlElement('p'); element.setAttribute('class', 'c'); xml.insert(0, [element, new Y.XmlText('t')]); },
    () => undo.undo(),
    () => undo.redo(),
  ])();
}

function docOf(...updates) {
  const doc = new Y.Doc({ gc: false });
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc;
}

function same(one, other, what) {
  const content = (doc) => [doc.getText('text').toDelta(), doc.getText('whole').toDelta(), doc.getArray('list').toJSON().map((value) => (value instanceof Y.Doc ? value.guid : value)), doc.getMap('map').toJSON(), doc.getXmlFragment('xml').toString()];
  assert.deepEqual(content(one), content(other), what);
  assert.ok(Y.equalSnapshots(Y.snapshot(one), Y.snapshot(other)), `${what}: what is there and what was deleted`);
}

function shuffled(list, random) {
  return list.map((value) => [random(), value]).sort(([a], [b]) => a - b).map(([, value]) => value);
}

const clocks = (vector) => JSON.stringify([...Y.decodeStateVector(vector)].filter(([, clock]) => clock > 0).sort());

for (let seed = first; seed < first + count; seed++) {
  const random = randomOf(seed);
  const { docs, updates } = story(random);
  if (updates.length === 0) continue;
  const whole = docOf(...updates);
  const part = docOf(...updates.filter(() => random() < 0.5));
  // As a log has them: some twice, some as what a client sends that comes back, in any order.
  const log = shuffled([...updates, ...updates.filter(() => random() < 0.2), Y.encodeStateAsUpdate(docs[0]), Y.encodeStateAsUpdate(docs[1], Y.encodeStateVector(part))], random);
  const answer = await ask(log, Y.encodeStateVector(part));
  same(docOf(answer.merged), whole, `seed ${seed}: merged`);
  assert.equal(clocks(answer.vector), clocks(Y.encodeStateVector(whole)), `seed ${seed}: vector`);
  const caughtUp = docOf(Y.encodeStateAsUpdate(part), answer.missing);
  same(caughtUp, whole, `seed ${seed}: caught up`);
  assert.ok(answer.within, `seed ${seed}: all that is in it is within it`);
  const { merged } = await ask(updates, new Uint8Array([0]));
  assert.ok(merged.length <= Y.mergeUpdates(updates).length, `seed ${seed}: no larger than what Yjs makes of it`);

  // Some are made one, and that with others again; the rest comes later, one by one, in any order.
  const early = updates.filter(() => random() < 0.6);
  if (early.length > 1) {
    const half = await ask(early.slice(0, Math.ceil(early.length / 2)), new Uint8Array([0]));
    const some = await ask([half.merged, ...early.slice(Math.ceil(early.length / 2))], new Uint8Array([0]));
    assert.equal(clocks(some.vector), clocks(Y.encodeStateVectorFromUpdate(Y.mergeUpdates(early))), `seed ${seed}: vector of some`);
    same(docOf(some.merged, ...shuffled(updates, random)), whole, `seed ${seed}: some merged, all after that`);
    same(docOf(...shuffled([...updates.filter((update) => !early.includes(update)), some.merged], random)), whole, `seed ${seed}: some merged, the rest around it`);
  }
}
process.stdout.write('done\n');
