package io.skein.load.nemesis;

import io.skein.load.machine.Commands;
import io.skein.load.machine.Database;
import io.skein.load.machine.PostgresServer;
import io.skein.load.machine.ServerProcess;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A durable PostgreSQL as a process of our own, which may be killed, stopped and started again over the same data. */
final class Postgres implements Closeable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final String SUPERUSER = "postgres";

    private final Network network;
    private final Path directory;
    private final Path data;
    private final String binary;
    private final int port;
    private @Nullable ServerProcess process;
    private int starts;

    private Postgres(Network network, Path directory, Path data, String binary, int port) {
        this.network = network;
        this.directory = directory;
        this.data = data;
        this.binary = binary;
        this.port = port;
    }

    /**
     * Makes a cluster of databases in {@code directory/postgres} and starts it.
     *
     * @param data where its files go; empty
     * @param port free on the member's address
     */
    static Postgres start(Network network, Path directory, Path data, int port)
            throws IOException, SQLException, InterruptedException {
        String binary;
        try (PostgresServer maker = PostgresServer.small(data)) {
            maker.create("skein");
            OptionalLong postmaster = maker.postmaster();
            binary = ProcessHandle.of(postmaster.orElseThrow())
                    .flatMap(handle -> handle.info().command())
                    .orElseThrow();
        }
        Files.writeString(data.resolve("pg_hba.conf"), "host all all all trust\nlocal all all trust\n");
        var postgres = new Postgres(network, directory, data, binary, port);
        try {
            postgres.start();
            return postgres;
        } catch (IOException | SQLException | InterruptedException | RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    /** Starts it over the data that is there, whatever ended it, and waits until it serves. */
    void start() throws IOException, SQLException, InterruptedException {
        var command = new ArrayList<>(network.enter("pg"));
        if (ProcessHandle.current().info().user().orElse("").equals("root")) {
            // PostgreSQL does not run as root; in a user namespace of its own it is nobody, and so is its data.
            command.addAll(List.of("unshare", "-U"));
        }
        command.addAll(List.of(
                binary,
                "-D",
                data.toString(),
                "-p",
                Integer.toString(port),
                "-c",
                "listen_addresses=*",
                "-c",
                "fsync=on",
                "-c",
                "synchronous_commit=on",
                "-c",
                "full_page_writes=on",
                "-c",
                "max_wal_size=256MB",
                "-c",
                "max_connections=200",
                "-c",
                "unix_socket_directories="));
        process = ServerProcess.start(
                "postgres", command, Map.of(), directory, directory.resolve("postgres-" + ++starts + ".log"));
        process.awaitReady(START_TIMEOUT, this::serves);
    }

    private boolean serves() {
        try (Connection _ = connect()) {
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    /** The database of the nodes, as clients reach it. */
    Database database() {
        return new Database(network.outside("pg"), port, "skein", SUPERUSER, SUPERUSER);
    }

    /** The database of the nodes, as they reach it. */
    Database databaseInside() {
        return new Database(network.inside("pg"), port, "skein", SUPERUSER, SUPERUSER);
    }

    private Connection connect() throws SQLException {
        Database database = database();
        return DriverManager.getConnection(
                database.jdbcUrl() + "?connectTimeout=2&socketTimeout=10", database.user(), database.password());
    }

    /** kill -9 of the postmaster and of every process that serves a connection. */
    void kill() throws InterruptedException {
        List<ProcessHandle> all = processes();
        all.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle handle : all) {
            waitForEnd(handle);
        }
        if (process != null) {
            process.close();
            process = null;
        }
    }

    /** The postmaster's immediate shutdown: no checkpoint, recovery at the next start. */
    void stopImmediately() throws IOException, InterruptedException {
        ServerProcess running = required();
        Commands.signal("QUIT", running.handle().pid());
        waitForEnd(running.handle());
        running.close();
        process = null;
    }

    /** Everything of it stops, or goes on. */
    void signalAll(String signal) throws IOException, InterruptedException {
        for (ProcessHandle handle : processes()) {
            if (handle.isAlive()) {
                Commands.signal(signal, handle.pid());
            }
        }
    }

    /** Ends every connection of the nodes. */
    void terminateConnections() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE datname = 'skein' AND pid <> pg_backend_pid()");
        }
    }

    /** By workspace, which life of its owner wrote last: it is another one after each move. */
    Map<String, String> writers(List<String> workspaces) throws SQLException {
        var writers = new HashMap<String, String>();
        try (Connection connection = connect();
                PreparedStatement last = connection.prepareStatement(
                        "SELECT writer FROM event_journal WHERE persistence_id = ? ORDER BY sequence_number DESC LIMIT"
                                + " 1")) {
            for (String workspace : workspaces) {
                last.setString(1, "workspace|" + workspace);
                try (ResultSet row = last.executeQuery()) {
                    if (row.next()) {
                        writers.put(workspace, row.getString(1));
                    }
                }
            }
        }
        return writers;
    }

    boolean isRunning() {
        return process != null && process.handle().isAlive();
    }

    Path data() {
        return data;
    }

    private List<ProcessHandle> processes() {
        ProcessHandle root = required().handle();
        return Stream.concat(Stream.of(root), root.descendants()).toList();
    }

    private static void waitForEnd(ProcessHandle handle) throws InterruptedException {
        try {
            handle.onExit().get(30, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException("process " + handle.pid() + " does not end", e);
        }
    }

    private ServerProcess required() {
        if (process == null) {
            throw new IllegalStateException("PostgreSQL is not running");
        }
        return process;
    }

    @Override
    public void close() throws IOException {
        if (process == null) {
            return;
        }
        try {
            signalAll("CONT");
            if (process.handle().isAlive()) {
                // Fast: does not wait for whoever is connected.
                Commands.signal("INT", process.handle().pid());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.close();
            process = null;
        }
    }
}
