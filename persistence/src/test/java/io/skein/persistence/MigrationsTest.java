package io.skein.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URL;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.TreeSet;
import org.flywaydb.core.api.FlywayException;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class MigrationsTest {

    /** Another process that waits for the word and migrates. */
    static final class Migrator {
        private Migrator() {}

        public static void main(String[] arguments) throws IOException {
            Endpoint endpoint = new Endpoint(arguments[0], arguments[1], "");
            try (Database database = Database.open(TestPostgres.options(endpoint))) {
                System.out.println("ready");
                System.out.flush();
                if (System.in.read() < 0) {
                    throw new IOException("told nothing");
                }
                System.out.println(
                        "applied " + Migrations.migrate(database.dataSource()).size());
                System.out.flush();
            }
        }
    }

    @Test
    void emptyDatabase_getsTheTablesOnce() throws SQLException {
        Endpoint endpoint = TestPostgres.freshDatabase();
        try (Database database = Database.open(TestPostgres.options(endpoint))) {
            List<String> pending = Migrations.pending(database.dataSource());
            assertEquals("1", pending.getFirst());

            assertEquals(pending, Migrations.migrate(database.dataSource()));

            assertEquals(List.of(), Migrations.pending(database.dataSource()));
            assertEquals(List.of(), Migrations.migrate(database.dataSource()));
            assertTrue(tables(endpoint).containsAll(List.of("event_journal", "event_tag", "snapshot")));
        }
    }

    @RepeatedTest(3)
    void processesThatMigrateAtOnce_applyEachVersionOnce() throws Exception {
        Endpoint endpoint = TestPostgres.freshDatabase();
        List<ChildProcess> processes = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                processes.add(ChildProcess.start(Migrator.class, endpoint.url(), endpoint.user()));
            }
            for (ChildProcess process : processes) {
                process.awaitLine("ready");
            }
            for (ChildProcess process : processes) {
                process.say("go");
            }
            int applied = 0;
            for (ChildProcess process : processes) {
                applied += Integer.parseInt(process.awaitLine("applied "));
                assertEquals(0, process.awaitExit());
            }
            try (Database database = Database.open(TestPostgres.options(endpoint))) {
                assertEquals(List.of(), Migrations.pending(database.dataSource()));
            }
            assertEquals(count(endpoint, "SELECT count(*) FROM skein_schema_history WHERE success"), applied);
        } finally {
            processes.forEach(ChildProcess::close);
        }
    }

    /** As a class path is whose jars were packed without entries for their folders. */
    private static final class WithoutMigrations extends ClassLoader {
        WithoutMigrations() {
            super(Migrations.class.getClassLoader());
        }

        @Override
        public Enumeration<URL> getResources(String name) throws IOException {
            return name.startsWith("skein/migrations") ? Collections.emptyEnumeration() : super.getResources(name);
        }
    }

    @Test
    void programWithoutItsMigrations_saysSoAndStartsNothing() throws SQLException {
        try (Database database = Database.open(TestPostgres.options(TestPostgres.freshDatabase()))) {
            var flyway = Migrations.flyway(database.dataSource(), new WithoutMigrations());
            var refused = assertThrows(FlywayException.class, flyway::migrate);
            assertTrue(refused.toString().contains("skein/migrations"), refused::toString);
        }
    }

    @Test
    void migrationChangedAfterItWasApplied_isRefused() {
        Endpoint endpoint = TestPostgres.freshDatabase();
        try (Database database = Database.open(TestPostgres.options(endpoint))) {
            Migrations.migrate(database.dataSource());
            TestPostgres.execute(endpoint, "UPDATE skein_schema_history SET checksum = 1 WHERE version = '1'");

            assertThrows(DatabaseException.class, () -> Migrations.migrate(database.dataSource()));
        }
    }

    @Test
    void databaseAheadOfThisProgram_isLeftAlone() {
        Endpoint endpoint = TestPostgres.freshDatabase();
        try (Database database = Database.open(TestPostgres.options(endpoint))) {
            Migrations.migrate(database.dataSource());
            TestPostgres.execute(endpoint, """
                INSERT INTO skein_schema_history
                SELECT installed_rank + 1000, '9999', 'later', type, 'V9999__later.sql', 7, installed_by, now(), 1, true
                FROM skein_schema_history WHERE version = '1'
                """);

            assertEquals(List.of(), Migrations.migrate(database.dataSource()));
        }
    }

    private static List<String> tables(Endpoint endpoint) throws SQLException {
        try (Connection connection = TestPostgres.connect(endpoint)) {
            DatabaseMetaData meta = connection.getMetaData();
            TreeSet<String> names = new TreeSet<>();
            try (ResultSet row = meta.getTables(null, "public", "%", new String[] {"TABLE"})) {
                while (row.next()) {
                    names.add(row.getString("TABLE_NAME"));
                }
            }
            return List.copyOf(names);
        }
    }

    private static int count(Endpoint endpoint, String sql) throws SQLException {
        try (Connection connection = TestPostgres.connect(endpoint);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            assertTrue(row.next());
            return row.getInt(1);
        }
    }
}
