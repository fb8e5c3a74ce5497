package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.edge.http.Eventually;
import io.skein.edge.metrics.Scrape;
import io.skein.edge.node.Edge;
import io.skein.edge.tracing.SpanReceiver;
import io.skein.edge.tracing.SpanReceiver.Received;
import io.skein.edge.wire.TestNode.Who;
import io.skein.engine.module.Access;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Traces through two nodes, as a receiver gets them. The sampling is 0: traced is what a caller traces, and nothing else. */
class TracesTest {
    private static final String DELAY = "otel.bsp.schedule.delay";
    private static final String PARENT = "b7ad6b7169203331";

    private static SpanReceiver receiver;
    private static Edge first;
    private static Edge second;
    private static Who owner;
    private static int traces;

    @BeforeAll
    static void start() throws Exception {
        receiver = SpanReceiver.start();
        System.setProperty(DELAY, "100");
        Map<String, Object> settings = Map.of(
                "skein.tracing.endpoint", receiver.url(), "skein.tracing.sampling", 0, "skein.management.port", 0);
        first = TestNode.start("traces", settings);
        second = TestNode.startBeside(first, "traces", "traces-second", settings);
        Eventually.holds("both nodes are ready", () -> TwoNodesTest.ready(first) && TwoNodesTest.ready(second));
        owner = TestNode.somebody(first.port());
    }

    @AfterAll
    static void stop() {
        second.close();
        first.close();
        receiver.close();
        System.clearProperty(DELAY);
    }

    /** A workspace of the first node. */
    private static String workspace() {
        for (int attempt = 0; attempt < 64; attempt++) {
            String id = TestNode.freshName();
            TestNode.create(second, id, owner, "board", Access.PRIVATE);
            if (TwoNodesTest.owns(first.node(), id)) {
                return id;
            }
        }
        throw new AssertionError("the first node owns none of 64 workspaces");
    }

    private static String freshTrace() {
        return trace(++traces);
    }

    private static String trace(int number) {
        return "%032x".formatted(number);
    }

    private static String member(String trace) {
        return ",\"traceparent\":\"00-%s-%s-01\"".formatted(trace, PARENT);
    }

    private static Map<String, Long> names(String trace) {
        return receiver.spans(trace).stream()
                .collect(Collectors.groupingBy(Received::name, TreeMap::new, Collectors.counting()));
    }

    private static void await(String trace, Map<String, Long> names) {
        try {
            Eventually.holds("the trace is here", () -> names(trace).equals(new TreeMap<>(names)));
        } catch (AssertionError e) {
            assertEquals(new TreeMap<>(names), names(trace), e.getMessage());
        }
    }

    private static Received one(String trace, String name) {
        List<Received> found = receiver.spans(trace).stream()
                .filter(span -> span.name().equals(name))
                .toList();
        assertEquals(1, found.size(), name);
        return found.getFirst();
    }

    @Test
    void a_call_through_two_nodes_is_one_tree() {
        String workspace = workspace();
        String trace = freshTrace();
        try (var here = TwoNodesTest.open(second, workspace, owner, "*");
                var there = TwoNodesTest.open(first, workspace, owner, "*")) {
            String card = "{\"id\":\"c\",\"title\":\"a secret title\",\"column\":1}";
            here.outcome(here.call("add_card", card, ",\"key\":\"a secret key\"" + member(trace)));
            there.awaitSeq(2);
            await(
                    trace,
                    Map.of(
                            "call",
                            1L,
                            "relay",
                            1L,
                            "decide",
                            1L,
                            "commit",
                            1L,
                            "journal",
                            1L,
                            "acknowledge",
                            1L,
                            "deliver",
                            2L));
            Received call = one(trace, "call");
            Received relay = one(trace, "relay");
            Received commit = one(trace, "commit");
            assertEquals(PARENT, call.parent());
            assertEquals(call.id(), relay.parent());
            assertEquals(call.id(), one(trace, "acknowledge").parent());
            assertEquals(relay.id(), one(trace, "decide").parent());
            assertEquals(relay.id(), commit.parent());
            assertEquals(commit.id(), one(trace, "journal").parent());
            receiver.spans(trace).stream()
                    .filter(span -> span.name().equals("deliver"))
                    .forEach(span -> {
                        assertEquals(commit.id(), span.parent());
                        assertEquals("1", span.attribute("skein.sessions"));
                        assertEquals("2", span.attribute("skein.seq"));
                    });
            assertEquals("accepted", call.attribute("skein.outcome"));
            assertEquals("add_card", call.attribute("skein.reducer"));
            assertEquals(workspace, one(trace, "journal").attribute("skein.workspace"));
            receiver.spans(trace).forEach(TracesTest::S2_says_nothing_of_what_was_sent);
        }
    }

    private static void S2_says_nothing_of_what_was_sent(Received span) {
        String all = span.span().toString();
        assertFalse(all.contains("secret") || all.contains(owner.token()), all);
    }

    @Test
    void I1_a_repeated_call_is_decided_and_not_written() {
        String workspace = workspace();
        String once = freshTrace();
        String again = freshTrace();
        try (var here = TwoNodesTest.open(second, workspace, owner, "*")) {
            String keyed = ",\"key\":\"k\"";
            here.outcome(here.call("add_card", TwoNodesTest.card("c"), keyed + member(once)));
            here.outcome(here.call("add_card", TwoNodesTest.card("c"), keyed + member(again)));
            await(again, Map.of("call", 1L, "relay", 1L, "decide", 1L, "acknowledge", 1L));
            assertEquals("repeated", one(again, "decide").attribute("skein.outcome"));
            assertEquals("repeated", one(again, "call").attribute("skein.outcome"));
        }
    }

    @Test
    void calls_that_share_a_group_are_linked_with_its_write() {
        String workspace = workspace();
        int count = 24;
        var wanted = new ArrayList<String>();
        try (var here = TwoNodesTest.open(second, workspace, owner, "*")) {
            var calls = new ArrayList<String>();
            for (int i = 0; i < count; i++) {
                String trace = freshTrace();
                wanted.add(trace);
                calls.add("{\"type\":\"call\",\"id\":%d,\"reducer\":\"add_card\",\"args\":%s%s}"
                        .formatted(100 + i, TwoNodesTest.card("c" + i), member(trace)));
            }
            here.send(calls.toString());
            assertTrue(here.awaitOutcomes(count));
            Eventually.holds(
                    "every commit is here",
                    () -> wanted.stream()
                            .allMatch(trace -> names(trace).containsKey("acknowledge")
                                    && names(trace).containsKey("commit")));
            Eventually.holds("and every write", () -> wanted.stream().allMatch(TracesTest::isWritten));
            long writes = wanted.stream()
                    .filter(trace -> names(trace).containsKey("journal"))
                    .count();
            assertTrue(writes < count, "some of them shared a group: " + writes);
        }
    }

    /** Whether a call leads to the write that it waited for, below its commit or by links in both directions. */
    private static boolean isWritten(String trace) {
        Received commit = one(trace, "commit");
        return receiver.spans().stream()
                .filter(span -> span.name().equals("journal"))
                .anyMatch(write -> write.parent().equals(commit.id())
                        || (write.links().contains(commit.id())
                                && commit.links().contains(write.id())));
    }

    @Test
    void a_request_goes_on_with_its_trace() throws Exception {
        String workspace = workspace();
        String trace = freshTrace();
        assertEquals(200, post(workspace, "add_card", "{\"id\":\"c\",\"title\":\"t\",\"column\":1}", trace, "01"));
        String name = "POST /v1/workspaces/{workspace}/calls/{reducer}";
        await(trace, Map.of(name, 1L, "decide", 1L, "commit", 1L, "journal", 1L));
        Received request = one(trace, name);
        assertEquals(PARENT, request.parent());
        assertEquals(request.id(), one(trace, "decide").parent());
        assertEquals("200", request.attribute("http.response.status_code"));

        String refused = freshTrace();
        assertEquals(422, post(workspace, "add_card", "{\"id\":\"c\",\"title\":\"t\",\"column\":1}", refused, "01"));
        await(refused, Map.of(name, 1L, "decide", 1L));
        assertEquals("rejected", one(refused, "decide").attribute("error.type"));
    }

    @Test
    void what_nobody_traces_is_not_exported() throws Exception {
        String workspace = workspace();
        // Of the tests before this one something may still be on its way.
        Set<String> earlier =
                IntStream.rangeClosed(0, traces).mapToObj(TracesTest::trace).collect(Collectors.toSet());
        String untraced = freshTrace();
        String traced = freshTrace();
        try (var here = TwoNodesTest.open(second, workspace, owner, "*")) {
            here.outcome(here.call("add_card", TwoNodesTest.card("a"), ""));
            here.outcome(here.call(
                    "add_card", TwoNodesTest.card("b"), member(untraced).replace("-01\"", "-00\"")));
            here.outcome(here.call("add_card", TwoNodesTest.card("c"), ",\"traceparent\":\"nonsense\""));
            assertEquals(200, post(workspace, "add_card", TwoNodesTest.card("d"), untraced, "00"));
            here.outcome(here.call("add_card", TwoNodesTest.card("e"), member(traced)));
            Eventually.holds("what came last is here", () -> names(traced).containsKey("acknowledge"));
        }
        assertEquals(List.of(), receiver.spans(untraced));
        Set<String> since = receiver.spans().stream().map(Received::trace).collect(Collectors.toSet());
        since.removeAll(earlier);
        assertEquals(Set.of(traced), since);
    }

    @Test
    void V3_a_context_that_is_no_text_is_refused() {
        String workspace = workspace();
        try (var here = TwoNodesTest.open(second, workspace, owner, "*")) {
            for (String wrong : List.of("7", "\"" + "x".repeat(300) + "\"")) {
                var error = here.refused("add_card", TwoNodesTest.card("a"), ",\"traceparent\":" + wrong);
                assertEquals("invalid_args", error.get("code").asText());
            }
        }
    }

    @Test
    void what_became_of_spans_is_among_the_metrics() {
        String workspace = workspace();
        String trace = freshTrace();
        try (var here = TwoNodesTest.open(second, workspace, owner, "*")) {
            here.outcome(here.call("add_card", TwoNodesTest.card("a"), member(trace)));
            Eventually.holds("it is counted", () -> value("skein_spans_exported_total") > 0);
            assertEquals(0, value("skein_spans_dropped_total"));
        }
    }

    private static double value(String name) {
        return Scrape.of(second.managementPort()).samples().stream()
                .filter(sample -> sample.name().equals(name))
                .mapToDouble(Scrape.Sample::value)
                .findFirst()
                .orElse(-1);
    }

    private static int post(String workspace, String reducer, String body, String trace, String flags)
            throws Exception {
        var request = HttpRequest.newBuilder(URI.create(
                        "http://127.0.0.1:%d/v1/workspaces/%s/calls/%s".formatted(second.port(), workspace, reducer)))
                .header("Authorization", "Bearer " + owner.token())
                .header("Content-Type", "application/json")
                .header("traceparent", "00-" + trace + "-" + PARENT + "-" + flags)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return TestNode.HTTP.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    }
}
