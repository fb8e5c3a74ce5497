package io.skein.load.peer;

import io.skein.load.machine.Database;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The reference: {@code peers/ws-postgres}, a Node server with rooms that commits to PostgreSQL in groups. */
public final class WsPostgresPeer implements Peer {
    /** At its best: all that one commit brought to a room travels in one frame. */
    public static final String NAME = "ws-postgres";
    /** The same with a frame for each update, as such servers mostly are. */
    public static final String PLAIN = "ws-postgres-plain";

    /** A frame for each update, nothing kept: what many write first. */
    public static final String MEMORY = "ws";

    private static final NodeProject PROJECT = new NodeProject("ws-postgres");

    private final String name;
    private final Map<String, String> environment;

    private WsPostgresPeer(String name, String frames, String store, Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(environment);
        all.put("FRAMES", frames);
        all.put("STORE", store);
        this.name = name;
        this.environment = Map.copyOf(all);
    }

    /** The same server without a database, not started yet. */
    public static WsPostgresPeer memory(Map<String, String> environment) {
        return new WsPostgresPeer(MEMORY, "update", "memory", environment);
    }

    /**
     * The reference at its best, not started yet.
     *
     * @param environment for the server, beside the database: see the head of server.js
     */
    public static WsPostgresPeer best(Map<String, String> environment) {
        return new WsPostgresPeer(NAME, "group", "postgres", environment);
    }

    /** The reference with a frame for each update, not started yet. */
    public static WsPostgresPeer plain(Map<String, String> environment) {
        return new WsPostgresPeer(PLAIN, "update", "postgres", environment);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String promise() {
        return name.equals(MEMORY)
                ? "acknowledged when it was heard, kept nowhere"
                : "acknowledged when it is durable in PostgreSQL";
    }

    @Override
    public boolean isDurable() {
        return !name.equals(MEMORY);
    }

    @Override
    public Running start(Database database, int rooms, int members, Path directory)
            throws IOException, InterruptedException {
        Map<String, String> settings = new HashMap<>(environment);
        settings.put("DATABASE_URL", database.url());
        NodeServer server = NodeServer.start(name, PROJECT, settings, directory.resolve("server.log"));
        URI socket = URI.create("ws://127.0.0.1:" + server.port() + "/");
        return new Running(server.process(), Seat.all(rooms, members, room -> socket), new WsPostgresWire());
    }
}
