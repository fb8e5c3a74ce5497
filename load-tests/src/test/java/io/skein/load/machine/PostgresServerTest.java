package io.skein.load.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class PostgresServerTest {
    private final PostgresServer server = SharedPostgres.server();

    @Test
    void D1_isDurable() throws Exception {
        assertEquals("on", server.settings().get("fsync"));
        assertEquals("on", server.settings().get("synchronous_commit"));
        assertEquals("on", server.settings().get("full_page_writes"));
    }

    @Test
    void D1_refusesAServerThatIsNot() throws Exception {
        Database maintenance = server.maintenance();
        Database careless = server.create("careless");
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER DATABASE careless SET synchronous_commit = off");
        }
        Exception refusal = assertThrows(IllegalStateException.class, () -> PostgresServer.external(careless.url()));
        assertTrue(refusal.toString().contains("synchronous_commit"), refusal::toString);
        PostgresServer.external(maintenance.url()).close();
        server.drop("careless");
    }

    @Test
    void makesAnEmptyDatabaseEveryTime() throws Exception {
        Database first = server.create("again");
        try (Connection connection = PostgresServer.connect(first);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (a int)");
        }
        try (Connection connection = PostgresServer.connect(server.create("again"));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM pg_tables WHERE tablename = 't'")) {
            row.next();
            assertEquals(0, row.getInt(1));
        }
        server.drop("again");
    }

    @Test
    void countsTheProcessorTimeOfPostgresApart() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/stat")), "no /proc here");
        OptionalLong postmaster = server.postmaster();
        assertTrue(postmaster.isPresent());
        ProcessHandle nobody = ProcessHandle.current();
        ProcessorTime before = ProcessorTime.now(nobody, postmaster);
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT sum(length(md5(n::text))) FROM generate_series(1, 2000000) AS n")) {
            row.next();
            assertEquals(64_000_000L, row.getLong(1));
            // While it is there: what a process used that has ended counts once its parent has taken notice.
            ProcessorTime used = ProcessorTime.now(nobody, postmaster).since(before);
            assertTrue(used.postgres() >= 0.1, used::toString);
            assertTrue(used.machine() >= used.postgres(), used::toString);
            assertTrue(used.client() < used.postgres(), used::toString);
        }
    }
}
