package io.skein.persistence;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL run by this process, for development, tests and small installations. It listens on loopback only and trusts
 * whoever comes from there.
 *
 * <p>Implementation notes. The server's files stay in one folder between runs:
 *
 * <ul>
 *   <li>{@code lock} one Skein process at a time;
 *   <li>{@code binaries/} PostgreSQL itself, unpacked at the first start;
 *   <li>{@code data/} its data folder, and {@code initialised}, which says that the data folder has been complete once;
 *   <li>{@code server.log} what it says, since the last start.
 * </ul>
 *
 * <p>{@code kill -9} of this process leaves the server running. The next start finds it by its pid file and stops it first: taking
 * it over would work until its parent's terminal goes, and its settings would be those of an older version. The server is started
 * in a session of its own, so that Ctrl-C reaches this process alone, which stops it after the last write.
 */
final class EmbeddedPostgres implements AutoCloseable {
    static final String USER = "postgres";

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);
    /** Enough to replay what {@code max_wal_size} allows to pile up before a crash. */
    private static final Duration START = Duration.ofMinutes(2);

    /** What durability rests on. The library turns two of these off; each is asked for after the start. */
    private static final List<String> MUST_BE_ON = List.of("fsync", "synchronous_commit", "full_page_writes");

    private static final int LOG_LINES_IN_ERROR = 20;

    private final Path data;
    private final FolderLock lock;
    private final io.zonky.test.db.postgres.embedded.EmbeddedPostgres server;

    private EmbeddedPostgres(Path data, FolderLock lock, io.zonky.test.db.postgres.embedded.EmbeddedPostgres server) {
        this.data = data;
        this.lock = lock;
        this.server = server;
    }

    /**
     * Starts the server, after ending one that an earlier process left behind.
     *
     * @param folder made when needed
     * @param port on loopback, 0 for a free one
     * @throws DatabaseException when the folder is in use, the server does not start, or it does not run as it was told to
     */
    static EmbeddedPostgres start(Path folder, int port) {
        return start(folder, folder.resolve("binaries"), port, START);
    }

    static EmbeddedPostgres start(Path folder, Path binaries, int port, Duration patience) {
        Path absolute = folder.toAbsolutePath().normalize();
        try {
            Files.createDirectories(absolute);
            FolderLock lock = FolderLock.take(absolute);
            try {
                return startLocked(absolute, binaries.toAbsolutePath(), port, patience, lock);
            } catch (IOException | RuntimeException | InterruptedException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new DatabaseException("PostgreSQL cannot be started in " + absolute + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseException("Interrupted while PostgreSQL was starting in " + absolute, e);
        }
    }

    private static EmbeddedPostgres startLocked(
            Path folder, Path binaries, int port, Duration patience, FolderLock lock)
            throws IOException, InterruptedException {
        Path data = folder.resolve("data");
        stopOrphan(data);
        setAsideIncomplete(folder, data);
        Path serverLog = folder.resolve("server.log");
        Files.deleteIfExists(serverLog);
        EmbeddedPostgres started;
        try {
            started = new EmbeddedPostgres(data, lock, launch(binaries, data, serverLog, port, patience));
        } catch (IOException | RuntimeException e) {
            stopOrphan(data);
            throw new DatabaseException(
                    "PostgreSQL does not start in " + folder + ". Its log ends:\n" + tail(serverLog), e);
        }
        try {
            started.requireAsTold();
            Files.writeString(
                    folder.resolve("initialised"), "The data folder beside this file has been complete once.\n");
            return started;
        } catch (IOException | RuntimeException e) {
            started.server.close();
            throw e;
        }
    }

    private static void stopOrphan(Path data) throws IOException, InterruptedException {
        Optional<Postmaster> orphan = Postmaster.running(data);
        if (orphan.isPresent()) {
            LOG.warn(
                    "Stopping the PostgreSQL (pid {}) that an earlier process left behind",
                    orphan.get().pid());
            orphan.get().stop();
        }
    }

    /** A first start that was cut off leaves half a data folder, which nothing was ever acknowledged from. */
    private static void setAsideIncomplete(Path folder, Path data) throws IOException {
        if (Files.exists(data) && !Files.exists(folder.resolve("initialised"))) {
            Path aside = folder.resolve("data.incomplete." + Instant.now().toEpochMilli());
            LOG.warn("{} was never completed; moving it to {}", data, aside);
            Files.move(data, aside);
        }
    }

    private static io.zonky.test.db.postgres.embedded.EmbeddedPostgres launch(
            Path binaries, Path data, Path serverLog, int port, Duration patience) throws IOException {
        var builder = io.zonky.test.db.postgres.embedded.EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setOverrideWorkingDirectory(binaries.toFile())
                // The server must outlive the actors that write to it; a hook would run beside their shutdown.
                .setRegisterShutdownHook(false)
                .setPGStartupWait(patience)
                .setOutputRedirector(Redirect.appendTo(serverLog.toFile()))
                .setErrorRedirector(Redirect.appendTo(serverLog.toFile()));
        if (port != 0) {
            builder.setPort(port);
        }
        parameters().forEach(builder::setServerConfig);
        return builder.start();
    }

    private static Map<String, String> parameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        MUST_BE_ON.forEach(name -> parameters.put(name, "on"));
        parameters.put("listen_addresses", "127.0.0.1");
        parameters.put("unix_socket_directories", "");
        // Two pools of one node, and room for a person who looks.
        parameters.put("max_connections", "100");
        // Fewer checkpoints, hence fewer whole pages in the log, for at most this much to replay after a crash.
        parameters.put("max_wal_size", "2GB");
        parameters.put("log_checkpoints", "off");
        return parameters;
    }

    /** A server that was already there on the port would have answered too, and the library would not have noticed. */
    private void requireAsTold() {
        try (Connection connection = server.getPostgresDatabase().getConnection()) {
            Path served = Path.of(Durability.show(connection, "data_directory")).toRealPath();
            if (!served.equals(data.toRealPath())) {
                throw new DatabaseException(
                        "Port " + server.getPort() + " is taken by a PostgreSQL that serves " + served + ".");
            }
            for (String parameter : MUST_BE_ON) {
                String value = Durability.show(connection, parameter);
                if (!value.equals("on")) {
                    throw new DatabaseException("The embedded PostgreSQL runs with " + parameter + " = " + value + ".");
                }
            }
        } catch (SQLException | IOException e) {
            throw new DatabaseException("The embedded PostgreSQL does not say how it runs: " + e.getMessage(), e);
        }
    }

    private static String tail(Path serverLog) throws IOException {
        if (!Files.exists(serverLog)) {
            return "(empty)";
        }
        List<String> lines = Files.readAllLines(serverLog);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_IN_ERROR), lines.size()));
    }

    /** JDBC URL without parameters. */
    String url() {
        return "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/postgres";
    }

    /** Stops the server: clients are cut off, everything is written out. */
    @Override
    public void close() {
        try (lock) {
            server.close();
            // The library waits for five seconds; a loaded server may need longer for its last checkpoint.
            Optional<Postmaster> lingering = Postmaster.running(data);
            if (lingering.isPresent()) {
                lingering.get().stop();
            }
        } catch (IOException e) {
            throw new DatabaseException("The embedded PostgreSQL did not stop cleanly: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseException("Interrupted while the embedded PostgreSQL was stopping", e);
        }
    }
}
