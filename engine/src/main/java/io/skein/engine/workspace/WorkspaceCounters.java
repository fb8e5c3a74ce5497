package io.skein.engine.workspace;

import io.skein.engine.meters.Meter;
import io.skein.engine.meters.Meters;
import io.skein.engine.meters.Refusals;
import io.skein.engine.meters.Sizes;
import io.skein.engine.meters.Timing;
import io.skein.engine.module.ErrorCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What the workspaces of a node do, all together and each. Any thread may read. */
public final class WorkspaceCounters {
    /** Below it a workspace is not busy: what it did a minute ago has nearly been forgotten. */
    private static final double BUSY = 0.01;

    private final Meter.Counter commits;
    private final Meter.Counter calls;
    private final Meter.Counter repeated;
    private final Meter.Counter journalFailures;
    private final Meter.Counter snapshots;
    private final Meter.Counter snapshotFailures;
    private final Refusals refusals;
    private final Timing journal;
    private final Timing commit;
    private final Timing recovery;
    private final Sizes groups;
    /** As many as there are workspaces in memory. */
    private final Set<Activity> inMemory = ConcurrentHashMap.newKeySet();

    /** One of the busiest workspaces. {@code commitsPerSecond} are those of the last ten seconds or so. */
    public record Busy(String workspace, double commitsPerSecond) {}

    public WorkspaceCounters(Meters meters) {
        commits = meters.counter("skein_commits_total", "Transactions that became durable.");
        calls = meters.counter("skein_calls_total", "Calls that reached their workspace, refused ones too.");
        journal = meters.timing("skein_journal_seconds", "From handing a group to the journal until it is durable.");
        commit = meters.timing(
                "skein_commit_seconds",
                "From the first decision of a group until the group is durable: what the call in it waited that waited"
                        + " longest.");
        groups = meters.sizes("skein_group_transactions", "Transactions in one row of the journal.");
        recovery = meters.timing(
                "skein_recovery_seconds", "What opening a workspace took: its snapshot and what came after it.");
        repeated = meters.counter(
                "skein_repeated_calls_total", "Calls with a key that were answered before: they were not done again.");
        journalFailures = meters.counter(
                "skein_journal_failures_total", "Times that a workspace's journal could not be read or written.");
        snapshots = meters.counter("skein_snapshots_stored_total", "Snapshots of workspaces that were stored.");
        snapshotFailures =
                meters.counter("skein_snapshot_failures_total", "Snapshots of workspaces that could not be stored.");
        refusals = new Refusals(meters, "workspace");
        meters.gauge("skein_workspaces", "Workspaces in memory.", inMemory::size);
        meters.gauge(
                "skein_journal_lag_seconds",
                "How long the oldest waits of what is decided and not durable.",
                () -> lagNanos(System.nanoTime()) / 1e9);
        meters.gauge(
                "skein_queued_calls", "Calls that are decided and not durable, in all workspaces.", this::queuedCalls);
    }

    /** A workspace's own, which counts with the others once it has begun. */
    Activity activity(String workspace) {
        return new Activity(this, workspace);
    }

    void begin(Activity activity) {
        inMemory.add(activity);
    }

    void end(Activity activity) {
        inMemory.remove(activity);
    }

    void called() {
        calls.increment();
    }

    void committed(int transactions, long journalNanos, long waitedNanos) {
        commits.add(transactions);
        journal.record(journalNanos);
        commit.record(waitedNanos);
        groups.record(transactions);
    }

    void repeated() {
        repeated.increment();
    }

    void refused(ErrorCode code) {
        refusals.count(code);
    }

    void opened(long nanos) {
        recovery.record(nanos);
    }

    void journalFailed() {
        journalFailures.increment();
    }

    void snapshotStored() {
        snapshots.increment();
    }

    void snapshotFailed() {
        snapshotFailures.increment();
    }

    private long queuedCalls() {
        long calls = 0;
        for (Activity activity : inMemory) {
            calls += activity.queuedCalls();
        }
        return calls;
    }

    public Meter.Counter commits() {
        return commits;
    }

    public Meter.Counter calls() {
        return calls;
    }

    public Timing journal() {
        return journal;
    }

    /** How many workspaces are in memory. */
    public int workspaces() {
        return inMemory.size();
    }

    /** How long the oldest waits of what is decided and not durable, in any workspace; 0 if nothing does. */
    public long lagNanos(long nowNanos) {
        long lag = 0;
        for (Activity activity : inMemory) {
            long since = activity.waitingSinceNanos();
            if (since != 0) {
                lag = Math.max(lag, nowNanos - since);
            }
        }
        return lag;
    }

    /** The workspaces that commit most, the busiest first; to be asked by one thread, every few seconds. Looks at every workspace in memory. */
    public List<Busy> busiest(int atMost, long nowNanos) {
        var busiest = new PriorityQueue<Busy>(Comparator.comparingDouble(Busy::commitsPerSecond));
        for (Activity activity : inMemory) {
            double pace = activity.pace(nowNanos);
            if (pace >= BUSY
                    && (busiest.size() < atMost || pace > busiest.element().commitsPerSecond())) {
                busiest.add(new Busy(activity.workspace(), pace));
                if (busiest.size() > atMost) {
                    busiest.remove();
                }
            }
        }
        var sorted = new ArrayList<>(busiest);
        sorted.sort(
                Comparator.comparingDouble(Busy::commitsPerSecond).reversed().thenComparing(Busy::workspace));
        return sorted;
    }
}
