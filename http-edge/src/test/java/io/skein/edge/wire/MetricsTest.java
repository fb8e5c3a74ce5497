package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.edge.http.Eventually;
import io.skein.edge.metrics.Scrape;
import io.skein.edge.node.Edge;
import io.skein.edge.wire.TestNode.Who;
import io.skein.engine.module.Access;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a node says of itself on its management port, beside what clients did to it. */
class MetricsTest {
    private static final String ADD = "{\"id\":\"%s\",\"title\":\"x\",\"column\":0}";

    private static Edge edge;
    private static Who owner;

    @BeforeAll
    static void start() {
        edge = TestNode.start(
                "metrics",
                Map.of(
                        "skein.bridge.targets",
                        List.of(Map.of(
                                "name",
                                "audit",
                                "type",
                                "webhook",
                                "url",
                                "https://example.invalid/hook",
                                "allow",
                                List.of("streams/*")))));
        owner = TestNode.somebody(edge.port());
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    private static HttpResponse<String> get(int port, String path) throws Exception {
        return TestNode.HTTP.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static Scrape scrape() {
        return Scrape.of(edge.managementPort());
    }

    /** A page that was made after this was called: for a second everybody gets the last one. */
    private static Scrape fresh() {
        double known = scrape().sum("jvm_memory_used_bytes");
        Eventually.holds("there is another page", () -> scrape().sum("jvm_memory_used_bytes") != known);
        return scrape();
    }

    private static double more(Scrape before, Scrape now, String name, String... labels) {
        return now.sum(name, labels) - before.sum(name, labels);
    }

    private static String workspace() {
        String id = TestNode.freshName();
        TestNode.create(edge, id, owner, "board", Access.PRIVATE);
        return id;
    }

    private static WireClient client(String workspace) {
        return WireClient.connect(edge.port(), workspace, owner);
    }

    @Test
    void probes_and_metrics_are_on_the_management_port_and_metrics_nowhere_else() throws Exception {
        assertFalse(edge.managementPort() == edge.port());
        for (String path : List.of("/health/alive", "/health/ready", "/health/startup", "/metrics")) {
            assertEquals(200, get(edge.managementPort(), path).statusCode(), path);
        }
        assertEquals(404, get(edge.port(), "/metrics").statusCode());
        for (String path : List.of("/v1/modules", "/v1/openapi.yaml", "/")) {
            assertEquals(404, get(edge.managementPort(), path).statusCode(), path);
        }
    }

    @Test
    void a_node_says_whether_it_is_ready() {
        Eventually.holds("it is ready", () -> scrape().sum("skein_ready") == 1);
    }

    @Test
    void what_grows_in_the_database_is_measured() {
        for (String table : List.of("event_journal", "snapshot", "audit_log")) {
            Eventually.holds(
                    "there is a size of " + table,
                    () -> scrape().sum("skein_database_bytes", "table=\"" + table + "\"") > 0);
        }
    }

    @Test
    void calls_commits_and_refusals_are_counted_where_they_happen() throws Exception {
        String workspace = workspace();
        try (WireClient client = client(workspace)) {
            client.hello(null, "*");
            client.done("add_card", ADD.formatted("a"));
            Scrape before = fresh();
            client.done("add_card", ADD.formatted("b"));
            client.outcome(client.call("add_card", ADD.formatted("c"), ",\"key\":\"k\""));
            client.outcome(client.call("add_card", ADD.formatted("c"), ",\"key\":\"k\""));
            client.refused("add_card", ADD.formatted("c"), "");
            client.refused("no_such_reducer", "{}", "");
            assertEquals(
                    401,
                    get(edge.port(), "/v1/workspaces/" + workspace + "/snapshot")
                            .statusCode());
            Eventually.holds("the figures are there", () -> {
                Scrape now = scrape();
                return more(before, now, "skein_commits_total") == 2
                        && more(before, now, "skein_calls_total") >= 4
                        && more(before, now, "skein_repeated_calls_total") == 1
                        && more(before, now, "skein_refusals_total", "code=\"rejected\"", "at=\"workspace\"") == 1
                        && more(before, now, "skein_refusals_total", "at=\"session\"") == 1
                        && more(before, now, "skein_http_responses_total", "status=\"401\"") == 1
                        && more(before, now, "skein_journal_seconds_count") >= 2
                        && more(before, now, "skein_commit_seconds_count")
                                == more(before, now, "skein_journal_seconds_count")
                        && more(before, now, "skein_group_transactions_sum") == 2
                        && more(before, now, "skein_ack_seconds_count", "by=\"session\"") == 4
                        && more(before, now, "skein_fanout_seconds_count") >= 2;
            });
            assertEquals(0, scrape().sum("skein_dropped_transactions_total"));
            assertEquals(0, scrape().sum("skein_queued_calls"));
            assertEquals(0, scrape().sum("skein_journal_lag_seconds"));
            assertTrue(scrape().sum("skein_recovery_seconds_count") > 0);
            assertTrue(scrape().sum("skein_http_connections") > 0);
        }
    }

    @Test
    void sessions_that_come_back_are_counted_by_how_they_go_on() {
        String workspace = workspace();
        Scrape before = fresh();
        String epoch;
        String view;
        try (WireClient client = client(workspace)) {
            client.hello(null, "*");
            var snapshot = client.await("snapshot", message -> WireClient.is(message, "snapshot"));
            epoch = client.messages("welcome").getFirst().get("epoch").asText();
            view = snapshot.get("view").asText();
            client.done("add_card", ADD.formatted("a"));
            client.done("add_card", ADD.formatted("b"));
        }
        try (WireClient resumed = client(workspace);
                WireClient stale = client(workspace)) {
            resumed.hello(WireClient.resume(epoch, 1, view), "*");
            resumed.await("resumed", message -> WireClient.is(message, "resumed"));
            stale.hello(WireClient.resume("gone", 1, view), "*");
            stale.await("snapshot", message -> WireClient.is(message, "snapshot"));
            Eventually.holds("they are counted", () -> {
                Scrape now = scrape();
                return more(before, now, "skein_resumes_total") == 1
                        && more(before, now, "skein_resume_gap_transactions_sum") == 2
                        && more(before, now, "skein_stale_cursors_total", "why=\"epoch\"") == 1
                        && more(before, now, "skein_session_snapshots_total", "why=\"asked\"") == 1
                        && more(before, now, "skein_session_snapshots_total", "why=\"stale_cursor\"") == 1
                        && now.sum("skein_sessions") >= 2
                        && now.sum("skein_relays") >= 1
                        && more(before, now, "skein_http_responses_total", "status=\"101\"") == 3;
            });
        }
    }

    @Test
    void who_comes_and_goes_in_a_room_is_counted() {
        String workspace = workspace();
        Scrape before = fresh();
        try (WireClient client = client(workspace)) {
            client.send("{\"type\":\"hello\",\"id\":0,\"subs\":[],\"presence\":{\"state\":{\"at\":1}}}");
            client.await("presence", message -> WireClient.is(message, "presence"));
            client.send("{\"type\":\"presence\",\"id\":5,\"state\":{\"at\":2}}");
            Eventually.holds("it is counted", () -> more(before, scrape(), "skein_presence_requests_total") == 2);
            assertEquals(1, more(before, scrape(), "skein_presence_joins_total"));
        }
        Eventually.holds("so is that it goes", () -> more(before, scrape(), "skein_presence_leaves_total") == 1);
    }

    @Test
    void targets_of_the_bridge_are_labels() {
        assertEquals(0, scrape().sum("skein_bridge_dead_total", "target=\"audit\""));
        assertEquals(0, scrape().sum("skein_bridge_lag_seconds", "target=\"audit\""));
    }
}
