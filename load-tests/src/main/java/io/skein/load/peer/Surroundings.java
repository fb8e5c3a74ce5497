package io.skein.load.peer;

import io.skein.load.machine.PostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every scenario is told of where it runs: the database, how Skein is started, where the result goes. */
public final class Surroundings {
    @Option(
            names = "--db-url",
            description = "postgres://user:password@host:port/db instead of a PostgreSQL of our own")
    private @Nullable String databaseUrl;

    @Option(names = "--skein", split = " ", description = "how Skein is started, default: ./skein dev")
    private List<String> skein = NativeSkeinPeer.LAUNCH;

    @Option(names = "--results", description = "where to write, default load-tests/target/<scenario>/<time>")
    private @Nullable Path results;

    /** The command that starts Skein. */
    public List<String> skein() {
        return skein;
    }

    /** Where the result goes; made if it is not there. */
    public Path results(String scenario) throws IOException {
        return Repository.results(results, scenario);
    }

    /** A PostgreSQL for all systems of a run. One of our own has its data in {@code directory}. */
    public PostgresServer postgres(Path directory) throws IOException, SQLException {
        return databaseUrl == null
                ? PostgresServer.embedded(directory.resolve("postgres"))
                : PostgresServer.external(databaseUrl);
    }
}
