package io.skein.load.presence;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Commits at a steady rate while others come and go: what their presence costs those who work. On a thread of its own, and apart from
 * the loop of those who come and go, which has work enough. A commit that is late makes the next ones late, and their lateness counts
 * (they were due at their time, whatever the server did before).
 */
final class Clerk implements AutoCloseable {
    private static final int PER_SECOND = 20;
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
    private static final long END_MILLIS = 60_000;
    private static final long MOST_MICROS = TimeUnit.MINUTES.toMicros(1);

    private final Work work;
    private final Thread thread = new Thread(this::run, "clerk");
    private final Histogram micros = new Histogram(MOST_MICROS, 3);
    private @Nullable Exception failed;
    private volatile boolean ended;

    /** Does one commit and returns when it is acknowledged. */
    interface Work {
        /** @param number of this commit, from 1 */
        void commit(long number) throws IOException, InterruptedException;
    }

    /**
     * How long commits took from when they were due.
     *
     * @param count of them
     */
    record Latency(long count, double p50Millis, double p99Millis) {}

    private Clerk(Work work) {
        this.work = work;
    }

    static Clerk begin(Work work) {
        var clerk = new Clerk(work);
        clerk.thread.start();
        return clerk;
    }

    private void run() {
        long startNanos = System.nanoTime();
        for (long number = 1; !ended; number++) {
            long dueNanos = startNanos + number * PERIOD_NANOS;
            for (long left = dueNanos - System.nanoTime(); left > 0; left = dueNanos - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            try {
                work.commit(number);
            } catch (IOException | InterruptedException e) {
                fail(e);
                return;
            }
            record((System.nanoTime() - dueNanos) / 1_000);
        }
    }

    private synchronized void record(long tookMicros) {
        micros.recordValue(Math.min(tookMicros, MOST_MICROS));
    }

    private synchronized void fail(Exception cause) {
        failed = cause;
    }

    /**
     * What was seen since the last cut.
     *
     * @throws IllegalStateException if a commit failed
     */
    synchronized Latency cut() {
        if (failed != null) {
            throw new IllegalStateException("a commit failed", failed);
        }
        var seen = new Latency(
                micros.getTotalCount(), micros.getValueAtPercentile(50) / 1e3, micros.getValueAtPercentile(99) / 1e3);
        micros.reset();
        return seen;
    }

    /** The commit on its way is the last one. */
    @Override
    public void close() {
        ended = true;
        try {
            thread.join(END_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
