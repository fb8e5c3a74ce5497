package io.skein.edge.page;

import io.skein.edge.NodeFolder;
import io.skein.edge.NodeProgram;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The page for operators, and what holds in every view of the page: {@code finish.test.js} and the tests that it names. */
class FinishTest {
    private static final Path OUTPUT = Path.of("target/finish-test").toAbsolutePath();
    private static final NodeProgram WEB =
            new NodeProgram(Path.of("src/test/web").toAbsolutePath(), OUTPUT, "the page's finish is not tested here");

    @Test
    void everyViewIsFinished() throws Exception {
        WEB.requireNode();
        Path browser = WEB.requireChromium();
        WEB.installPackages();
        WEB.test(
                "finish.test.js",
                List.of("finish.test.js"),
                Map.of(
                        "SKEIN_TEST_CHROMIUM", browser.toString(),
                        "SKEIN_TEST_JAVA",
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                        // It lives for a minute, of which it would spend most compiling itself.
                        "JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
                        "SKEIN_TEST_DIRECTORY", OUTPUT.toString(),
                        "SKEIN_TEST_BINARIES", NodeFolder.BINARIES.toString(),
                        "CLASSPATH", System.getProperty("java.class.path")));
    }
}
