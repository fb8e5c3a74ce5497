// People with Yjs documents, by the clients that Hocuspocus and y-websocket publish.

import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import assert from 'node:assert/strict';
import WebSocket from 'ws';
import { WebsocketProvider } from 'y-websocket';
import { WebsocketProvider as WebsocketProvider2 } from 'y-websocket-2';
import * as Y from 'yjs';

const PATIENCE_MS = 60_000;

/** Everybody who was let in, for the end of a test. */
const all = new Set();

export async function goHome() {
  for (const person of all) person.leave();
  all.clear();
}

export async function until(what, holds) {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) assert.fail(`not within ${PATIENCE_MS} ms: ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Numbers from a seed (mulberry32). */
export function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A document, and the client that keeps it the same as everybody's. */
class Person {
  constructor(doc) {
    this.doc = doc;
    this.text = doc.getText('text');
    all.add(this);
  }

  write(text, at = this.text.length) { this.text.insert(at, text); }

  say(state) { this.provider.awareness.setLocalState(state); }

  /** States of the others, by name. */
  others() {
    const states = [...this.provider.awareness.getStates()].filter(([client]) => client !== this.doc.clientID).map(([, state]) => state);
    return states.map(({ name }) => name).sort();
  }
}

export class Hocuspocus extends Person {
  #socket;

  /** `socket`: shared with others of the same test, for several documents on one. */
  constructor(url, room, { token = null, doc = new Y.Doc(), socket = null, sessionAwareness = false } = {}) {
    super(doc);
    this.statuses = [];
    this.denied = null;
    this.closed = null;
    this.#socket = socket ? null : Hocuspocus.socket(url);
    this.socket = socket ?? this.#socket;
    this.provider = new HocuspocusProvider({
      websocketProvider: this.socket, name: room, document: doc, token, sessionAwareness,
      onAuthenticationFailed: ({ reason }) => { this.denied = reason; },
      onClose: ({ event }) => { this.closed = event; },
    });
    this.provider.attach();
  }

  static socket(url) {
    return new HocuspocusProviderWebsocket({ url: `${url.replace('http', 'ws')}/rooms`, WebSocketPolyfill: WebSocket, delay: 100, minDelay: 100, maxDelay: 1_000 });
  }

  get synced() { return this.provider.isSynced; }
  get unsynced() { return this.provider.unsyncedChanges; }
  get scope() { return this.provider.authorizedScope; }

  goOffline() { this.socket.disconnect(); }
  comeBack() { this.socket.connect(); }

  leave() {
    this.provider.destroy();
    this.#socket?.destroy();
  }
}

export class YWebsocket extends Person {
  constructor(url, room, { token = null, doc = new Y.Doc(), version = 3 } = {}) {
    super(doc);
    this.closes = [];
    const Provider = version === 2 ? WebsocketProvider2 : WebsocketProvider;
    this.provider = new Provider(`${url.replace('http', 'ws')}/rooms`, room, doc, {
      WebSocketPolyfill: WebSocket, params: token ? { token } : {}, disableBc: true, maxBackoffTime: 1_000,
    });
    this.provider.on('connection-close', (event) => { if (event) this.closes.push(event.code); });
  }

  get synced() { return this.provider.synced; }

  goOffline() { this.provider.disconnect(); }
  comeBack() { this.provider.connect(); }

  leave() { this.provider.destroy(); }
}

/** All have the same document; says what it is. */
export async function same(people) {
  const contents = () => people.map(({ doc }) => JSON.stringify([doc.getText('text').toDelta(), Object.entries(doc.getMap('map').toJSON()).sort(), doc.getArray('list').toJSON()]));
  await until(() => `the documents are ${contents().join('\n')}`, () => new Set(contents()).size === 1);
  return people[0].text.toString();
}
