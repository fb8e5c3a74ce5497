package io.skein.edge.rooms;

import static io.skein.edge.rooms.DocumentsTest.OUTPUT;
import static io.skein.edge.rooms.DocumentsTest.YJS;

import io.skein.edge.ServerJvm;
import io.skein.edge.TwoNodes;
import io.skein.engine.Modules;
import io.skein.modules.board.BoardModule;
import io.skein.modules.rooms.RoomsModule;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Rooms with the npm packages {@code @hocuspocus/provider} and {@code y-websocket}, as they are published: {@code src/test/yjs}. */
class RoomsTest {
    /** Of one test: what hangs says which it is. */
    private static final String TIMEOUT = "--test-timeout=120000";

    /** Clients keep timers of those who left. */
    private static final String EXIT = "--test-force-exit";

    @BeforeAll
    static void prepare() throws Exception {
        YJS.requireNode();
        YJS.installPackages();
        Files.createDirectories(OUTPUT);
    }

    @Test
    void Y1_clientsOfOthersEditTogether() throws Exception {
        try (var nodes = TwoNodes.start("rooms", new Modules(List.of(new RoomsModule(), new BoardModule())))) {
            String urls = TwoNodes.url(nodes.first()) + "," + TwoNodes.url(nodes.second());
            YJS.test("rooms", List.of(TIMEOUT, EXIT, "rooms.test.js"), Map.of("SKEIN_TEST_URLS", urls));
        }
    }

    @Test
    void D2_whatIsAcknowledgedOutlivesTheServer() throws Exception {
        YJS.test("kill", List.of(TIMEOUT, EXIT, "kill.test.js"), ServerJvm.environment(OUTPUT, Map.of()));
    }
}
