'use strict';

// Who is here, as one writes it: one room over WebSockets, every join and leave told to everyone in a frame of its own.
//
// Client → server   {"type":"join","name":"p1","state":{…}}       first, once
//                   who closes the socket has left
// Server → client   {"type":"list","people":{"p1":{…},…}}          to who joins: everybody, itself included
//                   {"type":"join","name":"p1","state":{…}}        to all others
//                   {"type":"leave","name":"p1"}
//
// Environment: PORT (0: any, printed); TICK_MILLIS: 0 as above. Otherwise what happened within so many milliseconds is gathered and told in
// one frame, an array of the last word on each person: what one writes who has measured.

const http = require('node:http');
const { WebSocketServer } = require('ws');

const PORT = Number(process.env.PORT ?? 0);
const TICK_MILLIS = Number(process.env.TICK_MILLIS ?? 0);
const MAX_PEOPLE = 20_000;
const MAX_FRAME_BYTES = 16 * 1024;
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024; // of one socket that does not read

const states = new Map();
const sockets = new Set();
let changed = new Map();
let ticking = false;

function send(socket, frame) {
  if (socket.bufferedAmount > MAX_BUFFERED_BYTES) socket.terminate();
  else socket.send(frame, { binary: false });
}

function broadcast(message, except) {
  const frame = Buffer.from(JSON.stringify(message));
  for (const socket of sockets) {
    if (socket !== except) send(socket, frame);
  }
}

function tell(message, about) {
  if (TICK_MILLIS === 0) return broadcast(message, about);
  changed.set(message.name, message);
  if (!ticking) {
    ticking = true;
    setTimeout(() => {
      const messages = [...changed.values()];
      changed = new Map();
      ticking = false;
      broadcast(messages);
    }, TICK_MILLIS);
  }
}

function join(socket, message) {
  if (socket.name !== undefined || typeof message.name !== 'string' || typeof message.state !== 'object') {
    return socket.close(1008, 'invalid_join');
  }
  if (sockets.size >= MAX_PEOPLE || states.has(message.name)) return socket.close(1013, 'no_place');
  socket.name = message.name;
  states.set(message.name, message.state);
  sockets.add(socket);
  socket.send(JSON.stringify({ type: 'list', people: Object.fromEntries(states) }));
  tell({ type: 'join', name: message.name, state: message.state }, socket);
}

function leave(socket) {
  if (!sockets.delete(socket)) return;
  states.delete(socket.name);
  tell({ type: 'leave', name: socket.name }, socket);
}

function receive(socket, data) {
  let message;
  try {
    message = JSON.parse(data);
  } catch {
    return socket.close(1007, 'invalid_json');
  }
  if (message?.type === 'join') join(socket, message);
  else socket.close(1008, 'unknown_type');
}

process.on('SIGTERM', () => process.exit(0));

const server = http.createServer((request, response) => response.writeHead(404).end());
new WebSocketServer({ server, perMessageDeflate: false, maxPayload: MAX_FRAME_BYTES }).on('connection', (socket) => {
  socket.on('message', (data) => receive(socket, data));
  socket.on('close', () => leave(socket));
  socket.on('error', () => socket.terminate());
});
server.listen({ port: PORT, host: '127.0.0.1', backlog: 1024 }, () => {
  console.log(`listening on ${server.address().port}`);
});
