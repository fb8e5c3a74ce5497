package io.skein.edge.auth;

import com.nimbusds.jwt.JWTClaimsSet;
import io.skein.edge.auth.Verification.Refused;
import io.skein.edge.auth.Verification.Verified;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;

/** What a token must say once its signature is known to be right: for every issuer the same. */
record Claims(String issuer, String audience, Duration clockSkew, InstantSource clock) {
    private static final int MAX_SUBJECT_CHARS = 255;

    Verification check(JWTClaimsSet claims) {
        Instant now = clock.instant();
        Date expires = claims.getExpirationTime();
        Date notBefore = claims.getNotBeforeTime();
        String subject = claims.getSubject();
        if (!issuer.equals(claims.getIssuer())) return Refused.because("the token's issuer is not trusted here");
        if (!claims.getAudience().contains(audience)) return Refused.because("the token is meant for another audience");
        if (expires == null) return Refused.because("the token has no expiry");
        if (!now.isBefore(expires.toInstant().plus(clockSkew))) return Refused.because("the token has expired");
        if (notBefore != null && now.plus(clockSkew).isBefore(notBefore.toInstant())) {
            return Refused.because("the token is not valid yet");
        }
        if (subject == null || subject.isEmpty() || subject.length() > MAX_SUBJECT_CHARS) {
            return Refused.because("the token's subject is missing or too long");
        }
        return new Verified(issuer, subject, expires.toInstant(), claims.getClaims());
    }
}
