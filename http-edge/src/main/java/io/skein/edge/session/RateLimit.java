package io.skein.edge.session;

/** A token bucket: so many messages a second, and so many at once. Belongs to one event loop. */
public final class RateLimit {
    private static final double NANOS = 1e9;

    private final double perSecond;
    private final double burst;
    private double tokens;
    private long lastNanos = System.nanoTime();

    public RateLimit(int perSecond, int burst) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.tokens = burst;
    }

    /** Whether one more is allowed now. */
    public boolean take() {
        long now = System.nanoTime();
        tokens = Math.min(burst, tokens + (now - lastNanos) / NANOS * perSecond);
        lastNanos = now;
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }

    /** How long until one more is allowed. */
    public long waitMillis() {
        return (long) Math.ceil(Math.max(0, 1 - tokens) / perSecond * 1_000);
    }
}
