package io.skein.edge.auth;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Names that cannot be guessed. */
final class Randoms {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Randoms() {}

    /** 128 random bits as 32 hex digits. */
    static String hex128() {
        byte[] bytes = new byte[16];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
