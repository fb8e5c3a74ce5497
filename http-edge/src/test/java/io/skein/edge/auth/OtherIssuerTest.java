package io.skein.edge.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import io.skein.cluster.TrustedIssuer;
import io.skein.edge.auth.Verification.Refused;
import io.skein.edge.auth.Verification.Verified;
import io.skein.edge.http.Eventually;
import io.skein.engine.meters.Meters;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.schema.Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tokens of another issuer, whose keys come from a real HTTP server on loopback. */
class OtherIssuerTest {
    private static final String ISSUER = "https://login.example.com/";
    private static final RSAKey FIRST = rsa("first");
    private static final RSAKey SECOND = rsa("second");
    private static final ECKey CURVED = curved("curved");

    private final SettableClock clock = new SettableClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final AtomicInteger fetches = new AtomicInteger();
    private final CountDownLatch held = new CountDownLatch(1);
    private final SigningKey ownKey = SigningKey.generate();
    private HttpServer server;
    private volatile List<? extends JWK> published = List.of(FIRST);
    private volatile int status = 200;
    private volatile boolean isHeld;
    private TokenVerifier verifier;

    private static RSAKey rsa(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ECKey curved(String id) {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/keys", exchange -> {
            fetches.incrementAndGet();
            if (isHeld) {
                try {
                    held.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            // Private halves, as a careless issuer would have them: they are not to be used.
            byte[] body = new JWKSet(List.copyOf(published)).toString(false).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        verifier = verifier(issuer(ISSUER, Optional.of(url("/keys"))));
    }

    @AfterEach
    void stop() {
        held.countDown();
        server.stop(0);
    }

    private URI url(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    private static TrustedIssuer issuer(String name, Optional<URI> jwksUrl) {
        return new TrustedIssuer(name, "skein", jwksUrl, List.of("RS256", "ES256"), "scope");
    }

    /** With our own beside it, as a node has them. */
    private TokenVerifier verifier(TrustedIssuer issuer) {
        AuthSettings usual = AuthSettings.DEFAULT;
        var settings = new AuthSettings(
                usual.issuer(),
                usual.audience(),
                usual.tokenLifetime(),
                usual.madeLifetime(),
                usual.clockSkew(),
                usual.ticketLifetime(),
                usual.maxUsedTickets(),
                false,
                List.of(issuer),
                usual.revocations());
        var keys = new IssuerKeys(issuer, IssuerKeys.Pace.USUAL, new AuthMeters(new Meters()), _ -> {}, clock);
        var own = new OwnTokenVerifier(ownKey, settings, clock, new GenuineTokens());
        var other = new OtherTokenVerifier(issuer, keys, settings.claims(issuer, clock));
        return new EveryVerifier(own, Map.of(issuer.issuer(), other));
    }

    private JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .subject("ada")
                .audience(List.of("other", "skein"))
                .issueTime(Date.from(clock.instant()))
                .expirationTime(Date.from(clock.instant().plusSeconds(3_600)));
    }

    private String token(JWK key, Consumer<JWTClaimsSet.Builder> change) throws JOSEException {
        JWTClaimsSet.Builder claims = claims();
        change.accept(claims);
        boolean isRsa = key instanceof RSAKey;
        var token = new SignedJWT(
                new JWSHeader.Builder(isRsa ? JWSAlgorithm.RS256 : JWSAlgorithm.ES256)
                        .keyID(key.getKeyID())
                        .build(),
                claims.build());
        token.sign(key instanceof RSAKey rsa ? new RSASSASigner(rsa) : new ECDSASigner(key.toECKey()));
        return token.serialize();
    }

    private String token(JWK key) throws JOSEException {
        return token(key, _ -> {});
    }

    private Verification verify(String token) {
        return verifier.verify(token).toCompletableFuture().join();
    }

    private void assertRefused(Failure failure, String token) {
        assertEquals(failure, assertInstanceOf(Refused.class, verify(token)).failure());
    }

    @Test
    void K5_a_token_of_another_issuer_makes_an_identity_of_that_issuer() throws Exception {
        published = List.of(FIRST, CURVED);
        String token =
                token(FIRST, claims -> claims.jwtID("j1").claim("sid", "s1").claim("scope", "openid skein:read:w1"));
        Verified ada = assertInstanceOf(Verified.class, verify(token));
        assertEquals(Identity.of(ISSUER, "ada"), ada.identity());
        assertEquals("j1", ada.binding().tokenId());
        assertEquals("s1", ada.binding().session());
        assertEquals(clock.instant(), ada.binding().since());
        assertEquals(List.of("skein:read:w1"), ada.scopes().words());
        assertInstanceOf(Verified.class, verify(token(CURVED)));
        assertEquals(ada, verify(token), "whose signature was checked just now");
        assertEquals(1, fetches.get());
    }

    @Test
    void K5_what_only_we_may_say_counts_from_us_alone() throws Exception {
        Verified ada = assertInstanceOf(
                Verified.class,
                verify(token(
                        FIRST,
                        claims -> claims.claim("voucher", "skein")
                                .claim("ancestors", List.of("a"))
                                .claim("since", 9_999_999_999L))));
        assertEquals(Identity.of(ISSUER, "ada"), ada.identity());
        assertEquals(List.of(), ada.binding().ancestors());
        assertEquals(clock.instant(), ada.binding().since());
    }

    @Test
    void K1_K5_a_narrower_token_of_ours_keeps_the_identity_and_counts_while_its_issuer_does() throws Exception {
        Verified ada = assertInstanceOf(Verified.class, verify(token(FIRST)));
        var issuer = new TokenIssuer(ownKey, AuthSettings.DEFAULT, clock, new GenuineTokens());
        String made = issuer.make(ada, new TokenIssuer.Wish("d", "", Optional.empty(), Optional.empty()))
                .token();
        Verified worker = assertInstanceOf(Verified.class, verify(made));
        assertEquals(ada.identity(), worker.identity());
        verifier = verifier(issuer("https://elsewhere.example.com", Optional.of(url("/keys"))));
        assertRefused(Failure.ISSUER, made);
    }

    @Test
    void K5_abuse_is_refused() throws Exception {
        String[] parts = token(FIRST).split("\\.", -1);
        assertRefused(Failure.SIGNATURE, new PlainJWT(claims().build()).serialize());
        var mac = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("first").build(), claims().build());
        mac.sign(new MACSigner(FIRST.toRSAPublicKey().getEncoded()));
        assertRefused(Failure.SIGNATURE, mac.serialize());
        var strong = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS512).keyID("first").build(), claims().build());
        strong.sign(new RSASSASigner(FIRST));
        assertRefused(Failure.SIGNATURE, strong.serialize());
        assertRefused(
                Failure.SIGNATURE,
                parts[0] + "." + parts[1] + "."
                        + token(FIRST, claims -> claims.subject("bob")).split("\\.", -1)[2]);
        assertRefused(Failure.SIGNATURE, token(rsa("first")));
        assertRefused(Failure.SIGNATURE, token(curved("first")));
        assertRefused(Failure.AUDIENCE, token(FIRST, claims -> claims.audience("other")));
        assertRefused(
                Failure.EXPIRED,
                token(
                        FIRST,
                        claims ->
                                claims.expirationTime(Date.from(clock.instant().minusSeconds(31)))));
        assertRefused(
                Failure.NOT_YET_VALID,
                token(
                        FIRST,
                        claims -> claims.notBeforeTime(Date.from(clock.instant().plusSeconds(31)))));
        assertRefused(Failure.CLAIMS, token(FIRST, claims -> claims.expirationTime(null)));
        assertRefused(Failure.CLAIMS, token(FIRST, claims -> claims.subject(null)));
        assertRefused(
                Failure.CLAIMS,
                token(
                        FIRST,
                        claims ->
                                claims.expirationTime(Date.from(clock.instant().plus(Duration.ofDays(40))))));
        assertRefused(Failure.SIGNATURE, token(FIRST, claims -> claims.issuer("skein")));
        assertRefused(Failure.SIGNATURE, token(FIRST, claims -> claims.issuer("https://stranger.example.com")));
        assertRefused(Failure.MALFORMED, "no.token.at-all");
        assertInstanceOf(
                Verified.class,
                verify(token(
                        FIRST,
                        claims ->
                                claims.expirationTime(Date.from(clock.instant().minusSeconds(29))))));
    }

    @Test
    void K5_keys_rotate_with_overlap_and_a_withdrawn_one_goes() throws Exception {
        String old = token(FIRST);
        assertInstanceOf(Verified.class, verify(old));
        published = List.of(FIRST, SECOND);
        clock.forward(Duration.ofSeconds(30));
        assertInstanceOf(Verified.class, verify(token(SECOND)), "a key that is new is asked for at once");
        assertInstanceOf(Verified.class, verify(old));
        assertEquals(2, fetches.get());
        published = List.of(SECOND);
        clock.forward(Duration.ofMinutes(6));
        verify(old); // asks for the keys anew, beside it
        Eventually.holds("the first key is gone", () -> verify(old) instanceof Refused);
        assertRefused(Failure.SIGNATURE, old);
        assertInstanceOf(Verified.class, verify(token(SECOND)));
    }

    @Test
    void K5_keys_that_nobody_asked_for_in_an_hour_are_fetched_before_they_are_used() throws Exception {
        String old = token(
                FIRST, claims -> claims.expirationTime(Date.from(clock.instant().plus(Duration.ofHours(5)))));
        assertInstanceOf(Verified.class, verify(old));
        published = List.of(SECOND);
        clock.forward(Duration.ofMinutes(61));
        assertRefused(Failure.SIGNATURE, old);
    }

    @Test
    void K5_keys_that_nobody_has_make_us_ask_once_in_a_while_whoever_sends_them() throws Exception {
        assertInstanceOf(Verified.class, verify(token(FIRST)));
        clock.forward(Duration.ofSeconds(30));
        RSAKey stranger = rsa("stranger");
        String forged = token(stranger);
        List<CompletableFuture<Verification>> storm = IntStream.range(0, 200)
                .mapToObj(_ -> verifier.verify(forged).toCompletableFuture())
                .toList();
        for (var each : storm) {
            assertEquals(
                    Failure.SIGNATURE,
                    assertInstanceOf(Refused.class, each.join()).failure());
        }
        assertEquals(2, fetches.get());
        clock.forward(Duration.ofSeconds(19));
        assertRefused(Failure.SIGNATURE, forged);
        assertEquals(2, fetches.get());
        clock.forward(Duration.ofSeconds(1));
        assertRefused(Failure.SIGNATURE, forged);
        assertEquals(3, fetches.get());
    }

    @Test
    void K5_while_the_issuer_is_away_its_keys_stay() throws Exception {
        assertInstanceOf(Verified.class, verify(token(FIRST)));
        status = 500;
        clock.forward(Duration.ofHours(2));
        assertInstanceOf(Verified.class, verify(token(FIRST)));
        server.stop(0);
        clock.forward(Duration.ofHours(2));
        assertInstanceOf(Verified.class, verify(token(FIRST)));
        assertRefused(Failure.SIGNATURE, token(SECOND));
    }

    @Test
    void K5_where_its_keys_were_never_to_be_had_a_caller_is_told_to_come_again() throws Exception {
        status = 503;
        for (int i = 0; i < 3; i++) {
            Refused refused = assertInstanceOf(Refused.class, verify(token(FIRST)));
            assertEquals(ErrorCode.UNAVAILABLE, refused.problem().refusal().code());
            assertTrue(refused.problem().refusal().retryAfterMillis() > 0);
        }
        assertEquals(1, fetches.get());
        status = 200;
        clock.forward(Duration.ofSeconds(20));
        assertInstanceOf(Verified.class, verify(token(FIRST)));
    }

    @Test
    void K5_nobody_is_blocked_while_keys_are_fetched() throws Exception {
        isHeld = true;
        CompletableFuture<Verification> waiting = verifier.verify(token(FIRST)).toCompletableFuture();
        var own = new TokenIssuer(ownKey, AuthSettings.DEFAULT, clock, new GenuineTokens());
        assertInstanceOf(Verified.class, verify(own.issue("somebody").token()));
        assertFalse(waiting.isDone());
        held.countDown();
        assertInstanceOf(Verified.class, waiting.join());
    }

    @Test
    void K5_discovery_says_where_keys_are_and_nobody_else_is_believed() throws Exception {
        var name = url("").toString();
        var document = new StringBuilder();
        server.createContext("/.well-known/openid-configuration", exchange -> {
            byte[] body = document.toString().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        verifier = verifier(issuer(name, Optional.empty()));
        String token = token(FIRST, claims -> claims.issuer(name));
        for (String bad : List.of(
                "{}",
                "{\"issuer\":\"https://other\",\"jwks_uri\":\"%s\"}".formatted(url("/keys")),
                "{\"issuer\":\"%s\",\"jwks_uri\":\"http://login.example.com/keys\"}".formatted(name),
                "{\"issuer\":\"%s\",\"jwks_uri\":\"file:///etc/passwd\"}".formatted(name),
                "{\"issuer\":\"%s\",\"jwks_uri\":\"%s\",\"pad\":\"%s\"}"
                        .formatted(name, url("/keys"), "x".repeat(600_000)))) {
            document.setLength(0);
            document.append(bad);
            assertRefused(Failure.UNKNOWABLE, token);
            clock.forward(Duration.ofSeconds(20));
        }
        assertEquals(0, fetches.get());
        document.setLength(0);
        document.append("{\"issuer\":\"%s\",\"jwks_uri\":\"%s\"}".formatted(name, url("/keys")));
        assertInstanceOf(Verified.class, verify(token));
    }
}
