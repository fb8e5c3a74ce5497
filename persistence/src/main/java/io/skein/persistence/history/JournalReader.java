package io.skein.persistence.history;

import io.skein.engine.codec.CorruptException;
import io.skein.engine.journal.GroupCodec;
import io.skein.engine.workspace.Ledger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Reads journal and snapshots past Pekko, by plain SQL. Every statement is a look-up or a short range in a primary key; a test holds
 * this against {@code EXPLAIN}. No connection is kept between statements.
 */
final class JournalReader {
    /** First and last row number. */
    record Bounds(long first, long last) {}

    /** A stored snapshot: the workspace after row {@code number}. */
    static final class StoredSnapshot {
        private final long number;
        private final byte[] bytes;

        private StoredSnapshot(long number, byte[] bytes) {
            this.number = number;
            this.bytes = bytes;
        }

        long number() {
            return number;
        }

        byte[] bytes() {
            return bytes;
        }
    }

    /** Rows looked at by one statement; how many of them it gives back is decided by their bytes. */
    static final int ROWS_IN_BATCH = 512;

    static final String BOUNDS = """
        SELECT (SELECT sequence_number FROM event_journal WHERE persistence_id = ? ORDER BY sequence_number LIMIT 1),
               (SELECT sequence_number FROM event_journal WHERE persistence_id = ? ORDER BY sequence_number DESC LIMIT 1)\
        """;
    static final String HEAD_OF_ROW = """
        SELECT substring(event_payload FROM 1 FOR %d) FROM event_journal WHERE persistence_id = ? AND sequence_number = ?\
        """.formatted(GroupCodec.HEAD_BYTES);
    static final String ROWS_UP = rows("ASC");
    static final String ROWS_DOWN = rows("DESC");
    static final String SNAPSHOT = """
        SELECT sequence_number, snapshot_payload FROM snapshot
         WHERE persistence_id = ? AND sequence_number <= ? ORDER BY sequence_number DESC LIMIT 1\
        """;
    static final String SNAPSHOT_NUMBERS = """
        SELECT sequence_number FROM snapshot WHERE persistence_id = ? ORDER BY sequence_number\
        """;
    static final String NEXT_ID = """
        SELECT least((SELECT persistence_id FROM event_journal WHERE persistence_id > ? ORDER BY persistence_id LIMIT 1),
                     (SELECT persistence_id FROM snapshot WHERE persistence_id > ? ORDER BY persistence_id LIMIT 1))\
        """;

    private final DataSource dataSource;
    private final int batchBytes;

    /**
     * @param batchBytes payload that one statement gives back, unless its first row alone has more
     */
    JournalReader(DataSource dataSource, int batchBytes) {
        this.dataSource = dataSource;
        this.batchBytes = batchBytes;
    }

    /** Rows until their bytes are enough. The length of a payload that PostgreSQL keeps aside is known without fetching it. */
    private static String rows(String direction) {
        return """
            SELECT sequence_number, event_ser_id, event_ser_manifest, deleted, event_payload
              FROM (SELECT *, sum(octet_length(event_payload)) OVER (ORDER BY sequence_number %1$s) AS total
                      FROM (SELECT sequence_number, event_ser_id, event_ser_manifest, deleted, event_payload
                              FROM event_journal
                             WHERE persistence_id = ? AND sequence_number BETWEEN ? AND ?
                             ORDER BY sequence_number %1$s LIMIT %2$d) AS batch) AS summed
             WHERE total - octet_length(event_payload) < ?
             ORDER BY sequence_number %1$s\
            """.formatted(direction, ROWS_IN_BATCH);
    }

    static String persistenceId(String workspace) {
        return Ledger.persistenceId(workspace).id();
    }

    Optional<Bounds> bounds(String workspace) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(BOUNDS)) {
            statement.setString(1, persistenceId(workspace));
            statement.setString(2, persistenceId(workspace));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                long first = row.getLong(1);
                return row.wasNull() ? Optional.empty() : Optional.of(new Bounds(first, row.getLong(2)));
            }
        }
    }

    /** Rows from a number on, oldest first: as many as make a batch, none if there are none. */
    List<JournalRow> up(String workspace, long from, long last) throws SQLException {
        return rows(ROWS_UP, workspace, from, last);
    }

    /** Rows from a number back, newest first. */
    List<JournalRow> down(String workspace, long first, long from) throws SQLException {
        return rows(ROWS_DOWN, workspace, first, from);
    }

    private List<JournalRow> rows(String sql, String workspace, long low, long high) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, persistenceId(workspace));
            statement.setLong(2, low);
            statement.setLong(3, high);
            statement.setLong(4, batchBytes);
            var rows = new ArrayList<JournalRow>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    rows.add(new JournalRow(
                            row.getLong(1), row.getInt(2), row.getString(3), row.getBoolean(4), row.getBytes(5)));
                }
            }
            return rows;
        }
    }

    /**
     * The row that holds a transaction: the last one that does not begin after it.
     *
     * @param seq no less than the first and no more than the last one that the rows hold
     * @throws CorruptException if a row on the way is missing or is no group
     */
    long rowOf(String workspace, Bounds bounds, long seq) throws SQLException {
        long low = bounds.first();
        long high = bounds.last();
        while (low < high) {
            long middle = low + (high - low + 1) / 2;
            if (firstSeq(workspace, middle) <= seq) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private long firstSeq(String workspace, long number) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(HEAD_OF_ROW)) {
            statement.setString(1, persistenceId(workspace));
            statement.setLong(2, number);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new CorruptException("row %d is missing".formatted(number));
                }
                return GroupCodec.firstSeq(row.getBytes(1));
            }
        }
    }

    /** The newest snapshot taken after a row or one before it. */
    Optional<StoredSnapshot> snapshotUpTo(String workspace, long number) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(SNAPSHOT)) {
            statement.setString(1, persistenceId(workspace));
            statement.setLong(2, number);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(new StoredSnapshot(row.getLong(1), row.getBytes(2))) : Optional.empty();
            }
        }
    }

    /** After which rows there are snapshots, in order. */
    List<Long> snapshotNumbers(String workspace) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(SNAPSHOT_NUMBERS)) {
            statement.setString(1, persistenceId(workspace));
            var numbers = new ArrayList<Long>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    numbers.add(row.getLong(1));
                }
            }
            return numbers;
        }
    }

    /** The first persistence id after this one that has rows or snapshots, in the database's own order. */
    Optional<String> idAfter(String persistenceId) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(NEXT_ID)) {
            statement.setString(1, persistenceId);
            statement.setString(2, persistenceId);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return Optional.ofNullable(row.getString(1));
            }
        }
    }
}
