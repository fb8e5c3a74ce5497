package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.edge.wire.TestNode.Who;
import io.skein.engine.module.Access;
import org.junit.jupiter.api.Test;

class OverloadTest {

    @Test
    void L1_a_socket_that_does_not_read_delays_nobody_and_starts_over_from_a_snapshot() {
        Who owner = TestNode.somebody();
        String workspace = TestNode.workspace(owner, "notes", Access.PUBLIC_WRITE);
        try (var writer = WireClient.open(workspace, owner, "skein_workspace");
                var slow = WireClient.open(workspace, owner, "note")) {
            slow.pause();
            long head = 0;
            int beforeLoad = slow.count();
            // 8 MiB of log for each audience, and what the sockets' buffers hold: 60 transactions of about 0.4 MB are
            // more.
            for (int i = 0; i < 60; i++) {
                long start = System.nanoTime();
                head = writer.done("add_many", "{\"prefix\":\"m%d-\",\"count\":3000}".formatted(i));
                assertTrue(System.nanoTime() - start < 5_000_000_000L, "the writer is delayed");
            }
            slow.goOn();
            slow.await(
                    "lagging",
                    beforeLoad,
                    message -> message.path("reason").asText().equals("lagging"));
            slow.awaitSeq(head);
            try (var fresh = WireClient.open(workspace, owner, "note")) {
                assertEquals(
                        Replica.of(fresh.messages()).rows(),
                        Replica.of(slow.messages()).rows());
            }
        }
    }
}
