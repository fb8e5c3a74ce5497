package io.skein.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseTest {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration SOCKET = Duration.ofSeconds(60);

    @Test
    void withoutUrl_serverIsEmbeddedAndEndsWithTheDatabase(@TempDir Path dataDir) throws Exception {
        try (Database database = Database.open(DatabaseOptions.embedded(dataDir))) {
            assertInstanceOf(Database.Embedded.class, database);
            try (Connection connection = database.dataSource().getConnection()) {
                assertEquals("on", Durability.show(connection, "fsync"));
                assertEquals("skein", Durability.show(connection, "application_name"));
            }
        }
        assertTrue(Postmaster.running(dataDir.resolve("postgresql").resolve("data"))
                .isEmpty());
    }

    @Test
    void withUrl_serverIsUsedAndLeftRunning() throws SQLException {
        Endpoint endpoint = TestPostgres.freshDatabase();
        try (Database database = Database.open(TestPostgres.options(endpoint))) {
            assertInstanceOf(Database.External.class, database);
            try (Connection connection = database.dataSource().getConnection()) {
                assertEquals("on", Durability.show(connection, "synchronous_commit"));
            }
        }
        TestPostgres.execute(endpoint, "SELECT 1");
    }

    @Test
    void D1_serverWithoutFsync_isRefused(@TempDir Path data) throws IOException {
        // The library's own defaults, which are meant for throw-away tests.
        try (var unsafe = io.zonky.test.db.postgres.embedded.EmbeddedPostgres.builder()
                .setDataDirectory(data.resolve("data"))
                .setOverrideWorkingDirectory(TestPostgres.BINARIES.toFile())
                .start()) {
            Endpoint endpoint =
                    new Endpoint("jdbc:postgresql://127.0.0.1:" + unsafe.getPort() + "/postgres", "postgres", "");
            assertRefused(endpoint, "runs with fsync = off");
        }
    }

    @Test
    void D1_databaseWithoutSynchronousCommit_isRefused() {
        Endpoint endpoint = TestPostgres.freshDatabase();
        String name = endpoint.url().substring(endpoint.url().lastIndexOf('/') + 1);
        TestPostgres.execute(endpoint, "ALTER DATABASE " + name + " SET synchronous_commit = off");

        assertRefused(endpoint, "runs with synchronous_commit = off");
    }

    private static void assertRefused(Endpoint endpoint, String because) {
        DatabaseException refusal =
                assertThrows(DatabaseException.class, () -> Database.open(TestPostgres.options(endpoint)));
        assertTrue(String.valueOf(refusal.getMessage()).contains(because), refusal::toString);
    }

    @Test
    void serverThatIsNotThere_isNamedWithoutThePassword() {
        DatabaseOptions options = new DatabaseOptions(
                Optional.of("jdbc:postgresql://127.0.0.1:1/skein?password=hush"),
                "skein",
                "hush",
                Path.of("target"),
                0,
                2,
                Duration.ofSeconds(1),
                SOCKET);

        DatabaseException refusal = assertThrows(DatabaseException.class, () -> Database.open(options));

        assertTrue(
                String.valueOf(refusal.getMessage())
                        .startsWith("PostgreSQL at jdbc:postgresql://127.0.0.1:1/skein cannot be opened: "),
                refusal::toString);
        assertFalse((refusal + options.toString()).contains("hush"), refusal::toString);
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://h/d,"
            + " jdbc:postgresql://h/d?ApplicationName=skein&reWriteBatchedInserts=true&tcpKeepAlive=true&connectTimeout=5&socketTimeout=60",
        "jdbc:postgresql://h/d?,"
            + " jdbc:postgresql://h/d?ApplicationName=skein&reWriteBatchedInserts=true&tcpKeepAlive=true&connectTimeout=5&socketTimeout=60",
        "jdbc:postgresql://h/d?socketTimeout=9&reWriteBatchedInserts=false,"
            + " jdbc:postgresql://h/d?socketTimeout=9&reWriteBatchedInserts=false&ApplicationName=skein&tcpKeepAlive=true&connectTimeout=5"
    })
    void urlParameters_areAddedWhereTheyAreMissing(String given, String complete) {
        assertEquals(complete, Endpoint.of(given, "", "", CONNECT, SOCKET).url());
    }
}
