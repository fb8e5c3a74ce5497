package io.skein.engine.state;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The chain of rule H1: {@code hash(n) = SHA-256(hash(n-1) ‖ canonical bytes of n)}, from 32 zero bytes. Whoever holds the last hash
 * can tell whether any earlier transaction was changed.
 */
public final class HashChain {
    public static final int BYTES = 32;

    private static final ThreadLocal<MessageDigest> DIGEST = ThreadLocal.withInitial(HashChain::sha256);

    private HashChain() {}

    /** What precedes the first transaction. */
    public static byte[] genesis() {
        return new byte[BYTES];
    }

    public static byte[] next(byte[] previous, byte[] canonical) {
        MessageDigest digest = DIGEST.get();
        digest.update(previous);
        return digest.digest(canonical);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
