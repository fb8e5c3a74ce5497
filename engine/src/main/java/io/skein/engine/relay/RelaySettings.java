package io.skein.engine.relay;

import java.time.Duration;

/**
 * Bounds of a relay, and of what it keeps for its sessions.
 *
 * @param maxSessions sessions of one workspace on one node
 * @param maxUnacknowledged calls on their way to the owner; more are answered {@code overloaded}
 * @param maxUnacknowledgedBytes their size on the wire
 * @param logTransactions transactions kept for each view
 * @param logBytes bytes kept for all views together
 * @param snapshotCacheBytes encoded snapshots kept for those who join next, over all views
 * @param maxIdleViews views that are kept warm although no session has them now
 * @param maxPendingChanges view changes that one session may have waiting
 * @param callTimeout how long a call waits for an owner that cannot be reached
 * @param enlistRetry pause between the first attempts to reach the owner; up to 16 times as long between later ones
 * @param linger how long a relay without sessions stays
 * @param frameBudgetBytes see {@link Outbox}
 * @param retryAfter what {@code overloaded} and {@code unavailable} advise
 */
public record RelaySettings(
        int maxSessions,
        int maxUnacknowledged,
        long maxUnacknowledgedBytes,
        int logTransactions,
        long logBytes,
        long snapshotCacheBytes,
        int maxIdleViews,
        int maxPendingChanges,
        Duration callTimeout,
        Duration enlistRetry,
        Duration linger,
        int frameBudgetBytes,
        Duration retryAfter) {
    public static final RelaySettings DEFAULT = new RelaySettings(
            50_000,
            4_096,
            8 << 20,
            4_096,
            8 << 20,
            16 << 20,
            16,
            64,
            Duration.ofSeconds(30),
            Duration.ofMillis(200),
            Duration.ofSeconds(60),
            256 << 10,
            Duration.ofMillis(250));
}
