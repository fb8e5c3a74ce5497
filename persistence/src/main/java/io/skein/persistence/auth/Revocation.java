package io.skein.persistence.auth;

import io.skein.engine.schema.Identity;
import java.time.Instant;
import java.util.Locale;

/**
 * Tokens of one user that count no more.
 *
 * @param value the id of the token, session or device; empty for all
 * @param issuedUntil for all: those that were issued up to then
 * @param expiresAt when the last of them has expired by itself
 */
public record Revocation(
        Identity identity,
        Kind kind,
        String value,
        Instant issuedUntil,
        Identity revokedBy,
        Instant revokedAt,
        Instant expiresAt) {
    /** Which tokens. */
    public enum Kind {
        /** One, and those made from it. */
        TOKEN,
        /** Those of a session. */
        SESSION,
        /** Those of a device. */
        DEVICE,
        /** All that there were. */
        ALL;

        /** As in the database and on the wire. */
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** @throws IllegalArgumentException if there is none of this name */
        public static Kind ofWire(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }
}
