package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.http.Eventually;
import io.skein.edge.node.Edge;
import io.skein.edge.node.Node;
import io.skein.edge.wire.TestNode.Who;
import io.skein.engine.module.Access;
import io.skein.engine.runtime.Engine;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.cluster.sharding.ShardRegion.CurrentShardRegionState;
import org.apache.pekko.cluster.sharding.typed.GetShardRegionState;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two nodes of one cluster in one process: everything that a session or a caller can do at the node that does not own its workspace. */
class TwoNodesTest {
    private static Edge first;
    private static Edge second;
    private static Who owner;

    @BeforeAll
    static void start() throws IOException {
        first = TestNode.start("two-nodes", Map.of());
        second = TestNode.startBeside(first, "two-nodes", "two-nodes-second");
        Eventually.holds("both nodes are ready", () -> ready(first) && ready(second));
        owner = TestNode.somebody(first.port());
    }

    @AfterAll
    static void stop() {
        second.close();
        first.close();
    }

    static boolean ready(Edge edge) {
        return get(edge, "/health/ready", "").statusCode() == 200;
    }

    private static HttpResponse<String> get(Edge edge, String path, String token) {
        return send(edge, path, token, null);
    }

    private static HttpResponse<String> send(
            Edge edge, String path, String token, @org.jspecify.annotations.Nullable String body) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + edge.port() + path))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json");
        if (body != null) {
            request.POST(HttpRequest.BodyPublishers.ofString(body));
        }
        try {
            return TestNode.HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String path(String workspace, String rest) {
        return "/v1/workspaces/" + workspace + rest;
    }

    /** A new workspace that the first node owns; it was made through the second. */
    private static String elsewhere(String module, Access access) {
        for (int attempt = 0; attempt < 64; attempt++) {
            String id = TestNode.freshName();
            TestNode.create(second, id, owner, module, access);
            if (owns(first.node(), id)) {
                return id;
            }
        }
        throw new AssertionError("the first node owns none of 64 workspaces");
    }

    static boolean owns(Node node, String workspace) {
        TestProbe<CurrentShardRegionState> probe = TestProbe.create(CurrentShardRegionState.class, node.system());
        ClusterSharding.get(node.system()).shardState().tell(new GetShardRegionState(Engine.WORKSPACES, probe.ref()));
        return probe.receiveMessage().getShards().stream()
                .anyMatch(shard -> shard.getEntityIds().contains(workspace));
    }

    static WireClient open(Edge edge, String workspace, Who who, String... tables) {
        WireClient client = WireClient.connect(edge.port(), workspace, who);
        client.hello(null, tables);
        client.await("snapshot", message -> WireClient.is(message, "snapshot"));
        return client;
    }

    static String card(String id) {
        return "{\"id\":\"%s\",\"title\":\"t\",\"column\":1}".formatted(id);
    }

    @Test
    void O2_sessions_of_both_nodes_see_one_order_and_their_outcomes_in_it() {
        String workspace = elsewhere("board", Access.PUBLIC_WRITE);
        try (var here = open(second, workspace, owner, "*");
                var there = open(first, workspace, owner, "*");
                var filtered = open(second, workspace, owner, "{\"table\":\"card\",\"where\":[\"=\",\"id\",\"b7\"]}")) {
            for (int i = 0; i < 20; i++) {
                here.call("add_card", card("a" + i), "");
                there.call("add_card", card("b" + i), "");
            }
            here.awaitSeq(41);
            there.awaitSeq(41);
            filtered.awaitSeq(41);
            assertEquals(
                    Replica.of(there.messages()).rows(),
                    Replica.of(here.messages()).rows());
            assertTrue(here.awaitOutcomes(20) && there.awaitOutcomes(20));
            String rows = Replica.of(filtered.messages()).rows();
            assertTrue(rows.contains("b7") && !rows.contains("b8"), rows);
        }
    }

    @Test
    void V2_expectations_and_I1_keys_hold_from_a_node_that_is_not_the_owner() {
        String workspace = elsewhere("board", Access.PRIVATE);
        try (var here = open(second, workspace, owner, "*")) {
            long seq = here.done("add_card", card("a"));
            String stale = ",\"expect\":{\"row\":{\"table\":\"card\",\"key\":\"a\",\"version\":1}}";
            JsonNode conflict = here.refused("move_card", "{\"id\":\"a\",\"column\":2,\"rank\":1}", stale);
            assertEquals("conflict", conflict.get("code").asText());
            assertEquals(seq, conflict.get("current").asLong());
            String keyed = ",\"key\":\"k\"";
            JsonNode once = here.outcome(here.call("add_card", card("b"), keyed));
            JsonNode again = here.outcome(here.call("add_card", card("b"), keyed));
            assertEquals(once.get("seq").asLong(), again.get("seq").asLong());
            assertEquals(
                    "key_conflict",
                    here.refused("add_card", card("c"), keyed).get("code").asText());
            assertEquals(
                    "rejected",
                    here.refused("add_card", card("a"), "").get("code").asText());
        }
        var answer = send(second, path(workspace, "/calls/add_card"), owner.token(), card("over-http"));
        assertEquals(200, answer.statusCode(), answer::body);
        var stranger = TestNode.somebody(second.port());
        assertEquals(
                403, get(second, path(workspace, "/snapshot"), stranger.token()).statusCode());
    }

    @Test
    void O3_a_snapshot_of_many_windows_and_a_transaction_of_many_parts_arrive_whole() {
        String workspace = elsewhere("notes", Access.PRIVATE);
        try (var there = open(first, workspace, owner, "*");
                var here = open(second, workspace, owner, "*")) {
            long seq = 0;
            for (String prefix : List.of("a", "b", "c")) {
                seq = here.done("add_many", "{\"prefix\":\"%s\",\"count\":9000}".formatted(prefix));
            }
            here.awaitSeq(seq);
            there.awaitSeq(seq);
            String rows = Replica.of(there.messages()).rows();
            requireSame(rows, Replica.of(here.messages()).rows());
            try (var fresh = open(second, workspace, owner, "*")) {
                fresh.awaitSeq(seq);
                requireSame(rows, Replica.of(fresh.messages()).rows());
            }
        }
        var read = get(second, path(workspace, "/snapshot"), owner.token());
        assertEquals(200, read.statusCode(), read::body);
        assertEquals(
                27_000, WireClient.parse(read.body()).at("/tables/note/rows").size());
    }

    /** Says where they differ, and not all of both. */
    private static void requireSame(String expected, String found) {
        int at = 0;
        while (at < expected.length() && at < found.length() && expected.charAt(at) == found.charAt(at)) {
            at++;
        }
        String near =
                " at " + at + ": …" + expected.substring(Math.max(0, at - 200), Math.min(expected.length(), at + 200));
        assertEquals(expected.length(), found.length(), near);
        assertTrue(expected.equals(found), near);
    }

    @Test
    void M3_a_role_changes_at_one_seq_for_sessions_at_every_node() {
        String workspace = elsewhere("notes", Access.PRIVATE);
        var guest = TestNode.somebody(second.port());
        try (var boss = open(first, workspace, owner, "*")) {
            String invite = WireClient.parse(
                            send(first, path(workspace, "/invites"), owner.token(), "{\"role\":\"viewer\",\"uses\":1}")
                                    .body())
                    .get("token")
                    .asText();
            var joined = send(
                    second,
                    path(workspace, "/join"),
                    guest.token(),
                    "{\"token\":\"%s\",\"displayName\":\"g\"}".formatted(invite));
            assertEquals(200, joined.statusCode(), joined::body);
            try (var here = open(second, workspace, guest, "*")) {
                boss.done("add_audit", "{\"id\":\"x\",\"text\":\"for admins\"}");
                long seq = boss.done(
                        "skein_set_role", "{\"identity\":\"%s\",\"role\":\"ADMIN\"}".formatted(guest.identity()));
                here.awaitSeq(seq);
                assertTrue(Replica.of(here.messages()).rows().contains("for admins"));
                long gone = boss.done("skein_remove_member", "{\"identity\":\"%s\"}".formatted(guest.identity()));
                assertTrue(gone > seq);
                assertEquals(
                        "forbidden",
                        here.await("bye", message -> WireClient.is(message, "bye"))
                                .get("code")
                                .asText());
            }
        }
    }

    @Test
    void R1_a_client_resumes_at_the_other_node_with_exactly_the_tail() {
        String workspace = elsewhere("board", Access.PRIVATE);
        String cursor;
        try (var there = open(first, workspace, owner, "*")) {
            there.done("add_card", card("a"));
            JsonNode snapshot = there.messages("snapshot").getFirst();
            JsonNode welcome = there.messages("welcome").getFirst();
            cursor = WireClient.resume(
                    welcome.get("epoch").asText(),
                    snapshot.get("seq").asLong(),
                    snapshot.get("view").asText());
            there.done("add_card", card("b"));
        }
        try (var here = WireClient.connect(second.port(), workspace, owner)) {
            here.hello(cursor, "*");
            here.awaitSeq(3);
            assertEquals(List.of(), here.messages("snapshot"));
            assertEquals(2, here.messages("tx").size());
        }
    }
}
