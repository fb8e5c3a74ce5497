package io.skein.engine.presence;

import io.skein.engine.module.Refusal;

/** The answer to who is in a workspace, to somebody without a session. */
public sealed interface PresenceAnswer {
    /** @param update always fresh: all that relays were told last */
    record Here(Update update) implements PresenceAnswer {}

    record Refused(Refusal refusal) implements PresenceAnswer {}
}
