package io.skein.edge.wire;

import io.skein.edge.NodeFolder;
import io.skein.edge.http.Eventually;
import io.skein.persistence.Migrations;
import io.skein.persistence.NodeRole;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/**
 * A PostgreSQL that no Skein has started, to be killed and started again at the same port. Its tables are made beforehand, and servers log in as a role
 * with the least rights that they need (rule U6).
 */
final class OwnPostgres implements AutoCloseable {
    private static final String ROLE = "skein_node";

    private final Path folder;
    private final EmbeddedPostgres server;
    private List<String> command = List.of();

    private OwnPostgres(Path folder, EmbeddedPostgres server) {
        this.folder = folder;
        this.server = server;
    }

    static OwnPostgres start(Path folder) throws IOException {
        var builder = EmbeddedPostgres.builder()
                .setDataDirectory(folder.resolve("data"))
                .setCleanDataDirectory(false)
                .setOverrideWorkingDirectory(NodeFolder.BINARIES.toFile())
                .setOutputRedirector(ProcessBuilder.Redirect.DISCARD)
                .setErrorRedirector(ProcessBuilder.Redirect.DISCARD);
        // The library turns off what durability rests on.
        List.of("fsync", "synchronous_commit", "full_page_writes").forEach(name -> builder.setServerConfig(name, "on"));
        EmbeddedPostgres server = builder.start();
        try {
            makeRole(server.getPostgresDatabase());
        } catch (SQLException e) {
            server.close();
            throw new IOException(e);
        }
        return new OwnPostgres(folder, server);
    }

    private static void makeRole(DataSource owner) throws SQLException {
        Migrations.migrate(owner);
        try (Connection connection = owner.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("DO $$ BEGIN CREATE ROLE %s LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
                    .formatted(ROLE));
        }
        NodeRole.grant(owner, ROLE);
    }

    /** Of the owner of everything. */
    DataSource owner() {
        return server.getPostgresDatabase();
    }

    /** What makes a server use it. */
    Map<String, String> environment() {
        return Map.of(
                "SKEIN_DB_URL",
                "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/postgres",
                "SKEIN_DB_USER",
                ROLE,
                "SKEIN_DB_PASSWORD",
                "not asked for here");
    }

    /** {@code kill -9} of the postmaster and of all its children. */
    void kill() throws IOException {
        long pid = Long.parseLong(Files.readAllLines(folder.resolve("data").resolve("postmaster.pid"))
                .getFirst()
                .strip());
        ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
        List<ProcessHandle> children = postmaster.children().toList();
        command = command(postmaster.info());
        postmaster.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        postmaster.onExit().join();
        children.forEach(child -> child.onExit().join());
    }

    private static List<String> command(ProcessHandle.Info info) {
        var words = new ArrayList<String>();
        if (System.getProperty("user.name").equals("root")) {
            words.addAll(List.of("unshare", "-U")); // PostgreSQL refuses to be started by root
        }
        words.add(info.command().orElseThrow());
        words.addAll(List.of(info.arguments().orElseThrow()));
        return words;
    }

    /** Starts it as it was started first; returns once it is open, with what the journal of writes brings back. */
    void startAgain() throws IOException {
        new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        Eventually.holds("PostgreSQL is open", this::isOpen);
    }

    private boolean isOpen() {
        try (var _ = server.getPostgresDatabase().getConnection()) {
            return true;
        } catch (SQLException _) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
