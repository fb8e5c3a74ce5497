package io.skein.persistence.catalog;

import io.skein.engine.membership.SystemTables;
import io.skein.engine.module.Access;
import io.skein.engine.module.Role;
import io.skein.engine.schema.Identity;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The catalog's tables. Every method works inside the connection's transaction and leaves its end to the caller. */
final class CatalogTables {
    private static final String PUT_WORKSPACE = """
        INSERT INTO catalog_workspace (id, name, module, access, created_at) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, module = excluded.module, access = excluded.access\
        """;
    private static final String DROP_WORKSPACE = "DELETE FROM catalog_workspace WHERE id = ?";
    private static final String DROP_MEMBERS = "DELETE FROM catalog_member WHERE workspace = ?";
    private static final String PUT_MEMBER = """
        INSERT INTO catalog_member (identity, workspace, role) VALUES (?, ?, ?)
        ON CONFLICT (identity, workspace) DO UPDATE SET role = excluded.role\
        """;
    private static final String DROP_MEMBER = "DELETE FROM catalog_member WHERE identity = ? AND workspace = ?";
    private static final String BRING_FORWARD = """
        UPDATE catalog_workspace SET next_due = least(next_due, ?), schedule_seq = ? WHERE id = ?\
        """;
    private static final String LIST = """
        SELECT w.id, w.name, w.module, w.access, m.role, w.created_at
          FROM catalog_member m JOIN catalog_workspace w ON w.id = m.workspace
         WHERE m.identity = ? AND m.workspace > ? ORDER BY m.workspace LIMIT ?\
        """;
    private static final String LEASE = """
        UPDATE catalog_workspace w SET next_due = ?
          FROM (SELECT id FROM catalog_workspace WHERE next_due <= ? ORDER BY next_due LIMIT ? FOR UPDATE SKIP LOCKED) due
         WHERE w.id = due.id RETURNING w.id, w.schedule_seq\
        """;
    private static final String SETTLE = """
        UPDATE catalog_workspace SET next_due = ? WHERE id = ? AND next_due = ? AND schedule_seq = ?\
        """;

    private CatalogTables() {}

    static void put(Connection connection, SystemTables.Workspace row) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(PUT_WORKSPACE)) {
            statement.setString(1, row.id());
            statement.setString(2, row.name());
            statement.setString(3, row.module());
            statement.setString(4, row.access().wire());
            statement.setObject(5, atUtc(row.createdAt()));
            statement.executeUpdate();
        }
    }

    static void drop(Connection connection, String workspace) throws SQLException {
        for (String sql : List.of(DROP_WORKSPACE, DROP_MEMBERS)) {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setString(1, workspace);
                statement.executeUpdate();
            }
        }
    }

    static void putMember(Connection connection, String workspace, Identity identity, Role role) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(PUT_MEMBER)) {
            statement.setBytes(1, identity.toBytes());
            statement.setString(2, workspace);
            statement.setString(3, role.wire());
            statement.executeUpdate();
        }
    }

    static void dropMember(Connection connection, String workspace, Identity identity) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(DROP_MEMBER)) {
            statement.setBytes(1, identity.toBytes());
            statement.setString(2, workspace);
            statement.executeUpdate();
        }
    }

    /** Transaction {@code seq} scheduled something for {@code due}. */
    static void bringForward(Connection connection, String workspace, Instant due, long seq) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(BRING_FORWARD)) {
            statement.setObject(1, atUtc(due));
            statement.setLong(2, seq);
            statement.setString(3, workspace);
            statement.executeUpdate();
        }
    }

    static List<Catalog.Listed> list(Connection connection, Identity identity, String after, int limit)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LIST)) {
            statement.setBytes(1, identity.toBytes());
            statement.setString(2, after);
            statement.setInt(3, limit);
            var listed = new ArrayList<Catalog.Listed>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    listed.add(new Catalog.Listed(
                            row.getString(1),
                            row.getString(2),
                            row.getString(3),
                            Access.ofWire(row.getString(4)),
                            Role.ofWire(row.getString(5)),
                            row.getObject(6, OffsetDateTime.class).toInstant()));
                }
            }
            return listed;
        }
    }

    /** A workspace to be woken, and what was known of its schedule when that was decided. */
    record Due(String workspace, Instant leasedUntil, long scheduleSeq) {}

    /**
     * Takes some of the workspaces that have something due at {@code now}; unless {@link #settle} says more, they are due again at
     * {@code until}.
     */
    static List<Due> lease(Connection connection, Instant now, Instant until, int limit) throws SQLException {
        Instant lease = until.truncatedTo(ChronoUnit.MICROS);
        try (PreparedStatement statement = connection.prepareStatement(LEASE)) {
            statement.setObject(1, atUtc(lease));
            statement.setObject(2, atUtc(now));
            statement.setInt(3, limit);
            var due = new ArrayList<Due>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    due.add(new Due(row.getString(1), lease, row.getLong(2)));
                }
            }
            return due;
        }
    }

    /** Notes what a workspace itself says, unless its schedule was brought forward since: then it is asked again. */
    static void settle(Connection connection, Due due, Optional<Instant> nextDue) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SETTLE)) {
            statement.setObject(1, nextDue.map(CatalogTables::atUtc).orElse(null));
            statement.setString(2, due.workspace());
            statement.setObject(3, atUtc(due.leasedUntil()));
            statement.setLong(4, due.scheduleSeq());
            statement.executeUpdate();
        }
    }

    private static OffsetDateTime atUtc(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }
}
