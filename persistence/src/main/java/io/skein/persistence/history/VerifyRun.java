package io.skein.persistence.history;

import io.skein.engine.codec.CorruptException;
import io.skein.engine.codec.SealedException;
import io.skein.engine.journal.Group;
import io.skein.engine.journal.GroupCodec;
import io.skein.engine.membership.SystemTables;
import io.skein.engine.schema.Bytes;
import io.skein.engine.state.HashChain;
import io.skein.engine.state.RecentCalls;
import io.skein.engine.state.WorkspaceState;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** One verification of one workspace. */
final class VerifyRun {
    private final JournalReader journal;
    private final Replay replay;
    private final String workspace;
    private final List<Fault> faults = new ArrayList<>();
    private Optional<WorkspaceState> state = Optional.empty();
    /** How far the chain was followed, with or without its rows. */
    private long seq;

    private byte[] hash = HashChain.genesis();
    /** Rows are sealed with a key that is not here: from now on only order and chain are looked at, which need none. */
    private boolean isSealed;

    private long rows;
    private long snapshots;

    VerifyRun(JournalReader journal, Replay replay, String workspace) {
        this.journal = journal;
        this.replay = replay;
        this.workspace = workspace;
    }

    Optional<Verification> run() throws SQLException {
        long from = System.nanoTime();
        // Before the bounds: a snapshot that is taken meanwhile is of a row that was there before it.
        var snapshotNumbers = new ArrayDeque<>(journal.snapshotNumbers(workspace));
        var bounds = journal.bounds(workspace);
        if (bounds.isEmpty() && snapshotNumbers.isEmpty()) {
            return Optional.empty();
        }
        long last = bounds.map(JournalReader.Bounds::last).orElse(0L);
        RowWalk walk = RowWalk.up(journal, workspace, 1, last, () -> {});
        while (rows < last && follow(walk)) {
            rows++;
            while (!snapshotNumbers.isEmpty() && snapshotNumbers.getFirst() <= rows) {
                compareSnapshot(snapshotNumbers.removeFirst());
            }
        }
        if (rows == last) {
            requireWorkspace();
            snapshotNumbers.forEach(number -> fault(
                    Fault.Kind.SNAPSHOT_BEYOND_JOURNAL,
                    number,
                    "a snapshot after row %d; the last row is %d".formatted(number, last)));
        }
        return Optional.of(new Verification(
                workspace,
                rows,
                snapshots,
                !isSealed,
                seq,
                Bytes.of(hash),
                Duration.ofNanos(System.nanoTime() - from),
                faults));
    }

    /** Replays the next row; false at the first fault. */
    private boolean follow(RowWalk walk) throws SQLException {
        long expected = walk.expected();
        JournalRow row = walk.next().orElse(null);
        if (row == null || row.number() != expected) {
            fault(Fault.Kind.MISSING_ROW, expected, "row %d is missing".formatted(expected));
            return false;
        }
        try {
            Group group = row.group();
            WorkspaceState before = state.orElseGet(() -> replay.empty(workspace, group.module()));
            if (!isNext(row.number(), group, before)) {
                return false;
            }
            replay(before, group);
            return true;
        } catch (CorruptException e) {
            fault(Fault.Kind.UNREADABLE_ROW, row.number(), String.valueOf(e.getMessage()));
            return false;
        }
    }

    private void replay(WorkspaceState before, Group group) {
        if (isSealed) {
            return;
        }
        try {
            state = Optional.of(GroupCodec.replay(before, group, _ -> {}));
        } catch (SealedException e) {
            isSealed = true;
        }
    }

    /** Looks at order and chain before anything in the group is believed. */
    private boolean isNext(long row, Group group, WorkspaceState before) {
        if (!group.module().equals(before.schema().name())) {
            fault(
                    Fault.Kind.OTHER_MODULE,
                    row,
                    "row %d is of module %s and not of %s"
                            .formatted(row, group.module(), before.schema().name()));
            return false;
        }
        if (group.firstSeq() != seq + 1) {
            fault(
                    Fault.Kind.OUT_OF_ORDER,
                    row,
                    "row %d begins with transaction %d where %d was due".formatted(row, group.firstSeq(), seq + 1));
            return false;
        }
        byte[] after = hash;
        for (byte[] canonical : group.transactions()) {
            after = HashChain.next(after, canonical);
        }
        if (!Bytes.of(after).equals(group.hashAfter())) {
            fault(
                    Fault.Kind.BROKEN_CHAIN,
                    row,
                    "the hash after row %d, transactions %d to %d, is not the chain's"
                            .formatted(row, group.firstSeq(), group.lastSeq()));
            return false;
        }
        hash = after;
        seq = group.lastSeq();
        return true;
    }

    private void compareSnapshot(long number) throws SQLException {
        if (isSealed) {
            return;
        }
        var stored = journal.snapshotUpTo(workspace, number).filter(found -> found.number() == number);
        if (stored.isEmpty()) {
            return; // Pruned meanwhile.
        }
        try {
            String difference = difference(replay.decode(stored.get().bytes()), state.orElseThrow());
            if (difference.isEmpty()) {
                snapshots++;
            } else {
                fault(
                        Fault.Kind.DIFFERENT_SNAPSHOT,
                        number,
                        "the snapshot after row %d has other %s".formatted(number, difference));
            }
        } catch (CorruptException e) {
            fault(
                    Fault.Kind.UNREADABLE_SNAPSHOT,
                    number,
                    "the snapshot after row %d cannot be read: %s".formatted(number, e.getMessage()));
        }
    }

    private static String difference(WorkspaceState snapshot, WorkspaceState replayed) {
        if (!snapshot.workspace().equals(replayed.workspace())) {
            return "workspace: " + snapshot.workspace();
        }
        if (snapshot.seq() != replayed.seq()
                || snapshot.timeMicros() != replayed.timeMicros()
                || !Bytes.of(snapshot.hash()).equals(Bytes.of(replayed.hash()))) {
            return "seq, time or hash: seq " + snapshot.seq() + " where replay has " + replayed.seq();
        }
        for (int table = 0; table < replayed.schema().tableCount(); table++) {
            if (!snapshot.rows(table).equals(replayed.rows(table))) {
                return "rows of " + replayed.schema().table(table);
            }
        }
        return agree(snapshot.calls(), replayed.calls()) ? "" : "remembered calls";
    }

    /**
     * Whether both remember the same of what both remember. How much is remembered is a setting, and may have been another one when the
     * snapshot was taken.
     */
    private static boolean agree(RecentCalls snapshot, RecentCalls replayed) {
        var agree = new AtomicBoolean(true);
        for (boolean younger : new boolean[] {false, true}) {
            snapshot.forEach(younger, (caller, _) -> {
                var theirs = replayed.find(caller.sender(), caller.key());
                if (theirs != null && !theirs.equals(snapshot.find(caller.sender(), caller.key()))) {
                    agree.set(false);
                }
            });
        }
        return agree.get();
    }

    /** The chain does not name the workspace; its own row does. */
    private void requireWorkspace() {
        if (state.isPresent() && state.get().seq() > 0) {
            var rowsOfWorkspace = state.get().in(SystemTables.WORKSPACE);
            if (rowsOfWorkspace.find(workspace).isEmpty()) {
                fault(Fault.Kind.OTHER_WORKSPACE, 1, "these are the rows of " + rowsOfWorkspace.all());
            }
        }
    }

    private void fault(Fault.Kind kind, long row, String message) {
        faults.add(new Fault(kind, row, message));
    }
}
