package io.skein.engine.meters;

import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * How long something takes, as counts in buckets: exact below 16 µs, then eight buckets to each doubling, so that a quantile is at most
 * an eighth too high, up to an hour. Two kilobytes, however much is recorded.
 */
public final class Timing implements Meter {
    private static final int EXACT = 16;
    private static final int EXACT_BITS = 4;
    private static final int PARTS_BITS = 3;
    private static final int PARTS = 1 << PARTS_BITS;
    private static final int DOUBLINGS = 28;

    /** How many buckets there are. */
    public static final int BUCKETS = EXACT + DOUBLINGS * PARTS;

    private static final long NANOS_A_MICRO = 1_000;

    private final String name;
    private final String help;
    private final List<Label> labels;
    private final AtomicLongArray buckets = new AtomicLongArray(BUCKETS);
    private final LongAdder totalMicros = new LongAdder();

    Timing(String name, String help, List<Label> labels) {
        this.name = name;
        this.help = help;
        this.labels = labels;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String help() {
        return help;
    }

    @Override
    public List<Label> labels() {
        return labels;
    }

    /** One that took so many nanoseconds; less than none counts as none. */
    public void record(long nanos) {
        long micros = Math.max(0, nanos / NANOS_A_MICRO);
        buckets.getAndIncrement(bucketOf(micros));
        totalMicros.add(micros);
    }

    /** All that were recorded, together. */
    public long totalMicros() {
        return totalMicros.sum();
    }

    /** Writes the present counts into {@code counts}, which has {@link #BUCKETS} places. */
    public void copyTo(long[] counts) {
        for (int i = 0; i < BUCKETS; i++) {
            counts[i] = buckets.get(i);
        }
    }

    static int bucketOf(long micros) {
        if (micros < EXACT) {
            return (int) micros;
        }
        int doublings = Long.SIZE - 1 - Long.numberOfLeadingZeros(micros) - EXACT_BITS;
        int part = (int) (micros >>> (doublings + EXACT_BITS - PARTS_BITS)) & (PARTS - 1);
        return Math.min(BUCKETS - 1, EXACT + doublings * PARTS + part);
    }

    /** The longest time that falls into a bucket, in microseconds; the last bucket has all that is longer, too. */
    public static long highestMicros(int bucket) {
        if (bucket < EXACT) {
            return bucket;
        }
        int doublings = (bucket - EXACT) / PARTS;
        int part = (bucket - EXACT) % PARTS;
        return ((long) (PARTS + part + 1) << (doublings + EXACT_BITS - PARTS_BITS)) - 1;
    }
}
