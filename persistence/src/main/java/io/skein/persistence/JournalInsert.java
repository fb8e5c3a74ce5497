package io.skein.persistence;

import io.skein.engine.audit.AuditEntry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.pekko.persistence.jdbc.journal.dao.JournalTables.JournalPekkoSerializationRow;

/**
 * Writes rows of the journal. Any number of them is the same statement with longer arrays, so the server plans it once for each connection; and a
 * statement alone is a transaction without a BEGIN and a COMMIT around it.
 */
final class JournalInsert {
    /** One event, its tags, and what it puts into the audit log. */
    record Row(JournalPekkoSerializationRow event, Set<String> tags, List<AuditEntry> audit) {
        /** @param marks tags, and entries of the audit log */
        static Row of(JournalPekkoSerializationRow event, Set<String> marks) {
            if (marks.isEmpty()) {
                return new Row(event, marks, List.of());
            }
            Set<String> tags =
                    marks.stream().filter(mark -> !AuditEntry.isMark(mark)).collect(Collectors.toUnmodifiableSet());
            return new Row(
                    event,
                    tags,
                    marks.stream()
                            .filter(AuditEntry::isMark)
                            .map(AuditEntry::ofMark)
                            .toList());
        }
    }

    private static final String EVENTS = """
        INSERT INTO event_journal (persistence_id, sequence_number, writer, write_timestamp, adapter_manifest,
          event_ser_id, event_ser_manifest, event_payload)
        SELECT * FROM unnest(?::varchar[], ?::bigint[], ?::varchar[], ?::bigint[], ?::varchar[], ?::int[], ?::varchar[],
          ?::bytea[])
        """;

    /** Few events have tags: those that projections follow. */
    private static final String EVENTS_AND_TAGS = """
        WITH written AS (%s RETURNING ordering, persistence_id, sequence_number)
        INSERT INTO event_tag (event_id, tag)
        SELECT written.ordering, tags.tag
        FROM unnest(?::varchar[], ?::bigint[], ?::varchar[]) AS tags (persistence_id, sequence_number, tag)
        JOIN written USING (persistence_id, sequence_number)
        """.formatted(EVENTS);

    /**
     * Fewer still change who may what. Their entries are in the audit log if and only if they are in the journal: it is one statement (rule U1). The
     * order is that of the arrays, which is that of the transactions.
     */
    private static final String EVENTS_TAGS_AND_AUDIT = """
        WITH written AS (%s RETURNING ordering, persistence_id, sequence_number),
        tagged AS (
          INSERT INTO event_tag (event_id, tag)
          SELECT written.ordering, tags.tag
          FROM unnest(?::varchar[], ?::bigint[], ?::varchar[]) AS tags (persistence_id, sequence_number, tag)
          JOIN written USING (persistence_id, sequence_number))
        INSERT INTO audit_log (at, workspace, seq, kind, actor, subject, token_id, session, device, address, details)
        SELECT at, workspace, seq, kind, decode(actor, 'hex'), subject, token_id, session, device, address, details
        FROM unnest(?::timestamptz[], ?::text[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[],
          ?::text[], ?::text[], ?::text[], ?::text[]) WITH ORDINALITY
          AS entry (at, workspace, seq, kind, actor, subject, token_id, session, device, address, details, place)
        ORDER BY place
        """.formatted(EVENTS);

    private JournalInsert() {}

    /**
     * Writes all rows in one transaction; durable when it returns.
     *
     * @param connection committing by itself
     * @throws SQLException if nothing was written, or if it is not known whether everything was: the server may have gone after it
     */
    static void write(Connection connection, List<Row> rows) throws SQLException {
        var tagged = rows.stream().filter(row -> !row.tags().isEmpty()).toList();
        var audited = rows.stream().filter(row -> !row.audit().isEmpty()).toList();
        String sql = audited.isEmpty() ? tagged.isEmpty() ? EVENTS : EVENTS_AND_TAGS : EVENTS_TAGS_AND_AUDIT;
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            setEvents(connection, insert, rows);
            if (!tagged.isEmpty() || !audited.isEmpty()) {
                setTags(connection, insert, tagged);
            }
            if (!audited.isEmpty()) {
                AuditArrays.of(audited).set(connection, insert, 12);
            }
            insert.executeUpdate();
        }
    }

    private static void setEvents(Connection connection, PreparedStatement insert, List<Row> rows) throws SQLException {
        int count = rows.size();
        var persistenceIds = new String[count];
        var sequenceNumbers = new Long[count];
        var writers = new String[count];
        var timestamps = new Long[count];
        var adapters = new String[count];
        var serializers = new Integer[count];
        var manifests = new String[count];
        var payloads = new byte[count][];
        for (int i = 0; i < count; i++) {
            JournalPekkoSerializationRow event = rows.get(i).event();
            persistenceIds[i] = event.persistenceId();
            sequenceNumbers[i] = event.sequenceNumber();
            writers[i] = event.writer();
            timestamps[i] = event.writeTimestamp();
            adapters[i] = event.adapterManifest();
            serializers[i] = event.eventSerId();
            manifests[i] = event.eventSerManifest();
            payloads[i] = event.eventPayload();
        }
        Object[][] columns = {
            persistenceIds, sequenceNumbers, writers, timestamps, adapters, serializers, manifests, payloads
        };
        String[] types = {"varchar", "int8", "varchar", "int8", "varchar", "int4", "varchar", "bytea"};
        for (int i = 0; i < columns.length; i++) {
            insert.setArray(1 + i, connection.createArrayOf(types[i], columns[i]));
        }
    }

    private static void setTags(Connection connection, PreparedStatement insert, List<Row> tagged) throws SQLException {
        int count = tagged.stream().mapToInt(row -> row.tags().size()).sum();
        var persistenceIds = new String[count];
        var sequenceNumbers = new Long[count];
        var tags = new String[count];
        int i = 0;
        for (Row row : tagged) {
            for (String tag : row.tags()) {
                persistenceIds[i] = row.event().persistenceId();
                sequenceNumbers[i] = row.event().sequenceNumber();
                tags[i++] = tag;
            }
        }
        insert.setArray(9, connection.createArrayOf("varchar", persistenceIds));
        insert.setArray(10, connection.createArrayOf("int8", sequenceNumbers));
        insert.setArray(11, connection.createArrayOf("varchar", tags));
    }
}
