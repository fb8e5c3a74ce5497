package io.skein.persistence.history;

import java.time.Duration;

/**
 * Bounds of reading history.
 *
 * @param readers how many may read at once on a node
 * @param pageTransactions transactions that one page covers at most
 * @param pageBytes canonical bytes after which a page ends, unless its first transaction alone has more
 * @param rememberedCalls see {@link io.skein.engine.state.RecentCalls#empty}
 * @param retryAfter what one reader too many is advised
 */
public record HistoryLimits(
        int readers, int pageTransactions, int pageBytes, int rememberedCalls, Duration retryAfter) {
    public static final HistoryLimits DEFAULT = new HistoryLimits(2, 1_000, 1 << 20, 10_000, Duration.ofSeconds(1));
}
