package io.skein.edge.api;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/** Ids, tokens, and words of callers on their way into a message. */
final class Texts {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int BYTES_128 = 16;
    private static final int TOKEN_BYTES = 24;
    private static final int MAX_SHOWN = 64;

    private Texts() {}

    /** 128 random bits as 32 hex digits. */
    static String randomHex128() {
        return HexFormat.of().formatHex(random(BYTES_128));
    }

    /** 192 random bits in base64url: nobody guesses it, and it goes into a link as it is. */
    static String randomToken() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random(TOKEN_BYTES));
    }

    private static byte[] random(int count) {
        byte[] bytes = new byte[count];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    /** The first 128 bits of a text's SHA-256 as 32 hex digits. */
    static String hex128(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(Arrays.copyOf(digest, BYTES_128));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The beginning of what a caller sent, for a message. */
    static String shown(String text) {
        return text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "…" : text;
    }
}
