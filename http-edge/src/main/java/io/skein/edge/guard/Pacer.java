package io.skein.edge.guard;

import io.skein.cluster.Limits.Pace;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A token bucket for each of many. Of a bucket only the moment is kept at which it will be full again. Once that has passed, a bucket says
 * nothing that a new one would not, so it is forgotten safely, and who comes once a minute leaves nothing behind. Thread-safe.
 */
final class Pacer<K> {
    /** A look at all buckets is not taken more often than so, however full they are. */
    private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long intervalNanos;
    private final long sizeNanos;
    private final int most;
    private final LongSupplier nanoTime;
    private final Map<K, Long> fullAt = new ConcurrentHashMap<>();
    private final AtomicLong nextSweep;

    /**
     * @param most buckets; when so many are not full, newcomers wait
     * @param nanoTime a clock that never goes back
     */
    Pacer(Pace pace, int most, LongSupplier nanoTime) {
        this.intervalNanos = pace.interval().toNanos();
        this.sizeNanos = pace.atOnce() * intervalNanos;
        this.most = most;
        this.nanoTime = nanoTime;
        this.nextSweep = new AtomicLong(nanoTime.getAsLong());
    }

    /** Takes one from the bucket of {@code who}. Empty: it was there; else the milliseconds until it will be. */
    OptionalLong take(K who) {
        if (sizeNanos == 0) return OptionalLong.empty();
        long now = nanoTime.getAsLong();
        if (fullAt.size() >= most && !fullAt.containsKey(who) && !sweep(now)) {
            return OptionalLong.of(TimeUnit.NANOSECONDS.toMillis(SWEEP_NANOS));
        }
        var waitNanos = new long[1];
        fullAt.compute(who, (_, known) -> {
            long missing = known == null ? 0 : Math.max(0, known - now);
            waitNanos[0] = missing + intervalNanos - sizeNanos;
            return waitNanos[0] > 0 ? known : Long.valueOf(now + missing + intervalNanos);
        });
        return waitNanos[0] > 0 ? OptionalLong.of(millis(waitNanos[0])) : OptionalLong.empty();
    }

    /** Up, so that who comes then is not a moment early. */
    private static long millis(long nanos) {
        return Math.ceilDiv(nanos, TimeUnit.MILLISECONDS.toNanos(1));
    }

    /** Forgets the full ones. Whether there is room now. */
    private boolean sweep(long now) {
        long due = nextSweep.get();
        if (now - due >= 0 && nextSweep.compareAndSet(due, now + SWEEP_NANOS)) {
            fullAt.values().removeIf(full -> now - full >= 0);
        }
        return fullAt.size() < most;
    }

    int size() {
        return fullAt.size();
    }
}
