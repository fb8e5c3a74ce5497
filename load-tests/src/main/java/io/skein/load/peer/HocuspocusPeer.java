package io.skein.load.peer;

import io.skein.load.machine.Database;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Hocuspocus as it comes: a room is a document, an update an element that its author puts behind its last one. */
public final class HocuspocusPeer implements Peer {
    /** Its name in tables. */
    public static final String NAME = "hocuspocus";

    private static final NodeProject PROJECT = new NodeProject("hocuspocus");

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String promise() {
        return "acknowledged when it is in the document in memory; nothing is stored; no order between authors";
    }

    @Override
    public boolean isDurable() {
        return false;
    }

    @Override
    public Running start(Database database, int rooms, int members, Path directory)
            throws IOException, InterruptedException {
        NodeServer server = NodeServer.start(NAME, PROJECT, Map.of(), directory.resolve("server.log"));
        URI socket = URI.create("ws://127.0.0.1:" + server.port() + "/");
        List<Seat> seats = new ArrayList<>();
        for (int room = 0; room < rooms; room++) {
            for (int member = 0; member < members; member++) {
                seats.add(new Seat(room, member, "room-" + room, socket, null, null));
            }
        }
        return new Running(server.process(), seats, new HocuspocusWire());
    }
}
