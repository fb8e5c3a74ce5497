package io.skein.load.peer;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.skein.load.machine.Database;
import io.skein.load.machine.ServerProcess;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Skein over its native wire: boards that everyone may write to, members with identities of their own. */
public final class NativeSkeinPeer implements Peer {
    /** Its name in tables. */
    public static final String NAME = "skein";
    /** How the server is started, from the root of the checkout. Development mode: it issues identities itself. */
    public static final List<String> LAUNCH = List.of("./skein", "dev");

    private static final String MODULE = "board";
    /** The entry script builds the server first if it has to. */
    private static final Duration START_TIMEOUT = Duration.ofMinutes(5);

    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<String> launch;

    /** Skein, not started yet.
     *
     * @param launch the command, normally {@link #LAUNCH} */
    public NativeSkeinPeer(List<String> launch) {
        this.launch = List.copyOf(launch);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Running start(Database database, int rooms, int members, Path directory)
            throws IOException, InterruptedException {
        int port = freePort();
        Map<String, String> settings = Map.of(
                "SKEIN_DB_URL", database.jdbcUrl(),
                "SKEIN_DB_USER", database.user(),
                "SKEIN_DB_PASSWORD", database.password(),
                "SKEIN_HTTP_PORT", Integer.toString(port),
                "SKEIN_DATA_DIR", directory.resolve("data").toString());
        ServerProcess process =
                ServerProcess.start(NAME, launch, settings, Repository.root(), directory.resolve("server.log"));
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI base = URI.create("http://127.0.0.1:" + port);
            process.awaitReady(START_TIMEOUT, () -> serves(http, base));
            return new Running(process, seats(http, base, rooms, members), wire());
        } catch (RuntimeException | IOException | InterruptedException e) {
            process.close();
            throw e;
        }
    }

    /** What the members of a Skein speak. */
    public static Wire wire() {
        return new NativeSkeinWire();
    }

    /** Makes the workspaces and an identity for every member, over the HTTP API of a server that runs. */
    public static List<Seat> seats(HttpClient http, URI base, int rooms, int members)
            throws IOException, InterruptedException {
        String owner = token(http, base);
        List<Seat> seats = new ArrayList<>();
        for (int room = 0; room < rooms; room++) {
            String workspace = "load-" + room;
            createWorkspace(http, base, owner, workspace);
            URI socket = URI.create(
                    "ws://" + base.getHost() + ":" + base.getPort() + "/v1/workspaces/" + workspace + "/socket");
            for (int member = 0; member < members; member++) {
                seats.add(new Seat(room, member, workspace, socket, NativeSkeinWire.SUBPROTOCOL, token(http, base)));
            }
        }
        return seats;
    }

    private static void createWorkspace(HttpClient http, URI base, String owner, String workspace)
            throws IOException, InterruptedException {
        Map<String, String> wanted =
                Map.of("id", workspace, "module", MODULE, "name", workspace, "access", "public-write");
        HttpRequest request = post(base, "/v1/workspaces", JSON.writeValueAsString(wanted))
                .header("Authorization", "Bearer " + owner)
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 201) {
            throw new IOException("POST /v1/workspaces: " + answer.statusCode() + " " + answer.body());
        }
    }

    private static String token(HttpClient http, URI base) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                http.send(post(base, "/v1/identity", "{}").build(), HttpResponse.BodyHandlers.ofString());
        String token = JSON.readTree(answer.body()).path("token").asText();
        if (answer.statusCode() / 100 != 2 || token.isEmpty()) {
            throw new IOException("POST /v1/identity: " + answer.statusCode() + " " + answer.body());
        }
        return token;
    }

    private static HttpRequest.Builder post(URI base, String path, String json) {
        return HttpRequest.newBuilder(base.resolve(path))
                .timeout(REQUEST_TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json));
    }

    /** Not there yet, or not ready yet: ask again. Whatever it is, it stands in the exception if it stays. */
    private static boolean serves(HttpClient http, URI base) throws InterruptedException {
        try {
            return !token(http, base).isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
