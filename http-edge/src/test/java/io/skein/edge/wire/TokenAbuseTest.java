package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.skein.engine.meters.Meter;
import io.skein.engine.module.Access;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What people try, against a running node with its own key; each is refused on every wire, and counted by its kind. */
class TokenAbuseTest {
    private static ECKey ownKey() throws Exception {
        return ECKey.parse(Files.readString(TestNode.dataDir("wire-node").resolve("signing-key.json")));
    }

    private static JWTClaimsSet claims(Consumer<JWTClaimsSet.Builder> change) {
        var claims = new JWTClaimsSet.Builder()
                .issuer("skein")
                .audience("skein")
                .subject("mallory")
                .expirationTime(Date.from(Instant.now().plusSeconds(600)));
        change.accept(claims);
        return claims.build();
    }

    private static String token(ECKey key, Consumer<JWTClaimsSet.Builder> change) throws JOSEException {
        var token = new SignedJWT(new JWSHeader(JWSAlgorithm.ES256), claims(change));
        token.sign(new ECDSASigner(key));
        return token.serialize();
    }

    private static long count(String kind) {
        return TestNode.edge().node().engine().meters().all().stream()
                .filter(meter -> meter.name().equals("skein_auth_failures_total")
                        && meter.labels().contains(new Meter.Label("kind", kind)))
                .map(Meter.Counter.class::cast)
                .findFirst()
                .orElseThrow()
                .count();
    }

    @Test
    void K5_no_forgery_comes_in_on_any_wire_and_each_is_counted_by_its_kind() throws Exception {
        int port = TestNode.port();
        var owner = new TokenClient(port, TestNode.somebody().token());
        String workspace = TestNode.workspace(owner.who(), "board", Access.PUBLIC_WRITE);
        ECKey own = ownKey();
        var mac = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims(_ -> {}));
        mac.sign(new MACSigner(own.toECPublicKey().getEncoded()));
        Instant now = Instant.now();
        var forgeries = new LinkedHashMap<String, String>();
        forgeries.put(new PlainJWT(claims(_ -> {})).serialize(), "signature");
        forgeries.put(mac.serialize(), "signature");
        forgeries.put(token(new ECKeyGenerator(Curve.P_256).generate(), _ -> {}), "signature");
        forgeries.put(token(own, claims -> claims.audience("other")), "audience");
        forgeries.put(token(own, claims -> claims.issuer("other")), "issuer");
        forgeries.put(token(own, claims -> claims.claim("voucher", "https://other")), "issuer");
        forgeries.put(token(own, claims -> claims.expirationTime(Date.from(now.minusSeconds(60)))), "expired");
        forgeries.put(token(own, claims -> claims.notBeforeTime(Date.from(now.plusSeconds(60)))), "not_yet_valid");
        forgeries.put(token(own, claims -> claims.expirationTime(null)), "claims");
        forgeries.put(owner.ticket(), "signature");
        forgeries.put("nonsense", "malformed");
        for (Map.Entry<String, String> forgery : forgeries.entrySet()) {
            var mallory = new TokenClient(port, forgery.getKey());
            long before = count(forgery.getValue());
            assertEquals(401, mallory.get("/v1/identity").statusCode(), forgery.getKey());
            for (var wire : TokenClient.Wire.values()) {
                assertEquals(401, mallory.upgrade(wire, workspace), forgery.getKey());
            }
            assertEquals(401, mallory.post("/v1/identity/tokens", "{}").statusCode());
            assertTrue(count(forgery.getValue()) >= before + 4, forgery::toString);
        }
    }

    @Test
    void K1_a_ticket_opens_one_socket_and_a_token_is_none() {
        int port = TestNode.port();
        var owner = new TokenClient(port, TestNode.somebody().token());
        String workspace = TestNode.workspace(owner.who(), "board", Access.PRIVATE);
        long before = count("ticket");
        var nobody = new TokenClient(port, "");
        for (var wire : TokenClient.Wire.values()) {
            String ticket = owner.ticket();
            assertEquals(101, nobody.upgrade(wire, workspace, ticket));
            assertEquals(401, nobody.upgrade(wire, workspace, ticket), "used before");
            assertEquals(401, nobody.upgrade(wire, workspace, owner.token()), "a token is no ticket");
        }
        assertTrue(count("ticket") >= before + 4);
    }
}
