package io.skein.persistence.catalog;

import java.time.Duration;

/**
 * Bounds of the catalog.
 *
 * @param readers how many may ask at once on a node
 * @param pageSize workspaces on one page at most
 * @param wakeInterval how often the catalog looks for workspaces whose scheduled commands are due
 * @param wakeBatch how many it wakes at one look
 * @param wakeRetry a workspace that was woken and does not say that it is done is woken again after this long
 * @param retryAfter what one reader too many is advised
 */
public record CatalogSettings(
        int readers, int pageSize, Duration wakeInterval, int wakeBatch, Duration wakeRetry, Duration retryAfter) {
    public static final CatalogSettings DEFAULT =
            new CatalogSettings(64, 1_000, Duration.ofSeconds(1), 256, Duration.ofSeconds(15), Duration.ofSeconds(1));
}
