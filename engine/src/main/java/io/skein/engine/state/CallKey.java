package io.skein.engine.state;

import io.skein.engine.codec.ByteWriter;
import io.skein.engine.schema.Bytes;

/**
 * What makes a repeated call recognisable.
 *
 * @param text chosen by the caller, 1 to 128 characters; or by a relay, then beginning with {@link #INTERNAL_PREFIX}
 * @param digest of the reducer's name and the arguments' canonical bytes: the first {@link #DIGEST_BYTES} of their SHA-256
 */
public record CallKey(String text, Bytes digest) {
    public static final int DIGEST_BYTES = 16;
    public static final int MAX_CHARACTERS = 128;

    /** Keys with this beginning are made by relays, so that a resent call is not done twice; callers cannot use them. */
    public static final String INTERNAL_PREFIX = "~";

    private static final Bytes NO_DIGEST = Bytes.of(new byte[DIGEST_BYTES]);

    /**
     * @throws IllegalArgumentException if the text is empty, too long or not well-formed, or the digest of another length
     */
    public CallKey {
        if (text.isEmpty() || text.length() > MAX_CHARACTERS) {
            throw new IllegalArgumentException("a key has 1 to " + MAX_CHARACTERS + " characters");
        }
        ByteWriter.requireWellFormed(text);
        if (digest.length() != DIGEST_BYTES) {
            throw new IllegalArgumentException("a key's digest has " + DIGEST_BYTES + " bytes");
        }
    }

    /** A key of the engine's own, for a call that may be sent twice. */
    public static CallKey internal(String unique) {
        return new CallKey(INTERNAL_PREFIX + unique, NO_DIGEST);
    }

    public boolean isInternal() {
        return text.startsWith(INTERNAL_PREFIX);
    }
}
