// What an acknowledgement is worth: the server is killed in the very moment in which a client hears that all it did is saved. SKEIN_TEST_…: see ../web/server.js.
// ROOMS_KILLS: how many times.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { Server } from '../web/server.js';
import { Hocuspocus, YWebsocket, goHome, same, until } from './people.js';

const KILLS = Number(process.env.ROOMS_KILLS ?? 3);
const UPDATES = 100;
let server;

before(async () => { server = await Server.start(mkdtempSync(path.join(process.env.SKEIN_TEST_DIRECTORY, 'kill-'))); });
after(() => server?.stop());
afterEach(goHome);

test('Y1 D2 kill -9 when unsyncedChanges becomes 0 loses nothing', async () => {
  for (let kill = 0; kill < KILLS; kill++) {
    const room = `room-${randomUUID()}`;
    const ann = new Hocuspocus(server.url, room);
    await until(() => 'she is not synced', () => ann.synced && ann.unsynced === 0);
    const dead = new Promise((resolve) => {
      ann.provider.on('unsyncedChanges', ({ number }) => { if (number === 0) resolve(server.kill()); });
    });
    for (let i = 0; i < UPDATES; i++) ann.write(`${i} `);
    assert.equal(ann.unsynced, UPDATES);
    await dead;
    const written = ann.text.toString();
    ann.leave();
    await server.start();
    const late = new Hocuspocus(server.url, room);
    await until(() => 'nobody is let in', () => late.synced);
    await until(() => `${late.text}`, () => late.text.toString() === written);
    late.leave();
  }
});

test('who edits while the server is killed comes back, and so does what they did meanwhile', async () => {
  const room = `room-${randomUUID()}`;
  const [ann, ben] = [new Hocuspocus(server.url, room), new YWebsocket(server.url, room)];
  await until(() => 'they are not synced', () => ann.synced && ben.synced);
  let typing = true;
  const typed = (async () => {
    for (let i = 0; typing; i++) {
      ann.write(`a${i} `);
      ben.write(`b${i} `);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  await until(() => `${ann.text}`, () => ann.text.length > 100);
  await server.kill();
  await server.start();
  const before = ann.text.length;
  await until(() => 'nobody types', () => ann.text.length > before + 50);
  typing = false;
  await typed;
  await until(() => `unsynced: ${ann.unsynced}`, () => ann.synced && ben.synced && ann.unsynced === 0);
  await same([ann, ben]);
  const late = new YWebsocket(server.url, room);
  await until(() => 'nobody is let in', () => late.synced);
  await same([ann, ben, late]);
});
