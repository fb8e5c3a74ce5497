package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.wire.TestNode.Who;
import io.skein.engine.module.Access;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What anybody hears while PostgreSQL holds a write up. */
class DurableFactsTest {
    private final Who owner = TestNode.somebody();
    private final Who guest = TestNode.somebody();
    private final String workspace = TestNode.workspace(owner, "board", Access.PUBLIC_WRITE);

    private static String card(String id) {
        return "{\"id\":\"%s\",\"title\":\"t\",\"column\":1}".formatted(id);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + TestNode.port() + "/v1/workspaces/" + workspace + path))
                .header("Authorization", "Bearer " + guest.token())
                .header("Content-Type", "application/json");
    }

    @Test
    void D1_nobody_hears_of_a_transaction_before_PostgreSQL_has_it() throws Exception {
        try (var writer = WireClient.open(workspace, owner, "card");
                var watcher = WireClient.open(workspace, guest, "card");
                var held = new HeldJournal(TestNode.edge())) {
            long head = 1;
            held.hold();
            long first = writer.call("add_card", card("a"), "");
            // A refusal that rests on what is not durable is no fact either.
            long refused = writer.call("add_card", card("a"), "");
            var byHttp = TestNode.HTTP.sendAsync(
                    request("/calls/add_card")
                            .POST(HttpRequest.BodyPublishers.ofString(card("b")))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            held.awaitWaitingWrite();
            awaitOwner(watcher, writer);
            assertEquals(0, writer.outcomes());
            assertFalse(byHttp.isDone());
            assertEquals(
                    0, watcher.messages("tx").size() + writer.messages("tx").size());
            requireHead(head);
            assertTrue(held.isWriteWaiting(), "the write went through meanwhile");

            held.release();
            assertEquals(head + 1, writer.outcome(first).get("seq").asLong());
            assertEquals(
                    "card_exists", writer.outcome(refused).at("/error/reason").asText());
            HttpResponse<String> answer = byHttp.get(30, TimeUnit.SECONDS);
            assertEquals(200, answer.statusCode(), answer::body);
            watcher.awaitSeq(head + 2);
            requireHead(head + 2);
        }
    }

    /** Whatever the owner said before this is heard: its signal comes after. */
    private static void awaitOwner(WireClient... sessions) {
        sessions[0].send("{\"type\":\"signal\",\"id\":77,\"name\":\"now\"}");
        for (WireClient session : sessions) {
            session.await("signal", message -> WireClient.is(message, "signal"));
        }
    }

    /** Who comes new is told of everything up to here and of nothing else. */
    private void requireHead(long head) throws IOException, InterruptedException {
        try (var joiner = WireClient.open(workspace, guest, "card")) {
            JsonNode welcome = joiner.messages("welcome").getFirst();
            assertEquals(head, welcome.get("seq").asLong());
            joiner.awaitSeq(head);
            joiner.ping();
            assertEquals(head, Replica.of(joiner.messages()).seq());
        }
        HttpResponse<String> snapshot =
                TestNode.HTTP.send(request("/snapshot").GET().build(), HttpResponse.BodyHandlers.ofString());
        assertEquals(200, snapshot.statusCode(), snapshot::body);
        assertTrue(snapshot.headers().firstValue("etag").orElse("").contains("" + head), snapshot::toString);
        assertEquals(head - 1, snapshot.body().split("\"title\"", -1).length - 1, snapshot::body);
    }
}
