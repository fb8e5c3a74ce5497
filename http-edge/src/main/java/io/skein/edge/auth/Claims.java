package io.skein.edge.auth;

import com.nimbusds.jwt.JWTClaimsSet;
import io.skein.edge.auth.Verification.Refused;
import io.skein.edge.auth.Verification.Verified;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.Set;

/**
 * What a token must say once its signature is known to be right: for every issuer the same.
 *
 * @param own whether it is we who issue these
 * @param vouchers other issuers for whose users our own tokens may stand, because they were made from a token of theirs
 * @param longest a token that lives longer is refused: its revocation would be forgotten before it expires
 */
record Claims(
        String issuer,
        String audience,
        boolean own,
        Set<String> vouchers,
        String scopeClaim,
        Duration clockSkew,
        Duration longest,
        InstantSource clock) {
    /** Names the issuer of the token that ours was made from, where that was another one. */
    static final String VOUCHER = "voucher";

    private static final int MAX_SUBJECT_CHARS = 255;

    Verification check(JWTClaimsSet claims) {
        Instant now = clock.instant();
        Date expires = claims.getExpirationTime();
        Date notBefore = claims.getNotBeforeTime();
        String subject = claims.getSubject();
        if (!issuer.equals(claims.getIssuer())) {
            return Refused.because(Failure.ISSUER, "the token's issuer is not trusted here");
        }
        if (!claims.getAudience().contains(audience)) {
            return Refused.because(Failure.AUDIENCE, "the token is meant for another audience");
        }
        if (expires == null) return Refused.because(Failure.CLAIMS, "the token has no expiry");
        if (!now.isBefore(expires.toInstant().plus(clockSkew))) return Refused.expired();
        if (expires.toInstant().isAfter(now.plus(longest).plus(clockSkew))) {
            return Refused.because(
                    Failure.CLAIMS, "the token lives longer than revocations are kept: " + longest.toDays() + " days");
        }
        if (notBefore != null && now.plus(clockSkew).isBefore(notBefore.toInstant())) {
            return Refused.because(Failure.NOT_YET_VALID, "the token is not valid yet");
        }
        if (subject == null || subject.isEmpty() || subject.length() > MAX_SUBJECT_CHARS) {
            return Refused.because(Failure.CLAIMS, "the token's subject is missing or too long");
        }
        String voucher = own && claims.getClaim(VOUCHER) instanceof String other ? other : issuer;
        if (!voucher.equals(issuer) && !vouchers.contains(voucher)) {
            return Refused.because(Failure.ISSUER, "the issuer that the token rests on is not trusted here any more");
        }
        return new Verified(
                voucher,
                subject,
                expires.toInstant(),
                own ? Binding.ofOwn(claims) : Binding.ofForeign(claims),
                Scopes.ofClaim(claims.getClaim(scopeClaim)));
    }
}
