package io.skein.persistence.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.Modules;
import io.skein.engine.journal.Group;
import io.skein.engine.journal.GroupCodec;
import io.skein.engine.schema.Bytes;
import io.skein.engine.state.WorkspaceState;
import io.skein.engine.testing.TestWorkspace;
import io.skein.modules.board.BoardModule;
import io.skein.persistence.Database;
import io.skein.persistence.RoomsModule;
import io.skein.persistence.StoredWorkspace;
import io.skein.persistence.TestPostgres;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rule H1 against somebody who can write into the tables. */
class VerifierTest {
    private static final String ID = "test";
    private static final int SNAPSHOT_ROW = 40;
    private static final int ROW = 30;

    @SuppressWarnings("NullAway.Init")
    private Database database;

    @SuppressWarnings("NullAway.Init")
    private Verifier verifier;

    @SuppressWarnings("NullAway.Init")
    private TestWorkspace workspace;

    private long lastRow;

    /** Some eighty rows and a snapshot in the middle. */
    @BeforeEach
    void open() throws Exception {
        database = Database.open(TestPostgres.options(TestPostgres.emptyTables()));
        verifier =
                new Verifier(database.dataSource(), new Modules(List.of(new RoomsModule(), new BoardModule())), 10_000);
        workspace = RandomHistory.rooms(1, 250);
        List<Group> groups = StoredWorkspace.grouped(workspace.journal(), 5, new Random(2));
        StoredWorkspace.store(database.dataSource(), ID, groups);
        lastRow = groups.size();
        long seq = groups.get(SNAPSHOT_ROW - 1).lastSeq();
        StoredWorkspace.storeSnapshot(database.dataSource(), ID, SNAPSHOT_ROW, stateAfter(groups, SNAPSHOT_ROW));
        assertTrue(seq > 1 && lastRow > SNAPSHOT_ROW + 10);
    }

    private WorkspaceState stateAfter(List<Group> groups, int rows) {
        var state = WorkspaceState.empty(workspace.state().schema(), ID, 10_000);
        for (Group group : groups.subList(0, rows)) {
            state = GroupCodec.replay(state, group, _ -> {});
        }
        return state;
    }

    @AfterEach
    void close() {
        database.close();
    }

    private Verification verify() {
        return verifier.verify(ID).orElseThrow();
    }

    private void assertFault(Fault.Kind kind, long row) {
        List<Fault> faults = verify().faults();
        assertEquals(1, faults.size(), faults::toString);
        assertEquals(kind, faults.getFirst().kind(), faults::toString);
        assertEquals(row, faults.getFirst().row(), faults::toString);
    }

    private void execute(String sql) throws Exception {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            assertTrue(statement.executeUpdate(sql) > 0, sql);
        }
    }

    @Test
    void H1_whatSkeinWrote_isSound() {
        Verification found = verify();

        assertEquals(List.of(), found.faults());
        assertEquals(workspace.state().seq(), found.seq());
        assertEquals(Bytes.of(workspace.state().hash()), found.hash());
        assertEquals(lastRow, found.rows());
        assertEquals(1, found.snapshots());
    }

    /** Bytes all over a row but for the one that says the module's version. */
    static List<Integer> places() {
        return IntStream.concat(IntStream.range(0, 7), IntStream.range(8, 60).map(i -> i * i % 197))
                .distinct()
                .boxed()
                .toList();
    }

    @ParameterizedTest
    @MethodSource("places")
    void H1_changedByte_isFoundInItsRow(int place) throws Exception {
        execute(("UPDATE event_journal SET event_payload = set_byte(event_payload, %d %% length(event_payload),"
                        + " get_byte(event_payload, %d %% length(event_payload)) # 4) WHERE sequence_number = %d")
                .formatted(place, place, rowWithoutRefusals()));

        List<Fault> faults = verify().faults();
        assertEquals(
                List.of((long) rowWithoutRefusals()),
                faults.stream().map(Fault::row).toList(),
                faults::toString);
    }

    @Test
    void H1_changedTransaction_breaksTheChain() throws Exception {
        // Behind the transactions are the hash and the number of refusals; before them is a transaction's last byte.
        execute("UPDATE event_journal SET event_payload = set_byte(event_payload, length(event_payload) - 34,"
                + " get_byte(event_payload, length(event_payload) - 34) # 1) WHERE sequence_number = "
                + rowWithoutRefusals());

        assertFault(Fault.Kind.BROKEN_CHAIN, rowWithoutRefusals());
    }

    private int rowWithoutRefusals() {
        List<Group> groups = StoredWorkspace.grouped(workspace.journal(), 5, new Random(2));
        for (int row = ROW; ; row++) {
            Group group = groups.get(row - 1);
            if (group.refused().isEmpty() && !group.transactions().isEmpty()) {
                return row;
            }
        }
    }

    @Test
    void H1_missingRow_isNamed() throws Exception {
        execute("DELETE FROM event_journal WHERE sequence_number = " + ROW);

        assertFault(Fault.Kind.MISSING_ROW, ROW);
    }

    @Test
    void H1_firstRowMissing_isNamed() throws Exception {
        execute("DELETE FROM event_journal WHERE sequence_number = 1");

        assertFault(Fault.Kind.MISSING_ROW, 1);
    }

    @Test
    void H1_rowMarkedAsDeleted_isNamed() throws Exception {
        execute("UPDATE event_journal SET deleted = true WHERE sequence_number = " + ROW);

        assertFault(Fault.Kind.UNREADABLE_ROW, ROW);
    }

    @Test
    void H1_swappedRows_areNamed() throws Exception {
        execute("UPDATE event_journal SET sequence_number = -1 WHERE sequence_number = " + ROW);
        execute("UPDATE event_journal SET sequence_number = %d WHERE sequence_number = %d".formatted(ROW, ROW + 1));
        execute("UPDATE event_journal SET sequence_number = %d WHERE sequence_number = -1".formatted(ROW + 1));

        assertFault(Fault.Kind.OUT_OF_ORDER, ROW);
    }

    @Test
    void H1_endCutOffBeforeASnapshot_isNamed() throws Exception {
        execute("DELETE FROM event_journal WHERE sequence_number >= " + SNAPSHOT_ROW);

        assertFault(Fault.Kind.SNAPSHOT_BEYOND_JOURNAL, SNAPSHOT_ROW);
    }

    @Test
    void H1_everythingCutOffBeforeASnapshot_isNamed() throws Exception {
        execute("DELETE FROM event_journal");

        assertFault(Fault.Kind.SNAPSHOT_BEYOND_JOURNAL, SNAPSHOT_ROW);
    }

    /** The chain cannot tell; whoever noted seq and hash can. */
    @Test
    void H1_endCutOffBehindTheLastSnapshot_showsInSeqAndHash() throws Exception {
        execute("DELETE FROM event_journal WHERE sequence_number > " + (SNAPSHOT_ROW + 2));

        Verification found = verify();
        assertTrue(found.isSound());
        assertTrue(found.seq() < workspace.state().seq());
        assertEquals(Bytes.of(workspace.history().get((int) found.seq() - 1).hash()), found.hash());
    }

    @Test
    void H1_snapshotOfAnotherState_isNamed() throws Exception {
        execute("DELETE FROM snapshot");
        List<Group> groups = StoredWorkspace.grouped(workspace.journal(), 5, new Random(2));
        StoredWorkspace.storeSnapshot(database.dataSource(), ID, SNAPSHOT_ROW, stateAfter(groups, SNAPSHOT_ROW - 3));

        assertFault(Fault.Kind.DIFFERENT_SNAPSHOT, SNAPSHOT_ROW);
    }

    @Test
    void H1_snapshotWithAChangedByte_isNamed() throws Exception {
        var kinds = new ArrayList<Fault.Kind>();
        for (int place : new int[] {0, 60, 150, 400, 700}) {
            execute(
                    "UPDATE snapshot SET snapshot_payload = set_byte(snapshot_payload, %1$d, get_byte(snapshot_payload, %1$d) # 1)"
                            .formatted(place));
            List<Fault> faults = verify().faults();
            assertEquals(1, faults.size(), () -> "byte " + place + ": " + faults);
            assertEquals(SNAPSHOT_ROW, faults.getFirst().row());
            kinds.add(faults.getFirst().kind());
            execute(
                    "UPDATE snapshot SET snapshot_payload = set_byte(snapshot_payload, %1$d, get_byte(snapshot_payload, %1$d) # 1)"
                            .formatted(place));
        }
        assertTrue(kinds.contains(Fault.Kind.DIFFERENT_SNAPSHOT), kinds::toString);
        assertTrue(kinds.contains(Fault.Kind.UNREADABLE_SNAPSHOT), kinds::toString);
    }

    @Test
    void H1_journalOfAnotherWorkspace_isNamed() throws Exception {
        execute("DELETE FROM snapshot");
        execute("UPDATE event_journal SET persistence_id = 'workspace|other'");

        List<Fault> faults = verifier.verify("other").orElseThrow().faults();
        assertEquals(
                List.of(Fault.Kind.OTHER_WORKSPACE),
                faults.stream().map(Fault::kind).toList());
        assertTrue(verifier.verify(ID).isEmpty());
    }

    @Test
    void H1_allWorkspaces_areVerifiedEachOnItsOwn() throws Exception {
        StoredWorkspace.store(
                database.dataSource(), "a-board", RandomHistory.board(3, 20).journal());
        execute("UPDATE event_journal SET persistence_id = 'someone-elses' WHERE persistence_id = 'workspace|a-board'"
                + " AND sequence_number = 1");
        execute("DELETE FROM event_journal WHERE persistence_id = 'workspace|test' AND sequence_number = " + ROW);

        var found = new ArrayList<Verification>();
        verifier.verifyAll(found::add);

        assertEquals(
                List.of("a-board", "test"),
                found.stream().map(Verification::workspace).toList());
        assertEquals(
                List.of(1L, (long) ROW),
                found.stream().map(each -> each.faults().getFirst().row()).toList());
    }
}
