package io.skein.persistence;

import io.skein.engine.journal.Group;
import io.skein.engine.journal.GroupCodec;
import io.skein.engine.journal.SnapshotCodec;
import io.skein.engine.state.WorkspaceState;
import io.skein.engine.testing.TestWorkspace;
import io.skein.engine.workspace.Ledger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.sql.DataSource;

/** Puts the history of a {@link TestWorkspace} into the journal's tables, as the journal would have. */
public final class StoredWorkspace {
    private StoredWorkspace() {}

    /** Joins a test workspace's groups, of one call each, into groups of several. */
    public static List<Group> grouped(List<Group> journal, int largest, Random random) {
        var groups = new ArrayList<Group>();
        for (int from = 0; from < journal.size(); ) {
            int to = Math.min(journal.size(), from + 1 + random.nextInt(largest));
            List<Group> part = journal.subList(from, to);
            groups.add(new Group(
                    part.getFirst().module(),
                    part.getFirst().moduleVersion(),
                    part.getFirst().firstSeq(),
                    part.stream()
                            .flatMap(group -> group.transactions().stream())
                            .toList(),
                    part.getLast().hashAfter(),
                    part.stream().flatMap(group -> group.refused().stream()).toList()));
            from = to;
        }
        return groups;
    }

    public static void store(DataSource dataSource, String workspace, List<Group> groups) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement insert = connection.prepareStatement("""
                    INSERT INTO event_journal (persistence_id, sequence_number, writer, write_timestamp, adapter_manifest,
                                               event_ser_id, event_ser_manifest, event_payload)
                    VALUES (?, ?, 'test', 0, '', ?, ?, ?)\
                    """)) {
            long number = 0;
            for (Group group : groups) {
                insert.setString(1, Ledger.persistenceId(workspace).id());
                insert.setLong(2, ++number);
                insert.setInt(3, JournalSerializer.IDENTIFIER);
                insert.setString(4, JournalSerializer.GROUP);
                insert.setBytes(5, GroupCodec.encode(group));
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    /** Stores the state after a row. */
    public static void storeSnapshot(DataSource dataSource, String workspace, long row, WorkspaceState state)
            throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement insert = connection.prepareStatement("""
                    INSERT INTO snapshot (persistence_id, sequence_number, created, snapshot_ser_id, snapshot_ser_manifest,
                                          snapshot_payload)
                    VALUES (?, ?, 0, ?, ?, ?)\
                    """)) {
            insert.setString(1, Ledger.persistenceId(workspace).id());
            insert.setLong(2, row);
            insert.setInt(3, JournalSerializer.IDENTIFIER);
            insert.setString(4, JournalSerializer.SNAPSHOT);
            insert.setBytes(5, SnapshotCodec.encode(state));
            insert.executeUpdate();
        }
    }
}
