'use strict';

// Rooms with Socket.IO as its documentation shows them: who says something is answered by the acknowledgement's callback, and the others of the room hear it.
//
// Events from clients: "join" room, "update" {id, text}, both with an acknowledgement. Events to clients: "update" {id, text}.
// Environment: PORT (0: any, printed).

const http = require('node:http');
const { Server } = require('socket.io');

const PORT = Number(process.env.PORT ?? 0);

const server = http.createServer();
const io = new Server(server, { perMessageDeflate: false, serveClient: false });

io.on('connection', (socket) => {
  socket.on('join', (room, done) => {
    socket.data.room = room;
    socket.join(room);
    done();
  });
  socket.on('update', (update, done) => {
    socket.to(socket.data.room).emit('update', update);
    done();
  });
});

process.on('SIGTERM', () => process.exit(0));

server.listen({ port: PORT, host: '127.0.0.1', backlog: 1024 }, () => {
  console.log(`listening on ${server.address().port}`);
});
