package io.skein.engine.presence;

import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;

/**
 * Somebody who is here, in however many sessions.
 *
 * @param sessions how many, those counted that may come back within the grace
 * @param active whether any of them is
 * @param state an object: that of the session which changed its own last
 */
public record Person(Identity identity, int sessions, boolean active, Json state) {
    /** The state of who has said nothing about itself. */
    public static final Json NO_STATE = new Json("{}");
}
