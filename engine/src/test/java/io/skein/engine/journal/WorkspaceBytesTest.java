package io.skein.engine.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.schema.Json;
import io.skein.engine.testing.TestWorkspace;
import io.skein.modules.flow.FlowModule;
import io.skein.modules.flow.FlowModule.MoveNode;
import io.skein.modules.flow.FlowModule.Node;
import io.skein.modules.flow.FlowModule.PutNodes;
import io.skein.modules.flow.FlowModule.RemoveNode;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class WorkspaceBytesTest {
    private static final int LARGE = 100_000;

    private static Node node(String id, int size) {
        return new Node(id, "", "", 0, 0, Json.parse("\"" + "x".repeat(size) + "\""));
    }

    /** A large row does not hide behind small ones that are written with it. */
    @Test
    void L1_everyRowCountsWithItsOwnBytes() {
        var flow = TestWorkspace.of(new FlowModule());
        long empty = flow.state().bytes();
        var nodes = new ArrayList<Node>();
        nodes.add(node("large", LARGE));
        for (int i = 0; i < 99; i++) {
            nodes.add(node("small-" + i, 0));
        }
        flow.accepted("put_nodes", new PutNodes(nodes));
        for (int i = 0; i < 99; i++) {
            flow.accepted("move_node", new MoveNode("small-" + i, 1, 1));
        }
        long bytes = flow.state().bytes() - empty;
        assertTrue(bytes > LARGE && bytes < LARGE + 100 * 100, bytes + " bytes");
        flow.restart();
        flow.accepted("remove_node", new RemoveNode("large"));
        for (int i = 0; i < 99; i++) {
            flow.accepted("remove_node", new RemoveNode("small-" + i));
        }
        assertEquals(empty, flow.state().bytes());
    }
}
