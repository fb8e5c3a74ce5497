package io.skein.engine.relay;

import io.skein.engine.meters.Meter;
import io.skein.engine.meters.Meters;
import io.skein.engine.meters.Refusals;
import io.skein.engine.meters.Sizes;
import io.skein.engine.meters.Timing;
import io.skein.engine.module.ErrorCode;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the relays of a node and their sessions have done since it started. Any thread may read. */
public final class RelayCounters {
    /** Why a session is sent a snapshot. */
    private static final String ASKED = "asked";

    private static final String STALE = "stale_cursor";

    private final Meter.Counter snapshotsAsked;
    private final Timing fanOut;
    private final Timing answers;
    private final Meter.Counter resumes;
    private final Sizes resumeGap;
    private final Map<StaleCursor, Meter.Counter> staleCursors;
    private final Map<String, Meter.Counter> starts;
    private final Meter.Counter missed;
    private final Meter.Counter presenceJoins;
    private final Meter.Counter presenceLeaves;
    private final Meter.Counter presenceChanges;
    private final Meter.Counter ownersLost;
    private final Refusals atRelay;
    private final Refusals atSession;
    private final LongAdder relays = new LongAdder();
    private final LongAdder sessions = new LongAdder();
    /** Of every relay, one for each event loop that has sessions of it. */
    private final Set<LoopGroup> groups = ConcurrentHashMap.newKeySet();

    /** Why a cursor could not be gone on from. */
    enum StaleCursor {
        /** It is of a history that was replaced. */
        EPOCH,
        /** It was made with another view. */
        VIEW,
        /** The client's role has changed since. */
        ROLE,
        /** It is ahead of what is durable. */
        AHEAD,
        /** What came after it is not kept any more. */
        TOO_OLD
    }

    public RelayCounters(Meters meters) {
        snapshotsAsked = meters.counter(
                "skein_snapshots_asked_total", "Snapshots that relays asked of owners, each for all who wanted it.");
        fanOut = meters.timing(
                "skein_fanout_seconds",
                "From a relay's hearing of commits until all of an event loop's sessions have them in their sockets.");
        answers = answers(meters, "session");
        resumes = meters.counter("skein_resumes_total", "Sessions that went on from their cursor.");
        resumeGap = meters.sizes(
                "skein_resume_gap_transactions",
                "Transactions that a session which went on from its cursor had missed.");
        staleCursors = Stream.of(StaleCursor.values())
                .collect(Collectors.toUnmodifiableMap(why -> why, why -> staleCursor(meters, why)));
        starts = Stream.of(ASKED, STALE, "lagging", "role_changed")
                .collect(Collectors.toUnmodifiableMap(why -> why, why -> start(meters, why)));
        missed = meters.counter(
                "skein_dropped_transactions_total",
                "Transactions that were missing between two that a relay heard, and were asked for again. None, or"
                        + " there is a bug.");
        presenceJoins = meters.counter("skein_presence_joins_total", "Sessions that began to be shown to others.");
        presenceLeaves = meters.counter("skein_presence_leaves_total", "Sessions that are shown no more.");
        presenceChanges = meters.counter(
                "skein_presence_requests_total", "What sessions said of themselves, or asked of others.");
        ownersLost =
                meters.counter("skein_owners_lost_total", "Times that a relay lost its owner, or began anew with it.");
        atRelay = new Refusals(meters, "relay");
        atSession = new Refusals(meters, "session");
        gauges(meters);
    }

    /** What those wait who call through this node. */
    public static Timing answers(Meters meters, String by) {
        return meters.timing(
                "skein_ack_seconds",
                "From taking a call until its outcome, durable by then, is back at this node.",
                new Meter.Label("by", by));
    }

    private static Meter.Counter staleCursor(Meters meters, StaleCursor why) {
        return meters.counter(
                "skein_stale_cursors_total",
                "Cursors that sessions could not go on from, by why: they started over from a snapshot.",
                new Meter.Label("why", why.name().toLowerCase(java.util.Locale.ROOT)));
    }

    private static Meter.Counter start(Meters meters, String why) {
        return meters.counter(
                "skein_session_snapshots_total",
                "Snapshots that sessions started from, by why they did.",
                new Meter.Label("why", why));
    }

    private void gauges(Meters meters) {
        meters.gauge(
                "skein_relays", "Workspaces of which this node has sessions, or had until a moment ago.", relays::sum);
        meters.gauge("skein_sessions", "Sessions of this node.", sessions::sum);
        meters.gauge(
                "skein_sequence_lag_transactions",
                "How far the session that is furthest behind is, in transactions that its relay has.",
                () -> groups.stream().mapToLong(LoopGroup::lag).max().orElse(0));
        meters.gauge(
                "skein_sessions_behind",
                "Sessions whose sockets do not take what there is for them.",
                () -> groups.stream().mapToLong(LoopGroup::behind).sum());
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

    void groupBegan(LoopGroup group) {
        groups.add(group);
    }

    void groupEnded(LoopGroup group) {
        groups.remove(group);
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

    void answered(long nanos) {
        answers.record(nanos);
    }

    void resumed(long missedTransactions) {
        resumes.increment();
        resumeGap.record(missedTransactions);
    }

    void staleCursor(StaleCursor why) {
        Objects.requireNonNull(staleCursors.get(why)).increment();
    }

    /** A session starts from a snapshot. */
    void started(String reason) {
        Meter.Counter counter = starts.get(reason.isEmpty() ? ASKED : reason);
        if (counter != null) {
            counter.increment();
        }
    }

    void dropped(long transactions) {
        missed.add(transactions);
    }

    void presenceJoined() {
        presenceJoins.increment();
    }

    void presenceLeft() {
        presenceLeaves.increment();
    }

    void presenceAsked() {
        presenceChanges.increment();
    }

    void ownerLost() {
        ownersLost.increment();
    }

    void refused(ErrorCode code) {
        atRelay.count(code);
    }

    /** What the edge refuses for a session before its relay hears of it. */
    public Refusals atSession() {
        return atSession;
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
