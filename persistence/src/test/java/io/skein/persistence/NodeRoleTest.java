package io.skein.persistence;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.persistence.audit.AuditLog;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the role of nodes may do, and what not. */
class NodeRoleTest {
    private static final String ROLE = "node-role_test";

    private final Endpoint owner = TestPostgres.freshDatabase();
    private final Endpoint node = new Endpoint(owner.url(), ROLE, "");

    @BeforeEach
    void makeRole() {
        TestPostgres.execute(
                owner,
                "DO $$ BEGIN CREATE ROLE \"%s\" LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
                        .formatted(ROLE));
    }

    private void migrateAndGrant() {
        try (Database database = Database.open(TestPostgres.options(owner))) {
            Migrations.migrate(database.dataSource());
            NodeRole.grant(database.dataSource(), ROLE);
            NodeRole.grant(database.dataSource(), ROLE);
        }
    }

    @Test
    void U6_it_changes_no_table_and_no_row_of_the_journal_or_the_audit_log() throws SQLException {
        migrateAndGrant();
        try (Connection connection = TestPostgres.connect(node);
                Statement statement = connection.createStatement()) {
            for (String sql : List.of(
                    "UPDATE event_journal SET deleted = TRUE",
                    "DELETE FROM event_journal",
                    "TRUNCATE event_journal CASCADE",
                    "DELETE FROM event_tag",
                    "UPDATE audit_log SET kind = 'x'",
                    "DELETE FROM audit_log",
                    "DELETE FROM installation",
                    "DELETE FROM skein_schema_history",
                    "INSERT INTO skein_schema_history SELECT * FROM skein_schema_history",
                    "CREATE TABLE mine (x INT)",
                    "ALTER TABLE audit_log DISABLE TRIGGER ALL",
                    "DROP TABLE snapshot",
                    "CREATE FUNCTION public.mine() RETURNS INT LANGUAGE sql AS 'SELECT 1'")) {
                var refused = assertThrows(SQLException.class, () -> statement.execute(sql), sql);
                assertEquals("42501", refused.getSQLState(), () -> sql + ": " + refused.getMessage());
            }
        }
    }

    @Test
    void U6_it_is_enough_for_a_node_that_finds_the_tables_as_it_needs_them() {
        migrateAndGrant();
        try (Database database = Database.open(TestPostgres.options(node))) {
            assertEquals(List.of(), Migrations.migrateOrRequire(database.dataSource()));
            assertEquals("", Installation.recognise(database.dataSource()));
            assertDoesNotThrow(() -> new AuditLog(database.dataSource()).forget(Instant.now(), 10));
        }
    }

    @Test
    void U6_a_node_that_may_not_migrate_says_what_is_missing_and_who_can_do_it() {
        migrateAndGrant();
        TestPostgres.execute(owner, "DELETE FROM skein_schema_history WHERE version = '6'");
        try (Database database = Database.open(TestPostgres.options(node))) {
            var refused =
                    assertThrows(DatabaseException.class, () -> Migrations.migrateOrRequire(database.dataSource()));
            String message = String.valueOf(refused.getMessage());
            assertTrue(message.contains("at version 5") && message.contains("needs version 6"), message);
            assertTrue(message.contains("skein migrate"), message);
        }
    }

    @Test
    void U6_names_that_are_none_are_refused_and_an_unknown_role_is_named() {
        for (String bad : List.of("", "a\" b", "1a", "a;b", "x".repeat(64))) {
            assertThrows(IllegalArgumentException.class, () -> NodeRole.statements("public", bad), bad);
        }
        try (Database database = Database.open(TestPostgres.options(owner))) {
            Migrations.migrate(database.dataSource());
            var refused =
                    assertThrows(DatabaseException.class, () -> NodeRole.grant(database.dataSource(), "nobody_there"));
            assertTrue(String.valueOf(refused.getMessage()).contains("nobody_there"), refused::toString);
        }
    }
}
