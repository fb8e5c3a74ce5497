package io.skein.engine.workspace;

import io.skein.engine.meters.Meter;
import io.skein.engine.meters.Meters;
import io.skein.engine.meters.Timing;
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
    private final Timing journal;
    /** As many as there are workspaces in memory. */
    private final Set<Activity> inMemory = ConcurrentHashMap.newKeySet();

    /** One of the busiest workspaces. {@code commitsPerSecond} are those of the last ten seconds or so. */
    public record Busy(String workspace, double commitsPerSecond) {}

    public WorkspaceCounters(Meters meters) {
        commits = meters.counter("skein_commits_total", "Transactions that became durable.");
        calls = meters.counter("skein_calls_total", "Calls that reached their workspace, refused ones too.");
        journal = meters.timing("skein_journal_seconds", "From handing a group to the journal until it is durable.");
        meters.gauge("skein_workspaces", "Workspaces in memory.", inMemory::size);
        meters.gauge(
                "skein_journal_lag_seconds",
                "How long the oldest waits of what is decided and not durable.",
                () -> lagNanos(System.nanoTime()) / 1e9);
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

    void committed(int transactions, long journalNanos) {
        commits.add(transactions);
        journal.record(journalNanos);
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
