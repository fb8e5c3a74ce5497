package io.skein.engine.workspace;

import java.util.function.LongSupplier;

/** A token bucket: so many a second, and so many at once. Belongs to one thread. */
public final class RateLimit {
    private static final double NANOS = 1e9;

    private final double perSecond;
    private final double burst;
    private final LongSupplier nanoTime;
    private double tokens;
    private long lastNanos;

    public RateLimit(int perSecond, int burst) {
        this(perSecond, burst, System::nanoTime);
    }

    /** @param nanoTime a clock that never goes back */
    RateLimit(int perSecond, int burst, LongSupplier nanoTime) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.tokens = burst;
        this.nanoTime = nanoTime;
        this.lastNanos = nanoTime.getAsLong();
    }

    /** Whether one more is allowed now. */
    public boolean take() {
        if (!isOpen()) {
            return false;
        }
        tokens--;
        return true;
    }

    /** The same, and nothing is taken. */
    boolean isOpen() {
        long now = nanoTime.getAsLong();
        tokens = Math.min(burst, tokens + (now - lastNanos) / NANOS * perSecond);
        lastNanos = now;
        return tokens >= 1;
    }

    /** How long until one more is allowed. */
    public long waitMillis() {
        return (long) Math.ceil(Math.max(0, 1 - tokens) / perSecond * 1_000);
    }
}
