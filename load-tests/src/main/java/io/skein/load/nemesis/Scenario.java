package io.skein.load.nemesis;

import io.skein.load.history.HistoryCheck;
import io.skein.load.history.HistoryFile;
import io.skein.load.peer.SkeinApi;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rooms and their clients on running nodes: work, come to rest, and prove what was heard. */
final class Scenario implements AutoCloseable {
    private static final long POLL_MILLIS = 50;

    private final SkeinApi api;
    private final List<Room> rooms;
    private final Crew crew;

    private Scenario(SkeinApi api, List<Room> rooms, Crew crew) {
        this.api = api;
        this.rooms = rooms;
        this.crew = crew;
    }

    /**
     * Makes the rooms, and clients that connect to all nodes.
     *
     * @param members of each room, beside its owner
     * @param directory for the histories
     */
    static Scenario make(Nodes nodes, int roomCount, int members, long seed, Path directory)
            throws IOException, InterruptedException {
        return make(nodes.all().getFirst().api(), nodes.addresses(), "room", roomCount, members, seed, directory);
    }

    /**
     * The same, where clients may take another way than the API.
     *
     * @param addresses name and {@code http://host:port} of what clients connect to
     * @param name what the names of the rooms begin with
     */
    static Scenario make(
            SkeinApi api,
            List<Map.Entry<String, URI>> addresses,
            String name,
            int roomCount,
            int members,
            long seed,
            Path directory)
            throws IOException, InterruptedException {
        var rooms = new ArrayList<Room>();
        for (int i = 0; i < roomCount; i++) {
            rooms.add(Room.make(api, name + "-" + i, members, directory));
        }
        return new Scenario(api, rooms, new Crew(addresses, rooms, seed));
    }

    Crew crew() {
        return crew;
    }

    List<Room> rooms() {
        return rooms;
    }

    List<String> workspaces() {
        return rooms.stream().map(Room::workspace).toList();
    }

    /**
     * Waits until every room has accepted so many more calls.
     *
     * @return the rooms that have not when the time is over
     */
    List<String> awaitAccepted(int calls, int atMostSeconds) throws InterruptedException {
        Map<Room, Long> before = crew.acceptedByRoom();
        long deadline = System.nanoTime() + atMostSeconds * 1_000_000_000L;
        while (true) {
            crew.requireHealthy();
            Map<Room, Long> now = crew.acceptedByRoom();
            List<String> silent = before.keySet().stream()
                    .filter(room -> now.getOrDefault(room, 0L) < before.getOrDefault(room, 0L) + calls)
                    .map(Room::workspace)
                    .toList();
            if (silent.isEmpty() || System.nanoTime() > deadline) {
                return silent;
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** Lets the clients work for a while. */
    void hold(int seconds) throws InterruptedException {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        while (System.nanoTime() < end) {
            crew.requireHealthy();
            Thread.sleep(POLL_MILLIS);
        }
    }

    /**
     * Nobody begins anything new; waits until every call has its outcome and everybody everything, then writes down what the server
     * says.
     *
     * @return who is still not done when the time is over
     */
    List<String> rest(int atMostSeconds) throws IOException, InterruptedException {
        crew.stopWorking();
        long deadline = System.nanoTime() + atMostSeconds * 1_000_000_000L;
        List<String> unquiet = unquiet();
        while (!unquiet.isEmpty() && System.nanoTime() < deadline) {
            crew.requireHealthy();
            Thread.sleep(POLL_MILLIS);
            unquiet = unquiet();
        }
        crew.close();
        for (Room room : rooms) {
            room.recordServer(api);
            room.close();
        }
        return unquiet;
    }

    /** Holds every room's history to the rules. After {@link #rest}. */
    Map<Room, HistoryCheck.Result> check() throws IOException {
        var results = new LinkedHashMap<Room, HistoryCheck.Result>();
        for (Room room : rooms) {
            results.put(room, HistoryCheck.check(HistoryFile.read(room.file().path())));
        }
        return results;
    }

    /** For each room, the longest wait of the whole run in milliseconds, ascending. After {@link #rest}. */
    List<Long> longestGaps() {
        return rooms.stream()
                .map(room -> room.gaps().longestMillis(0, Long.MAX_VALUE))
                .sorted()
                .toList();
    }

    private List<String> unquiet() throws InterruptedException {
        try {
            return crew.unquiet(heads());
        } catch (IOException e) {
            return List.of("the server: " + e.getMessage());
        }
    }

    private Map<Room, Long> heads() throws IOException, InterruptedException {
        var heads = new HashMap<Room, Long>();
        for (Room room : rooms) {
            heads.put(room, room.head(api));
        }
        return heads;
    }

    @Override
    public void close() throws IOException {
        crew.close();
        for (Room room : rooms) {
            room.close();
        }
    }
}
