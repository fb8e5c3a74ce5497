package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.edge.http.Eventually;
import io.skein.edge.node.Edge;
import io.skein.edge.wire.TestNode.Who;
import io.skein.engine.module.Access;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A node leaves in good order while its workspaces are at work for sessions of another. */
class LeavingNodeTest {
    private static final int WORKSPACES = 12;

    @Test
    void R1_sessionsOfOtherNodesGoOn_andEveryCallIsDoneOnce() throws IOException {
        var opened = new ArrayList<WireClient>();
        try (Edge staying = TestNode.start("staying", Map.of());
                Edge leaving = TestNode.startBeside(staying, "staying", "leaving")) {
            Eventually.holds("both nodes are ready", () -> TwoNodesTest.ready(leaving) && TwoNodesTest.ready(staying));
            Who owner = TestNode.somebody(leaving.port());
            var workspaces = new ArrayList<String>();
            for (int i = 0; i < WORKSPACES; i++) {
                String id = TestNode.freshName();
                TestNode.create(leaving, id, owner, "board", Access.PRIVATE);
                workspaces.add(id);
                opened.add(TwoNodesTest.open(staying, id, owner, "*"));
            }
            List<String> moved = workspaces.stream()
                    .filter(id -> TwoNodesTest.owns(leaving.node(), id))
                    .toList();
            assertFalse(moved.isEmpty(), "the leaving node owns none of them");

            CompletableFuture<Void> gone = CompletableFuture.runAsync(leaving::close);
            int calls = 0;
            do {
                for (WireClient client : opened) {
                    client.call("add_card", TwoNodesTest.card("c" + calls), "");
                }
                calls++;
                for (WireClient client : opened) {
                    client.awaitSeq(1 + calls);
                }
            } while (!gone.isDone());
            gone.join();

            for (WireClient client : opened) {
                assertTrue(client.awaitOutcomes(calls), "every call has its outcome");
                client.messages().forEach(message -> assertFalse(WireClient.is(message, "bye"), message::toString));
                assertEquals(
                        1,
                        client.messages().stream()
                                .filter(message -> WireClient.is(message, "snapshot"))
                                .count(),
                        "the next owner goes on where the first one ended");
                List<Long> seqs = client.messages().stream()
                        .filter(message -> WireClient.is(message, "tx"))
                        .map(message -> message.get("seq").asLong())
                        .toList();
                assertEquals(seqs.stream().distinct().sorted().toList(), seqs);
                assertEquals(1 + calls, seqs.getLast());
            }
            moved.forEach(id -> assertTrue(TwoNodesTest.owns(staying.node(), id), id));
        } finally {
            opened.forEach(WireClient::close);
        }
    }
}
