package io.skein.edge.sdk;

import io.skein.edge.NodeProgram;
import io.skein.edge.ServerJvm;
import io.skein.edge.TwoNodes;
import io.skein.edge.bindings.ClientTypes;
import io.skein.edge.bindings.TypeScriptBindings;
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
        try (var nodes = TwoNodes.start("sdk", SampleServer.modules())) {
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
                    Map.of("SKEIN_TEST_URL", TwoNodes.url(nodes.second())));
        }
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
