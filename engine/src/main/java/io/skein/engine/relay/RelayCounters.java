package io.skein.engine.relay;

import io.skein.engine.meters.Meter;
import io.skein.engine.meters.Meters;
import io.skein.engine.meters.Timing;
import java.util.concurrent.atomic.LongAdder;

/** What the relays of a node have done since it started. Any thread may read. */
public final class RelayCounters {
    private final Meter.Counter snapshotsAsked;
    private final Timing fanOut;
    private final LongAdder relays = new LongAdder();
    private final LongAdder sessions = new LongAdder();

    public RelayCounters(Meters meters) {
        snapshotsAsked = meters.counter(
                "skein_snapshots_asked_total", "Snapshots that relays asked of owners, each for all who wanted it.");
        fanOut = meters.timing(
                "skein_fanout_seconds",
                "From a relay's hearing of commits until all of an event loop's sessions have them in their sockets.");
        meters.gauge(
                "skein_relays", "Workspaces of which this node has sessions, or had until a moment ago.", relays::sum);
        meters.gauge("skein_sessions", "Sessions of this node.", sessions::sum);
    }

    void askedSnapshot() {
        snapshotsAsked.increment();
    }

    /** Snapshots that were asked of owners, each for all sessions that wanted the same rows then (rule R3). */
    public long snapshotsAsked() {
        return snapshotsAsked.count();
    }

    void relayBegan() {
        relays.increment();
    }

    void relayEnded() {
        relays.decrement();
    }

    void sessionCame() {
        sessions.increment();
    }

    void sessionWent() {
        sessions.decrement();
    }

    void fannedOut(long nanos) {
        fanOut.record(nanos);
    }

    /** How many relays there are. */
    public long relays() {
        return relays.sum();
    }

    /** How many sessions there are. */
    public long sessions() {
        return sessions.sum();
    }

    /** From a relay's hearing of commits until they are in the sockets of an event loop's sessions; once for each loop. */
    public Timing fanOut() {
        return fanOut;
    }
}
