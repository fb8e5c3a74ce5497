package io.skein.engine.module;

import java.time.Duration;
import java.util.Optional;

/**
 * What a module says of who is here in its workspaces.
 *
 * @param tick what happens within it is told at once; empty: as the node is set up
 * @param listFor who is told by name; members below that are told how many there are
 */
public record PresenceRule(Optional<Duration> tick, Role listFor) {
    /** Everybody is told, as often as the node is set up. */
    public static final PresenceRule DEFAULT = new PresenceRule(Optional.empty(), Role.VIEWER);

    public PresenceRule {
        if (tick.isPresent() && tick.get().toMillis() < 1) {
            throw new IllegalArgumentException("a tick of " + tick.get() + ": at least 1 ms");
        }
    }

    /** The same with another tick. */
    public PresenceRule every(Duration tick) {
        return new PresenceRule(Optional.of(tick), listFor);
    }

    /** The same, where only these are told by name. */
    public PresenceRule listedFor(Role minimum) {
        return new PresenceRule(tick, minimum);
    }
}
