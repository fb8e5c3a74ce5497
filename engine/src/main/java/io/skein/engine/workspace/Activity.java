package io.skein.engine.workspace;

import io.skein.engine.module.ErrorCode;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What a workspace in memory does. The workspace's actor writes; whoever shows it reads. */
public final class Activity {
    /** An exponential mean that forgets about two thirds in so long. */
    private static final double FORGET_NANOS = 10e9;

    private final WorkspaceCounters counters;
    private final String workspace;
    private final AtomicLong commits = new AtomicLong();
    private final AtomicLong waitingSinceNanos = new AtomicLong();
    private final AtomicInteger queuedCalls = new AtomicInteger();
    /** These three belong to whoever asks for the {@link #pace}. */
    private long seenCommits;

    private long seenNanos = System.nanoTime();
    private double commitsPerSecond;

    Activity(WorkspaceCounters counters, String workspace) {
        this.counters = counters;
        this.workspace = workspace;
    }

    /** The workspace is in memory from now on. */
    void begin() {
        counters.begin(this);
    }

    /** It is not any more, or nothing is known of it until its journal has been read. */
    void end() {
        waits(0, 0);
        counters.end(this);
    }

    void called() {
        counters.called();
    }

    void repeated() {
        counters.repeated();
    }

    void refused(ErrorCode code) {
        counters.refused(code);
    }

    /** The journal has been read, and it took so long. */
    void opened(long nanos) {
        counters.opened(nanos);
    }

    void journalFailed() {
        counters.journalFailed();
    }

    /** A group is durable, with so many transactions; its first call waited {@code waitedNanos}, of which the journal had the last. */
    void committed(int transactions, long journalNanos, long waitedNanos) {
        commits.lazySet(commits.getPlain() + transactions);
        counters.committed(transactions, journalNanos, waitedNanos);
    }

    /** Since when the oldest of what is not durable waits, and how much does; 0 if nothing. */
    void waits(long sinceNanos, int calls) {
        if (waitingSinceNanos.getPlain() != sinceNanos) {
            waitingSinceNanos.lazySet(sinceNanos);
        }
        if (queuedCalls.getPlain() != calls) {
            queuedCalls.lazySet(calls);
        }
    }

    String workspace() {
        return workspace;
    }

    int queuedCalls() {
        return queuedCalls.get();
    }

    long waitingSinceNanos() {
        return waitingSinceNanos.get();
    }

    /** Commits in a second, lately. One thread at a time. */
    double pace(long nowNanos) {
        long now = commits.get();
        double nanos = nowNanos - seenNanos;
        if (nanos > 0) {
            double lately = (now - seenCommits) * 1e9 / nanos;
            commitsPerSecond = lately + (commitsPerSecond - lately) * Math.exp(-nanos / FORGET_NANOS);
            seenCommits = now;
            seenNanos = nowNanos;
        }
        return commitsPerSecond;
    }
}
