package io.skein.engine.reducer;

import java.time.Duration;

/**
 * Bounds of what one transaction and one workspace may be.
 *
 * @param maxOps row operations in one transaction
 * @param maxTransactionBytes canonical bytes of one transaction
 * @param maxWorkspaceBytes canonical bytes of all present rows
 * @param keyLifetime how long a key is honoured, if it is not pushed out by newer ones before
 */
public record DecideLimits(int maxOps, int maxTransactionBytes, long maxWorkspaceBytes, Duration keyLifetime) {
    public static final DecideLimits DEFAULT = new DecideLimits(10_000, 4 << 20, 256L << 20, Duration.ofHours(24));
}
