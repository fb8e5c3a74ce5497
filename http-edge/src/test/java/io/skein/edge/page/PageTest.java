package io.skein.edge.page;

import io.skein.edge.NodeProgram;
import io.skein.edge.ServerJvm;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Runs the tests under {@code src/test/web}: real browsers against the real server. */
class PageTest {
    private static final Path OUTPUT = Path.of("target/page-test").toAbsolutePath();
    private static final NodeProgram WEB =
            new NodeProgram(Path.of("src/test/web").toAbsolutePath(), OUTPUT, "the page is not tested here");

    @Test
    void personsInBrowsersWorkTogether() throws Exception {
        run("page.test.js", "history.test.js");
    }

    @Test
    void theStudioTellsItsStory() throws Exception {
        run("studio.test.js");
    }

    @Test
    void everyViewIsFinished() throws Exception {
        run("finish.test.js");
    }

    private static void run(String... files) throws Exception {
        WEB.requireNode();
        Path browser = WEB.requireChromium();
        WEB.installPackages();
        WEB.test(
                files[0],
                List.of(files),
                ServerJvm.environment(OUTPUT, Map.of("SKEIN_TEST_CHROMIUM", browser.toString())));
    }
}
