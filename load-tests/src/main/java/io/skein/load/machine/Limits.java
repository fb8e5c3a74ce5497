package io.skein.load.machine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** What the machine itself can do, beside every figure: PostgreSQL with a commit for every row, its disk, and its loopback. */
public final class Limits {
    private static final int[] CLIENTS = {1, 8, 32, 64, 128};
    private static final int PAGE_BYTES = 8192;

    private Limits() {}

    /**
     * Measures, and says what it found.
     *
     * @param seconds of each measurement; 0 for none
     * @return by what was measured, for people; what cannot be measured here is missing, and said
     */
    public static Map<String, String> describe(PostgresServer postgres, int seconds, Consumer<String> say)
            throws IOException, InterruptedException, SQLException {
        var found = new LinkedHashMap<>(machine());
        found.put("PostgreSQL", postgres.settings().toString());
        if (seconds > 0) {
            found.put("fsync", String.format(Locale.ROOT, "%,.0f/s of one page", fsyncsPerSecond(seconds)));
            found.put("loopback", RawBroadcast.measure(seconds).describe());
            pgbench(found, postgres, seconds, say);
        }
        return found;
    }

    /** What is known without measuring. */
    public static Map<String, String> machine() {
        var known = new LinkedHashMap<String, String>();
        known.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        known.put("JVM", System.getProperty("java.vm.version"));
        return known;
    }

    private static void pgbench(Map<String, String> found, PostgresServer postgres, int seconds, Consumer<String> say)
            throws IOException, InterruptedException, SQLException {
        PgBench pgbench = PgBench.find().orElse(null);
        if (pgbench == null) {
            say.accept("no pgbench on this machine (Debian: postgresql-contrib), single-row inserts not measured");
            return;
        }
        PgBench.Step best = new PgBench.Step(0, 0, 0);
        for (int clients : CLIENTS) {
            PgBench.Step step = pgbench.insertSingleRows(postgres, clients, seconds);
            best = step.insertsPerSecond() > best.insertsPerSecond() ? step : best;
        }
        found.put(
                "pgbench",
                String.format(
                        Locale.ROOT,
                        "%,.0f single-row inserts/s at best, with %d clients (%s)",
                        best.insertsPerSecond(),
                        best.clients(),
                        pgbench.version()));
    }

    /** Writes a page after the other where temporary files lie, each to the disk before the next one. */
    private static double fsyncsPerSecond(int seconds) throws IOException {
        Path file = Files.createTempFile("skein", ".fsync");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            var page = ByteBuffer.allocateDirect(PAGE_BYTES);
            long start = System.nanoTime();
            long end = start + TimeUnit.SECONDS.toNanos(seconds);
            long count = 0;
            while (System.nanoTime() < end) {
                channel.write(page.clear());
                channel.force(false);
                count++;
            }
            return count * 1e9 / (System.nanoTime() - start);
        } finally {
            Files.delete(file);
        }
    }
}
