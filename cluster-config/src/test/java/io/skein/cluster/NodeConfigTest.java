package io.skein.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.skein.cluster.SkeinSettings.AuthMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeConfigTest {
    /**
     * A stream of remoting over TLS whose other end was refused may never complete, and a terminating system waits for
     * it without a bound (Pekko issue 3247, mended after 1.x). A node ends all the same, because the last phase of its
     * coordinated shutdown has a time limit; a test kit would call it a failure.
     */
    private static final Config LEAVES_STALLED_STREAMS =
            ConfigFactory.parseString("pekko.actor.testkit.typed.throw-on-shutdown-timeout = off");

    @Test
    void defaults_areTheDocumentedOnes() {
        SkeinSettings settings = NodeConfig.load().settings();

        assertEquals(Path.of(".skein").toAbsolutePath(), settings.dataDir());
        assertEquals("127.0.0.1", settings.http().host());
        assertEquals(8080, settings.http().port());
        assertEquals(1024 * 1024, settings.http().maxFrameBytes());
        assertEquals(Duration.ofSeconds(10), settings.http().helloTimeout());
        assertEquals(List.of(), settings.http().corsOrigins());
        assertEquals(AuthMode.DEVELOPMENT, settings.auth().mode());
        assertEquals(Duration.ofSeconds(60), settings.auth().ticketTtl());
        assertEquals(Optional.empty(), settings.auth().key());
        assertEquals(Optional.empty(), settings.database().url());
        assertEquals(256, settings.session().maxCallsInFlight());
        assertEquals(128, settings.cluster().shards());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "skein.http.prot = 1            | skein.http.port",
                "skein.htpp.port = 1            | skein.http.port",
                "skein.workspace.linger = 1s    | skein.relay.linger",
                "skein.database.uri = x         | skein.database.url"
            })
    void unknownKey_isRefusedWithTheOneMeant(String setting, String meant) {
        String unknown = setting.substring(0, setting.indexOf(' '));

        SettingsException refusal = refusal(setting);

        assertMentions(refusal, "There is no setting " + unknown);
        assertMentions(refusal, "Did you mean " + meant + "?");
    }

    @Test
    void everyUnknownKey_isNamed() {
        SettingsException refusal = refusal("skein.nonsense.of.ours = 1, skein.http.prot = 1");

        assertMentions(refusal, "skein.nonsense.of.ours");
        assertMentions(refusal, "skein.http.prot");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "skein.http.port = 65536              | skein.http.port must be from 0 to 65535; it is 65536",
                "skein.cluster.environment = swarm    | skein.cluster.environment must be one of single, local,"
                        + " kubernetes",
                "skein.cluster.environment = local    | skein.cluster.seed-nodes must name a node",
                "skein.cluster.seed-nodes = [x]       | skein.cluster.seed-nodes must be empty unless",
                "skein.cluster.downing = nobody       | skein.cluster.downing must be one of keep-majority,"
                        + " lease-majority",
                "skein.cluster.downing = lease-majority | must be keep-majority unless skein.cluster.environment is"
                        + " kubernetes",
                "skein.cluster.app-version = deployment | must be a version unless skein.cluster.environment is"
                        + " kubernetes",
                "skein.cluster.kubernetes.deletion-cost = true | must be false unless skein.cluster.environment is"
                        + " kubernetes",
                "skein.cluster { environment = kubernetes, app-version = deployment } |"
                        + " skein.cluster.kubernetes.pod-name must be this pod's name",
                "skein.cluster.heartbeat = 1s         | skein.cluster.acceptable-pause must be at least two heartbeats",
                "skein.http.trusted-proxies = [a.example] | skein.http.trusted-proxies must be addresses or ranges",
                "skein.http.trusted-proxies = [10.0.0.0/33] | skein.http.trusted-proxies must be addresses or ranges",
                "skein.http.tls.certificate = /nowhere | skein.http.tls.key must name a file where the others",
                "skein.limits.tokens-of-identity.a-minute = 0 | skein.limits.tokens-of-identity.a-minute must be from"
                        + " 1",
                "skein.cluster.tls.key = /nowhere     | skein.cluster.tls.key must name a file that can be read",
                "skein.http.port = many               | skein.http.port must be a whole number; it is \"many\"",
                "skein.http.port = null               | skein.http.port must be a whole number; it is not set",
                "skein.http.max-frame-bytes = 64      | skein.http.max-frame-bytes must be a size",
                "skein.http.max-frame-bytes = 3GiB    | skein.http.max-frame-bytes must be a size",
                "skein.http.hello-timeout = soon      | skein.http.hello-timeout must be a length of time",
                "skein.http.hello-timeout = -1s       | skein.http.hello-timeout must be a length of time",
                "skein.http.hello-timeout = 0s        | skein.http.hello-timeout must be a length of time of at least"
                        + " 1ms",
                "skein.http.stop-delay = -1s          | skein.http.stop-delay must be a length of time of at least 0ms",
                "skein.http.idle-timeout = 15s        | skein.http.idle-timeout must be longer than"
                        + " skein.http.heartbeat",
                "skein.http.cors-origins = 7          | skein.http.cors-origins must be a list of texts",
                "skein.http = 8080                    | skein.http must be a block",
                "skein.auth.mode = open               | skein.auth.mode must be one of development, token",
                "skein.data-dir = \"\"                | skein.data-dir must not be empty",
                "skein.database.url = \"mysql://x\"   | skein.database.url must start with jdbc:postgresql:",
                "skein.database.journal-writes = 2    | skein.database.journal-writes must be more than snapshot-writes"
            })
    void valueOutOfBounds_isRefusedWithASentence(String setting, String sentence) {
        assertMentions(refusal(setting), sentence);
    }

    @Test
    void environmentVariable_overrides() {
        // Substitutions look among the keys before the environment, which a test cannot change.
        SkeinSettings settings = of("""
            SKEIN_HTTP_PORT = 9090
            SKEIN_CORS_ORIGINS = "https://a.example, https://b.example"
            SKEIN_DB_URL = "jdbc:postgresql://db/skein"
            SKEIN_CLUSTER_ENVIRONMENT = local
            SKEIN_CLUSTER_SEED_NODES = "pekko://skein@a:25520,pekko://skein@b:25520"
            """).settings();

        assertEquals(9090, settings.http().port());
        assertEquals(
                List.of("https://a.example", "https://b.example"),
                settings.http().corsOrigins());
        assertEquals(
                Optional.of("jdbc:postgresql://db/skein"), settings.database().url());
        assertEquals(2, settings.cluster().seedNodes().size());
    }

    @Test
    void pekko_followsTheSettings() {
        Config pekko = of("""
            skein.cluster { host = "10.0.0.7", port = 25520, shards = 40 }
            """).pekko();

        assertEquals("10.0.0.7", pekko.getString("pekko.remote.artery.canonical.hostname"));
        assertEquals(25520, pekko.getInt("pekko.remote.artery.canonical.port"));
        assertEquals(40, pekko.getInt("pekko.cluster.sharding.number-of-shards"));
    }

    @Test
    void file_overridesAndIsNamedInErrors(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("skein.conf");
        Files.writeString(file, "skein.http.port = 9191\npekko.loglevel = WARNING\n");
        NodeConfig node = NodeConfig.load(file);
        assertEquals(9191, node.settings().http().port());
        assertEquals("WARNING", node.pekko().getString("pekko.loglevel"));

        Files.writeString(file, "\nskein.http.port = -1\n");
        assertMentions(assertThrows(SettingsException.class, () -> NodeConfig.load(file)), "skein.conf: 2");

        Files.writeString(file, "skein {");
        assertMentions(assertThrows(SettingsException.class, () -> NodeConfig.load(file)), "is not HOCON");

        Path missing = folder.resolve("missing.conf");
        assertMentions(assertThrows(SettingsException.class, () -> NodeConfig.load(missing)), "cannot be read");
    }

    @Test
    void secrets_areNeverShown() {
        SkeinSettings settings =
                of("SKEIN_TOKEN_KEY = \"hush\", SKEIN_DB_PASSWORD = \"hush\"").settings();
        assertEquals(Optional.of("hush"), settings.auth().key());
        assertEquals("hush", settings.database().password());
        assertFalse(settings.toString().contains("hush"), settings::toString);

        SettingsException password = refusal("skein.database.password = [hush]");
        assertMentions(password, "skein.database.password must be a text");
        assertFalse(password.toString().contains("hush"), password::toString);

        SettingsException url = refusal("skein.database.url = \"postgres://skein:hush@db/skein\"");
        assertMentions(url, "skein.database.url must start with jdbc:postgresql:");
        assertFalse(url.toString().contains("hush"), url::toString);
    }

    @Test
    void nodeAlone_isAClusterOfItsOwn() {
        NodeConfig node = NodeConfig.load();
        ActorTestKit kit = ActorTestKit.create("skein", node.pekko());
        try {
            node.join(kit.system());
            Cluster cluster = Cluster.get(kit.system());
            kit.createTestProbe().awaitAssert(Duration.ofSeconds(20), () -> {
                assertEquals(MemberStatus.up(), cluster.selfMember().status());
                return null;
            });
        } finally {
            kit.shutdownTestKit();
        }
    }

    @Test
    void aKubernetesNode_looksForOthersThroughItsApi() {
        NodeConfig node = of("skein.cluster { environment = kubernetes, name = trio, downing = lease-majority }");
        Config pekko = node.pekko().getConfig("pekko");
        String bootstrap = "management.cluster.bootstrap.contact-point-discovery.";
        assertEquals("kubernetes-api", pekko.getString(bootstrap + "discovery-method"));
        assertEquals("trio", pekko.getString(bootstrap + "service-name"));
        assertEquals("lease-majority", pekko.getString("cluster.split-brain-resolver.active-strategy"));
        assertEquals("tcp", pekko.getString("remote.artery.transport"));
        assertTrue(pekko.getBoolean("discovery.kubernetes-api.use-raw-ip"));
        assertTrue(pekko.getString("coordination.lease.kubernetes.lease-class").endsWith("NativeKubernetesLease"));
    }

    @Test
    void aVersionThatKubernetesKnows_isAskedForAndNotGuessed() {
        NodeConfig node = of("""
            skein.cluster { environment = kubernetes, app-version = deployment, kubernetes.pod-name = skein-1 }
            """);

        SettingsException refusal = assertThrows(SettingsException.class, node::asked);

        assertMentions(refusal, "its revision cannot be had: this is no pod");
        NodeConfig numbered = of("skein.cluster { environment = kubernetes, app-version = 7 }");
        assertEquals(numbered, numbered.asked());
    }

    @Test
    void nodesWithCertificatesOfOneAuthority_areAClusterAndNobodyElseGetsIn(@TempDir Path folder) throws Exception {
        Certificates ours = Certificates.of(folder.resolve("ours"), "ours");
        Certificates theirs = Certificates.of(folder.resolve("theirs"), "theirs");
        ActorTestKit first = start("environment = single", ours.settings());
        try {
            String seed = Cluster.get(first.system()).selfMember().address().toString();
            String join = "environment = local, seed-nodes = [\"" + seed + "\"]";
            ActorTestKit second = start(join, ours.settings());
            ActorTestKit stranger = start(join, theirs.settings());
            ActorTestKit open = start(join, "");
            try {
                second.createTestProbe().awaitAssert(Duration.ofSeconds(20), () -> {
                    assertEquals(
                            MemberStatus.up(),
                            Cluster.get(second.system()).selfMember().status());
                    return null;
                });
                for (ActorTestKit outside : List.of(stranger, open)) {
                    assertEquals(
                            MemberStatus.removed(),
                            Cluster.get(outside.system()).selfMember().status());
                }
                assertEquals(2, size(first));
            } finally {
                List.of(second, stranger, open).forEach(ActorTestKit::shutdownTestKit);
            }
        } finally {
            first.shutdownTestKit();
        }
    }

    private static int size(ActorTestKit kit) {
        var members = new ArrayList<>();
        Cluster.get(kit.system()).state().getMembers().forEach(members::add);
        return members.size();
    }

    private static ActorTestKit start(String environment, String tls) {
        NodeConfig node = of("skein.cluster {" + environment + "\n" + tls + "}");
        ActorTestKit kit = ActorTestKit.create("skein", LEAVES_STALLED_STREAMS.withFallback(node.pekko()));
        node.join(kit.system());
        return kit;
    }

    private static NodeConfig of(String hocon) {
        return NodeConfig.of(ConfigFactory.parseString(hocon));
    }

    private static SettingsException refusal(String hocon) {
        return assertThrows(SettingsException.class, () -> of(hocon));
    }

    private static void assertMentions(SettingsException refusal, String text) {
        assertTrue(String.valueOf(refusal.getMessage()).contains(text), refusal::toString);
    }
}
