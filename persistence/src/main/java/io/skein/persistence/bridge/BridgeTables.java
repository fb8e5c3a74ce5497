package io.skein.persistence.bridge;

import io.skein.engine.module.Settled;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The bridge's table. Every method works inside the connection's transaction and leaves its end to the caller. */
final class BridgeTables {
    static final String SENT = "sent";
    static final String DEAD = "dead";
    /** The target of what goes nowhere. */
    static final String NOWHERE = "";

    private static final String ADD = """
        INSERT INTO bridge_delivery (target, workspace, event_id, module, kind, body, created_at, state, next_attempt)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (workspace, event_id, target) DO NOTHING\
        """;
    private static final String EXPIRE = """
        UPDATE bridge_delivery SET state = 'dead', detail = ? || detail
         WHERE target = ? AND state = 'waiting' AND created_at < ? AND next_attempt <= ?\
        """;
    private static final String ORPHANS = """
        UPDATE bridge_delivery SET state = 'dead', detail = 'the settings have no such target any more'
         WHERE state = 'waiting' AND NOT target = ANY (?)\
        """;
    private static final String LEASE = """
        UPDATE bridge_delivery d SET next_attempt = ?
          FROM (SELECT workspace, event_id, target FROM bridge_delivery
                 WHERE target = ? AND state = 'waiting' AND next_attempt <= ?
                 ORDER BY next_attempt LIMIT ? FOR UPDATE SKIP LOCKED) due
         WHERE d.workspace = due.workspace AND d.event_id = due.event_id AND d.target = due.target
        RETURNING d.target, d.workspace, d.event_id, d.module, d.kind, d.body, d.created_at, d.attempts\
        """;
    private static final String NOTE = """
        UPDATE bridge_delivery SET state = ?, attempts = attempts + 1, next_attempt = ?, detail = ?
         WHERE workspace = ? AND event_id = ? AND target = ? AND state = 'waiting'\
        """;
    private static final String BACKLOG = """
        SELECT count(*), min(created_at) FROM bridge_delivery WHERE target = ? AND state = 'waiting'\
        """;
    private static final String TAKE_SETTLED = """
        UPDATE bridge_delivery d SET next_attempt = ?
          FROM (SELECT workspace, event_id, target FROM bridge_delivery
                 WHERE state <> 'waiting' AND next_attempt <= ?
                 ORDER BY next_attempt LIMIT ? FOR UPDATE SKIP LOCKED) due
         WHERE d.workspace = due.workspace AND d.event_id = due.event_id AND d.target = due.target
        RETURNING d.workspace, d.module, d.event_id, d.target, d.state, d.attempts, d.detail,
                  (SELECT count(*) FROM bridge_delivery o
                    WHERE o.workspace = d.workspace AND o.event_id = d.event_id AND o.state = 'waiting')\
        """;
    private static final String DROP = """
        DELETE FROM bridge_delivery WHERE workspace = ? AND event_id = ? AND target = ? AND state <> 'waiting'\
        """;

    /** How much waits for a target. {@code oldest} is now if nothing does. */
    record Backlog(long waiting, Instant oldest) {}

    /** What a workspace is to be told. */
    record Report(String workspace, String module, Settled settled) {}

    private BridgeTables() {}

    /** Adds an event for a target; for {@link #NOWHERE}, that policy keeps it. One that is there stays. */
    static void add(Connection connection, Delivery delivery) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ADD)) {
            statement.setString(1, delivery.target());
            statement.setString(2, delivery.workspace());
            statement.setString(3, delivery.eventId());
            statement.setString(4, delivery.module());
            statement.setString(5, delivery.kind());
            statement.setString(6, delivery.body());
            statement.setObject(7, atUtc(delivery.createdAt()));
            statement.setString(8, delivery.target().equals(NOWHERE) ? "withheld" : "waiting");
            statement.setObject(9, atUtc(Instant.now()));
            statement.executeUpdate();
        }
    }

    /** Gives up what has waited since before {@code since} and is in nobody's hands; says how much that was. */
    static int expire(Connection connection, String target, String why, Instant since, Instant now)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(EXPIRE)) {
            statement.setString(1, why);
            statement.setString(2, target);
            statement.setObject(3, atUtc(since));
            statement.setObject(4, atUtc(now));
            return statement.executeUpdate();
        }
    }

    /** Gives up what waits for targets that are not among these. */
    static int dropOrphans(Connection connection, Collection<String> targets) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ORPHANS)) {
            statement.setArray(1, connection.createArrayOf("text", targets.toArray()));
            return statement.executeUpdate();
        }
    }

    /** Takes what is due for a target; it is due again at {@code until} if nothing is noted before. */
    static List<Delivery> lease(Connection connection, String target, Instant now, Instant until, int limit)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LEASE)) {
            statement.setObject(1, atUtc(until));
            statement.setString(2, target);
            statement.setObject(3, atUtc(now));
            statement.setInt(4, limit);
            var leased = new ArrayList<Delivery>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    leased.add(new Delivery(
                            row.getString(1),
                            row.getString(2),
                            row.getString(3),
                            row.getString(4),
                            row.getString(5),
                            row.getString(6),
                            row.getObject(7, OffsetDateTime.class).toInstant(),
                            row.getInt(8)));
                }
            }
            return leased;
        }
    }

    /**
     * Notes what an attempt came to.
     *
     * @param state {@link #SENT}, {@link #DEAD}, or {@code waiting} until {@code next}
     */
    static void note(Connection connection, Delivery delivery, String state, Instant next, String detail)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(NOTE)) {
            statement.setString(1, state);
            statement.setObject(2, atUtc(next));
            statement.setString(3, detail);
            statement.setString(4, delivery.workspace());
            statement.setString(5, delivery.eventId());
            statement.setString(6, delivery.target());
            statement.executeUpdate();
        }
    }

    static Backlog backlog(Connection connection, String target, Instant now) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(BACKLOG)) {
            statement.setString(1, target);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                OffsetDateTime oldest = row.getObject(2, OffsetDateTime.class);
                return new Backlog(row.getLong(1), oldest == null ? now : oldest.toInstant());
            }
        }
    }

    /** Takes what workspaces are to be told; to be told again at {@code until} unless it is dropped before. */
    static List<Report> takeSettled(Connection connection, Instant now, Instant until, int limit) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TAKE_SETTLED)) {
            statement.setObject(1, atUtc(until));
            statement.setObject(2, atUtc(now));
            statement.setInt(3, limit);
            var reports = new ArrayList<Report>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    var settled = new Settled(
                            row.getString(3),
                            row.getString(4),
                            row.getString(5).equals(SENT),
                            row.getInt(6),
                            row.getString(7),
                            row.getInt(8));
                    reports.add(new Report(row.getString(1), row.getString(2), settled));
                }
            }
            return reports;
        }
    }

    /** The workspace knows. */
    static void drop(Connection connection, Report report) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(DROP)) {
            statement.setString(1, report.workspace());
            statement.setString(2, report.settled().id());
            statement.setString(3, report.settled().target());
            statement.executeUpdate();
        }
    }

    private static OffsetDateTime atUtc(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }
}
