'use strict';

// Hocuspocus as it comes: documents and their awareness, nothing stored.
//
// Environment: PORT (0: any, printed).

const { Server } = require('@hocuspocus/server');

const port = Number(process.env.PORT ?? 0);
const server = new Server({ address: '127.0.0.1', port, quiet: true, stopOnSignals: false });

process.on('SIGTERM', () => process.exit(0));

server.listen().then(
  () => console.log(`listening on ${server.address.port}`),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
