package io.skein.load.peer;

import io.skein.load.machine.Database;
import io.skein.load.machine.ServerProcess;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A Skein that serves, as a process of its own on a free port of loopback.
 *
 * @param metrics where it says how it is
 * @param client what {@code api} speaks through
 */
public record SkeinProcess(ServerProcess process, URI base, URI metrics, HttpClient client, SkeinApi api)
        implements AutoCloseable {
    /** The entry script builds the server first if it has to. */
    private static final Duration START_TIMEOUT = Duration.ofMinutes(5);

    /**
     * Starts it over a database and returns once it answers.
     *
     * @param launch the command
     * @param directory for its log and data
     */
    public static SkeinProcess start(List<String> launch, Database database, Path directory)
            throws IOException, InterruptedException {
        int port = freePort();
        int management = freePort();
        Map<String, String> settings = Map.of(
                "SKEIN_DB_URL", database.jdbcUrl(),
                "SKEIN_DB_USER", database.user(),
                "SKEIN_DB_PASSWORD", database.password(),
                "SKEIN_HTTP_PORT", Integer.toString(port),
                "SKEIN_MANAGEMENT_PORT", Integer.toString(management),
                "SKEIN_LIMITS_BY_ADDRESS", "false", // all clients are on this machine
                "SKEIN_DATA_DIR", directory.resolve("data").toString());
        ServerProcess process = ServerProcess.start(
                NativeSkeinPeer.NAME, launch, settings, Repository.root(), directory.resolve("server.log"));
        HttpClient client = HttpClient.newHttpClient();
        URI base = URI.create("http://127.0.0.1:" + port);
        URI metrics = URI.create("http://127.0.0.1:" + management + "/metrics");
        var skein = new SkeinProcess(process, base, metrics, client, new SkeinApi(client, base));
        try {
            process.awaitReady(START_TIMEOUT, skein.api()::serves);
            return skein;
        } catch (RuntimeException | IOException | InterruptedException e) {
            skein.close();
            throw e;
        }
    }

    @Override
    public void close() {
        client.close();
        process.close();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
