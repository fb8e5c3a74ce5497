'use strict';

// What one would write instead of Skein: rooms over WebSocket, every update durable in PostgreSQL before anyone hears of it.
//
// Client → server   {"type":"join","room":"r","member":"m"}                first, once
//                   {"type":"update","room":"r","id":"1","text":"…"}
// Server → client   {"type":"joined","room":"r","seq":41}
//                   {"type":"update","room":"r","seq":42,"author":"m","id":"1","text":"…"}   to every member after the commit;
//                        to its author it is the acknowledgement
//                   {"type":"refused","id":"1","code":"overloaded"}
// A frame from the server is an array of messages: all that one commit brought to a room travels together.
//
// Environment: DATABASE_URL, or STORE=memory for a server that keeps nothing and tells at once; PORT (0: any, printed); LANES, connections that commit, each with rooms of its own;
// FRAMES=group, or FRAMES=update for a frame of its own for each update.

const http = require('node:http');
const { WebSocketServer } = require('ws');
const { openLanes } = process.env.STORE === 'memory' ? require('./memory') : require('./group-commit');

const PORT = Number(process.env.PORT ?? 0);
const DATABASE_URL = process.env.DATABASE_URL;
const LANES = Number(process.env.LANES ?? 1);
const FRAMES = process.env.FRAMES ?? 'group';
const MAX_ROOMS = 100_000;
const MAX_PENDING_UPDATES = 50_000;
const MAX_FRAME_BYTES = 64 * 1024;
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024; // of one member that does not read

const rooms = new Map();
let lanes;

/** The room, loaded from the database when it is new; undefined when there are too many. */
function roomNamed(name) {
  let room = rooms.get(name);
  if (room === undefined && rooms.size < MAX_ROOMS) {
    const lane = lanes[rooms.size % lanes.length];
    room = { name, lane, seq: 0, members: new Set(), told: [], loaded: undefined };
    room.loaded = lane.lastSeq(name).then((seq) => {
      room.seq = seq;
    });
    rooms.set(name, room);
  }
  return room;
}

function tell(socket, message) {
  socket.send(JSON.stringify([message]));
}

async function join(socket, message) {
  if (socket.room || typeof message.room !== 'string' || typeof message.member !== 'string') {
    return socket.close(1008, 'invalid_join');
  }
  const room = roomNamed(message.room);
  if (!room) return socket.close(1013, 'overloaded');
  socket.room = room;
  socket.member = message.member;
  await room.loaded;
  if (socket.readyState !== socket.OPEN) return;
  room.members.add(socket);
  tell(socket, { type: 'joined', room: room.name, seq: room.seq });
}

function update(socket, message) {
  const room = socket.room;
  if (!room || !room.members.has(socket) || message.room !== room.name) return socket.close(1008, 'not_joined');
  if (typeof message.id !== 'string' || typeof message.text !== 'string') return socket.close(1008, 'invalid_update');
  const taken = room.lane.append({ room, seq: 0, author: socket.member, id: message.id, text: message.text });
  if (!taken) tell(socket, { type: 'refused', id: message.id, code: 'overloaded' });
}

function receive(socket, data) {
  let message;
  try {
    message = JSON.parse(data);
  } catch {
    return socket.close(1007, 'invalid_json');
  }
  switch (message?.type) {
    case 'update': return update(socket, message);
    case 'join': return void join(socket, message);
    default: return socket.close(1008, 'unknown_type');
  }
}

function encode(update) {
  return JSON.stringify({
    type: 'update', room: update.room.name, seq: update.seq, author: update.author, id: update.id, text: update.text,
  });
}

/** Encodes once per room; the members share the bytes. */
function broadcast(room, encoded) {
  const frame = Buffer.from('[' + encoded + ']');
  for (const socket of room.members) {
    if (socket.bufferedAmount > MAX_BUFFERED_BYTES) socket.terminate();
    else socket.send(frame, { binary: false });
  }
}

function onCommitted(group) {
  if (FRAMES === 'update') {
    for (const update of group) broadcast(update.room, encode(update));
    return;
  }
  const touched = [];
  for (const update of group) {
    const room = update.room;
    if (room.told.length === 0) touched.push(room);
    room.told.push(encode(update));
  }
  for (const room of touched) {
    broadcast(room, room.told.join(','));
    room.told = [];
  }
}

function accept(socket) {
  socket.on('message', (data) => receive(socket, data));
  socket.on('close', () => socket.room?.members.delete(socket));
  socket.on('error', () => socket.terminate());
}

process.on('SIGTERM', () => process.exit(0));

async function main() {
  lanes = await openLanes(DATABASE_URL, LANES, MAX_PENDING_UPDATES, onCommitted);
  const server = http.createServer((request, response) => response.writeHead(404).end());
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
