package io.skein.edge.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.SignedJWT;
import io.skein.cluster.TrustedIssuer;
import io.skein.edge.auth.Verification.Refused;
import io.skein.edge.http.Problem;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import java.text.ParseException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/** Checks tokens of one other issuer (rule K5): with the public keys it has, and an algorithm that it is known to use. */
final class OtherTokenVerifier implements TokenVerifier {
    /** Of keys that a token without a key's id may be of, only so many are tried: each costs. */
    private static final int MAX_TRIED = 4;

    private static final long RETRY_AFTER_MILLIS = 1_000;

    private final Set<JWSAlgorithm> algorithms;
    private final IssuerKeys keys;
    private final Claims claims;

    OtherTokenVerifier(TrustedIssuer issuer, IssuerKeys keys, Claims claims) {
        this.algorithms = issuer.algorithms().stream().map(JWSAlgorithm::parse).collect(Collectors.toSet());
        this.keys = keys;
        this.claims = claims;
    }

    @Override
    public CompletionStage<Verification> verify(String token) {
        JWTClaimsSet known = keys.genuine().find(token);
        if (known != null && !keys.areOld()) return CompletableFuture.completedFuture(claims.check(known));
        try {
            JWT parsed = JWTParser.parse(token);
            // Before anything else, as with our own: the token does not choose how it is checked.
            if (!(parsed instanceof SignedJWT signed)
                    || !algorithms.contains(signed.getHeader().getAlgorithm())) {
                return refused(Failure.SIGNATURE, "the token is not signed with an algorithm of its issuer");
            }
            return keys.find(signed.getHeader()).thenApply(found -> check(token, signed, found));
        } catch (ParseException e) {
            return refused(Failure.MALFORMED, "this is no token");
        }
    }

    private Verification check(String token, SignedJWT signed, IssuerKeys.Found found) {
        return switch (found) {
            case IssuerKeys.Found.Keys(var candidates, var genuine) -> check(token, signed, candidates, genuine);
            case IssuerKeys.Found.Unknown() -> Refused.because(Failure.SIGNATURE, "the token's key is not known");
            case IssuerKeys.Found.Away() ->
                new Refused(
                        Failure.UNKNOWABLE,
                        Problem.of(Refusal.later(
                                ErrorCode.UNAVAILABLE,
                                "the keys of the token's issuer cannot be had now",
                                RETRY_AFTER_MILLIS)));
        };
    }

    private Verification check(String token, SignedJWT signed, List<JWK> candidates, GenuineTokens genuine) {
        try {
            for (JWK key : candidates.subList(0, Math.min(MAX_TRIED, candidates.size()))) {
                if (key instanceof AsymmetricJWK pair && signed.verify(verifier(signed, pair))) {
                    genuine.add(token, signed.getJWTClaimsSet());
                    return claims.check(signed.getJWTClaimsSet());
                }
            }
        } catch (JOSEException | ParseException e) {
            return Refused.because(Failure.SIGNATURE, "the token's signature cannot be checked");
        }
        return Refused.because(Failure.SIGNATURE, "the token's signature is not right");
    }

    private static JWSVerifier verifier(SignedJWT signed, AsymmetricJWK key) throws JOSEException {
        return new DefaultJWSVerifierFactory().createJWSVerifier(signed.getHeader(), key.toPublicKey());
    }

    private static CompletionStage<Verification> refused(Failure failure, String detail) {
        return CompletableFuture.completedFuture(Refused.because(failure, detail));
    }
}
