'use strict';

// The server of y-websocket as it comes, nothing stored: what its own start script does, with a port that may be any. The sockets are those of the version
// of ws that it brings. The next release, 0.1.5, asks for a pre-release of Yjs 14.
//
// Environment: PORT (0: any, printed).

const http = require('node:http');
const { setupWSConnection } = require('@y/websocket-server/utils');
const WebSocket = require('ws');

const PORT = Number(process.env.PORT ?? 0);

process.on('SIGTERM', () => process.exit(0));

const server = http.createServer((request, response) => response.writeHead(404).end());
new WebSocket.Server({ server }).on('connection', setupWSConnection);
server.listen({ port: PORT, host: '127.0.0.1', backlog: 1024 }, () => {
  console.log(`listening on ${server.address().port}`);
});
