package io.skein.helm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.Release;
import com.marcnuri.helm.UpgradeCommand;
import io.skein.edge.auth.SigningKey;
import io.skein.engine.codec.SecretKeys;
import io.skein.helm.kubernetes.FakeKubernetes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Helm itself installs, upgrades and tests the chart in a cluster. Helm as a library has no rollback: what a rollback does is to apply what Helm has
 * kept of a revision as it is, so here that is read and compared.
 */
class LifecycleTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SECONDS = 20;
    private static final String NAMESPACE = "sync";

    @TempDir
    Path folder;

    private FakeKubernetes kubernetes;

    @BeforeEach
    void start() throws Exception {
        kubernetes = FakeKubernetes.start(folder);
    }

    @AfterEach
    void stop() {
        kubernetes.close();
    }

    @Test
    void anInstall_makesKeysThatTheServerTakes() {
        install("skein");

        SigningKey.parse(secret("skein-token-key", "token-key"));
        SecretKeys.of(List.of(secret("skein-secrets-keys", "secrets-keys")), "");
    }

    @Test
    void upgrades_keepTheKeys() {
        install("skein");
        String token = secret("skein-token-key", "token-key");
        String seals = secret("skein-secrets-keys", "secrets-keys");

        Release second = upgrade("skein").set("replicas", 5).call();
        Release third = upgrade("skein").set("auth.issuer", "elsewhere").call();

        assertEquals("2", second.getRevision());
        assertEquals("3", third.getRevision());
        assertEquals(token, secret("skein-token-key", "token-key"));
        assertEquals(seals, secret("skein-secrets-keys", "secrets-keys"));
    }

    @Test
    void whatARollbackApplies_hasTheSameKeys() throws IOException {
        install("skein");
        upgrade("skein").set("replicas", 5).call();

        for (int revision = 1; revision <= 2; revision++) {
            String manifest = keptManifest("skein", revision);
            assertEquals(secret("skein-token-key", "token-key"), keyIn(manifest, "skein-token-key", "token-key"));
            assertEquals(
                    secret("skein-secrets-keys", "secrets-keys"),
                    keyIn(manifest, "skein-secrets-keys", "secrets-keys"));
        }
    }

    @Test
    void aReleaseThatIsInstalledAnew_findsItsKeysAgain() {
        install("skein");
        String token = secret("skein-token-key", "token-key");

        Helm.uninstall("skein")
                .withNamespace(NAMESPACE)
                .withKubeConfigContents(kubernetes.kubeConfig(NAMESPACE))
                .call();
        assertTrue(kubernetes.get("apps/v1", NAMESPACE, "deployments", "skein").isEmpty());
        install("skein");

        assertEquals(token, secret("skein-token-key", "token-key"));
    }

    @Test
    void twoReleasesInOneNamespace_haveKeysOfTheirOwn() {
        install("skein");
        String token = secret("skein-token-key", "token-key");

        install("other");

        assertEquals(token, secret("skein-token-key", "token-key"));
        assertNotEquals(token, secret("other-skein-token-key", "token-key"));
    }

    @Test
    void aRenderThatDoesNotLook_cannotChangeTheKeys() throws IOException {
        install("skein");
        ObjectNode made = object("skein-token-key");

        assertTrue(made.path("immutable").asBoolean());
        assertEquals(
                "keep",
                made.at("/metadata/annotations").path("helm.sh/resource-policy").asText());
        ObjectNode anew = made.deepCopy();
        anew.withObject("/data").put("token-key", "QUJD");
        assertThrows(
                IllegalStateException.class,
                () -> kubernetes.put("v1", NAMESPACE, "secrets", anew),
                "as an API server does");
    }

    @Test
    void aSecretThatHasLostItsKey_isNotMadeAnew() {
        install("skein");
        kubernetes.delete("v1", NAMESPACE, "secrets", "skein-token-key");
        ObjectNode emptied = JSON.createObjectNode().put("kind", "Secret").put("apiVersion", "v1");
        emptied.putObject("metadata").put("name", "skein-token-key").put("namespace", NAMESPACE);
        emptied.putObject("data").put("another", "QUJD");
        kubernetes.put("v1", NAMESPACE, "secrets", emptied);

        RuntimeException refusal =
                assertThrows(RuntimeException.class, () -> upgrade("skein").call());

        assertTrue(String.valueOf(refusal.getMessage()).contains("nothing is made in its place"), refusal::toString);
    }

    @Test
    void theHooks_runAndGo() {
        install("skein");
        assertTrue(
                kubernetes.get("batch/v1", NAMESPACE, "jobs", "skein-migrate").isEmpty(), "deleted once it succeeded");

        Release tested = Helm.test("skein")
                .withNamespace(NAMESPACE)
                .withKubeConfigContents(kubernetes.kubeConfig(NAMESPACE))
                .call();

        assertEquals("deployed", tested.getStatus());
        assertFalse(kubernetes.get("v1", NAMESPACE, "pods", "skein-test").isPresent());
    }

    private void install(String release) {
        new Helm(Chart.FOLDER)
                .install()
                .withName(release)
                .withNamespace(NAMESPACE)
                .withKubeConfigContents(kubernetes.kubeConfig(NAMESPACE))
                .disableOpenApiValidation()
                .withTimeout(SECONDS)
                .call();
    }

    private UpgradeCommand upgrade(String release) {
        return new Helm(Chart.FOLDER)
                .upgrade()
                .withName(release)
                .withNamespace(NAMESPACE)
                .withKubeConfigContents(kubernetes.kubeConfig(NAMESPACE))
                .disableOpenApiValidation()
                .withTimeout(SECONDS);
    }

    private ObjectNode object(String name) {
        return kubernetes.get("v1", NAMESPACE, "secrets", name).orElseThrow();
    }

    private String secret(String name, String key) {
        return decoded(object(name).path("data").path(key).asText());
    }

    private static String decoded(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }

    /** Helm keeps each revision in a Secret: base64 of the zipped JSON, which is base64 once more as all of a Secret is. */
    private String keptManifest(String release, int revision) throws IOException {
        String kept = secret("sh.helm.release.v1.%s.v%d".formatted(release, revision), "release");
        try (var zipped =
                new GZIPInputStream(new ByteArrayInputStream(Base64.getDecoder().decode(kept)))) {
            JsonNode whole = JSON.readTree(zipped.readAllBytes());
            return whole.path("manifest").asText();
        }
    }

    private static String keyIn(String manifest, String secret, String key) {
        return Chart.objects(manifest).stream()
                .filter(each -> each.kind().equals("Secret") && each.name().equals(secret))
                .map(each -> decoded(each.get("data").get(key).text()))
                .findFirst()
                .orElseThrow();
    }
}
