package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.spi.ILoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.node.Edge;
import io.skein.edge.wire.TestNode.Who;
import io.skein.engine.module.Access;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The last words of sessions, on a node whose heartbeat is so slow that nothing is said by it. */
class LeavingTest {
    private static final int WORKSPACES = 5;
    private static final int SESSIONS = 4;

    private static Edge start(String name) {
        return TestNode.start(name, Map.of("skein.http.heartbeat", "10m", "skein.http.idle-timeout", "30m"));
    }

    private static WireClient open(Edge edge, String workspace, Who who) {
        var client = WireClient.connect(edge.port(), workspace, who);
        client.hello(null, "*");
        client.await("snapshot", message -> WireClient.is(message, "snapshot"));
        return client;
    }

    @Test
    void M3_a_removed_member_is_told_at_once() {
        try (Edge edge = start("wire-removing-node")) {
            Who owner = TestNode.somebody(edge.port());
            Who guest = TestNode.somebody(edge.port());
            String workspace = TestNode.freshName();
            TestNode.create(edge, workspace, owner, "board", Access.PUBLIC_READ);
            try (var host = open(edge, workspace, owner);
                    var client = open(edge, workspace, guest)) {
                long removal = host.done("skein_set_access", "{\"access\":\"PRIVATE\"}");
                JsonNode bye = client.await("bye", message -> WireClient.is(message, "bye"));
                assertEquals("forbidden", bye.get("code").asText());
                assertEquals(1008, client.awaitClose());
                assertEquals(removal - 1, Replica.of(client.messages()).seq());
            }
        }
    }

    @Test
    void L2_a_node_that_stops_tells_its_sessions_to_come_back_spread_out_and_stops_in_peace() throws Exception {
        var clients = new ArrayList<WireClient>();
        List<ILoggingEvent> trouble;
        try (Edge edge = start("wire-stopped-node")) {
            Who owner = TestNode.somebody(edge.port());
            for (int i = 0; i < WORKSPACES; i++) {
                String workspace = TestNode.freshName();
                TestNode.create(edge, workspace, owner, "board", Access.PRIVATE);
                for (int j = 0; j < SESSIONS; j++) {
                    clients.add(open(edge, workspace, owner));
                }
            }
            try (var log = new Troubles()) {
                var stop = Thread.ofPlatform().start(edge::close);
                requireFarewells(clients);
                stop.join();
                trouble = log.events();
            }
        }
        assertEquals(List.of(), trouble);
    }

    private static void requireFarewells(List<WireClient> clients) {
        var advice = new HashSet<Long>();
        for (WireClient client : clients) {
            JsonNode bye = client.await("bye", message -> WireClient.is(message, "bye"));
            assertEquals("unavailable", bye.get("code").asText());
            advice.add(bye.get("retryAfter").asLong());
            assertEquals(1013, client.awaitClose());
        }
        assertTrue(advice.size() > clients.size() / 2, () -> "all at once: " + advice);
    }
}
