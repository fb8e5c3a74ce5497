package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import io.skein.edge.node.Edge;
import io.skein.engine.module.Access;
import io.skein.engine.schema.Identity;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A node outside of development mode that takes tokens of another issuer, as its settings say. */
class OtherIssuerNodeTest {
    private static final String ISSUER = "https://login.example.com";
    /** Revocations outlive the test: its database is there again next time. */
    private static final String ID = UUID.randomUUID().toString();

    @Test
    void K5_who_has_a_token_of_a_trusted_issuer_comes_in_on_every_wire() throws Exception {
        RSAKey key = new RSAKeyGenerator(2048).keyID("k1").generate();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        byte[] keys = new JWKSet(key).toString().getBytes(StandardCharsets.UTF_8);
        server.createContext("/keys", exchange -> {
            exchange.sendResponseHeaders(200, keys.length);
            exchange.getResponseBody().write(keys);
            exchange.close();
        });
        server.start();
        Map<String, Object> issuer = Map.of(
                "issuer",
                ISSUER,
                "audience",
                "fleet",
                "jwks-url",
                "http://127.0.0.1:" + server.getAddress().getPort() + "/keys");
        try (Edge edge =
                TestNode.start("issuers", Map.of("skein.auth.mode", "token", "skein.auth.issuers", List.of(issuer)))) {
            var ada = new TokenClient(edge.port(), token(key, "fleet"));
            var who = WireClient.parse(ada.get("/v1/identity").body());
            assertEquals(
                    Identity.of(ISSUER, "ada").toString(), who.get("identity").asText());
            assertEquals(
                    401,
                    new TokenClient(edge.port(), token(key, "skein"))
                            .get("/v1/identity")
                            .statusCode());
            assertEquals(
                    401, new TokenClient(edge.port(), "").get("/v1/identity").statusCode());
            String workspace = TestNode.freshName();
            TestNode.create(edge, workspace, ada.who(), "board", Access.PRIVATE);
            TokenClient worker = ada.narrowed(
                    "\"device\":\"d\",\"scopes\":[\"skein:read:%1$s\",\"skein:call:%1$s\"]".formatted(workspace));
            assertEquals(ada.who().identity(), worker.who().identity());
            for (var wire : TokenClient.Wire.values()) {
                assertEquals(101, ada.upgrade(wire, workspace));
                assertEquals(101, worker.upgrade(wire, workspace, worker.ticket()));
            }
            try (var socket = TwoNodesTest.open(edge, workspace, worker.who(), "*")) {
                socket.done("add_card", TwoNodesTest.card("a"));
                assertEquals(
                        201,
                        ada.post("/v1/identity/revocations", "{\"token\":\"" + ID + "\"}")
                                .statusCode());
                assertEquals(
                        "token_revoked",
                        socket.await("bye", message -> WireClient.is(message, "bye"))
                                .get("reason")
                                .asText());
            }
            assertEquals(401, ada.get("/v1/identity").statusCode());
        } finally {
            server.stop(0);
        }
    }

    private static String token(RSAKey key, String audience) throws Exception {
        var token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("k1").build(),
                new JWTClaimsSet.Builder()
                        .issuer(ISSUER)
                        .subject("ada")
                        .audience(audience)
                        .jwtID(ID)
                        .issueTime(Date.from(Instant.now()))
                        .expirationTime(Date.from(Instant.now().plusSeconds(600)))
                        .build());
        token.sign(new RSASSASigner(key));
        return token.serialize();
    }
}
