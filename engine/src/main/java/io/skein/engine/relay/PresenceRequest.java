package io.skein.engine.relay;

import io.skein.engine.schema.Json;
import java.util.Map;
import java.util.Optional;

/**
 * What a session says of itself, and wants to hear of others.
 *
 * @param state members of its state, {@code null} to take one out; others stay
 * @param active whether somebody is at it; if that is never said, the session is active as long as it does something
 * @param watch what it wants to hear of who is here; nothing as long as it has not said so
 * @param leave the session is not here any more, and nobody waits for it to come back; it may go on watching
 * @param refresh the session wants the list anew
 * @param place who is in several places at once by one identity is, for each of them, somebody of their own to others: in this one; as long as none was named
 *     the session is the identity's
 */
public record PresenceRequest(
        Map<String, Json> state,
        Optional<Boolean> active,
        Optional<Watch> watch,
        boolean leave,
        boolean refresh,
        Optional<String> place) {
    /** The same, wanting this if it does not say what it wants. */
    public PresenceRequest orWatch(Watch unsaid) {
        return new PresenceRequest(state, active, Optional.of(watch.orElse(unsaid)), leave, refresh, place);
    }

    /** What a session wants to hear. */
    public sealed interface Watch {
        record Off() implements Watch {}

        record With(PresenceFormat format) implements Watch {}
    }
}
