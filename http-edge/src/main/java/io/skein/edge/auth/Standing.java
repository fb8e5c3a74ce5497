package io.skein.edge.auth;

import io.skein.edge.auth.Verification.Refused;
import io.skein.edge.auth.Verification.Verified;
import java.util.Optional;

/** Says whether a token that is genuine and in time still counts. */
@FunctionalInterface
interface Standing {
    /** Why it does not; empty: it does. Must not block. */
    Optional<Refused> objection(Verified who);
}
