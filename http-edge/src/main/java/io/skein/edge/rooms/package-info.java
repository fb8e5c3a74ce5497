/**
 * The wires of Yjs: unmodified clients of y-websocket and of Hocuspocus edit a room together. A socket opens at {@link RoomSocket}; its first message says which of
 * the two it speaks; each document on it is a {@link RoomSession}, which is a session like those of the other wires: its updates are calls, and what it hears of
 * others are the rows of one table.
 */
@NullMarked
package io.skein.edge.rooms;

import org.jspecify.annotations.NullMarked;
