package io.skein.load.presence;

import io.skein.load.machine.ServerProcess;
import io.skein.load.peer.NodeProject;
import io.skein.load.peer.NodeServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A system of Node's world: a project in {@code load-tests/peers}. */
record NodeHost(
        String name,
        String does,
        NodeProject project,
        Map<String, String> environment,
        String path,
        Function<People, Dialect> dialect)
        implements Host {
    static final String WS = "ws";
    static final String WS_TICKS = "ws-ticks";
    static final String SOCKET_IO = "socket.io";
    static final String HOCUSPOCUS = "hocuspocus";
    static final String SHARE_DB = "sharedb";

    /** All there are. */
    static final List<NodeHost> ALL = List.of(
            new NodeHost(
                    WS,
                    "Node, ws: a frame to everyone for each join and leave",
                    new NodeProject("presence-ws"),
                    Map.of(),
                    "/",
                    WsDialect::new),
            new NodeHost(
                    WS_TICKS,
                    "the same, and what happens in 50 ms shares a frame",
                    new NodeProject("presence-ws"),
                    Map.of("TICK_MILLIS", "50"),
                    "/",
                    WsDialect::new),
            new NodeHost(
                    SOCKET_IO,
                    "Node, Socket.IO: an event to the room for each join and leave",
                    new NodeProject("socketio", "presence.js"),
                    Map.of(),
                    "/socket.io/?EIO=4&transport=websocket",
                    SocketIoDialect::new),
            new NodeHost(
                    HOCUSPOCUS,
                    "Node, Hocuspocus: the awareness of one document",
                    new NodeProject("hocuspocus"),
                    Map.of(),
                    "/",
                    people -> new HocuspocusDialect()),
            new NodeHost(
                    SHARE_DB,
                    "Node, ShareDB: a presence channel",
                    new NodeProject("sharedb"),
                    Map.of(),
                    "/",
                    ShareDbDialect::new));

    @Override
    public void install() throws IOException, InterruptedException {
        if (!NodeProject.hasNode()) {
            throw new IOException("there is no node and npm on the PATH");
        }
        project.install();
    }

    @Override
    public Open open(int count, Path directory) throws IOException, InterruptedException {
        NodeServer server = NodeServer.start(name, project, environment, directory.resolve("server.log"));
        URI socket = URI.create("ws://127.0.0.1:" + server.port() + path);
        People everyone = People.named(count);
        return new Room(server, socket, everyone, dialect.apply(everyone));
    }

    private record Room(NodeServer server, URI socket, People people, Dialect dialect) implements Open {
        @Override
        public ServerProcess process() {
            return server.process();
        }

        @Override
        public OptionalLong postmaster() {
            return OptionalLong.empty();
        }

        @Override
        public @Nullable String subprotocol() {
            return null;
        }

        @Override
        public News.@Nullable Count asked() {
            return null;
        }

        @Override
        public void close() {
            server.process().close();
        }
    }
}
