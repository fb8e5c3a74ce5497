package io.skein.edge.guard;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How many of something each has at once: up to so many, and 0 is without a bound. Holds nothing of who has none. Thread-safe. */
public final class Turnstile<K> {
    private final int most;
    private final Map<K, Integer> inside = new ConcurrentHashMap<>();

    public Turnstile(int most) {
        this.most = most;
    }

    /** Lets one more in, unless all places of {@code who} are taken. Who gets in has to {@link #leave}, once. */
    public boolean enter(K who) {
        if (most == 0) return true;
        var entered = new boolean[1];
        inside.compute(who, (_, known) -> {
            int count = known == null ? 0 : known;
            entered[0] = count < most;
            return entered[0] ? Integer.valueOf(count + 1) : known;
        });
        return entered[0];
    }

    public void leave(K who) {
        if (most == 0) return;
        inside.computeIfPresent(who, (_, count) -> count == 1 ? null : count - 1);
    }

    /** Who is in. */
    int size() {
        return inside.size();
    }
}
