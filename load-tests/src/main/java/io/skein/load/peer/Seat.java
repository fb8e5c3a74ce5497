package io.skein.load.peer;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
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
    /**
     * Every member of every room, room by room, where no one has to show who it is.
     *
     * @param socket where the members of a room of that name open theirs
     */
    static List<Seat> all(int rooms, int members, Function<String, URI> socket) {
        List<Seat> seats = new ArrayList<>();
        for (int room = 0; room < rooms; room++) {
            String name = "room-" + room;
            URI opens = socket.apply(name);
            for (int member = 0; member < members; member++) {
                seats.add(new Seat(room, member, name, opens, null, null));
            }
        }
        return seats;
    }

    /** The same with a socket elsewhere. */
    Seat at(URI place) {
        return new Seat(room, member, roomName, place, subprotocol, bearer);
    }

    @Override
    public String toString() {
        return "member " + member + " of " + roomName;
    }
}
