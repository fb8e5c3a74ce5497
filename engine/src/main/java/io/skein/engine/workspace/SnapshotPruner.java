package io.skein.engine.workspace;

/**
 * Forgets stored snapshots that newer ones have replaced. Pekko's own retention counts events; a workspace's snapshots are due by
 * transactions, so their pruning is told from outside.
 */
@FunctionalInterface
public interface SnapshotPruner {
    /** For journals whose snapshots nobody prunes, such as those in memory. */
    SnapshotPruner NONE = (_, _) -> {};

    /**
     * Returns at once and works in the background; a failure is logged and made good by the next call.
     *
     * @param sequenceNr of the newest snapshot
     */
    void prune(String persistenceId, long sequenceNr);
}
