package io.skein.persistence.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.Modules;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import io.skein.engine.workspace.ReadAnswer;
import io.skein.modules.board.BoardModule;
import io.skein.modules.streams.BridgeReducers.EnqueueBridgeEvent;
import io.skein.modules.streams.StreamReducers.OpenSyncStream;
import io.skein.modules.streams.StreamTables.BridgeEvent;
import io.skein.modules.streams.StreamTables.BridgeStatus;
import io.skein.modules.streams.StreamTables.Sharing;
import io.skein.modules.streams.StreamsModule;
import io.skein.persistence.Endpoint;
import io.skein.persistence.Eventually;
import io.skein.persistence.TestNode;
import io.skein.persistence.TestPostgres;
import io.skein.persistence.bridge.BridgeSettings.Target;
import io.skein.persistence.bridge.BridgeSettings.Type;
import io.skein.persistence.bridge.TestWebhook.Received;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A node, a PostgreSQL, an HTTP server and a relay, all real. */
class BridgeTest {
    private static final Duration WAIT = Duration.ofSeconds(30);
    private static final Identity ANN = Identity.of("test", "ann");
    private static final Modules MODULES = new Modules(List.of(new StreamsModule(), new BoardModule()));
    private static final String KEY = "b7e151628aed2a6abf7158809cf4f3c762e7160f38b4da56a784d9045190cfef";
    private static final List<String> AGENTS = List.of("streams/agent.*");

    private final Endpoint endpoint = TestPostgres.freshDatabase();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private @Nullable TestNode node;
    private @Nullable Bridge bridge;

    @AfterEach
    void stop() throws Exception {
        stopNode();
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    private void stopNode() {
        if (node != null) {
            node.close();
            node = null;
        }
    }

    private <T extends AutoCloseable> T open(T closeable) {
        opened.add(closeable);
        return closeable;
    }

    private static Target webhook(String name, TestWebhook server) {
        return new Target(name, Type.WEBHOOK, server.url(), "s3cret", 0, AGENTS, true);
    }

    private static Target relay(String name, URI url) {
        return new Target(name, Type.NOSTR, url, KEY, 30_078, AGENTS, true);
    }

    private void start(int maxAttempts, Target... targets) {
        node = TestNode.start(endpoint, MODULES);
        bridge = Bridge.start(
                node().engine(),
                node().database().dataSource(),
                new BridgeSettings(
                        List.of(targets),
                        Duration.ofMillis(50),
                        4,
                        Duration.ofMillis(700),
                        Duration.ofMillis(100),
                        Duration.ofMillis(400),
                        maxAttempts,
                        Duration.ofMinutes(5)));
    }

    private TestNode node() {
        return java.util.Objects.requireNonNull(node);
    }

    private BridgeCounters.OfTarget counters(String target) {
        return java.util.Objects.requireNonNull(bridge).counters().of(target);
    }

    private void fleet(String id) {
        node().create(id, ANN, "streams");
        accepted(id, "open_sync_stream", new OpenSyncStream("s", "run", "", Sharing.MEMBERS, 10));
    }

    private void enqueue(String id, String event, String kind) {
        accepted(id, "enqueue_bridge_event", new EnqueueBridgeEvent(event, "s", kind, new Json("{\"n\":\"é\"}")));
    }

    private void accepted(String id, String reducer, Record args) {
        assertInstanceOf(Outcome.Accepted.class, node().call(id, ANN, reducer, args));
    }

    private Optional<BridgeEvent> event(String id, String event) {
        var read = assertInstanceOf(ReadAnswer.Found.class, node().read(id, ANN, "bridge_outbox"));
        return read.rows().getFirst().rows().stream()
                .map(stored -> (BridgeEvent) stored.row())
                .filter(row -> row.eventId().equals(event))
                .findFirst();
    }

    private BridgeEvent settled(String id, String event, BridgeStatus status) throws Exception {
        Eventually.holds(
                WAIT,
                "%s is %s: %s".formatted(event, status, event(id, event)),
                () -> event(id, event).orElseThrow().status() == status);
        return event(id, event).orElseThrow();
    }

    private static String hmac(String body) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec("s3cret".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return "sha256=" + HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void B1_onlyWhatPolicyLets_leaves() throws Exception {
        TestWebhook server = open(new TestWebhook());
        TestRelay relay = open(new TestRelay());
        start(5, webhook("audit", server), relay("mirror", relay.url()));
        fleet("f1");
        enqueue("f1", "secret", "payroll.run");
        enqueue("f1", "agent", "agent.done");
        assertEquals(List.of(), settled("f1", "secret", BridgeStatus.WITHHELD).deliveries());
        BridgeEvent sent = settled("f1", "agent", BridgeStatus.SENT);
        assertEquals(List.of("audit", "mirror"), sent.deliveries().stream().map(each -> each.target()).sorted().toList());

        assertEquals(1, server.received().size());
        Received received = server.received().getFirst();
        assertEquals("f1/agent", received.key());
        assertEquals(hmac(received.body()), received.signature());
        String told = "\"id\":\"agent\",\"kind\":\"agent.done\"";
        assertTrue(received.body().startsWith("{\"workspace\":\"f1\",\"module\":\"streams\"," + told), received.body());
        assertTrue(received.body().contains("\"payload_hash\":\"" + sent.payloadHash() + "\""), received.body());

        assertEquals(List.of(), relay.complaints());
        assertEquals(1, relay.accepted().size());
        TestRelay.Event event = relay.accepted().getFirst();
        assertEquals(received.body(), event.content(), "every target is told the same");
        assertEquals("dff1d77f2a671c5f36183726db2341be58feae1da2deced843240f7b502ba659", event.pubkey());
        assertEquals(30_078, event.kind());
        assertTrue(event.tags().startsWith("[[\"d\",\"f1/agent\"]"), event.tags());
    }

    @Test
    void B1_aPrivateAddress_isRefusedUnlessAllowed() throws Exception {
        TestWebhook server = open(new TestWebhook());
        var inward = new Target("inward", Type.WEBHOOK, server.url(), "", 0, AGENTS, false);
        start(5, inward);
        fleet("f1");
        enqueue("f1", "e1", "agent.done");
        BridgeEvent dead = settled("f1", "e1", BridgeStatus.DEAD);
        assertEquals(
                "127.0.0.1 has the private address 127.0.0.1",
                dead.deliveries().getFirst().detail());
        assertEquals(List.of(), server.received());
    }

    /** The drill: one target hangs, one is not there, one breaks its word. */
    @Test
    void B3_mirrorsThatFail_delayNeitherTheWorkspaceNorAnother() throws Exception {
        TestWebhook good = open(new TestWebhook());
        TestWebhook hanging = open(new TestWebhook());
        hanging.status(_ -> TestWebhook.HANG);
        TestRelay dumb = open(new TestRelay());
        dumb.answer(_ -> Optional.empty());
        int nobody;
        try (var free = new ServerSocket(0)) {
            nobody = free.getLocalPort();
        }
        start(
                100,
                webhook("good", good),
                webhook("hanging", hanging),
                relay("dumb", dumb.url()),
                relay("gone", URI.create("ws://127.0.0.1:" + nobody)));
        fleet("f1");
        long begin = System.nanoTime();
        for (int i = 1; i <= 30; i++) {
            enqueue("f1", "e" + i, "agent.step");
        }
        Duration enqueued = Duration.ofNanos(System.nanoTime() - begin);
        assertTrue(enqueued.compareTo(WAIT) < 0, "the workspace answered in " + enqueued);
        Eventually.holds(WAIT, "the good one has all", () -> counters("good").sent() == 30);
        Eventually.holds(
                WAIT,
                "the others fail and are tried again",
                () -> List.of("hanging", "dumb", "gone").stream()
                        .allMatch(name -> counters(name).failures() >= 3));
        assertTrue(
                hanging.received().size() < 20,
                "a target that fails is tried with one at a time: " + hanging.received().size());
        Eventually.holds(
                WAIT, "the row shows who has it", () -> event("f1", "e30").orElseThrow().deliveries().size() == 1);
        assertEquals(BridgeStatus.PENDING, event("f1", "e30").orElseThrow().status());

        hanging.status(_ -> 200);
        dumb.answer(_ -> Optional.of("true,\"\"]"));
        Eventually.holds(WAIT, "those that are back have all", () -> counters("hanging").sent() == 30
                && counters("dumb").sent() == 30);
        assertEquals(30, dumb.accepted().size());
        assertEquals(List.of(), dumb.complaints());
        Eventually.holds(WAIT, "what waits is counted", () -> counters("gone").waiting() == 30);
        assertEquals(0, counters("gone").dead());
    }

    @Test
    void B2_aRelayThatComesBack_getsEverythingOnce() throws Exception {
        TestRelay relay = open(new TestRelay());
        start(100, relay("mirror", relay.url()));
        fleet("f1");
        enqueue("f1", "e0", "agent.step");
        settled("f1", "e0", BridgeStatus.SENT);
        relay.down();
        for (int i = 1; i <= 10; i++) {
            enqueue("f1", "e" + i, "agent.step");
        }
        Eventually.holds(WAIT, "it is missed", () -> counters("mirror").failures() >= 2);
        relay.up();
        for (int i = 1; i <= 10; i++) {
            settled("f1", "e" + i, BridgeStatus.SENT);
        }
        assertEquals(11, relay.accepted().size());
        assertEquals(List.of(), relay.complaints());
    }

    @Test
    void B2_whatANodeHadInHand_isCarriedByTheNext() throws Exception {
        TestRelay relay = open(new TestRelay());
        relay.answer(_ -> Optional.empty());
        start(100, relay("mirror", relay.url()));
        fleet("f1");
        for (int i = 1; i <= 3; i++) {
            enqueue("f1", "e" + i, "agent.step");
        }
        Eventually.holds(WAIT, "it is on its way", () -> !relay.seen().isEmpty());
        stopNode();
        relay.answer(_ -> Optional.of("true,\"\"]"));
        start(100, relay("mirror", relay.url()));
        for (int i = 1; i <= 3; i++) {
            settled("f1", "e" + i, BridgeStatus.SENT);
        }
        var ids = new TreeSet<String>();
        relay.seen().forEach(each -> ids.add(each.id()));
        assertEquals(3, ids.size(), "a repetition has the id of the first attempt");
        assertEquals(3, relay.accepted().size());
    }

    @Test
    void B4_whatIsRefusedOrTriedTooOften_isGivenUpAndShown() throws Exception {
        TestRelay relay = open(new TestRelay());
        relay.answer(event -> Optional.of(
                event.tags().contains("agent.bad") ? "false,\"blocked: not here\"]" : "false,\"rate-limited: slow\"]"));
        TestWebhook server = open(new TestWebhook());
        server.status(received -> received.key().endsWith("moved") ? 302 : 503);
        start(3, relay("mirror", relay.url()), webhook("audit", server));
        fleet("f1");
        enqueue("f1", "bad", "agent.bad");
        enqueue("f1", "moved", "agent.moved");
        BridgeEvent bad = settled("f1", "bad", BridgeStatus.DEAD);
        Eventually.holds(WAIT, "both are given up", () -> counters("mirror").dead() == 2
                && counters("audit").dead() == 2);
        Eventually.holds(
                WAIT, "and both say so", () -> event("f1", "moved").orElseThrow().deliveries().size() == 2);
        assertEquals(BridgeStatus.DEAD, bad.status());
        assertEquals("the relay says blocked: not here", detail("bad", "mirror"));
        assertEquals("after 3 attempts: status 503", detail("bad", "audit"));
        assertEquals("status 302, a redirect", detail("moved", "audit"));
        assertEquals("after 3 attempts: the relay says rate-limited: slow", detail("moved", "mirror"));
        assertEquals(0, counters("mirror").sent());
    }

    private String detail(String event, String target) throws Exception {
        Eventually.holds(WAIT, target + " has said of " + event, () -> event("f1", event).orElseThrow().deliveries().stream()
                .anyMatch(each -> each.target().equals(target)));
        return event("f1", event).orElseThrow().deliveries().stream()
                .filter(each -> each.target().equals(target))
                .findFirst()
                .orElseThrow()
                .detail();
    }
}
