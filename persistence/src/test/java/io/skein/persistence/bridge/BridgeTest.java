package io.skein.persistence.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.Modules;
import io.skein.engine.audit.Origin;
import io.skein.engine.membership.Imports;
import io.skein.engine.module.Access;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import io.skein.engine.workspace.ReadAnswer;
import io.skein.modules.board.BoardModule;
import io.skein.modules.streams.BridgeReducers.EnqueueBridgeEvent;
import io.skein.modules.streams.StreamReducers.OpenSyncStream;
import io.skein.modules.streams.StreamTables;
import io.skein.modules.streams.StreamTables.BridgeEvent;
import io.skein.modules.streams.StreamTables.BridgeStatus;
import io.skein.modules.streams.StreamTables.Sharing;
import io.skein.modules.streams.StreamsModule;
import io.skein.persistence.Endpoint;
import io.skein.persistence.Eventually;
import io.skein.persistence.TestNode;
import io.skein.persistence.TestPostgres;
import io.skein.persistence.bridge.BridgeSettings.Target;
import io.skein.persistence.bridge.TestWebhook.Received;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A node, a PostgreSQL, HTTP servers and relays, all real. Each test has targets of its own, by the kinds of its events. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BridgeTest {
    private static final Duration WAIT = Duration.ofSeconds(30);
    private static final Identity ANN = Identity.of("test", "ann");
    private static final Modules MODULES = new Modules(List.of(new StreamsModule(), new BoardModule()));
    private static final String KEY = "b7e151628aed2a6abf7158809cf4f3c762e7160f38b4da56a784d9045190cfef";
    /** Few: a target that is away for the length of a test must not have an event tried so often. */
    private static final int MAX_ATTEMPTS = 6;

    private final Endpoint endpoint = TestPostgres.freshDatabase();
    private final Map<String, TestWebhook> servers = new HashMap<>();
    private final Map<String, TestRelay> relays = new HashMap<>();
    private final List<Target> targets = new ArrayList<>();
    private @Nullable TestNode node;
    private @Nullable Bridge bridge;

    @BeforeAll
    void begin() throws IOException {
        webhook("audit", "agent", true);
        relay("mirror", "agent");
        webhook("inward", "inward", false);
        webhook("good", "drill", true);
        webhook("hanging", "drill", true);
        relay("dumb", "drill");
        int nobody;
        try (var free = new ServerSocket(0)) {
            nobody = free.getLocalPort();
        }
        targets.add(nostr("gone", URI.create("ws://127.0.0.1:" + nobody), "drill"));
        relay("back", "back");
        relay("strict", "strict");
        webhook("busy", "strict", true);
        relay("next", "next");
        start();
    }

    @AfterAll
    void stop() {
        node().close();
        servers.values().forEach(TestWebhook::close);
        relays.values().forEach(TestRelay::close);
    }

    private void webhook(String name, String kinds, boolean allowPrivate) throws IOException {
        var server = new TestWebhook();
        servers.put(name, server);
        var allow = List.of("streams/" + kinds + ".*");
        targets.add(new Target(name, BridgeSettings.Type.WEBHOOK, server.url(), "s3cret", 0, allow, allowPrivate));
    }

    private void relay(String name, String kinds) {
        var relay = new TestRelay();
        relays.put(name, relay);
        targets.add(nostr(name, relay.url(), kinds));
    }

    private static Target nostr(String name, URI url, String kinds) {
        return new Target(name, BridgeSettings.Type.NOSTR, url, KEY, 30_078, List.of("streams/" + kinds + ".*"), true);
    }

    private TestWebhook server(String name) {
        return Objects.requireNonNull(servers.get(name));
    }

    private TestRelay relay(String name) {
        return Objects.requireNonNull(relays.get(name));
    }

    private void start() {
        node = TestNode.start(endpoint, MODULES);
        bridge = Bridge.start(
                node().engine(),
                node().database().dataSource(),
                new BridgeSettings(
                        targets,
                        Duration.ofMillis(50),
                        4,
                        Duration.ofMillis(700),
                        Duration.ofMillis(100),
                        Duration.ofMillis(400),
                        MAX_ATTEMPTS,
                        Duration.ofMinutes(5)));
    }

    private TestNode node() {
        return Objects.requireNonNull(node);
    }

    private BridgeCounters.OfTarget counters(String target) {
        return Objects.requireNonNull(bridge).counters().of(target);
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
        TestWebhook server = server("audit");
        TestRelay relay = relay("mirror");
        fleet("f1");
        enqueue("f1", "secret", "payroll.run");
        enqueue("f1", "agent", "agent.done");
        assertEquals(List.of(), settled("f1", "secret", BridgeStatus.WITHHELD).deliveries());
        settled("f1", "agent", BridgeStatus.SENT);
        Eventually.holds(
                WAIT,
                "both are told of",
                () -> event("f1", "agent").orElseThrow().deliveries().size() == 2);
        BridgeEvent sent = event("f1", "agent").orElseThrow();
        assertEquals(
                List.of("audit", "mirror"),
                sent.deliveries().stream().map(each -> each.target()).sorted().toList());

        List<Received> ours = server.received().stream()
                .filter(each -> each.key().startsWith("f1/"))
                .toList();
        assertEquals(1, ours.size());
        Received received = ours.getFirst();
        assertEquals("f1/agent", received.key());
        assertEquals(hmac(received.body()), received.signature());
        String told = "\"id\":\"agent\",\"kind\":\"agent.done\"";
        assertTrue(received.body().startsWith("{\"workspace\":\"f1\",\"module\":\"streams\"," + told), received.body());
        assertTrue(received.body().contains("\"payload_hash\":\"" + sent.payloadHash() + "\""), received.body());

        assertEquals(List.of(), relay.complaints());
        List<TestRelay.Event> published = relay.accepted().stream()
                .filter(each -> each.tags().contains("\"f1/"))
                .toList();
        assertEquals(1, published.size());
        TestRelay.Event event = published.getFirst();
        assertEquals(received.body(), event.content(), "every target is told the same");
        assertEquals("dff1d77f2a671c5f36183726db2341be58feae1da2deced843240f7b502ba659", event.pubkey());
        assertEquals(30_078, event.kind());
        assertTrue(event.tags().startsWith("[[\"d\",\"f1/agent\"]"), event.tags());
    }

    /** Whose rows they were has sent them, or will. */
    @Test
    void B1_importedRows_doNotLeave() throws Exception {
        var begin = new Imports.Begin("copy", 1);
        var made =
                node().engine().createForImport("f7", ANN, "Copy", "streams", Access.PRIVATE, "", begin, Origin.NONE);
        assertInstanceOf(Outcome.Accepted.class, TestNode.await(made.toCompletableFuture()));
        var row = Imports.Row.of(
                StreamTables.BRIDGE,
                new BridgeEvent(
                        "old",
                        "s",
                        "agent.done",
                        Json.NULL,
                        "",
                        ANN,
                        BridgeStatus.PENDING,
                        List.of(),
                        Instant.EPOCH,
                        Instant.EPOCH));
        internal("f7", Imports.ROWS, new Imports.AddRows("copy", 0, List.of(row)));
        internal("f7", Imports.FINISH, new Imports.Finish("copy", 1, Imports.digest(Imports.NO_ROWS, row)));
        accepted("f7", "open_sync_stream", new OpenSyncStream("s", "run", "", Sharing.MEMBERS, 10));
        enqueue("f7", "new", "agent.done");
        settled("f7", "new", BridgeStatus.SENT);
        assertEquals(BridgeStatus.PENDING, event("f7", "old").orElseThrow().status());
        assertEquals(
                List.of("f7/new"),
                server("audit").received().stream()
                        .map(Received::key)
                        .filter(key -> key.startsWith("f7/"))
                        .toList());
    }

    private void internal(String id, String reducer, Record args) {
        Outcome outcome = TestNode.await(node().send(id, Call.internal(ANN, reducer, args)));
        assertInstanceOf(Outcome.Accepted.class, outcome);
    }

    @Test
    void B1_aPrivateAddress_isRefusedUnlessAllowed() throws Exception {
        fleet("f2");
        enqueue("f2", "e1", "inward.done");
        BridgeEvent dead = settled("f2", "e1", BridgeStatus.DEAD);
        assertEquals(
                "127.0.0.1 has the private address 127.0.0.1",
                dead.deliveries().getFirst().detail());
        assertEquals(List.of(), server("inward").received());
    }

    /** The drill: one target hangs, one is not there, one breaks its word. */
    @Test
    void B3_mirrorsThatFail_delayNeitherTheWorkspaceNorAnother() throws Exception {
        TestWebhook hanging = server("hanging");
        hanging.status(_ -> TestWebhook.HANG);
        TestRelay dumb = relay("dumb");
        dumb.answer(_ -> Optional.empty());
        fleet("f3");
        long begin = System.nanoTime();
        for (int i = 1; i <= 30; i++) {
            enqueue("f3", "e" + i, "drill.step");
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
                "a target that fails is tried with one at a time: "
                        + hanging.received().size());
        Eventually.holds(
                WAIT,
                "the row shows who has it",
                () -> event("f3", "e30").orElseThrow().deliveries().size() == 1);
        assertEquals(BridgeStatus.PENDING, event("f3", "e30").orElseThrow().status());

        hanging.status(_ -> 200);
        dumb.answer(_ -> Optional.of("true,\"\"]"));
        Eventually.holds(
                WAIT,
                "those that are back have all",
                () -> counters("hanging").sent() == 30 && counters("dumb").sent() == 30);
        assertEquals(30, dumb.accepted().size());
        assertEquals(List.of(), dumb.complaints());
        Eventually.holds(WAIT, "what waits is counted", () -> counters("gone").waiting() == 30);
        assertEquals(0, counters("gone").dead());
    }

    @Test
    void B2_aRelayThatComesBack_getsEverythingOnce() throws Exception {
        TestRelay relay = relay("back");
        fleet("f4");
        enqueue("f4", "e0", "back.step");
        settled("f4", "e0", BridgeStatus.SENT);
        relay.down();
        for (int i = 1; i <= 10; i++) {
            enqueue("f4", "e" + i, "back.step");
        }
        Eventually.holds(WAIT, "it is missed", () -> counters("back").failures() >= 2);
        relay.up();
        for (int i = 1; i <= 10; i++) {
            settled("f4", "e" + i, BridgeStatus.SENT);
        }
        assertEquals(11, relay.accepted().size());
        assertEquals(List.of(), relay.complaints());
    }

    @Test
    void B2_whatANodeHadInHand_isCarriedByTheNext() throws Exception {
        TestRelay relay = relay("next");
        relay.answer(_ -> Optional.empty());
        fleet("f5");
        for (int i = 1; i <= 3; i++) {
            enqueue("f5", "e" + i, "next.step");
        }
        Eventually.holds(WAIT, "it is on its way", () -> !relay.seen().isEmpty());
        node().close();
        relay.answer(_ -> Optional.of("true,\"\"]"));
        start();
        for (int i = 1; i <= 3; i++) {
            settled("f5", "e" + i, BridgeStatus.SENT);
        }
        var ids = new TreeSet<String>();
        relay.seen().forEach(each -> ids.add(each.id()));
        assertEquals(3, ids.size(), "a repetition has the id of the first attempt");
        assertEquals(3, relay.accepted().size());
    }

    @Test
    void B4_whatIsRefusedOrTriedTooOften_isGivenUpAndShown() throws Exception {
        TestRelay relay = relay("strict");
        relay.answer(event -> Optional.of(
                event.tags().contains("strict.bad")
                        ? "false,\"blocked: not here\"]"
                        : "false,\"rate-limited: slow\"]"));
        TestWebhook server = server("busy");
        server.status(received -> received.key().endsWith("moved") ? 302 : 503);
        fleet("f6");
        enqueue("f6", "bad", "strict.bad");
        enqueue("f6", "moved", "strict.moved");
        BridgeEvent bad = settled("f6", "bad", BridgeStatus.DEAD);
        Eventually.holds(
                WAIT,
                "both are given up",
                () -> counters("strict").dead() == 2 && counters("busy").dead() == 2);
        Eventually.holds(
                WAIT,
                "and both say so",
                () -> event("f6", "moved").orElseThrow().deliveries().size() == 2);
        assertEquals(BridgeStatus.DEAD, bad.status());
        assertEquals("the relay says blocked: not here", detail("bad", "strict"));
        assertEquals("after 6 attempts: status 503", detail("bad", "busy"));
        assertEquals("status 302, a redirect", detail("moved", "busy"));
        assertEquals("after 6 attempts: the relay says rate-limited: slow", detail("moved", "strict"));
        assertEquals(0, counters("strict").sent());
    }

    private String detail(String event, String target) throws Exception {
        Eventually.holds(
                WAIT,
                target + " has said of " + event,
                () -> event("f6", event).orElseThrow().deliveries().stream()
                        .anyMatch(each -> each.target().equals(target)));
        return event("f6", event).orElseThrow().deliveries().stream()
                .filter(each -> each.target().equals(target))
                .findFirst()
                .orElseThrow()
                .detail();
    }
}
