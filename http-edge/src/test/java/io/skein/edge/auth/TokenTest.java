package io.skein.edge.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.skein.edge.auth.Verification.Refused;
import io.skein.edge.auth.Verification.Verified;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.schema.Identity;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class TokenTest {
    private final SettableClock clock = new SettableClock(Instant.parse("2026-01-01T00:00:00.5Z"));
    private final AuthSettings settings = AuthSettings.DEFAULT;
    private final SigningKey key = SigningKey.generate();
    private final TokenIssuer issuer = new TokenIssuer(key, settings, clock, new GenuineTokens());
    private final GenuineTokens genuine = new GenuineTokens(2);
    private final TokenVerifier verifier = new OwnTokenVerifier(key, settings, clock, genuine);

    /** Whether its signature was checked just now or before makes no difference. */
    private Verification verify(String token) {
        Verification first = verifier.verify(token).toCompletableFuture().join();
        assertEquals(first, verifier.verify(token).toCompletableFuture().join(), token);
        return first;
    }

    private void assertRefused(String detail, String token) {
        Refused refused = assertInstanceOf(Refused.class, verify(token), token);
        assertEquals(ErrorCode.UNAUTHENTICATED, refused.problem().refusal().code());
        assertEquals(detail, refused.problem().refusal().message());
    }

    /** A token like ours, signed with {@code signer}, with something changed. */
    private String token(SigningKey signer, Consumer<JWTClaimsSet.Builder> change) throws Exception {
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .issuer("skein")
                .subject("somebody")
                .audience("skein")
                .expirationTime(Date.from(clock.instant().plusSeconds(100)));
        change.accept(claims);
        SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.ES256), claims.build());
        token.sign(new ECDSASigner(signer.jwk()));
        return token.serialize();
    }

    @Test
    void an_issued_token_is_verified() throws Exception {
        String token = issuer.issue("somebody");
        Verified verified = assertInstanceOf(Verified.class, verify(token));
        assertEquals("skein", verified.issuer());
        assertEquals("somebody", verified.subject());
        assertEquals(Instant.parse("2026-01-31T00:00:00Z"), verified.expiresAt());
        assertEquals(Identity.of("skein", "somebody"), verified.identity());
        SignedJWT parsed = SignedJWT.parse(token);
        assertEquals(key.id(), parsed.getHeader().getKeyID());
        assertEquals(32, parsed.getJWTClaimsSet().getJWTID().length());
    }

    @Test
    void V3_an_expired_token_says_so() {
        String token = issuer.issue("somebody");
        clock.forward(settings.tokenLifetime());
        assertInstanceOf(Verified.class, verify(token), "within the skew of clocks");
        clock.forward(settings.clockSkew());
        assertRefused("the token has expired", token);
    }

    @Test
    void V3_a_forged_token_says_so() throws Exception {
        String token = issuer.issue("somebody");
        String[] parts = token.split("\\.", -1);
        String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
        String changed = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(claims.replace("somebody", "everybody").getBytes(StandardCharsets.UTF_8));
        assertRefused("the token's signature is not right", parts[0] + "." + changed + "." + parts[2]);
        assertRefused("the token's signature is not right", token(SigningKey.generate(), _ -> {}));
        String zero = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[64]);
        assertRefused("the token's signature is not right", parts[0] + "." + parts[1] + "." + zero);
        TokenIssuer stranger = new TokenIssuer(SigningKey.generate(), settings, clock, new GenuineTokens());
        assertRefused("the token's key is not known", stranger.issue("somebody"));
    }

    @Test
    void V3_a_token_without_our_algorithm_is_refused() throws Exception {
        JWTClaimsSet claims = SignedJWT.parse(issuer.issue("somebody")).getJWTClaimsSet();
        assertRefused("the token is not signed with ES256", new PlainJWT(claims).serialize());
        String[] parts = issuer.issue("somebody").split("\\.", -1);
        String none = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8));
        assertRefused("this is no token", none + "." + parts[1] + "." + parts[2]);
        // Everybody knows the public key: used as the secret of an HMAC it must not count as a signature.
        SignedJWT mac = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
        mac.sign(new MACSigner(key.jwk().toECPublicKey().getEncoded()));
        assertRefused("the token is not signed with ES256", mac.serialize());
    }

    @Test
    void V3_a_token_for_somebody_else_is_refused() throws Exception {
        assertRefused("the token is meant for another audience", token(key, claims -> claims.audience("other")));
        assertRefused("the token's issuer is not trusted here", token(key, claims -> claims.issuer("other")));
        assertRefused("the token has no expiry", token(key, claims -> claims.expirationTime(null)));
        assertRefused("the token's subject is missing or too long", token(key, claims -> claims.subject(null)));
        assertRefused(
                "the token's subject is missing or too long", token(key, claims -> claims.subject("s".repeat(256))));
        assertRefused(
                "the token is not valid yet",
                token(
                        key,
                        claims -> claims.notBeforeTime(Date.from(clock.instant().plus(Duration.ofMinutes(1))))));
        assertInstanceOf(Verified.class, verify(token(key, _ -> {})));
    }

    @Test
    void V3_what_is_no_token_is_refused() {
        for (String text : new String[] {"", ".", "..", "a.b.c", "ey", "{}", "e30.e30.e30", "\u0000"}) {
            assertRefused("this is no token", text);
        }
        assertRefused("the token is too long", "a".repeat(9000));
    }

    @Test
    void only_genuine_tokens_are_remembered_and_only_so_many() throws Exception {
        assertInstanceOf(Refused.class, verify(token(SigningKey.generate(), _ -> {})));
        assertEquals(0, genuine.size());
        String first = issuer.issue("first");
        String second = issuer.issue("second");
        verify(first);
        verify(second);
        verify(first);
        verify(issuer.issue("third"));
        assertEquals(2, genuine.size());
        assertNotNull(genuine.find(first), "used after the second one");
        assertNull(genuine.find(second));
        assertInstanceOf(Verified.class, verify(second), "forgotten is not refused");
    }

    @Test
    void what_was_signed_here_is_known_as_it_would_be_read() {
        var own = new TokenIssuer(key, settings, clock, genuine);
        String token = own.issue("somebody");
        Verification known = verify(token);
        assertNotNull(genuine.find(token));
        verify(issuer.issue("second"));
        verify(issuer.issue("third"));
        assertNull(genuine.find(token));
        assertEquals(known, verify(token));
    }
}
