'use strict';

// Colyseus as its documentation shows it: a room for each workspace, which clients find by the matchmaker, and which tells everyone what one of them says.
//
// Messages, and not the state that Colyseus sends in patches every 50 ms: updates are a log, and a state that is a log grows without end and goes whole to
// each who joins. Its author hears an update too, which is its acknowledgement.
//
// Client → room  "update" {id, text}        Room → clients  "update" {seq, id, text}
// Environment: PORT (0: any, printed).

const { Room, Server } = require('@colyseus/core');
const { WebSocketTransport } = require('@colyseus/ws-transport');

const PORT = Number(process.env.PORT ?? 0);

class Workspace extends Room {
  onCreate() {
    let seq = 0;
    this.onMessage('update', (client, { id, text }) => this.broadcast('update', { seq: ++seq, id, text }));
  }
}

process.on('SIGTERM', () => process.exit(0));

const transport = new WebSocketTransport();
const server = new Server({ transport, greet: false, gracefullyShutdown: false });
server.define('workspace', Workspace).filterBy(['workspace']);
server.listen(PORT, '127.0.0.1', 1024).then(
  () => console.log(`listening on ${transport.server.address().port}`),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
