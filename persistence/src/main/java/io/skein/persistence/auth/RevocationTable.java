package io.skein.persistence.auth;

import io.skein.engine.audit.AuditKind;
import io.skein.engine.audit.Origin;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.RecordJson;
import io.skein.persistence.audit.AuditLog;
import io.skein.persistence.audit.AuditRecord;
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
import javax.sql.DataSource;

/** The revocations of an installation. Every method waits for the database. */
public final class RevocationTable {
    /** Held while a row is written, so that ids become visible in their order: who has asked up to one has missed none before it. */
    private static final String ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('skein auth_revocation'))";

    private static final String COUNT =
            "SELECT count(*) FROM auth_revocation WHERE identity = ? AND expires_at > ? AND (kind, value) <> (?, ?)";
    private static final String PUT = """
        INSERT INTO auth_revocation (identity, kind, value, issued_until, revoked_by, revoked_at, expires_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (identity, kind, value) DO UPDATE
           SET id = excluded.id, issued_until = greatest(auth_revocation.issued_until, excluded.issued_until),
               revoked_by = excluded.revoked_by, revoked_at = excluded.revoked_at,
               expires_at = greatest(auth_revocation.expires_at, excluded.expires_at)\
        """;
    private static final String SINCE = """
        SELECT id, identity, kind, value, issued_until, revoked_by, revoked_at, expires_at
          FROM auth_revocation WHERE id > ? AND expires_at > ? ORDER BY id LIMIT ?\
        """;
    private static final String FORGET = "DELETE FROM auth_revocation WHERE expires_at <= ?";
    private static final int PATIENCE_SECONDS = 5;

    private final DataSource dataSource;

    public RevocationTable(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * Keeps a revocation; of one that is there already the later ends count.
     *
     * @param mostOfOne of one user; another one is not kept. One of all tokens always is: there is one at most
     * @param origin for the audit log, which has it in the same transaction (rule U2)
     * @return whether it is kept, durably
     */
    public boolean put(Revocation revocation, int mostOfOne, Origin origin) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try {
                boolean kept = put(connection, revocation, mostOfOne);
                if (kept) {
                    AuditLog.append(connection, entry(revocation, origin));
                }
                connection.commit();
                return kept;
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        }
    }

    private record Revoked(String revoked, String value) {}

    private static AuditRecord entry(Revocation revocation, Origin origin) {
        return AuditRecord.ofInstallation(
                revocation.revokedAt(),
                AuditKind.TOKENS_REVOKED,
                Optional.of(revocation.revokedBy()),
                revocation.identity().toString(),
                RecordJson.of(new Revoked(revocation.kind().wire(), revocation.value()))
                        .text(),
                origin);
    }

    private static boolean put(Connection connection, Revocation revocation, int mostOfOne) throws SQLException {
        try (PreparedStatement lock = prepare(connection, ONE_AT_A_TIME)) {
            lock.execute();
        }
        if (revocation.kind() != Revocation.Kind.ALL && others(connection, revocation) >= mostOfOne) {
            return false;
        }
        try (PreparedStatement statement = prepare(connection, PUT)) {
            statement.setBytes(1, revocation.identity().toBytes());
            statement.setString(2, revocation.kind().wire());
            statement.setString(3, revocation.value());
            statement.setObject(4, atUtc(revocation.issuedUntil()));
            statement.setBytes(5, revocation.revokedBy().toBytes());
            statement.setObject(6, atUtc(revocation.revokedAt()));
            statement.setObject(7, atUtc(revocation.expiresAt()));
            statement.executeUpdate();
        }
        return true;
    }

    private static long others(Connection connection, Revocation revocation) throws SQLException {
        try (PreparedStatement statement = prepare(connection, COUNT)) {
            statement.setBytes(1, revocation.identity().toBytes());
            statement.setObject(2, atUtc(revocation.revokedAt()));
            statement.setString(3, revocation.kind().wire());
            statement.setString(4, revocation.value());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** A revocation, and its place in the order of all. */
    public record Numbered(long id, Revocation revocation) {}

    /** Those behind {@code last} that still concern a token at {@code now}, in their order. */
    public List<Numbered> since(long last, Instant now, int limit) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = prepare(connection, SINCE)) {
            statement.setLong(1, last);
            statement.setObject(2, atUtc(now));
            statement.setInt(3, limit);
            var found = new ArrayList<Numbered>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    found.add(new Numbered(row.getLong(1), read(row)));
                }
            }
            return found;
        }
    }

    private static Revocation read(ResultSet row) throws SQLException {
        return new Revocation(
                Identity.fromBytes(row.getBytes(2)),
                Revocation.Kind.ofWire(row.getString(3)),
                row.getString(4),
                row.getObject(5, OffsetDateTime.class).toInstant(),
                Identity.fromBytes(row.getBytes(6)),
                row.getObject(7, OffsetDateTime.class).toInstant(),
                row.getObject(8, OffsetDateTime.class).toInstant());
    }

    /** Lets go of those whose tokens have expired; how many. */
    public int forget(Instant now) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = prepare(connection, FORGET)) {
            statement.setObject(1, atUtc(now));
            return statement.executeUpdate();
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
