package io.skein.load.peer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.skein.load.machine.Database;
import io.skein.load.machine.ServerProcess;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The reference: {@code peers/ws-postgres}, a Node server with rooms that commits to PostgreSQL in groups. */
public final class WsPostgresPeer implements Peer {
    /** At its best: all that one commit brought to a room travels in one frame. */
    public static final String NAME = "ws-postgres";
    /** The same with a frame for each update, as such servers mostly are. */
    public static final String PLAIN = "ws-postgres-plain";

    private static final Pattern LISTENING = Pattern.compile("^listening on (\\d+)$", Pattern.MULTILINE);
    private static final Duration START_TIMEOUT = Duration.ofSeconds(30);

    private final String name;
    private final Map<String, String> environment;

    private WsPostgresPeer(String name, String frames, Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(environment);
        all.put("FRAMES", frames);
        this.name = name;
        this.environment = Map.copyOf(all);
    }

    /**
     * The reference at its best, not started yet.
     *
     * @param environment for the server, beside the database: see the head of server.js
     */
    public static WsPostgresPeer best(Map<String, String> environment) {
        return new WsPostgresPeer(NAME, "group", environment);
    }

    /** The reference with a frame for each update, not started yet. */
    public static WsPostgresPeer plain(Map<String, String> environment) {
        return new WsPostgresPeer(PLAIN, "update", environment);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Running start(Database database, int rooms, int members, Path directory)
            throws IOException, InterruptedException {
        install();
        Map<String, String> settings = new HashMap<>(environment);
        settings.put("DATABASE_URL", database.url());
        settings.put("PORT", "0");
        settings.put("NODE_ENV", "production");
        ServerProcess process = ServerProcess.start(
                name, List.of("node", "server.js"), settings, home(), directory.resolve("server.log"));
        try {
            process.awaitReady(
                    START_TIMEOUT, () -> LISTENING.matcher(process.output()).find());
            return new Running(process, seats(port(process), rooms, members), new WsPostgresWire());
        } catch (RuntimeException | IOException | InterruptedException e) {
            process.close();
            throw e;
        }
    }

    /** Whether this machine has what the reference runs on. */
    public static boolean hasNode() {
        return onPath("node") && onPath("npm");
    }

    /** Fetches the packages that package-lock.json names, once. */
    static void install() throws IOException, InterruptedException {
        Path lock = home().resolve("package-lock.json");
        Path installed = home().resolve("node_modules/.package-lock.json");
        if (Files.exists(installed)
                && Files.getLastModifiedTime(installed).compareTo(Files.getLastModifiedTime(lock)) >= 0) {
            return;
        }
        Process npm = new ProcessBuilder("npm", "ci", "--omit=dev")
                .directory(home().toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(npm.getInputStream().readAllBytes(), UTF_8);
        if (npm.waitFor() != 0) {
            throw new IOException("npm ci failed:\n" + output);
        }
    }

    private static List<Seat> seats(int port, int rooms, int members) {
        URI socket = URI.create("ws://127.0.0.1:" + port + "/");
        List<Seat> seats = new ArrayList<>();
        for (int room = 0; room < rooms; room++) {
            for (int member = 0; member < members; member++) {
                seats.add(new Seat(room, member, "room-" + room, socket, null, null));
            }
        }
        return seats;
    }

    private static int port(ServerProcess process) {
        Matcher listening = LISTENING.matcher(process.output());
        if (!listening.find()) {
            throw new IllegalStateException("no port in the log");
        }
        return Integer.parseInt(listening.group(1));
    }

    private static Path home() {
        return Repository.root().resolve("load-tests/peers/ws-postgres");
    }

    private static boolean onPath(String program) {
        String path = System.getenv().getOrDefault("PATH", "");
        for (String directory : path.split(File.pathSeparator, -1)) {
            if (Files.isExecutable(Path.of(directory, program))) {
                return true;
            }
        }
        return false;
    }
}
