package io.skein.persistence;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real PostgreSQL for tests: one embedded server for each of the JVMs in which they run, kept in {@code target/} so that only
 * the first run unpacks it, and a fresh database for each test that asks.
 */
public final class TestPostgres {
    /** For servers of a test's own: unpacking takes seconds. */
    static final Path BINARIES = Path.of("target", "postgresql-binaries");

    private static final AtomicInteger DATABASES = new AtomicInteger();

    private TestPostgres() {}

    /** Lazily, so that a JVM whose tests need no database starts none. */
    private static final class Server {
        static final EmbeddedPostgres INSTANCE = start();

        private static EmbeddedPostgres start() {
            Path folder = Path.of("target", System.getProperty("test.fork", "fork"), "postgresql");
            EmbeddedPostgres server = EmbeddedPostgres.start(folder, BINARIES, 0, Duration.ofMinutes(1));
            Runtime.getRuntime().addShutdownHook(new Thread(server::close, "test-postgresql-stop"));
            return server;
        }
    }

    /** A database that nobody has used, without tables. */
    public static Endpoint freshDatabase() {
        String name = "test_" + ProcessHandle.current().pid() + "_" + DATABASES.incrementAndGet();
        execute(endpoint("postgres"), "DROP DATABASE IF EXISTS " + name);
        execute(endpoint("postgres"), "CREATE DATABASE " + name);
        return endpoint(name);
    }

    /** A database with all tables and nothing in them: the same for all who ask, one after the other. */
    public static Endpoint emptyTables() {
        Endpoint migrated = Migrated.DATABASE;
        execute(migrated, """
            TRUNCATE event_journal, event_tag, snapshot, catalog_workspace, catalog_member,
              pekko_projection_offset_store, pekko_projection_management RESTART IDENTITY\
            """);
        return migrated;
    }

    /** Making tables takes longer than many a test. */
    private static final class Migrated {
        static final Endpoint DATABASE = freshDatabase();

        static {
            try (Database database = Database.open(options(DATABASE))) {
                Migrations.migrate(database.dataSource());
            }
        }
    }

    /** Options that open this database as an external one. */
    public static DatabaseOptions options(Endpoint endpoint) {
        return new DatabaseOptions(
                Optional.of(endpoint.url()),
                endpoint.user(),
                endpoint.password(),
                Path.of("target"),
                0,
                4,
                Duration.ofSeconds(5),
                Duration.ofSeconds(60));
    }

    public static void execute(Endpoint endpoint, String sql) {
        try (Connection connection = connect(endpoint);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    public static Connection connect(Endpoint endpoint) throws SQLException {
        return DriverManager.getConnection(endpoint.url(), endpoint.user(), endpoint.password());
    }

    private static Endpoint endpoint(String database) {
        String url = Server.INSTANCE.url();
        return new Endpoint(url.substring(0, url.lastIndexOf('/') + 1) + database, EmbeddedPostgres.USER, "");
    }
}
