package io.skein.edge.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.SignedJWT;
import io.skein.edge.auth.Verification.Refused;
import java.text.ParseException;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Checks the tokens that {@link TokenIssuer} issues: ES256 with our key and nothing else. */
public final class OwnTokenVerifier implements TokenVerifier {
    static final int MAX_TOKEN_CHARS = 8 << 10;

    private final String keyId;
    private final JWSVerifier signature;
    private final Claims claims;
    private final GenuineTokens genuine;

    /** {@code genuine} are tokens of this key. */
    public OwnTokenVerifier(SigningKey key, AuthSettings settings, InstantSource clock, GenuineTokens genuine) {
        this.keyId = key.id();
        this.genuine = genuine;
        this.claims = settings.ownClaims(clock);
        try {
            this.signature = new ECDSAVerifier(key.jwk());
        } catch (JOSEException e) {
            throw new IllegalArgumentException("the signing key cannot check", e);
        }
    }

    @Override
    public CompletionStage<Verification> verify(String token) {
        return CompletableFuture.completedFuture(check(token));
    }

    private Verification check(String token) {
        if (token.length() > MAX_TOKEN_CHARS) return Refused.because(Failure.MALFORMED, "the token is too long");
        JWTClaimsSet known = genuine.find(token);
        return known == null ? checkSignature(token) : claims.check(known);
    }

    private Verification checkSignature(String token) {
        try {
            JWT parsed = JWTParser.parse(token);
            // Before anything else: "none", and an HMAC keyed with what is public, are the oldest forgeries there are.
            if (!(parsed instanceof SignedJWT signed)
                    || !JWSAlgorithm.ES256.equals(signed.getHeader().getAlgorithm())) {
                return Refused.because(Failure.SIGNATURE, "the token is not signed with ES256");
            }
            String signedBy = signed.getHeader().getKeyID();
            if (signedBy != null && !signedBy.equals(keyId))
                return Refused.because(Failure.SIGNATURE, "the token's key is not known");
            if (!signed.verify(signature))
                return Refused.because(Failure.SIGNATURE, "the token's signature is not right");
            genuine.add(token, signed.getJWTClaimsSet());
            return claims.check(signed.getJWTClaimsSet());
        } catch (ParseException e) {
            return Refused.because(Failure.MALFORMED, "this is no token");
        } catch (JOSEException e) {
            return Refused.because(Failure.SIGNATURE, "the token's signature is not right");
        }
    }
}
