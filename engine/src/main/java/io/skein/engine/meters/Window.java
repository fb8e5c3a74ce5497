package io.skein.engine.meters;

import java.time.Duration;
import java.util.List;

/**
 * What happened lately: remembers what counters and timings said at each of the last looks, and tells the difference. All of it is allocated at once.
 * Belongs to one thread.
 */
public final class Window {
    /** What timings were in a while. {@code p50Micros} and {@code p99Micros} are 0 if there was none. */
    public record Quantiles(long count, long p50Micros, long p99Micros) {}

    private final List<Meter.Counter> counters;
    private final List<Timing> timings;
    private final long[] takenNanos;
    private final long[][] counts;
    private final long[][][] buckets;
    private final long[] difference = new long[Timing.BUCKETS];
    private int looks;

    /** @param remembered how many looks, at least 2 */
    public Window(List<Meter.Counter> counters, List<Timing> timings, int remembered) {
        this.counters = List.copyOf(counters);
        this.timings = List.copyOf(timings);
        this.takenNanos = new long[remembered];
        this.counts = new long[remembered][counters.size()];
        this.buckets = new long[remembered][timings.size()][Timing.BUCKETS];
    }

    /** Looks at everything; later looks have later times. */
    public void look(long nowNanos) {
        int place = looks % takenNanos.length;
        takenNanos[place] = nowNanos;
        for (int i = 0; i < counters.size(); i++) {
            counts[place][i] = counters.get(i).count();
        }
        for (int i = 0; i < timings.size(); i++) {
            timings.get(i).copyTo(buckets[place][i]);
        }
        looks++;
    }

    /** How often a counter counted in each second of the last {@code back}, or of as much of it as is remembered. */
    public double perSecond(Meter.Counter counter, Duration back) {
        int which = indexOf(counters, counter);
        if (looks < 2) {
            return 0;
        }
        int last = last();
        int first = before(back);
        double seconds = (takenNanos[last] - takenNanos[first]) / 1e9;
        return seconds <= 0 ? 0 : (counts[last][which] - counts[first][which]) / seconds;
    }

    /** What a timing was in the last {@code back}, or in as much of it as is remembered. */
    public Quantiles quantiles(Timing timing, Duration back) {
        int which = indexOf(timings, timing);
        if (looks < 2) {
            return new Quantiles(0, 0, 0);
        }
        long[] last = buckets[last()][which];
        long[] first = buckets[before(back)][which];
        long count = 0;
        for (int i = 0; i < difference.length; i++) {
            difference[i] = last[i] - first[i];
            count += difference[i];
        }
        return new Quantiles(count, quantile(count, 0.50), quantile(count, 0.99));
    }

    private long quantile(long count, double part) {
        long rank = (long) Math.ceil(count * part);
        long passed = 0;
        for (int i = 0; i < difference.length; i++) {
            passed += difference[i];
            if (passed >= rank && passed > 0) {
                return Timing.highestMicros(i);
            }
        }
        return 0;
    }

    private int last() {
        return (looks - 1) % takenNanos.length;
    }

    /** The youngest look that is at least so old, or the oldest of all. */
    private int before(Duration back) {
        long until = takenNanos[last()] - back.toNanos();
        int oldest = Math.max(0, looks - takenNanos.length);
        int look = looks - 2;
        while (look > oldest && takenNanos[look % takenNanos.length] - until > 0) {
            look--;
        }
        return look % takenNanos.length;
    }

    private static <M> int indexOf(List<M> meters, M meter) {
        int index = meters.indexOf(meter);
        if (index < 0) {
            throw new IllegalArgumentException("this is not looked at: " + meter);
        }
        return index;
    }
}
