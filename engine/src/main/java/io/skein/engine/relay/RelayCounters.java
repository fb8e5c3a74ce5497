package io.skein.engine.relay;

import java.util.concurrent.atomic.LongAdder;

/** What the relays of a node have done since it started. Any thread may read. */
public final class RelayCounters {
    private final LongAdder snapshotsAsked = new LongAdder();

    void askedSnapshot() {
        snapshotsAsked.increment();
    }

    /** Snapshots that were asked of owners, each for all sessions that wanted the same rows then (rule R3). */
    public long snapshotsAsked() {
        return snapshotsAsked.sum();
    }
}
