package io.skein.engine.workspace;

import io.skein.engine.module.Role;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;

/** A transient message of one session to others in its workspace; never journaled. */
public record Signal(Identity from, String name, Json payload, Target to) {
    /** Whom it is for. */
    public sealed interface Target {
        record Everyone() implements Target {}

        /** Those of this role or a higher one. */
        record AtLeast(Role role) implements Target {}

        record Only(Identity identity) implements Target {}
    }
}
