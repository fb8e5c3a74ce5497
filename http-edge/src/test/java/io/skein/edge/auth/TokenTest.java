package io.skein.edge.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.skein.edge.auth.Verification.Refused;
import io.skein.edge.auth.Verification.Verified;
import io.skein.edge.http.ProblemException;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.schema.Identity;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
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
        String token = issuer.issue("somebody").token();
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
        String token = issuer.issue("somebody").token();
        clock.forward(settings.tokenLifetime());
        assertInstanceOf(Verified.class, verify(token), "within the skew of clocks");
        clock.forward(settings.clockSkew());
        assertRefused("the token has expired", token);
    }

    @Test
    void V3_a_forged_token_says_so() throws Exception {
        String token = issuer.issue("somebody").token();
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
        assertRefused("the token's key is not known", stranger.issue("somebody").token());
    }

    @Test
    void V3_a_token_without_our_algorithm_is_refused() throws Exception {
        JWTClaimsSet claims = SignedJWT.parse(issuer.issue("somebody").token()).getJWTClaimsSet();
        assertRefused("the token is not signed with ES256", new PlainJWT(claims).serialize());
        String[] parts = issuer.issue("somebody").token().split("\\.", -1);
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
        String first = issuer.issue("first").token();
        String second = issuer.issue("second").token();
        verify(first);
        verify(second);
        verify(first);
        verify(issuer.issue("third").token());
        assertEquals(2, genuine.size());
        assertNotNull(genuine.find(first), "used after the second one");
        assertNull(genuine.find(second));
        assertInstanceOf(Verified.class, verify(second), "forgotten is not refused");
    }

    @Test
    void what_was_signed_here_is_known_as_it_would_be_read() {
        var own = new TokenIssuer(key, settings, clock, genuine);
        String token = own.issue("somebody").token();
        Verification known = verify(token);
        assertNotNull(genuine.find(token));
        verify(issuer.issue("second").token());
        verify(issuer.issue("third").token());
        assertNull(genuine.find(token));
        assertEquals(known, verify(token));
    }

    // ---- tokens from tokens

    private static TokenIssuer.Wish wish(String device, String session, List<String> scopes, long seconds) {
        return new TokenIssuer.Wish(
                device,
                session,
                Optional.of(scopes).filter(words -> !words.isEmpty()).map(Scopes::asked),
                Optional.of(seconds).filter(life -> life > 0).map(Duration::ofSeconds));
    }

    private Verified made(Verified from, TokenIssuer.Wish wish) {
        TokenIssuer.Issued issued = issuer.make(from, wish);
        assertEquals(issued.says(), verify(issued.token()), "a token says what it was made to say");
        return issued.says();
    }

    private void assertWider(Verified from, TokenIssuer.Wish wish) {
        var refused = assertThrows(ProblemException.class, () -> issuer.make(from, wish));
        assertEquals(ErrorCode.FORBIDDEN, refused.problem().refusal().code());
        assertEquals("wider_token", refused.problem().refusal().reason());
    }

    @Test
    void K1_a_token_is_made_for_the_same_user_with_a_device_a_session_scopes_and_a_life_of_its_own() {
        Verified root = issuer.issue("somebody").says();
        Verified worker = made(root, wish("node-7", "run-1", List.of("skein:read:w1", "skein:call:w1:append"), 60));
        assertEquals(root.identity(), worker.identity());
        assertEquals("node-7", worker.binding().device());
        assertEquals("run-1", worker.binding().session());
        assertEquals(List.of(root.binding().tokenId()), worker.binding().ancestors());
        assertEquals(root.binding().since(), worker.binding().since());
        assertEquals(Instant.parse("2026-01-01T00:01:00Z"), worker.expiresAt());
        assertEquals(
                List.of("skein:call:w1:append", "skein:read:w1"),
                worker.scopes().words());
        Verified plain = made(root, wish("", "", List.of(), 0));
        assertEquals(Instant.parse("2026-01-01T00:15:00Z"), plain.expiresAt(), "as the settings say");
        assertTrue(plain.scopes().unlimited());
    }

    @Test
    void K1_a_narrowed_token_cannot_widen_itself() {
        Verified root = issuer.issue("somebody").says();
        Verified worker = made(root, wish("node-7", "run-1", List.of("skein:read:w1", "skein:call:w1:append"), 60));
        assertWider(worker, wish("node-8", "", List.of(), 0));
        assertWider(worker, wish("", "run-2", List.of(), 0));
        assertWider(worker, wish("", "", List.of("skein:read"), 0));
        assertWider(worker, wish("", "", List.of("skein:call:w1"), 0));
        assertWider(worker, wish("", "", List.of("skein:operator"), 0));
        assertWider(worker, wish("", "", List.of(), 61));
        clock.forward(Duration.ofSeconds(10));
        Verified again = made(worker, wish("", "", List.of(), 0));
        assertEquals(worker.expiresAt(), again.expiresAt(), "no longer than what is left");
        assertEquals(worker.scopes(), again.scopes());
        assertEquals("node-7", again.binding().device());
        assertEquals("run-1", again.binding().session());
        clock.forward(Duration.ofSeconds(51));
        assertWider(worker, wish("", "", List.of(), 0));
        assertInstanceOf(Verified.class, verifyOnce(worker), "and yet it counts, within the skew of clocks");
    }

    private Verification verifyOnce(Verified says) {
        return settings.ownClaims(clock)
                .check(new JWTClaimsSet.Builder()
                        .issuer("skein")
                        .subject(says.subject())
                        .audience("skein")
                        .expirationTime(Date.from(says.expiresAt()))
                        .build());
    }

    @Test
    void L1_tokens_are_made_from_tokens_to_a_bounded_depth() {
        Verified token = issuer.issue("somebody").says();
        for (int depth = 0; depth < Binding.MAX_ANCESTORS; depth++) {
            token = made(token, wish("d".repeat(128), "s".repeat(128), List.of(), 0));
        }
        assertEquals(Binding.MAX_ANCESTORS, token.binding().ancestors().size());
        assertWider(token, wish("", "", List.of(), 0));
    }

    @Test
    void K3_a_token_that_outlives_revocations_is_refused() throws Exception {
        assertRefused(
                "the token lives longer than revocations are kept: 31 days",
                token(
                        key,
                        claims ->
                                claims.expirationTime(Date.from(clock.instant().plus(Duration.ofDays(32))))));
    }
}
