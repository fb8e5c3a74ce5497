package io.skein.edge.sdk;

import com.typesafe.config.ConfigFactory;
import io.skein.cluster.NodeConfig;
import io.skein.edge.NodeProgram;
import io.skein.edge.bindings.TypeScriptBindings;
import io.skein.edge.node.Edge;
import io.skein.engine.module.ModuleSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The npm package spacetimedb, as it is published, with generated bindings against a running server: {@code src/test/js}. */
class SdkTest {
    private static final Path OUTPUT = Path.of("target/sdk-test").toAbsolutePath();
    private static final NodeProgram JS = new NodeProgram(
            Path.of("src/test/js").toAbsolutePath(), OUTPUT, "the SpacetimeDB wire is not tested with its SDK here");

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
            for (boolean withSystem : new boolean[] {false, true}) {
                String name = schema.name() + (withSystem ? "-with-system.ts" : ".ts");
                Files.writeString(generated.resolve(name), TypeScriptBindings.of(schema, withSystem));
            }
        }
        JS.succeed("tsc", List.of("npm", "run", "--silent", "check"), Map.of());
    }

    @Test
    void clientsSeeWhatTheWireSays() throws Exception {
        prepare();
        Map<String, Object> settings = Map.of(
                "skein.http.port",
                0,
                "skein.data-dir",
                Files.createDirectories(Path.of("target/sdk-node"))
                        .toAbsolutePath()
                        .toString());
        try (Edge edge = Edge.start(NodeConfig.of(ConfigFactory.parseMap(settings)), SampleServer.modules())) {
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
                            "model.test.ts",
                            "sizes.test.ts"),
                    Map.of("SKEIN_TEST_URL", "http://127.0.0.1:" + edge.port()));
        }
    }

    @Test
    void clientsOutliveTheServer() throws Exception {
        prepare();
        JS.test(
                "restart",
                List.of(TIMEOUT, "--import", "tsx", "restart.test.ts"),
                Map.of(
                        "SKEIN_TEST_JAVA",
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                        // It lives for seconds, of which it would spend most compiling itself.
                        "JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1",
                        "SKEIN_TEST_MAIN", SampleServer.class.getName(),
                        "SKEIN_TEST_DIRECTORY", OUTPUT.toString(),
                        "CLASSPATH", System.getProperty("java.class.path")));
    }
}
