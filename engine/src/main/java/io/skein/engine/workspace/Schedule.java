package io.skein.engine.workspace;

import io.skein.engine.membership.SystemTables;
import io.skein.engine.membership.SystemTables.Scheduled;
import io.skein.engine.state.Committed;
import io.skein.engine.state.RowOp;
import io.skein.engine.state.WorkspaceState;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** The scheduled commands of a workspace by when they are due: its schedule table, in order. */
final class Schedule {
    private final TreeSet<Scheduled> byDue =
            new TreeSet<>(Comparator.comparing(Scheduled::due).thenComparing(Scheduled::id));

    /** Starts from what the table holds. */
    void load(WorkspaceState state) {
        byDue.clear();
        byDue.addAll(state.in(SystemTables.SCHEDULE).all());
    }

    /** Follows a durable transaction; true if the first due time may have changed. */
    boolean follow(Committed committed) {
        if (!committed.transaction().concernsEngine(committed.after().schema())) {
            return false;
        }
        int schedule = committed.after().schema().ordinal(SystemTables.SCHEDULE);
        boolean changed = false;
        for (RowOp op : committed.transaction().ops()) {
            if (op.table() == schedule) {
                changed = true;
                if (op.before() != null) {
                    byDue.remove((Scheduled) op.before());
                }
                if (op.after() != null) {
                    byDue.add((Scheduled) op.after());
                }
            }
        }
        return changed;
    }

    Optional<Instant> nextDue() {
        return byDue.isEmpty() ? Optional.empty() : Optional.of(byDue.getFirst().due());
    }

    /** The commands that are due, oldest first; they stay until their transactions are durable. */
    List<Scheduled> due(Instant now) {
        return byDue.stream()
                .takeWhile(scheduled -> !scheduled.due().isAfter(now))
                .toList();
    }
}
