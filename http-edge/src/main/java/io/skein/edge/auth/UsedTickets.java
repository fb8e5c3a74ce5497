package io.skein.edge.auth;

import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Remembers which tickets were used, for as long as they would still be valid. In the order of their use, so the ones that may be
 * forgotten are always in front. Thread-safe.
 */
final class UsedTickets {
    enum Use {
        FIRST,
        AGAIN,
        /** Too many are remembered: whether this is the first use could not be told later. */
        FULL
    }

    private final int maxRemembered;
    private final Duration lifetime;
    private final Map<String, Instant> usedAt = new LinkedHashMap<>();

    /** {@code lifetime} is how long after its use a ticket can still be valid at most. */
    UsedTickets(int maxRemembered, Duration lifetime) {
        this.maxRemembered = maxRemembered;
        this.lifetime = lifetime;
    }

    synchronized Use use(String id, Instant now) {
        Iterator<Instant> oldest = usedAt.values().iterator();
        while (oldest.hasNext() && oldest.next().plus(lifetime).isBefore(now)) oldest.remove();
        if (usedAt.containsKey(id)) return Use.AGAIN;
        if (usedAt.size() >= maxRemembered) return Use.FULL;
        usedAt.put(id, now);
        return Use.FIRST;
    }

    synchronized int remembered() {
        return usedAt.size();
    }
}
