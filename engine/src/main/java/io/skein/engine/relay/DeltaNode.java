package io.skein.engine.relay;

import org.jspecify.annotations.Nullable;

/**
 * One transaction in a view's log, encoded. A session's cursor is the node that it has sent last; what comes next hangs behind it. One
 * thread appends, any may read. A node that the log has let go points to {@link #EVICTED}, so that a slow session's cursor keeps
 * nothing alive but itself, and the session sees that it has fallen behind.
 */
final class DeltaNode {
    static final DeltaNode EVICTED = new DeltaNode(-1, 0, null, new RunCache());

    /**
     * A frame that begins behind one node and ends with another: what every session that stands there sends.
     *
     * @param announced whether it is for sessions that need not be told of the place where it begins
     * @param full whether nothing that comes later can go into the frame
     * @param announcedSeq what the frame says last of how far the stream has come
     */
    record Run(DeltaNode from, boolean announced, DeltaNode last, Frame frame, boolean full, long announcedSeq) {}

    /** The newest run of a log. One is enough: sessions that keep up all stand at the same node. */
    static final class RunCache {
        private volatile @Nullable Run newest;
    }

    private final long seq;
    private final long timeMicros;
    private final byte @Nullable [] bytes;
    private final RunCache runs;
    private volatile @Nullable DeltaNode next;

    /**
     * @param timeMicros the transaction's time, since 1970
     * @param bytes null if there is nothing to send for this transaction
     */
    DeltaNode(long seq, long timeMicros, byte @Nullable [] bytes, RunCache runs) {
        this.seq = seq;
        this.timeMicros = timeMicros;
        this.bytes = bytes;
        this.runs = runs;
    }

    long seq() {
        return seq;
    }

    long timeMicros() {
        return timeMicros;
    }

    byte @Nullable [] bytes() {
        return bytes;
    }

    @Nullable
    DeltaNode next() {
        return next;
    }

    void link(DeltaNode node) {
        next = node;
    }

    /** The frame that begins behind this node, if one is known. */
    @Nullable
    Run run() {
        Run newest = runs.newest;
        return newest != null && newest.from() == this ? newest : null;
    }

    void remember(Run run) {
        runs.newest = run;
    }
}
