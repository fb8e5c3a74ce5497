package io.skein.load.peer;

import io.skein.load.machine.Database;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A library of Node's world as it comes, which keeps nothing: a project in {@code load-tests/peers}.
 *
 * @param path of the socket for a member of a room of that name
 * @param wire makes what its clients speak, for one run
 */
public record NodePeer(
        String name, String promise, NodeProject project, Function<String, String> path, Supplier<Wire> wire)
        implements Peer {
    /** A room is a document, an update an element that its author puts behind its last one. */
    public static final String HOCUSPOCUS = "hocuspocus";
    /** The same documents. */
    public static final String Y_WEBSOCKET = "y-websocket";

    /** A room is a room, an update an event with an acknowledgement. */
    public static final String SOCKET_IO = "socket.io";

    /** A room is a document, an update an operation that replaces its author's last text. */
    public static final String SHARE_DB = "sharedb";

    /** A room is a room of one kind, an update a message that it broadcasts. */
    public static final String COLYSEUS = "colyseus";

    /** All there are. */
    public static final List<NodePeer> ALL = List.of(
            new NodePeer(
                    HOCUSPOCUS,
                    "acknowledged when it is in the document in memory; nothing is stored; no order between authors",
                    new NodeProject("hocuspocus"),
                    room -> "/",
                    HocuspocusWire::new),
            new NodePeer(
                    Y_WEBSOCKET,
                    "acknowledges nothing; a ping behind an update is answered when it is in the document in memory;"
                            + " nothing is stored; no order between authors",
                    new NodeProject("y-websocket"),
                    room -> "/" + room,
                    YWebsocketWire::new),
            new NodePeer(
                    SOCKET_IO,
                    "acknowledged when it went out to the others, kept nowhere; no order between authors",
                    new NodeProject("socketio", "rooms.js"),
                    room -> "/socket.io/?EIO=4&transport=websocket",
                    SocketIoWire::new),
            new NodePeer(
                    SHARE_DB,
                    "acknowledged when it is in the document in memory, under its version; nothing is stored",
                    new NodeProject("sharedb"),
                    room -> "/",
                    ShareDbWire::new),
            new NodePeer(
                    COLYSEUS,
                    "acknowledged when it was heard, kept nowhere",
                    new NodeProject("colyseus"),
                    room -> "/",
                    ColyseusWire::new));

    @Override
    public boolean isDurable() {
        return false;
    }

    @Override
    public Running start(Database database, int rooms, int members, Path directory)
            throws IOException, InterruptedException {
        NodeServer server = NodeServer.start(name, project, Map.of(), directory.resolve("server.log"));
        List<Seat> seats =
                Seat.all(rooms, members, room -> URI.create("ws://127.0.0.1:" + server.port() + path.apply(room)));
        return new Running(server.process(), seats, wire.get());
    }
}
