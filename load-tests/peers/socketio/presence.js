'use strict';

// Who is here with Socket.IO as its documentation shows it: a room, an event to the room for every join and leave, and the list to who joins.
//
// The state comes in the handshake (auth: {name, state}). Events to clients: "list" {name: state, …}, "join" name state, "leave" name.
// Environment: PORT (0: any, printed).

const http = require('node:http');
const { Server } = require('socket.io');

const PORT = Number(process.env.PORT ?? 0);
const ROOM = 'room';

const states = new Map();
const server = http.createServer();
const io = new Server(server, { perMessageDeflate: false, serveClient: false });

io.use((socket, next) => {
  const { name, state } = socket.handshake.auth;
  if (typeof name !== 'string' || typeof state !== 'object' || states.has(name)) return next(new Error('invalid_join'));
  socket.data.name = name;
  states.set(name, state);
  next();
});

io.on('connection', (socket) => {
  const { name } = socket.data;
  socket.join(ROOM);
  socket.emit('list', Object.fromEntries(states));
  socket.to(ROOM).emit('join', name, states.get(name));
  socket.on('disconnect', () => {
    states.delete(name);
    io.to(ROOM).emit('leave', name);
  });
});

process.on('SIGTERM', () => process.exit(0));

server.listen({ port: PORT, host: '127.0.0.1', backlog: 1024 }, () => {
  console.log(`listening on ${server.address().port}`);
});
