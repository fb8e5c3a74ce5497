package io.skein.edge.api;

import io.skein.edge.auth.SigningKey;
import io.skein.engine.schema.Identity;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.SecretKey;

/**
 * Makes the tokens of invitations: 192 bits in base64url, random; or, for a request with an idempotency key, what only holders of the
 * cluster's key can compute of it. So who repeats a request whose answer was lost gets its token, although nobody kept it.
 */
final class InviteTokens {
    private static final int BYTES = 24;
    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKey secret;

    InviteTokens(SigningKey key) {
        this.secret = key.derive("skein invitation tokens");
    }

    String make(String workspace, Identity sender, Optional<String> key) {
        return key.map(text -> derived(workspace + "\n" + sender + "\n" + text)).orElseGet(Texts::randomToken);
    }

    private String derived(String from) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            byte[] code = mac.doFinal(from.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(code, BYTES));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }
}
