package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.node.Edge;
import io.skein.edge.wire.TestNode.Who;
import io.skein.engine.module.Access;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One call more than may wait, at each of the places where calls wait. */
class LimitsTest {
    private static final int LIMIT = 16;
    private static final int CALLS = 100;

    private static long call(WireClient client, int number) {
        return client.call(
                "add_card",
                "{\"id\":\"c%d\",\"title\":\"t\",\"column\":1}".formatted(number),
                ",\"key\":\"k%d\"".formatted(number));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "skein.session.max-calls-in-flight",
                "skein.relay.max-unacknowledged-commands",
                "skein.workspace.max-queued-commands"
            })
    void L2_I1_one_call_too_many_is_overloaded_at_once_and_is_done_when_it_comes_back(String limit) throws Exception {
        try (Edge edge = TestNode.start("wire-limited-node", Map.of(limit, LIMIT))) {
            Who owner = TestNode.somebody(edge.port());
            String workspace = TestNode.freshName();
            TestNode.create(edge, workspace, owner, "board", Access.PRIVATE);
            try (var client = WireClient.connect(edge.port(), workspace, owner);
                    var held = new HeldJournal(edge)) {
                client.hello(null, "card");
                client.await("snapshot", message -> WireClient.is(message, "snapshot"));
                held.hold();
                call(client, 0);
                held.awaitWaitingWrite();
                for (int i = 1; i < CALLS; i++) {
                    call(client, i);
                }
                // They do not wait for what they are too many for.
                assertTrue(client.awaitOutcomes(CALLS - LIMIT));
                assertTrue(held.isWriteWaiting());
                List<JsonNode> overloaded = client.messages("outcome");
                for (JsonNode outcome : overloaded) {
                    assertEquals("overloaded", outcome.at("/error/code").asText(), outcome::toString);
                    assertTrue(outcome.at("/error/retryAfter").asLong() > 0, outcome::toString);
                }
                held.release();
                assertTrue(client.awaitOutcomes(CALLS));
                client.awaitSeq(1 + LIMIT);
                for (JsonNode outcome : overloaded) {
                    JsonNode again =
                            client.outcome(call(client, outcome.get("id").asInt() - 1));
                    assertTrue(again.get("ok").asBoolean(), again::toString);
                    assertFalse(again.get("repeated").asBoolean());
                }
                assertEquals(CALLS, client.messages("tx").size());
            }
        }
    }
}
