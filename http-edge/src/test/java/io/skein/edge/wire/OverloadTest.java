package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.edge.wire.TestNode.Who;
import io.skein.engine.module.Access;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class OverloadTest {

    private static final int UPDATES = 40;
    /** Just below what a client's frame may have. */
    private static final int UPDATE_BYTES = 900_000;

    /**
     * 36 MB go out; the log keeps 8 MiB, and the buffers of a socket on loopback hold about 10. What the session at rest may cost beyond
     * these is nothing: {@code StreamsTest}.
     */
    @Test
    void L1_a_socket_that_does_not_read_delays_nobody_and_starts_over_from_a_snapshot() {
        Who owner = TestNode.somebody();
        String workspace = TestNode.workspace(owner, "notes", Access.PUBLIC_WRITE);
        try (var writer = WireClient.open(workspace, owner, "skein_workspace");
                var other = WireClient.open(workspace, owner, "note");
                var slow = WireClient.open(workspace, owner, "note")) {
            slow.pause();
            int before = slow.count();
            for (int i = 0; i < UPDATES; i++) {
                String text = ("text " + i + " ").repeat(UPDATE_BYTES / 8);
                long seq = writer.done("add_note", "{\"id\":\"n%d\",\"text\":\"%s\"}".formatted(i % 3, text));
                other.awaitSeq(seq);
            }
            long head = other.messages("tx").getLast().get("seq").asLong();
            assertEquals(
                    LongStream.rangeClosed(2, head).boxed().toList(),
                    other.messages("tx").stream()
                            .map(tx -> tx.get("seq").asLong())
                            .toList());
            slow.goOn();
            slow.await(
                    "lagging",
                    before,
                    message -> message.path("reason").asText().equals("lagging"));
            slow.awaitSeq(head);
            assertTrue(slow.messages("tx").size() < UPDATES, "everything was kept for it");
            assertEquals(
                    Replica.of(other.messages()).rows(),
                    Replica.of(slow.messages()).rows());
        }
    }
}
