package io.skein.persistence.history;

/**
 * Something in a workspace's journal or snapshots that is not as Skein wrote it.
 *
 * @param row number of the journal's row, or of the row after which the snapshot was taken
 */
public record Fault(Kind kind, long row, String message) {
    /** What is wrong. */
    public enum Kind {
        /** A row is not there though later ones are. */
        MISSING_ROW,
        /** The bytes are no group, or a transaction in it cannot follow the state before it. */
        UNREADABLE_ROW,
        /** A group does not begin where the one before it ended. */
        OUT_OF_ORDER,
        /** The hash after a group is not the chain's: a transaction was changed, or the hash was. */
        BROKEN_CHAIN,
        /** A row is of another module than the rows before it. */
        OTHER_MODULE,
        /** The rows are another workspace's. */
        OTHER_WORKSPACE,
        /** A snapshot cannot be read. */
        UNREADABLE_SNAPSHOT,
        /** A snapshot is not the state that the journal leads to. */
        DIFFERENT_SNAPSHOT,
        /** A snapshot of a row that is not there: the journal's end is missing. */
        SNAPSHOT_BEYOND_JOURNAL
    }
}
