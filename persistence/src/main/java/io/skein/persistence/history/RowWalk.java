package io.skein.persistence.history;

import io.skein.engine.codec.CorruptException;
import io.skein.persistence.Readers;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Optional;

/** Goes over a workspace's rows one by one, up or down, reading them in batches. */
final class RowWalk {
    private final JournalReader journal;
    private final String workspace;
    private final int step;
    private final long end;
    private final Readers.Wanted wanted;
    private final ArrayDeque<JournalRow> batch = new ArrayDeque<>();
    private long expected;

    private RowWalk(JournalReader journal, String workspace, int step, long from, long end, Readers.Wanted wanted) {
        this.journal = journal;
        this.workspace = workspace;
        this.step = step;
        this.expected = from;
        this.end = end;
        this.wanted = wanted;
    }

    /** From a row to the last one. */
    static RowWalk up(JournalReader journal, String workspace, long from, long last, Readers.Wanted wanted) {
        return new RowWalk(journal, workspace, 1, from, last, wanted);
    }

    /** From a row back to the first one. */
    static RowWalk down(JournalReader journal, String workspace, long from, long first, Readers.Wanted wanted) {
        return new RowWalk(journal, workspace, -1, from, first, wanted);
    }

    /** The number that the next row must have. */
    long expected() {
        return expected;
    }

    /** The next row there is, whatever its number. */
    Optional<JournalRow> next() throws SQLException {
        wanted.check();
        if (batch.isEmpty() && step * (end - expected) >= 0) {
            batch.addAll(step > 0 ? journal.up(workspace, expected, end) : journal.down(workspace, end, expected));
        }
        JournalRow row = batch.poll();
        if (row != null) {
            expected = row.number() + step;
        }
        return Optional.ofNullable(row);
    }

    /**
     * The next row.
     *
     * @throws CorruptException if it is missing
     */
    JournalRow require() throws SQLException {
        long number = expected;
        return next().filter(row -> row.number() == number)
                .orElseThrow(() -> new CorruptException("row %d of %s is missing".formatted(number, workspace)));
    }
}
