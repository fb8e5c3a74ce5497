package io.skein.edge.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.skein.edge.auth.Verification.Verified;
import io.skein.edge.http.Problem;
import io.skein.edge.http.ProblemException;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.Optional;

/** Issues Skein's own tokens: JWTs signed with ES256, with the claims iss, sub, aud, iat, exp and jti, and what {@link Binding} and {@link Scopes} say. */
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

    /** A token, and what it says. */
    public record Issued(String token, Verified says) {}

    /** A token for {@code subject}, which is whatever names somebody for good within this installation. */
    public Issued issue(String subject) {
        Instant now = now();
        return sign(new Verified(
                settings.issuer(),
                subject,
                now.plus(settings.tokenLifetime()),
                new Binding(Randoms.hex128(), List.of(), "", "", now),
                Scopes.EVERYTHING));
    }

    /**
     * What a token is to be that is made from another.
     *
     * @param device empty: as the older one's
     * @param session the same
     * @param scopes empty: the same
     * @param lifetime empty: as the settings say, and no longer than the older one's
     */
    public record Wish(String device, String session, Optional<Scopes> scopes, Optional<Duration> lifetime) {}

    /**
     * A token for the same user from one that they have: never of another device or session than it is bound to, never with scopes that it has not, and
     * never longer-lived (rule K1).
     *
     * @throws ProblemException {@code forbidden} with reason {@code wider_token}, where it would be
     */
    public Issued make(Verified from, Wish wish) {
        Instant now = now();
        Scopes scopes = wish.scopes().orElse(from.scopes());
        if (!from.scopes().cover(scopes)) {
            throw wider("scopes that your token does not have");
        }
        Binding bound = from.binding();
        if (bound.ancestors().size() >= Binding.MAX_ANCESTORS) {
            throw wider("a token that so many others were made before; make it from an earlier one");
        }
        Duration left = Duration.between(now, from.expiresAt());
        Duration lifetime = wish.lifetime()
                .orElseGet(() -> settings.madeLifetime().compareTo(left) < 0 ? settings.madeLifetime() : left);
        if (!lifetime.isPositive() || lifetime.compareTo(left) > 0) {
            throw wider("a longer life than is left of your token: " + Math.max(0, left.toSeconds()) + " s");
        }
        return sign(new Verified(
                from.issuer(),
                from.subject(),
                now.plus(lifetime),
                bound.child(
                        Randoms.hex128(),
                        kept("device", bound.device(), wish.device()),
                        kept("session", bound.session(), wish.session())),
                scopes));
    }

    private static String kept(String what, String bound, String wished) {
        if (!bound.isEmpty() && !wished.isEmpty() && !bound.equals(wished)) {
            throw wider("another " + what + " than your token's");
        }
        return bound.isEmpty() ? wished : bound;
    }

    private static ProblemException wider(String than) {
        return new ProblemException(
                Problem.of(new Refusal(ErrorCode.FORBIDDEN, "wider_token", "that would be " + than, -1, 0)));
    }

    /** Whole seconds, as they are in the token's text. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    private Issued sign(Verified says) {
        var claims = new JWTClaimsSet.Builder()
                .issuer(settings.issuer())
                .subject(says.subject())
                .audience(settings.audience())
                .issueTime(Date.from(now()))
                .expirationTime(Date.from(says.expiresAt()));
        if (!says.issuer().equals(settings.issuer())) claims.claim(Claims.VOUCHER, says.issuer());
        says.binding().addTo(claims);
        String scope = says.scopes().claim();
        if (!scope.isEmpty()) claims.claim("scope", scope);
        JWTClaimsSet all = claims.build();
        var token = new SignedJWT(header, all);
        try {
            token.sign(signer);
        } catch (JOSEException e) {
            throw new IllegalStateException("a key that signed at start does not sign now", e);
        }
        String text = token.serialize();
        genuine.add(text, all);
        return new Issued(text, says);
    }
}
