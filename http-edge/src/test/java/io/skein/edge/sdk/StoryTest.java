package io.skein.edge.sdk;

import com.typesafe.config.ConfigFactory;
import io.skein.cluster.NodeConfig;
import io.skein.edge.NodeFolder;
import io.skein.edge.NodeProgram;
import io.skein.edge.node.Edge;
import io.skein.engine.Modules;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A workflow studio whose page is built on the npm package spacetimedb, as it is published, told by people in browsers: {@code src/test/js/story}. */
class StoryTest {
    private static final Path OUTPUT = Path.of("target/story-test").toAbsolutePath();
    private static final NodeProgram JS = new NodeProgram(
            Path.of("src/test/js").toAbsolutePath(), OUTPUT, "the studio is not tested in browsers here");

    @Test
    void peopleInBrowsersEditOneWorkflow() throws Exception {
        JS.requireNode();
        Path browser = JS.requireChromium();
        JS.installPackages();
        Map<String, Object> settings = Map.of(
                "skein.http.port",
                0,
                // The page comes from a host of its own.
                "skein.http.cors-origins",
                List.of("*"),
                "skein.data-dir",
                NodeFolder.of("story-node").toString());
        try (Edge edge = Edge.start(NodeConfig.of(ConfigFactory.parseMap(settings)), Modules.installed())) {
            JS.test(
                    "story",
                    List.of("--test-timeout=120000", "--import", "tsx", "story/story.test.ts"),
                    Map.of(
                            "SKEIN_TEST_URL", "http://127.0.0.1:" + edge.port(),
                            "SKEIN_TEST_CHROMIUM", browser.toString(),
                            "SKEIN_TEST_DIRECTORY", OUTPUT.toString()));
        }
    }
}
