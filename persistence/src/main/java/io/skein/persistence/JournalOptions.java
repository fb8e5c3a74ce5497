package io.skein.persistence;

/**
 * Sizes of the journal.
 *
 * @param poolSize connections for journal and snapshots, more than {@code parallelism} so that recoveries do not wait for writes
 * @param parallelism batches in flight at once
 * @param queue writes that may wait for a batch; more than the workspaces that write at one moment
 */
public record JournalOptions(int poolSize, int parallelism, int queue) {
    /** The defaults of {@code skein.database}. */
    public static final JournalOptions DEFAULT = new JournalOptions(8, 1, 50_000);
}
