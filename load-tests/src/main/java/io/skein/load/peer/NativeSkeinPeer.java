package io.skein.load.peer;

import io.skein.load.machine.Database;
import io.skein.load.machine.ServerProcess;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Skein over its native wire: boards that everyone may write to, members with identities of their own. */
public final class NativeSkeinPeer implements Peer {
    /** What members of a Skein ask for when they open a socket. */
    public static final String SUBPROTOCOL = NativeSkeinWire.SUBPROTOCOL;

    /** Its name in tables. */
    public static final String NAME = "skein";
    /** How the server is started, from the root of the checkout. Development mode: it issues identities itself. */
    public static final List<String> LAUNCH = List.of("./skein", "dev");

    private static final String MODULE = "board";
    /** The entry script builds the server first if it has to. */
    private static final Duration START_TIMEOUT = Duration.ofMinutes(5);

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
            SkeinApi api = new SkeinApi(http, URI.create("http://127.0.0.1:" + port));
            process.awaitReady(START_TIMEOUT, api::serves);
            return new Running(process, seats(api, rooms, members), wire());
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
    public static List<Seat> seats(SkeinApi api, int rooms, int members) throws IOException, InterruptedException {
        SkeinApi.Person owner = api.newPerson();
        List<Seat> seats = new ArrayList<>();
        for (int room = 0; room < rooms; room++) {
            String workspace = "load-" + room;
            api.createWorkspace(owner, workspace, MODULE, "public-write");
            for (int member = 0; member < members; member++) {
                seats.add(new Seat(
                        room,
                        member,
                        workspace,
                        api.socket(workspace),
                        NativeSkeinWire.SUBPROTOCOL,
                        api.newPerson().token()));
            }
        }
        return seats;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
