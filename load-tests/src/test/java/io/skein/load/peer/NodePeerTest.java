package io.skein.load.peer;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.load.drive.Fleet;
import io.skein.load.drive.Pace;
import io.skein.load.drive.Window;
import io.skein.load.machine.Database;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each library's server and what this side speaks with it, tested with each other: a real process of Node. */
class NodePeerTest {
    private static final int ROOMS = 2;
    private static final int MEMBERS = 4;
    private static final int WRITERS = 3;

    /** None of them asks for one. */
    private final Database nowhere = new Database("127.0.0.1", 1, "none", "none", "none");

    @TempDir
    private Path directory = Path.of("");

    @BeforeEach
    void needsNode() {
        NodeNeeded.here();
    }

    static List<NodePeer> everyPeer() {
        return NodePeer.ALL;
    }

    @ParameterizedTest
    @MethodSource("everyPeer")
    void everyMemberHearsEveryUpdateOnce(NodePeer peer) throws Exception {
        try (Peer.Running running = peer.start(nowhere, ROOMS, MEMBERS, directory);
                Fleet fleet = Fleet.join(running.wire(), running.seats(), WRITERS, 120, 20)) {
            assertFalse(peer.isDurable());
            fleet.start(new Pace.Closed(4));
            Window window = fleet.run(1);
            Fleet.Verdict verdict = fleet.finish(20);
            assertTrue(verdict.isClean(), verdict::toString);
            assertTrue(window.acknowledged() > 50, () -> "acknowledged " + window.acknowledged());
            assertTrue(window.receivedBytes() > 120 * window.deliveries(), window::toString);
        }
    }
}
