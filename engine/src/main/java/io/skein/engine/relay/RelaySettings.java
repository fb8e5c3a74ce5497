package io.skein.engine.relay;

import java.time.Duration;

/**
 * Bounds of a relay, and of what it keeps for its sessions.
 *
 * @param maxSessions sessions of one workspace on one node
 * @param maxUnacknowledged calls on their way to the owner; more are answered {@code overloaded}
 * @param logTransactions transactions kept for each audience and each view
 * @param logBytes bytes kept for each audience and each view
 * @param maxIdleViews views that are kept warm although no session has them now
 * @param maxPendingChanges view changes that one session may have waiting
 * @param callTimeout how long a call waits for an owner that cannot be reached
 * @param enlistRetry pause between attempts to reach the owner
 * @param linger how long a relay without sessions stays
 * @param frameBudgetBytes see {@link Outbox}
 * @param retryAfter what {@code overloaded} and {@code unavailable} advise
 */
public record RelaySettings(
        int maxSessions,
        int maxUnacknowledged,
        int logTransactions,
        long logBytes,
        int maxIdleViews,
        int maxPendingChanges,
        Duration callTimeout,
        Duration enlistRetry,
        Duration linger,
        int frameBudgetBytes,
        Duration retryAfter) {
    public static final RelaySettings DEFAULT = new RelaySettings(
            50_000,
            8_192,
            4_096,
            4 << 20,
            16,
            64,
            Duration.ofSeconds(30),
            Duration.ofSeconds(1),
            Duration.ofSeconds(60),
            256 << 10,
            Duration.ofMillis(250));
}
