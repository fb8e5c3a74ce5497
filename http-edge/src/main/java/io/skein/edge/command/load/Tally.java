package io.skein.edge.command.load;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** What came of calls: how long they took, within a fiftieth, and why some were refused. Bounded, whatever comes. Thread-safe. */
final class Tally {
    private static final double WIDTH = Math.log(1.02);
    /** Up to more than an hour. */
    private static final int BUCKETS = 1_500;

    private final AtomicLongArray buckets = new AtomicLongArray(BUCKETS);
    private final LongAdder accepted = new LongAdder();
    private final Map<String, LongAdder> refused = new ConcurrentSkipListMap<>();

    void accepted(long nanos) {
        accepted.increment();
        buckets.incrementAndGet((int) Math.min(BUCKETS - 1, Math.log((double) Math.max(1, nanos)) / WIDTH));
    }

    /** @param code one of the few that the server has */
    void refused(String code) {
        refused.computeIfAbsent(code, _ -> new LongAdder()).increment();
    }

    long accepted() {
        return accepted.sum();
    }

    Map<String, LongAdder> refused() {
        return refused;
    }

    /** @return in milliseconds; 0 if nothing was accepted */
    double quantile(double share) {
        long all = 0;
        for (int i = 0; i < BUCKETS; i++) {
            all += buckets.get(i);
        }
        long wanted = (long) Math.ceil(all * share);
        long seen = 0;
        for (int i = 0; i < BUCKETS && all > 0; i++) {
            seen += buckets.get(i);
            if (seen >= wanted) {
                return Math.exp((i + 0.5) * WIDTH) / 1e6;
            }
        }
        return 0;
    }
}
