package io.skein.persistence;

import io.skein.engine.audit.AuditKind;
import io.skein.engine.audit.Origin;
import io.skein.engine.schema.RecordJson;
import io.skein.persistence.audit.AuditLog;
import io.skein.persistence.audit.AuditRecord;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows a restored copy of a database for one (rule U5), so that nobody has to remember to say so. A dump takes rows along and leaves behind what PostgreSQL
 * itself calls the server, the database and the table: where these are not those that stand in {@code installation}, the rows came out of a dump, and
 * what they tell may be older than what clients have seen. A standby that is promoted has all three, and goes on as the same.
 */
public final class Installation {
    private static final Logger LOG = LoggerFactory.getLogger(Installation.class);

    private static final String ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('skein installation'))";
    private static final String MAY_ASK = "SELECT has_function_privilege('pg_control_system()', 'EXECUTE')";
    private static final String SYSTEM = "SELECT system_identifier::text FROM pg_control_system()";
    private static final String OIDS = """
        SELECT (SELECT oid::bigint FROM pg_database WHERE datname = current_database()),
               'event_journal'::regclass::oid::bigint\
        """;
    private static final String READ =
            "SELECT system_identifier, database_oid, journal_oid, incarnation FROM installation";
    private static final String PUT = """
        INSERT INTO installation (system_identifier, database_oid, journal_oid, incarnation, changed_at)
        VALUES (?, ?, ?, ?, now())
        ON CONFLICT (only_one) DO UPDATE
           SET system_identifier = excluded.system_identifier, database_oid = excluded.database_oid,
               journal_oid = excluded.journal_oid, incarnation = excluded.incarnation, changed_at = excluded.changed_at\
        """;

    /** @param system empty where this user may not ask for it */
    private record Place(String system, long database, long journal) {
        boolean isOther(Place stored) {
            boolean otherSystem = !system.isEmpty() && !stored.system.isEmpty() && !system.equals(stored.system);
            return otherSystem || database != stored.database || journal != stored.journal;
        }
    }

    private record Known(Place place, String incarnation) {}

    private record Restored(String incarnation) {}

    private Installation() {}

    /**
     * What the database is called now: after a restore something new, which is durable when this returns.
     *
     * @return empty as long as nothing was ever restored; then 32 hex digits
     * @throws DatabaseException when the database cannot be asked
     */
    public static String recognise(DataSource dataSource) {
        return settle(dataSource, false);
    }

    /** The same, for a copy that looks like what it was made from: one of files, rolled back to an earlier time. */
    public static String restored(DataSource dataSource) {
        return settle(dataSource, true);
    }

    private static String settle(DataSource dataSource, boolean isRestored) {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try {
                String incarnation = settle(connection, isRestored);
                connection.commit();
                return incarnation;
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        } catch (SQLException e) {
            throw new DatabaseException("Whether the database is a restored one cannot be asked: " + e.getMessage(), e);
        }
    }

    private static String settle(Connection connection, boolean isRestored) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(ONE_AT_A_TIME);
            Place here = place(statement);
            Optional<Known> known = known(statement);
            boolean isOther = known.map(row -> here.isOther(row.place())).orElse(false);
            String incarnation = isRestored || isOther
                    ? fresh()
                    : known.map(Known::incarnation).orElse("");
            if (isRestored || isOther || known.isEmpty()) {
                put(connection, here, incarnation);
            }
            if (isRestored || isOther) {
                AuditLog.append(
                        connection,
                        AuditRecord.ofInstallation(
                                Instant.now(),
                                AuditKind.DATABASE_RESTORED,
                                Optional.empty(),
                                "",
                                RecordJson.of(new Restored(incarnation)).text(),
                                Origin.NONE));
                LOG.warn("this database is a restored copy: every workspace has a new epoch, and clients begin anew");
            }
            return incarnation;
        }
    }

    private static Place place(Statement statement) throws SQLException {
        String system = text(statement, MAY_ASK).equals("t") ? text(statement, SYSTEM) : "";
        try (ResultSet row = statement.executeQuery(OIDS)) {
            row.next();
            return new Place(system, row.getLong(1), row.getLong(2));
        }
    }

    private static String text(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private static Optional<Known> known(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery(READ)) {
            return row.next()
                    ? Optional.of(
                            new Known(new Place(row.getString(1), row.getLong(2), row.getLong(3)), row.getString(4)))
                    : Optional.empty();
        }
    }

    private static void put(Connection connection, Place here, String incarnation) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(PUT)) {
            statement.setString(1, here.system());
            statement.setLong(2, here.database());
            statement.setLong(3, here.journal());
            statement.setString(4, incarnation);
            statement.executeUpdate();
        }
    }

    private static String fresh() {
        byte[] bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
