package io.skein.edge.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Date;

/** Issues Skein's own tokens: JWTs signed with ES256, with the claims iss, sub, aud, iat, exp and jti. */
public final class TokenIssuer {
    private final AuthSettings settings;
    private final InstantSource clock;
    private final JWSSigner signer;
    private final JWSHeader header;
    private final GenuineTokens genuine;

    public TokenIssuer(SigningKey key, AuthSettings settings, InstantSource clock, GenuineTokens genuine) {
        this.settings = settings;
        this.clock = clock;
        this.genuine = genuine;
        this.header = new JWSHeader.Builder(JWSAlgorithm.ES256)
                .type(JOSEObjectType.JWT)
                .keyID(key.id())
                .build();
        try {
            this.signer = new ECDSASigner(key.jwk());
        } catch (JOSEException e) {
            throw new IllegalArgumentException("the signing key cannot sign", e);
        }
    }

    /** A token for {@code subject}, which is whatever names somebody for good within this installation. */
    public String issue(String subject) {
        // Whole seconds, as they are in the token's text.
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        var claims = new JWTClaimsSet.Builder()
                .issuer(settings.issuer())
                .subject(subject)
                .audience(settings.audience())
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(settings.tokenLifetime())))
                .jwtID(Randoms.hex128())
                .build();
        var token = new SignedJWT(header, claims);
        try {
            token.sign(signer);
        } catch (JOSEException e) {
            throw new IllegalStateException("a key that signed at start does not sign now", e);
        }
        String text = token.serialize();
        genuine.add(text, claims);
        return text;
    }
}
