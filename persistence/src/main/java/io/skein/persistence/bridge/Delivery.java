package io.skein.persistence.bridge;

import java.time.Instant;

/**
 * An event on its way to one target.
 *
 * @param body JSON
 * @param attempts how often it was tried before
 */
record Delivery(
        String target,
        String workspace,
        String eventId,
        String module,
        String kind,
        String body,
        Instant createdAt,
        int attempts) {}
