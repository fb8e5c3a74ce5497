package io.skein.persistence.audit;

import io.skein.engine.audit.AuditKind;
import io.skein.engine.audit.Origin;
import io.skein.engine.schema.Identity;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import javax.sql.DataSource;

/**
 * The audit log of an installation. Every method waits for the database. What workspaces change comes in with the journal, in one statement; see
 * {@code JournalInsert}.
 */
public final class AuditLog {
    private static final String APPEND = """
        INSERT INTO audit_log (at, workspace, seq, kind, actor, subject, token_id, session, device, address, details)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)\
        """;
    private static final String ROWS = """
        SELECT id, at, workspace, seq, kind, actor, subject, token_id, session, device, address, details
          FROM audit_log WHERE TRUE\
        """;
    private static final String LATEST = """
        SELECT details FROM audit_log WHERE workspace = '' AND kind = ? AND subject = ? ORDER BY id DESC LIMIT 1\
        """;
    private static final String ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('skein audit_log'))";
    private static final String FORGET = "SELECT audit_log_forget(?, ?)";
    private static final int PATIENCE_SECONDS = 20;

    private final DataSource dataSource;

    public AuditLog(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Adds a row in the connection's transaction. */
    public static void append(Connection connection, AuditRecord row) throws SQLException {
        try (PreparedStatement statement = prepare(connection, APPEND)) {
            statement.setObject(1, atUtc(row.at()));
            statement.setString(2, row.workspace());
            statement.setLong(3, row.seq());
            statement.setString(4, row.kind().wire());
            statement.setBytes(5, row.actor().map(Identity::toBytes).orElse(null));
            statement.setString(6, row.subject());
            statement.setString(7, row.origin().token());
            statement.setString(8, row.origin().session());
            statement.setString(9, row.origin().device());
            statement.setString(10, row.origin().address());
            statement.setString(11, row.details());
            statement.executeUpdate();
        }
    }

    /** Adds a row; durable when it returns. */
    public void append(AuditRecord row) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            append(connection, row);
        }
    }

    /**
     * Adds a row unless the newest one of its kind and subject says the same: so what many nodes notice is told once.
     *
     * @return whether it was added
     */
    public boolean appendIfNew(AuditRecord row) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try {
                boolean isNew = appendIfNew(connection, row);
                connection.commit();
                return isNew;
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        }
    }

    private static boolean appendIfNew(Connection connection, AuditRecord row) throws SQLException {
        try (PreparedStatement lock = prepare(connection, ONE_AT_A_TIME);
                PreparedStatement latest = prepare(connection, LATEST)) {
            lock.execute();
            latest.setString(1, row.kind().wire());
            latest.setString(2, row.subject());
            try (ResultSet found = latest.executeQuery()) {
                if (found.next() && found.getString(1).equals(row.details())) {
                    return false;
                }
            }
        }
        append(connection, row);
        return true;
    }

    /** A row, and its place among all. */
    public record Numbered(long id, AuditRecord row) {}

    /** @param next what {@link AuditQuery#before} of the next page is; empty: there is none */
    public record Page(List<Numbered> rows, OptionalLong next) {}

    /** Rows, newest first. */
    public Page page(AuditQuery query) throws SQLException {
        var conditions = new StringBuilder();
        var values = new ArrayList<Object>();
        add(conditions, values, " AND workspace = ?", query.workspace());
        add(conditions, values, " AND id < ?", query.before());
        add(conditions, values, " AND at >= ?", query.since().map(AuditLog::atUtc));
        add(conditions, values, " AND at < ?", query.until().map(AuditLog::atUtc));
        add(conditions, values, " AND kind = ?", query.kind().map(AuditKind::wire));
        add(conditions, values, " AND subject = ?", query.subject());
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = prepare(connection, ROWS + conditions + " ORDER BY id DESC LIMIT ?")) {
            for (int i = 0; i < values.size(); i++) {
                statement.setObject(1 + i, values.get(i));
            }
            statement.setInt(1 + values.size(), query.limit() + 1);
            var found = new ArrayList<Numbered>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    found.add(new Numbered(row.getLong(1), read(row)));
                }
            }
            boolean more = found.size() > query.limit();
            List<Numbered> rows = List.copyOf(more ? found.subList(0, query.limit()) : found);
            return new Page(rows, more ? OptionalLong.of(rows.getLast().id()) : OptionalLong.empty());
        }
    }

    private static void add(StringBuilder conditions, List<Object> values, String condition, Optional<?> value) {
        value.ifPresent(given -> {
            conditions.append(condition);
            values.add(given);
        });
    }

    private static AuditRecord read(ResultSet row) throws SQLException {
        return new AuditRecord(
                row.getObject(2, OffsetDateTime.class).toInstant(),
                row.getString(3),
                row.getLong(4),
                AuditKind.ofWire(row.getString(5)),
                Optional.ofNullable(row.getBytes(6)).map(Identity::fromBytes),
                row.getString(7),
                row.getString(12),
                new Origin(row.getString(8), row.getString(9), row.getString(10), row.getString(11)));
    }

    /**
     * Lets go of rows that are older; the last 30 days always stay.
     *
     * @param most at one time
     * @return how many
     */
    public int forget(Instant olderThan, int most) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = prepare(connection, FORGET)) {
            statement.setObject(1, atUtc(olderThan));
            statement.setInt(2, most);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    private static PreparedStatement prepare(Connection connection, String sql) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        statement.setQueryTimeout(PATIENCE_SECONDS);
        return statement;
    }

    private static OffsetDateTime atUtc(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }
}
