package io.skein.load.peer;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * One member's place in one room.
 *
 * @param room number of the room, from 0
 * @param member number of the member within the room, from 0
 * @param roomName what the system calls the room
 * @param socket where its WebSocket opens
 * @param subprotocol what it asks for, if anything
 * @param bearer the token it shows, if any
 */
public record Seat(
        int room,
        int member,
        String roomName,
        URI socket,
        @Nullable String subprotocol,
        @Nullable String bearer) {
    @Override
    public String toString() {
        return "member " + member + " of " + roomName;
    }
}
