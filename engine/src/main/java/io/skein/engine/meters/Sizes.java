package io.skein.engine.meters;

import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** How many of something there are at a time, as counts in buckets: none, one, and then one bucket to each doubling, up to sixteen million. */
public final class Sizes implements Meter {
    private static final int DOUBLINGS = 24;

    /** How many buckets there are; the last one has all that is more, too. */
    public static final int BUCKETS = DOUBLINGS + 3;

    private final String name;
    private final String help;
    private final List<Label> labels;
    private final AtomicLongArray buckets = new AtomicLongArray(BUCKETS);
    private final LongAdder total = new LongAdder();

    Sizes(String name, String help, List<Label> labels) {
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

    /** So many at a time; less than none counts as none. */
    public void record(long size) {
        buckets.getAndIncrement(bucketOf(size));
        total.add(Math.max(0, size));
    }

    /** All that were recorded, together. */
    public long total() {
        return total.sum();
    }

    /** How often a size of this bucket was recorded. */
    public long count(int bucket) {
        return buckets.get(bucket);
    }

    static int bucketOf(long size) {
        if (size <= 0) {
            return 0;
        }
        int doublings = Long.SIZE - Long.numberOfLeadingZeros(size - 1);
        return 1 + Math.min(doublings, DOUBLINGS + 1);
    }

    /** The most that falls into a bucket: 0, 1, 2, 4, 8 and so on; of the last one {@link Long#MAX_VALUE}. */
    public static long most(int bucket) {
        if (bucket == BUCKETS - 1) {
            return Long.MAX_VALUE;
        }
        return bucket == 0 ? 0 : 1L << (bucket - 1);
    }
}
