package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.edge.node.Edge;
import io.skein.edge.wire.TestNode.Who;
import io.skein.engine.module.Access;
import io.skein.persistence.Endpoint;
import io.skein.persistence.history.Verification;
import io.skein.persistence.history.Verifier;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Two nodes on one database that do not know of each other, as after a cluster has split: each believes that it owns every workspace. */
class TwoOwnersTest {
    private final Who owner = TestNode.somebody();
    private final String workspace = TestNode.workspace(owner, "board", Access.PUBLIC_WRITE);

    private static String card(String id) {
        return "{\"id\":\"%s\",\"title\":\"t\",\"column\":1}".formatted(id);
    }

    private static Edge startSecond() {
        Endpoint database = TestNode.edge().node().database().endpoint();
        return TestNode.start(
                "wire-second-owner",
                Map.of(
                        "skein.database.url",
                        database.url(),
                        "skein.database.user",
                        database.user(),
                        "skein.database.password",
                        database.password()));
    }

    @Test
    void D3_the_stale_owner_commits_nothing_and_goes_on_from_what_the_other_has_written() throws Exception {
        try (Edge second = startSecond();
                var here = WireClient.open(workspace, owner, "*")) {
            assertEquals(2, here.done("add_card", card("first")));
            Who guest = TestNode.somebody(second.port());
            try (var there = WireClient.connect(second.port(), workspace, guest)) {
                there.hello(null, "*");
                assertEquals(3, there.done("add_card", card("second")));

                // The owner here still stands at 2. Its 3 is refused; the relay asks again, without the client.
                assertEquals(4, here.done("add_card", card("third")));
                here.awaitSeq(4);
                assertTrue(Replica.of(here.messages()).rows().contains("second"), "what the other wrote is here");

                // The owner there still stands at 3. Who calls it without a socket waits until it has read what is
                // there.
                HttpResponse<String> answer = addFourth(second.port(), guest);
                assertEquals(200, answer.statusCode(), answer::body);
                assertEquals(5, WireClient.parse(answer.body()).get("seq").asLong());
                there.awaitSeq(5);
                assertTrue(Replica.of(there.messages()).rows().contains("third"));
            }
            assertEquals(6, here.done("add_card", card("fifth")));
            here.awaitSeq(6);
            try (var fresh = WireClient.open(workspace, owner, "*")) {
                fresh.awaitSeq(6);
                assertEquals(
                        Replica.of(fresh.messages()).rows(),
                        Replica.of(here.messages()).rows());
            }
        }
        requireOneHistory(6);
    }

    private HttpResponse<String> addFourth(int port, Who guest) throws IOException, InterruptedException {
        return TestNode.HTTP.send(
                HttpRequest.newBuilder(URI.create(
                                "http://127.0.0.1:" + port + "/v1/workspaces/" + workspace + "/calls/add_card"))
                        .header("Authorization", "Bearer " + guest.token())
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", "fourth")
                        .POST(HttpRequest.BodyPublishers.ofString(card("fourth")))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Every transaction is there once, and their hashes are a chain (rule H1). */
    private void requireOneHistory(long seq) {
        var node = TestNode.edge().node();
        Verification found = new Verifier(
                        node.database().dataSource(), node.engine().modules(), 10_000)
                .verify(workspace)
                .orElseThrow();
        assertEquals(List.of(), found.faults());
        assertEquals(seq, found.seq());
    }
}
