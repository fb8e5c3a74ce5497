package io.skein.engine.schema;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Who somebody is: 256 bits, derived from the token's issuer and subject. Held as four big-endian words, so that it hashes
 * and compares without touching an array. Its text is 64 lower-case hex digits.
 */
public record Identity(long word0, long word1, long word2, long word3) implements Comparable<Identity> {
    /** Bytes of an identity. */
    public static final int BYTES = 32;

    /** The engine itself: the sender of scheduled commands and of hooks that no person caused. */
    public static final Identity SYSTEM = new Identity(0, 0, 0, 0);

    /** The identity of {@code subject} as vouched for by {@code issuer}: SHA-256 over {@code issuer|subject} in UTF-8. */
    public static Identity of(String issuer, String subject) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            return fromBytes(digest.digest((issuer + "|" + subject).getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * Reads 32 big-endian bytes.
     *
     * @throws IllegalArgumentException on any other length
     */
    public static Identity fromBytes(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("an identity has 32 bytes, not " + bytes.length);
        }
        var buffer = ByteBuffer.wrap(bytes);
        return new Identity(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
    }

    /**
     * Reads 64 hex digits of either case.
     *
     * @throws IllegalArgumentException on anything else
     */
    public static Identity parse(String hex) {
        if (hex.length() != 2 * BYTES) {
            throw new IllegalArgumentException("an identity has 64 hex digits, not " + hex.length());
        }
        return fromBytes(HexFormat.of().parseHex(hex));
    }

    /** The 32 big-endian bytes. */
    public byte[] toBytes() {
        return ByteBuffer.allocate(BYTES)
                .putLong(word0)
                .putLong(word1)
                .putLong(word2)
                .putLong(word3)
                .array();
    }

    @Override
    public int compareTo(Identity other) {
        int order = Long.compareUnsigned(word0, other.word0);
        if (order == 0) order = Long.compareUnsigned(word1, other.word1);
        if (order == 0) order = Long.compareUnsigned(word2, other.word2);
        if (order == 0) order = Long.compareUnsigned(word3, other.word3);
        return order;
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(toBytes());
    }
}
