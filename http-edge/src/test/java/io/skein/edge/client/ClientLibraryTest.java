package io.skein.edge.client;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.skein.edge.NodeProgram;
import io.skein.edge.ServerJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The client library {@code http-edge/client}: its types, its tests against a scripted server, and those against the real one. */
class ClientLibraryTest {
    private static final Path OUTPUT = Path.of("target/client-test").toAbsolutePath();
    private static final NodeProgram CLIENT =
            new NodeProgram(Path.of("client").toAbsolutePath(), OUTPUT, "the client library is not tested here");

    /** Of one test: what hangs says which it is. */
    private static final String TIMEOUT = "--test-timeout=120000";

    /** A browser that does not let go of its pipe is no failure of what was tested. */
    private static final String EXIT = "--test-force-exit";

    /** Node has a WebSocket of its own from version 22 on. */
    private static final String WEB_SOCKET = "--experimental-websocket";

    @Test
    void typesHold() throws Exception {
        CLIENT.requireNode();
        CLIENT.installPackages();
        CLIENT.succeed("tsc", List.of("npm", "run", "--silent", "check"), Map.of());
    }

    @Test
    void clientHoldsToTheWireWhateverTheServerDoes() throws Exception {
        CLIENT.requireNode();
        CLIENT.installPackages();
        run("client", "test", Map.of());
    }

    @Test
    void clientsWorkWithTheServerAndOutliveIt() throws Exception {
        CLIENT.requireNode();
        CLIENT.installPackages();
        run("server", "test/server", ServerJvm.environment(OUTPUT, Map.of()));
    }

    private static void run(String name, String folder, Map<String, String> environment)
            throws IOException, InterruptedException {
        List<String> files;
        try (var list = Files.list(CLIENT.folder().resolve(folder))) {
            files = list.filter(file -> file.getFileName().toString().endsWith(".test.js"))
                    .map(Path::toString)
                    .sorted()
                    .toList();
        }
        assertFalse(files.isEmpty(), "no tests in " + folder);
        var arguments = new ArrayList<>(List.of(TIMEOUT, EXIT, WEB_SOCKET));
        arguments.addAll(files);
        CLIENT.test(name, arguments, environment);
    }
}
