'use strict';

// ShareDB as its documentation shows it: documents in memory, presence enabled, sockets of ws, nothing else. For presence clients subscribe to a channel and
// submit their state; the server asks all to say theirs again when somebody subscribes.
//
// Environment: PORT (0: any, printed).

const http = require('node:http');
const ShareDB = require('sharedb');
const WebSocketJSONStream = require('@teamwork/websocket-json-stream');
const { WebSocketServer } = require('ws');

const PORT = Number(process.env.PORT ?? 0);

// A socket that closes while it is written to is no news here.
ShareDB.logger.setMethods({ warn() {}, error: console.error });
const backend = new ShareDB({ presence: true, doNotForwardSendPresenceErrorsToClient: true });

process.on('SIGTERM', () => process.exit(0));

const server = http.createServer((request, response) => response.writeHead(404).end());
new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) => {
  const stream = new WebSocketJSONStream(socket);
  stream.on('error', () => socket.terminate());
  backend.listen(stream);
});
server.listen({ port: PORT, host: '127.0.0.1', backlog: 1024 }, () => {
  console.log(`listening on ${server.address().port}`);
});
