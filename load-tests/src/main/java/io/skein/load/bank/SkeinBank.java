package io.skein.load.bank;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.load.machine.Database;
import io.skein.load.machine.ServerProcess;
import io.skein.load.peer.NativeSkeinPeer;
import io.skein.load.peer.NodeProject;
import io.skein.load.peer.SkeinApi;
import io.skein.load.peer.SkeinProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Skein with its module {@code bank}: one workspace. Its journal's {@code seq} counts the transfers, for nothing else is committed meanwhile. */
final class SkeinBank implements Bank {
    static final String NAME = NativeSkeinPeer.NAME;

    private static final String MODULE = "bank";
    private static final String WORKSPACE = "bank";
    private static final Duration SEED_TIMEOUT = Duration.ofMinutes(2);

    private final List<String> launch;
    private final Load load;

    /**
     * Not started yet.
     *
     * @param launch the command, which takes {@code --config}
     */
    SkeinBank(List<String> launch, Load load) {
        this.launch = List.copyOf(launch);
        this.load = load;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Running start(Database database, int accounts, long initialBalance, Path directory)
            throws IOException, InterruptedException {
        Path settings = Files.writeString(directory.resolve("skein.conf"), settings());
        var command = new ArrayList<>(launch);
        command.addAll(List.of("--config", settings.toAbsolutePath().toString()));
        SkeinProcess skein = SkeinProcess.start(command, database, directory);
        try {
            SkeinApi api = skein.api();
            SkeinApi.Person owner = api.newPerson();
            api.createWorkspace(owner, WORKSPACE, MODULE, "public-write");
            api.call(owner, WORKSPACE, "seed", Map.of("n", accounts, "initial_balance", initialBalance));
            skein.process()
                    .awaitReady(SEED_TIMEOUT, () -> rows(api, owner, "seeding").isEmpty());
            writeBindings(api.bindings(MODULE));
            return new Open(skein, owner);
        } catch (RuntimeException | IOException | InterruptedException e) {
            skein.close();
            throw e;
        }
    }

    /** A session is held to 500 messages a second by default, which is for people; here the clients are all there is. */
    private String settings() {
        return """
            skein.session.messages-per-second = 1000000
            skein.session.message-burst = 1000000
            skein.session.max-calls-in-flight = %d
            skein.relay.max-unacknowledged-commands = %d
            skein.workspace.max-queued-commands = %2$d
            """.formatted(Math.max(256, load.inFlight()), Math.max(8192, 2 * load.connections() * load.inFlight()));
    }

    private record Open(SkeinProcess skein, SkeinApi.Person owner) implements Running {
        @Override
        public ServerProcess process() {
            return skein.process();
        }

        @Override
        public Door door() {
            return new Door("skein", skein.base(), WORKSPACE);
        }

        @Override
        public Books books() throws IOException, InterruptedException {
            JsonNode snapshot = snapshot(skein.api(), owner, "accounts");
            JsonNode rows = rows(snapshot, "accounts");
            long[] balances = new long[rows.size()];
            for (JsonNode row : rows) {
                balances[row.path("id").asInt()] = row.path("balance").asLong();
            }
            return new Books(snapshot.path("seq").asLong(), Amounts.of(balances));
        }

        @Override
        public void close() {
            skein.close();
        }
    }

    private static JsonNode rows(SkeinApi api, SkeinApi.Person owner, String table)
            throws IOException, InterruptedException {
        return rows(snapshot(api, owner, table), table);
    }

    private static JsonNode rows(JsonNode snapshot, String table) throws IOException {
        JsonNode rows = snapshot.path("tables").path(table).path("rows");
        if (!rows.isArray()) {
            throw new IOException("no rows of " + table + " in the snapshot");
        }
        return rows;
    }

    private static JsonNode snapshot(SkeinApi api, SkeinApi.Person owner, String table)
            throws IOException, InterruptedException {
        return api.get(owner, "/v1/workspaces/" + WORKSPACE + "/snapshot?tables=" + table);
    }

    /** Where the clients look for them; git ignores the folder. */
    private static void writeBindings(String bindings) throws IOException {
        Path generated =
                Files.createDirectories(new NodeProject(Clients.PROJECT).home().resolve("generated"));
        Files.writeString(generated.resolve("bank.ts"), bindings);
    }
}
