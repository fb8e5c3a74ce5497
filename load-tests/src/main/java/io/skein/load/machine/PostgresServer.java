package io.skein.load.machine;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The one PostgreSQL that every system of a run writes to. Refuses a server that is not durable: a figure from it would
 * say nothing.
 */
public final class PostgresServer implements AutoCloseable {
    private static final String SUPERUSER = "postgres";

    private final @Nullable EmbeddedPostgres embedded;
    private final Database maintenance;

    private PostgresServer(@Nullable EmbeddedPostgres embedded, Database maintenance) throws SQLException {
        this.embedded = embedded;
        this.maintenance = maintenance;
        for (String setting : new String[] {"fsync", "synchronous_commit", "full_page_writes"}) {
            String value = show(setting);
            if (!value.equals("on")) {
                throw new IllegalStateException("PostgreSQL runs with " + setting + " = " + value + ", wanted: on");
            }
        }
    }

    /** Starts a server of our own over an empty directory, with memory for a benchmark and all that makes it durable. */
    public static PostgresServer embedded(Path directory) throws IOException, SQLException {
        EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setDataDirectory(directory)
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("shared_buffers", "512MB")
                // A checkpoint in the middle of one system's window and not of the other's would decide the comparison.
                .setServerConfig("max_wal_size", "8GB")
                .setServerConfig("checkpoint_timeout", "30min")
                .setServerConfig("max_connections", "300")
                .start();
        return new PostgresServer(
                postgres, new Database("127.0.0.1", postgres.getPort(), "postgres", SUPERUSER, SUPERUSER));
    }

    /** The same with little memory, for one who wants the files that it makes. */
    public static PostgresServer small(Path directory) throws IOException, SQLException {
        EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setDataDirectory(directory)
                .setCleanDataDirectory(false)
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .start();
        return new PostgresServer(
                postgres, new Database("127.0.0.1", postgres.getPort(), "postgres", SUPERUSER, SUPERUSER));
    }

    /** Uses a running server: {@code postgres://user:password@host:port/database}, a user who may create databases. */
    public static PostgresServer external(String url) throws SQLException {
        URI uri = URI.create(url.replaceFirst("^jdbc:", ""));
        String[] credentials = String.valueOf(uri.getUserInfo()).split(":", 2);
        if (uri.getHost() == null || uri.getUserInfo() == null || uri.getPath().length() < 2) {
            throw new IllegalArgumentException("wanted postgres://user:password@host:port/database");
        }
        return new PostgresServer(
                null,
                new Database(
                        uri.getHost(),
                        uri.getPort() < 0 ? 5432 : uri.getPort(),
                        uri.getPath().substring(1),
                        credentials[0],
                        credentials.length > 1 ? credentials[1] : ""));
    }

    /** The database that is always there. */
    public Database maintenance() {
        return maintenance;
    }

    /** Makes an empty database; one of that name is dropped first. */
    public Database create(String name) throws SQLException {
        drop(name);
        execute("CREATE DATABASE " + name);
        return maintenance.named(name);
    }

    /** Drops a database with whoever is connected to it. */
    public void drop(String name) throws SQLException {
        execute("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
    }

    /** Writes everything out, so that the next window starts with a clean slate. */
    public void checkpoint() throws SQLException {
        execute("CHECKPOINT");
    }

    /** The process id of the postmaster if it runs on this machine. */
    public OptionalLong postmaster() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return ProcessHandle.of(row.getLong(1))
                    .filter(backend -> backend.info().command().orElse("").contains("postgres"))
                    .flatMap(ProcessHandle::parent)
                    .map(parent -> OptionalLong.of(parent.pid()))
                    .orElse(OptionalLong.empty());
        }
    }

    /** What a reader of a figure wants to know of the server. */
    public Map<String, String> settings() throws SQLException {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String name : new String[] {
            "server_version",
            "fsync",
            "synchronous_commit",
            "full_page_writes",
            "wal_sync_method",
            "shared_buffers",
            "max_wal_size"
        }) {
            settings.put(name, show(name));
        }
        return settings;
    }

    /** A connection to the maintenance database. */
    public Connection connect() throws SQLException {
        return connect(maintenance);
    }

    /** A connection to one of the server's databases. */
    public static Connection connect(Database database) throws SQLException {
        return DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
    }

    @Override
    public void close() throws IOException {
        if (embedded != null) {
            embedded.close();
        }
    }

    private String show(String setting) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW " + setting)) {
            row.next();
            return row.getString(1);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
