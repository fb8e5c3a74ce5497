package io.skein.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TrustedIssuerTest {
    private static SkeinSettings.Auth auth(String block) {
        return NodeConfig.of(ConfigFactory.parseString("skein.auth { " + block + " }"))
                .settings()
                .auth();
    }

    private static String refusal(String block) {
        return String.valueOf(
                assertThrows(SettingsException.class, () -> auth(block), block).getMessage());
    }

    @Test
    void none_is_trusted_unless_it_is_named() {
        assertEquals(List.of(), auth("").issuers());
    }

    @Test
    void an_issuer_is_read_with_what_is_usual() {
        var issuers = auth("""
            audience = ours
            issuers = [
              { issuer = "https://login.example.com" }
              { issuer = ci, audience = fleet, jwks-url = "http://localhost:81/keys", algorithms = [ES256], scope-claim = scp }
            ]
            """).issuers();
        assertEquals(
                List.of(
                        new TrustedIssuer(
                                "https://login.example.com",
                                "ours",
                                Optional.empty(),
                                List.of("RS256", "ES256"),
                                "scope"),
                        new TrustedIssuer(
                                "ci",
                                "fleet",
                                Optional.of(URI.create("http://localhost:81/keys")),
                                List.of("ES256"),
                                "scp")),
                issuers);
    }

    @Test
    void what_could_not_be_safe_is_refused_with_a_sentence() {
        for (String algorithms : List.of("[HS256]", "[none]", "[ES256, HS512]", "[]", "[EdDSA]")) {
            String message = refusal("issuers = [{ issuer = \"https://a\", algorithms = " + algorithms + " }]");
            assertTrue(message.contains("algorithms must be some of [ES256, "), message);
        }
        for (String url : List.of("http://login.example.com/keys", "ftp://a/b", "/keys", "https://user@a/keys")) {
            assertTrue(
                    refusal("issuers = [{ issuer = a, jwks-url = \"" + url + "\" }]")
                            .contains("scheme https"),
                    url);
        }
        assertTrue(refusal("issuers = [{ issuer = no-url }]").contains("scheme https"), "discovery needs one");
        assertTrue(refusal("issuers = [{ issuer = skein, jwks-url = \"https://a/k\" }]")
                .contains("nor ours"));
        assertTrue(refusal("issuers = [{ issuer = \"https://a\" }, { issuer = \"https://a\" }]")
                .contains("another issuer"));
        assertTrue(refusal("issuers = [{ issuer = \"https://a\", key = x }]").contains("no setting"));
        assertTrue(refusal("issuers = 7").contains("list of blocks"));
    }

    @Test
    void revocations_outlive_tokens() {
        assertEquals(Duration.ofDays(31), auth("").revocations().kept());
        assertTrue(refusal("token-ttl = 40d").contains("must not be less than skein.auth.token-ttl"));
    }
}
