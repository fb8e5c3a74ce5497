package io.skein.engine.relay;

import io.skein.engine.presence.Crowd;
import org.jspecify.annotations.Nullable;

/**
 * How who is here looks on one wire. Stateless and thread-safe; sessions with equal formats share what it makes.
 */
public interface PresenceFormat {
    /** All that is shown, to a session that has nothing: a whole message; null if this format tells nothing. */
    byte @Nullable [] list(Crowd crowd);

    /** Whether a list takes the place of what a session has; otherwise it is only ever told changes. */
    boolean replaces();

    /**
     * A change: a whole message; null if it changes nothing that this format tells.
     *
     * @param before the crowd that it is a change of
     * @param after what it has become; in the same mode if lists replace
     */
    byte @Nullable [] change(Crowd before, Crowd after, Crowd.Change change);

    /** How messages of this wire share a frame. */
    WireFormat.Framing framing();

    /** What is told in its place to those who may know how many are here, but not who. */
    PresenceFormat counts();
}
