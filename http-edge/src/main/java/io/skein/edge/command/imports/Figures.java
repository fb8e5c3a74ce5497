package io.skein.edge.command.imports;

import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;

/** What is counted while an import runs. Thread-safe. */
public final class Figures {
    private static final long HIGHEST_MICROS = 600_000_000;
    private static final int DIGITS = 3;

    private final ConcurrentHistogram latencyMicros = new ConcurrentHistogram(HIGHEST_MICROS, DIGITS);
    private final LongAdder calls = new LongAdder();
    private final LongAdder retries = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder imported = new LongAdder();
    private final LongAdder there = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder nodes = new LongAdder();
    private final LongAdder edges = new LongAdder();
    private final long startNanos = System.nanoTime();

    void called(long nanos, int bodyBytes) {
        calls.increment();
        bytes.add(bodyBytes);
        latencyMicros.recordValue(Math.min(HIGHEST_MICROS, nanos / 1_000));
    }

    void retried() {
        retries.increment();
    }

    /** A workflow with this many nodes and edges is in now. */
    public void imported(int withNodes, int withEdges) {
        imported.increment();
        count(withNodes, withEdges);
    }

    /** A workflow was there before. */
    public void there(int withNodes, int withEdges) {
        there.increment();
        count(withNodes, withEdges);
    }

    public void failed() {
        failed.increment();
    }

    private void count(int withNodes, int withEdges) {
        nodes.add(withNodes);
        edges.add(withEdges);
    }

    /** Requests answered, whatever the answer. */
    public long calls() {
        return calls.sum();
    }

    public long retries() {
        return retries.sum();
    }

    /** Of request bodies. */
    public long bytes() {
        return bytes.sum();
    }

    /** Workflows brought in, or completed, by this run. */
    public long importedCount() {
        return imported.sum();
    }

    /** Workflows that were there already. */
    public long thereCount() {
        return there.sum();
    }

    /** Workflows that were refused. */
    public long failedCount() {
        return failed.sum();
    }

    public long done() {
        return importedCount() + thereCount() + failedCount();
    }

    public long nodes() {
        return nodes.sum();
    }

    public long edges() {
        return edges.sum();
    }

    public double seconds() {
        return (System.nanoTime() - startNanos) / 1e9;
    }

    /** Milliseconds from sending a request to having its answer. */
    public double latencyMillis(double percentile) {
        return latencyMicros.getValueAtPercentile(percentile) / 1e3;
    }

    /** What went over the wire, a line each. */
    public String report() {
        return String.format(
                        Locale.ROOT,
                        "  graphs     %,d nodes, %,d edges%n  sent       %,d requests, %,d repeated, %,d bytes%n",
                        nodes(),
                        edges(),
                        calls(),
                        retries(),
                        bytes())
                + String.format(
                        Locale.ROOT,
                        "  time       %.1f s, %,.1f workflows/s%n  latency    %.1f ms p50, %.1f ms p99 a request%n",
                        seconds(),
                        done() / Math.max(seconds(), 0.001),
                        latencyMillis(50),
                        latencyMillis(99));
    }
}
