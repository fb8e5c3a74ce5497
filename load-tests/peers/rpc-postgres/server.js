'use strict';

// What one would write instead: money moves over JSON-RPC on WebSockets, each transfer a transaction in PostgreSQL.
//
// Client → server   {"id":1,"method":"transfer","params":{"from":7,"to":8,"amount":1}}
// Server → client   {"id":1,"ok":true}   after the commit
//                   {"id":1,"ok":false,"error":"insufficient_balance"}
// Answers come in the order of the commits. Beside that, for whoever runs it: POST /seed {"n":…,"initialBalance":…} and GET /committed,
// the number of transfers this process has committed.
//
// Environment: DATABASE_URL; PORT (0: any, printed); POOL, connections to PostgreSQL; FORM=transaction, five statements as most servers
// have them, or FORM=function, one call of a function in the database.

const http = require('node:http');
const { WebSocketServer } = require('ws');
const { openBank } = require('./bank');

const PORT = Number(process.env.PORT ?? 0);
const POOL = Number(process.env.POOL ?? 16);
const FORM = process.env.FORM ?? 'transaction';
const MAX_PENDING = 50_000;
const MAX_FRAME_BYTES = 64 * 1024;

let bank;
let pending = 0;

/** The arguments, or undefined if they are none. */
function argumentsOf(params) {
  const { from, to, amount } = params ?? {};
  const sound = [from, to, amount].every(Number.isSafeInteger) && from >= 0 && to >= 0 && from < 2 ** 31 && to < 2 ** 31;
  return sound ? { from, to, amount } : undefined;
}

/** Why not, or undefined once the transfer is durable. */
async function transfer(params) {
  const sound = argumentsOf(params);
  if (!sound) return 'invalid_args';
  if (sound.amount <= 0) return 'invalid_amount';
  if (sound.from === sound.to) return 'same_account';
  if (pending >= MAX_PENDING) return 'overloaded';
  pending++;
  try {
    return await bank.transfer(sound);
  } catch (error) {
    console.error('a transfer failed:', error);
    return 'internal';
  } finally {
    pending--;
  }
}

async function receive(socket, data) {
  let request;
  try {
    request = JSON.parse(data);
  } catch {
    return socket.close(1007, 'invalid_json');
  }
  if (request?.method !== 'transfer') return socket.close(1008, 'unknown_method');
  const error = await transfer(request.params);
  if (socket.readyState !== socket.OPEN) return;
  socket.send(JSON.stringify(error === undefined ? { id: request.id, ok: true } : { id: request.id, ok: false, error }));
}

function accept(socket) {
  socket.on('message', (data) => void receive(socket, data));
  socket.on('error', () => socket.terminate());
}

async function body(request) {
  let text = '';
  for await (const part of request) text += part;
  return JSON.parse(text);
}

async function answer(request, response) {
  const route = `${request.method} ${request.url}`;
  if (route === 'POST /seed') {
    const { n, initialBalance } = await body(request);
    await bank.seed(n, initialBalance);
    response.writeHead(204).end();
  } else if (route === 'GET /committed') {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ committed: bank.committed }));
  } else {
    response.writeHead(404).end();
  }
}

function failed(response, error) {
  console.error(error);
  response.writeHead(500).end();
}

process.on('SIGTERM', () => process.exit(0));

async function main() {
  bank = await openBank(process.env.DATABASE_URL, POOL, FORM);
  const server = http.createServer((request, response) => void answer(request, response).catch((error) => failed(response, error)));
  const sockets = new WebSocketServer({ server, perMessageDeflate: false, maxPayload: MAX_FRAME_BYTES });
  sockets.on('connection', accept);
  server.listen({ port: PORT, host: '127.0.0.1', backlog: 1024 }, () => {
    console.log(`listening on ${server.address().port}`);
  });
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
