package io.skein.load.bench;

import io.skein.load.machine.PgBench;
import io.skein.load.machine.PostgresServer;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the same PostgreSQL can do when every row is a commit of its own: the figure everybody knows. */
final class Limits {
    private static final int[] CLIENTS = {1, 8, 32, 64, 128};

    private Limits() {}

    /**
     * @param program which pgbench
     * @param steps one for each number of clients
     */
    record Result(String program, List<PgBench.Step> steps) {
        PgBench.Step best() {
            return steps.stream()
                    .max(Comparator.comparingDouble(PgBench.Step::insertsPerSecond))
                    .orElseThrow();
        }
    }

    /** Runs pgbench with 1 to 128 clients; null, and says so, where there is none. */
    static @Nullable Result measure(PostgresServer postgres, int seconds, Consumer<String> say)
            throws IOException, InterruptedException, SQLException {
        PgBench pgbench = PgBench.find().orElse(null);
        if (pgbench == null) {
            say.accept(
                    "limits: no pgbench on this machine (Debian: postgresql-contrib), single-row inserts not measured");
            return null;
        }
        List<PgBench.Step> steps = new ArrayList<>();
        for (int clients : CLIENTS) {
            PgBench.Step step = pgbench.insertSingleRows(postgres, clients, seconds);
            say.accept("limits: pgbench, %d clients: %,.0f single-row inserts/s, %.1f ms"
                    .formatted(clients, step.insertsPerSecond(), step.meanMillis()));
            steps.add(step);
        }
        return new Result(pgbench.version(), steps);
    }
}
