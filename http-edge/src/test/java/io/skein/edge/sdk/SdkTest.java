package io.skein.edge.sdk;

import io.skein.edge.NodeProgram;
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
}
