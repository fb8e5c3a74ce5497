package io.skein.load.presence;

import io.skein.load.machine.PostgresServer;
import io.skein.load.machine.ServerProcess;
import io.skein.load.peer.NativeSkeinPeer;
import io.skein.load.peer.SkeinApi;
import io.skein.load.peer.SkeinProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Skein as it comes, over its native wire: one workspace that everyone may come into. */
final class SkeinHost implements Host {
    static final String NAME = NativeSkeinPeer.NAME;

    private static final String WORKSPACE = "presence";
    private static final String MODULE = "board";
    private static final String DATABASE = "load";
    private static final int ASKING_AT_ONCE = 8;

    private final List<String> launch;
    private final PostgresServer postgres;
    private final int graceSeconds;

    /**
     * Not started yet.
     *
     * @param launch the command, which takes {@code --config}
     * @param graceSeconds for which whose connection broke is still shown
     */
    SkeinHost(List<String> launch, PostgresServer postgres, int graceSeconds) {
        this.launch = List.copyOf(launch);
        this.postgres = postgres;
        this.graceSeconds = graceSeconds;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String does() {
        return "JVM, native wire: what happens in a tick of 50 ms or more shares a frame; signed tokens are checked";
    }

    /** It is built by its entry script. */
    @Override
    public void install() {}

    @Override
    public Room open(int count, Path directory) throws IOException, InterruptedException, SQLException {
        Path settings = Files.writeString(
                directory.resolve("skein.conf"), "skein.presence.grace = %d s%n".formatted(graceSeconds));
        var command = new ArrayList<>(launch);
        command.addAll(List.of("--config", settings.toAbsolutePath().toString()));
        SkeinProcess skein = SkeinProcess.start(command, postgres.create(DATABASE), directory);
        try {
            SkeinApi api = skein.api();
            SkeinApi.Person owner = api.newPerson();
            api.createWorkspace(owner, WORKSPACE, MODULE, "public-write");
            People people = People.identified(identities(api, count));
            return new Room(skein, postgres, postgres.postmaster(), people, owner, new SkeinDialect(people));
        } catch (RuntimeException | IOException | InterruptedException | SQLException e) {
            skein.close();
            throw e;
        }
    }

    /** People have their tokens before they come. */
    private static List<SkeinApi.Person> identities(SkeinApi api, int count) throws IOException, InterruptedException {
        try (ExecutorService asking = Executors.newFixedThreadPool(ASKING_AT_ONCE)) {
            var asked = new ArrayList<Future<SkeinApi.Person>>();
            for (int i = 0; i < count; i++) {
                asked.add(asking.submit(api::newPerson));
            }
            var identities = new ArrayList<SkeinApi.Person>();
            for (Future<SkeinApi.Person> person : asked) {
                identities.add(person.get());
            }
            return identities;
        } catch (ExecutionException e) {
            throw new IOException("no identity", e.getCause());
        }
    }

    /** An open room of Skein; {@code owner} may change its board. */
    record Room(
            SkeinProcess skein,
            PostgresServer postgres,
            OptionalLong postmaster,
            People people,
            SkeinApi.Person owner,
            SkeinDialect dialect)
            implements Open {
        /** Moves a card on the board, the first time adds it; acknowledged when this returns. */
        void commit(long number) throws IOException, InterruptedException {
            if (number == 1) {
                var card = Map.of("id", "card", "title", "A card", "column", 0, "rank", number);
                skein.api().call(owner, WORKSPACE, "add_card", card);
            } else {
                skein.api().call(owner, WORKSPACE, "move_card", Map.of("id", "card", "column", 0, "rank", number));
            }
        }

        @Override
        public ServerProcess process() {
            return skein.process();
        }

        @Override
        public URI socket() {
            return skein.api().socket(WORKSPACE);
        }

        @Override
        public String subprotocol() {
            return NativeSkeinPeer.SUBPROTOCOL;
        }

        @Override
        public News.Count asked() throws IOException, InterruptedException {
            return SkeinDialect.readAnswer(skein.api().get(owner, "/v1/workspaces/" + WORKSPACE + "/presence"));
        }

        @Override
        public void close() throws SQLException {
            skein.close();
            postgres.drop(DATABASE);
        }
    }
}
