package io.skein.edge.auth;

import com.nimbusds.jwt.JWTClaimsSet;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Remembers whose signature is known to be right: tokens signed on this node, and tokens checked on it. Checking ES256 costs some
 * 400 µs of processor, more than everything else that a socket which comes and goes costs the edge, and people come back with the
 * token that they had. Only the signature is remembered: expiry and the other claims are looked at each time. Known by their
 * SHA-256, the least recently used are forgotten. Thread-safe.
 */
public final class GenuineTokens {
    /** About 1 KiB each. */
    private static final int MOST = 10_000;

    private final int most;
    private final Map<ByteBuffer, JWTClaimsSet> claims;

    public GenuineTokens() {
        this(MOST);
    }

    GenuineTokens(int most) {
        this.most = most;
        this.claims = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<ByteBuffer, JWTClaimsSet> eldest) {
                return size() > GenuineTokens.this.most;
            }
        };
    }

    /** The claims of a token that is known to be genuine; null if it is not known. */
    @Nullable
    JWTClaimsSet find(String token) {
        ByteBuffer hash = hash(token);
        synchronized (claims) {
            return claims.get(hash);
        }
    }

    /** For who has signed it, or checked the signature. */
    void add(String token, JWTClaimsSet says) {
        ByteBuffer hash = hash(token);
        synchronized (claims) {
            claims.put(hash, says);
        }
    }

    int size() {
        synchronized (claims) {
            return claims.size();
        }
    }

    private static ByteBuffer hash(String token) {
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
