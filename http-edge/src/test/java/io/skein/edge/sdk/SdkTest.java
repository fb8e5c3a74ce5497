package io.skein.edge.sdk;

import com.typesafe.config.ConfigFactory;
import io.skein.cluster.NodeConfig;
import io.skein.edge.NodeFolder;
import io.skein.edge.NodeProgram;
import io.skein.edge.ServerJvm;
import io.skein.edge.bindings.ClientTypes;
import io.skein.edge.bindings.TypeScriptBindings;
import io.skein.edge.http.Eventually;
import io.skein.edge.node.Edge;
import io.skein.engine.module.ModuleSchema;
import io.skein.persistence.Endpoint;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.pekko.cluster.typed.Cluster;
import org.junit.jupiter.api.Test;

/** The npm package spacetimedb, as it is published, with generated bindings against a running server: {@code src/test/js}. */
class SdkTest {
    private static final Path OUTPUT = Path.of("target/sdk-test").toAbsolutePath();
    private static final NodeProgram JS = new NodeProgram(
            Path.of("src/test/js").toAbsolutePath(), OUTPUT, "the SpacetimeDB wire is not tested with its SDK here");

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** Of one test: what hangs says which it is. */
    private static final String TIMEOUT = "--test-timeout=120000";

    private static void prepare() throws IOException, InterruptedException {
        JS.requireNode();
        JS.installPackages();
    }

    /** Those of every module here, and the tests themselves. */
    @Test
    void bindingsAreWhatTheSdkTakes() throws Exception {
        prepare();
        Path generated = Files.createDirectories(JS.folder().resolve("generated"));
        for (ModuleSchema schema : SampleServer.modules().all()) {
            Files.writeString(generated.resolve(schema.name() + "-types.ts"), ClientTypes.of(schema));
            for (boolean withSystem : new boolean[] {false, true}) {
                String name = schema.name() + (withSystem ? "-with-system.ts" : ".ts");
                Files.writeString(generated.resolve(name), TypeScriptBindings.of(schema, withSystem));
            }
        }
        JS.succeed("tsc", List.of("npm", "run", "--silent", "check"), Map.of());
    }

    /** Clients connect to the second of two nodes: half of the workspaces are their node's own, half the other one's. */
    @Test
    void clientsSeeWhatTheWireSays() throws Exception {
        prepare();
        try (Edge first = start("sdk-first", Map.of());
                Edge second = beside(first)) {
            Eventually.holds("both nodes serve", () -> isReady(first) && isReady(second));
            JS.test(
                    "sdk",
                    List.of(
                            TIMEOUT,
                            "--import",
                            "tsx",
                            "bindings.test.ts",
                            "connect.test.ts",
                            "rows.test.ts",
                            "filters.test.ts",
                            "reducers.test.ts",
                            "subscriptions.test.ts",
                            "roles.test.ts",
                            "presence.test.ts",
                            "model.test.ts",
                            "sizes.test.ts"),
                    Map.of("SKEIN_TEST_URL", "http://127.0.0.1:" + second.port()));
        }
    }

    private static Edge start(String name, Map<String, Object> more) throws IOException {
        var settings = new HashMap<String, Object>(more);
        settings.put("skein.http.port", 0);
        settings.put("skein.presence.grace", "1s");
        // Who stops as the last of its cluster waits for as long, and for nobody.
        settings.put("pekko.cluster.singleton.hand-over-retry-interval", "200ms");
        settings.put("skein.data-dir", NodeFolder.of(name).toString());
        return Edge.start(NodeConfig.of(ConfigFactory.parseMap(settings)), SampleServer.modules());
    }

    private static Edge beside(Edge first) throws IOException {
        Endpoint database = first.node().database().endpoint();
        return start(
                "sdk-second",
                Map.of(
                        "skein.database.url", database.url(),
                        "skein.database.user", database.user(),
                        "skein.database.password", database.password(),
                        "skein.cluster.environment", "local",
                        "skein.cluster.seed-nodes",
                                List.of(Cluster.get(first.node().system())
                                        .selfMember()
                                        .address()
                                        .toString()),
                        "skein.auth.key",
                                Files.readString(NodeFolder.of("sdk-first").resolve("signing-key.json"))));
    }

    private static boolean isReady(Edge edge) {
        URI ready = URI.create("http://127.0.0.1:" + edge.port() + "/health/ready");
        return HTTP.sendAsync(HttpRequest.newBuilder(ready).build(), HttpResponse.BodyHandlers.discarding())
                        .join()
                        .statusCode()
                == 200;
    }

    @Test
    void clientsOutliveTheServer() throws Exception {
        prepare();
        JS.test(
                "restart",
                List.of(TIMEOUT, "--import", "tsx", "restart.test.ts"),
                ServerJvm.environment(OUTPUT, Map.of("SKEIN_TEST_MAIN", SampleServer.class.getName())));
    }
}
