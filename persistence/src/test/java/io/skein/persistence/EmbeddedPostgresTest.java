package io.skein.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private static Path template;

    @TempDir
    private Path temporary;

    private Path folder = Path.of("");

    /** Making a data folder takes seconds too, so all but one of these tests begin with a copy of this one. */
    @BeforeAll
    static void makeTemplate() {
        start(template).close();
    }

    @BeforeEach
    void copyTemplate() throws IOException {
        folder = temporary.resolve("postgresql");
        try (Stream<Path> files = Files.walk(template)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(template.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static EmbeddedPostgres start(Path folder) {
        return start(folder, 0);
    }

    private static EmbeddedPostgres start(Path folder, int port) {
        return EmbeddedPostgres.start(folder, TestPostgres.BINARIES, port, PATIENCE);
    }

    /** A child that starts a server in the folder given, writes a row, says so, and waits to be killed. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws IOException {
            EmbeddedPostgres server = EmbeddedPostgresTest.start(Path.of(arguments[0]));
            TestPostgres.execute(endpoint(server), "CREATE TABLE kept (id INT); INSERT INTO kept VALUES (42)");
            System.out.println("serving " + server.url());
            System.out.flush();
            if (System.in.read() >= 0) {
                server.close();
            }
        }
    }

    @Test
    void D1_serverRunsWithEverythingOnThatDurabilityRestsOn() throws SQLException {
        try (EmbeddedPostgres server = start(folder)) {
            assertEquals("on", ask(server, "SHOW fsync"));
            assertEquals("on", ask(server, "SHOW synchronous_commit"));
            assertEquals("on", ask(server, "SHOW full_page_writes"));
            assertEquals("127.0.0.1", ask(server, "SHOW listen_addresses"));
            assertTrue(Integer.parseInt(ask(server, "SHOW max_connections")) >= 50);
        }
    }

    @Test
    void data_isKeptBetweenRuns() throws Exception {
        try (EmbeddedPostgres server = start(folder)) {
            TestPostgres.execute(endpoint(server), "CREATE TABLE kept (id INT); INSERT INTO kept VALUES (7)");
        }
        assertTrue(Postmaster.running(folder.resolve("data")).isEmpty(), "close leaves no server behind");

        try (EmbeddedPostgres server = start(folder)) {
            assertEquals("7", ask(server, "SELECT id FROM kept"));
        }
    }

    @Test
    void D2_serverOrphanedByKill9_isStoppedAndItsDataKept() throws Exception {
        try (ChildProcess child = ChildProcess.start(Holder.class, folder.toString())) {
            child.awaitLine("serving ");
            child.kill();
        }
        Postmaster orphan = Postmaster.running(folder.resolve("data")).orElseThrow();

        try (EmbeddedPostgres server = start(folder)) {
            assertEquals("42", ask(server, "SELECT id FROM kept"));
            Postmaster own = Postmaster.running(folder.resolve("data")).orElseThrow();
            assertNotEquals(orphan.pid(), own.pid());
            assertFalse(isAlive(orphan.pid()), "the orphan still runs");
        }
    }

    @Test
    void D2_serverKilledWith9_startsAgainWithItsData() throws Exception {
        long killed;
        try (ChildProcess child = ChildProcess.start(Holder.class, folder.toString())) {
            child.awaitLine("serving ");
            killed = Postmaster.running(folder.resolve("data")).orElseThrow().pid();
            ProcessHandle.of(killed).orElseThrow().destroyForcibly();
            child.kill();
        }
        try (EmbeddedPostgres server = start(folder)) {
            assertEquals("42", ask(server, "SELECT id FROM kept"));
        }
    }

    @Test
    void folderInUse_isRefusedNamingTheProcess() throws Exception {
        try (ChildProcess child = ChildProcess.start(Holder.class, folder.toString())) {
            child.awaitLine("serving ");
            long server =
                    Postmaster.running(folder.resolve("data")).orElseThrow().pid();

            DatabaseException refusal = assertThrows(DatabaseException.class, () -> start(folder));

            String message = String.valueOf(refusal.getMessage());
            assertTrue(message.startsWith("Another Skein process (pid " + child.pid() + ") runs in"), message);
            assertTrue(isAlive(server), "the other process lost its server");
            child.kill();
        }
        stopOrphan();
    }

    @Test
    void folderInUseByThisProcess_isRefused() {
        try (EmbeddedPostgres server = start(folder)) {
            assertThrows(DatabaseException.class, () -> start(folder));
            assertFalse(server.url().isEmpty());
        }
        try (EmbeddedPostgres again = start(folder)) {
            assertFalse(again.url().isEmpty());
        }
    }

    @Test
    void pidFileOfAnotherProgram_isNotTakenForAServer() throws IOException, SQLException {
        try (EmbeddedPostgres server = start(folder)) {
            assertFalse(server.url().isEmpty());
        }
        // As after a restart of the machine: the number now belongs to someone else.
        Process stranger = new ProcessBuilder("sleep", "600").start();
        try {
            Files.writeString(
                    folder.resolve("data").resolve("postmaster.pid"),
                    stranger.pid() + "\n" + folder.resolve("data") + "\n1700000000\n5432\n\n127.0.0.1\n");
            try (EmbeddedPostgres server = start(folder)) {
                assertEquals("1", ask(server, "SELECT 1"));
            }
            assertTrue(stranger.isAlive(), "the stranger was taken for a server and stopped");
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void firstStartCutOff_isStartedAnew() throws IOException, SQLException {
        Files.delete(folder.resolve("initialised"));
        Files.writeString(folder.resolve("data").resolve("postgresql.conf"), "half a file");

        try (EmbeddedPostgres server = start(folder)) {
            assertEquals("1", ask(server, "SELECT 1"));
        }
        try (Stream<Path> entries = Files.list(folder)) {
            List<String> aside = entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> name.startsWith("data.incomplete."))
                    .toList();
            assertEquals(1, aside.size());
        }
    }

    @Test
    void portOfAnotherServer_isNoticed() {
        try (EmbeddedPostgres other = start(folder)) {
            int port = Integer.parseInt(other.url().replaceAll(".*:(\\d+)/.*", "$1"));
            DatabaseException refusal =
                    assertThrows(DatabaseException.class, () -> start(temporary.resolve("second"), port));
            assertTrue(
                    String.valueOf(refusal.getMessage()).contains("is taken by a PostgreSQL that serves"),
                    refusal::toString);
        }
    }

    @Test
    void serverThatDoesNotStart_isReportedWithItsLog() throws IOException {
        try (EmbeddedPostgres server = start(folder)) {
            assertFalse(server.url().isEmpty());
        }
        Files.writeString(folder.resolve("data").resolve("PG_VERSION"), "9\n");

        DatabaseException refusal = assertThrows(
                DatabaseException.class,
                () -> EmbeddedPostgres.start(folder, TestPostgres.BINARIES, 0, Duration.ofSeconds(2)));

        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.contains("does not start in " + folder), message);
        assertTrue(message.contains("incompatible"), message);
    }

    private void stopOrphan() throws IOException, InterruptedException {
        Postmaster.running(folder.resolve("data")).orElseThrow().stop();
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    private static Endpoint endpoint(EmbeddedPostgres server) {
        return new Endpoint(server.url(), EmbeddedPostgres.USER, "");
    }

    private static String ask(EmbeddedPostgres server, String sql) throws SQLException {
        try (Connection connection = TestPostgres.connect(endpoint(server));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            assertTrue(row.next());
            return row.getString(1);
        }
    }
}
