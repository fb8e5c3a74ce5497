package io.skein.persistence;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/**
 * The role of PostgreSQL that nodes may log in as: it reads and writes what a node reads and writes, makes no tables, and can neither change nor take
 * away a row of the journal or of the audit log. What is not named here is not allowed.
 */
public final class NodeRole {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]{0,62}");

    /** Written once, and read. */
    private static final List<String> KEPT = List.of("event_journal", "event_tag", "audit_log");
    /** What can be made anew from the journal, or is of no use after a time. */
    private static final List<String> CHANGED = List.of(
            "snapshot",
            "catalog_workspace",
            "catalog_member",
            "pekko_projection_offset_store",
            "pekko_projection_management",
            "bridge_delivery",
            "auth_revocation");

    private static final List<String> SEQUENCES =
            List.of("event_journal_ordering_seq", "audit_log_id_seq", "auth_revocation_id_seq");
    private static final String FORGET = "audit_log_forget(timestamptz, integer)";

    private NodeRole() {}

    /** Thrown where a name cannot be a role's. */
    private static String quoted(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + name
                    + "' is no name of a role here: a letter or underscore, then at most 62 letters, digits,"
                    + " underscores and hyphens");
        }
        return '"' + name + '"';
    }

    /**
     * The statements that give a role what nodes need and take away what it has beyond that. They may be repeated.
     *
     * @param schema the one that has the tables
     * @throws IllegalArgumentException if the name cannot be a role's
     */
    public static List<String> statements(String schema, String role) {
        String to = quoted(role);
        String in = '"' + schema.replace("\"", "\"\"") + '"';
        var tables = new ArrayList<>(KEPT);
        tables.addAll(CHANGED);
        tables.addAll(List.of("installation", Migrations.HISTORY_TABLE));
        return List.of(
                "REVOKE CREATE ON SCHEMA %s FROM PUBLIC".formatted(in),
                "REVOKE ALL ON SCHEMA %s FROM %s".formatted(in, to),
                "GRANT USAGE ON SCHEMA %s TO %s".formatted(in, to),
                "REVOKE ALL ON TABLE %s FROM %s".formatted(all(in, tables), to),
                "GRANT SELECT ON TABLE %s TO %s".formatted(all(in, List.of(Migrations.HISTORY_TABLE)), to),
                "GRANT SELECT, INSERT ON TABLE %s TO %s".formatted(all(in, KEPT), to),
                "GRANT SELECT, INSERT, UPDATE ON TABLE %s TO %s".formatted(all(in, List.of("installation")), to),
                "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE %s TO %s".formatted(all(in, CHANGED), to),
                "GRANT USAGE ON SEQUENCE %s TO %s".formatted(all(in, SEQUENCES), to),
                "GRANT EXECUTE ON FUNCTION %s.%s TO %s".formatted(in, FORGET, to));
    }

    private static String all(String schema, List<String> names) {
        return String.join(", ", names.stream().map(name -> schema + "." + name).toList());
    }

    /**
     * Gives a role what nodes need, all of it or nothing.
     *
     * @param dataSource of the tables' owner, who has made them
     * @throws DatabaseException if there is no such role, or this user may not
     */
    public static void grant(DataSource dataSource, String role) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            try {
                for (String sql : statements(schema(statement), role)) {
                    statement.execute(sql);
                }
                connection.commit();
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            }
        } catch (SQLException e) {
            throw new DatabaseException("The role " + role + " cannot be given what nodes need: " + e.getMessage(), e);
        }
    }

    private static String schema(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT current_schema()")) {
            row.next();
            return row.getString(1);
        }
    }
}
