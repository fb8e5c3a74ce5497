package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.http.Eventually;
import io.skein.edge.node.Edge;
import io.skein.edge.wire.TestNode.Who;
import io.skein.engine.Modules;
import io.skein.engine.audit.AuditKind;
import io.skein.engine.module.Access;
import io.skein.modules.board.BoardModule;
import io.skein.persistence.Installation;
import io.skein.persistence.audit.AuditQuery;
import io.skein.persistence.history.Verifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A dump of a live system, restored into an empty database of the same server, with PostgreSQL's own programs. */
class RestoreTest {
    private static final int CARDS_BEFORE = 40;
    private static final String NAME = "wire-restored";

    private final String workspace = TestNode.freshName();
    private final Path folder = TestNode.dataDir(NAME);
    private final Path dump = folder.resolve("live.dump");
    /** What was acknowledged, and is in the dump if that began after. */
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();

    private final AtomicBoolean ended = new AtomicBoolean();

    @Test
    void U5_a_restored_dump_has_a_new_epoch_sound_history_and_the_truth_about_old_keys() throws Exception {
        Files.deleteIfExists(dump);
        try (var postgres = SystemPostgres.start(folder)) {
            postgres.execute("CREATE DATABASE live");
            Who owner;
            JsonNode cursor;
            Set<String> before;
            try (Edge live = start(postgres, "live")) {
                owner = TestNode.somebody(live.port());
                TestNode.create(live, workspace, owner, "board", Access.PRIVATE);
                cursor = write(live, owner, "kept");
                Thread writer = Thread.ofVirtual().start(() -> keepWriting(live, owner));
                Eventually.holds("there is a load", () -> acknowledged.size() >= CARDS_BEFORE);
                before = Set.copyOf(acknowledged);
                postgres.dump("live", dump);
                int atEnd = acknowledged.size();
                Eventually.holds("writes go on", () -> acknowledged.size() > atEnd);
                write(live, owner, "lost");
                ended.set(true);
                writer.join();
                assertTrue(before.size() < acknowledged.size());
            }
            postgres.execute("CREATE DATABASE restored");
            postgres.restore(dump, "restored");
            try (Edge restored = start(postgres, "restored")) {
                requireSound(restored);
                requireFreshStart(restored, owner, cursor);
                requireTruth(restored, owner, before);
                requireKnownOnce(restored);
            }
        }
    }

    private Edge start(SystemPostgres postgres, String database) {
        return TestNode.start(
                NAME,
                Map.of("skein.database.url", postgres.url(database), "skein.database.user", "postgres"),
                List.of(new BoardModule()));
    }

    private WireClient open(Edge edge, Who who) {
        WireClient client = WireClient.connect(edge.port(), workspace, who);
        client.hello(null, "*");
        client.await("snapshot", message -> WireClient.is(message, "snapshot"));
        return client;
    }

    /** Adds a card by a key of its name; says where that left a session. */
    private JsonNode write(Edge edge, Who who, String card) {
        try (var client = open(edge, who)) {
            JsonNode outcome = client.outcome(client.call("add_card", TwoNodesTest.card(card), key(card)));
            assertTrue(outcome.get("ok").asBoolean(), outcome::toString);
            client.awaitSeq(outcome.get("seq").asLong());
            var cursor = TestNode.JSON.createObjectNode();
            cursor.put(
                    "epoch", client.messages("welcome").getFirst().get("epoch").asText());
            cursor.put("seq", outcome.get("seq").asLong());
            cursor.put("view", client.messages("snapshot").getLast().get("view").asText());
            return cursor;
        }
    }

    private static String key(String card) {
        return ",\"key\":\"key-" + card + "\"";
    }

    private void keepWriting(Edge edge, Who who) {
        try (var client = open(edge, who)) {
            for (int i = 0; !ended.get(); i++) {
                client.done("add_card", TwoNodesTest.card("c" + i));
                acknowledged.add("c" + i);
            }
        }
    }

    private void requireSound(Edge edge) {
        var verifier =
                new Verifier(edge.node().database().dataSource(), new Modules(List.of(new BoardModule())), 10_000);
        assertTrue(verifier.verify(workspace).orElseThrow().isSound());
    }

    private void requireFreshStart(Edge edge, Who who, JsonNode cursor) {
        try (var back = WireClient.connect(edge.port(), workspace, who)) {
            back.hello(cursor.toString(), "*");
            JsonNode snapshot = back.await("snapshot", message -> WireClient.is(message, "snapshot"));
            assertEquals("stale_cursor", snapshot.get("reason").asText());
            JsonNode welcome = back.messages("welcome").getFirst();
            assertNotEquals(cursor.get("epoch").asText(), welcome.get("epoch").asText());
            JsonNode about = WireClient.parse(new TokenClient(edge.port(), who.token())
                    .get("/v1/workspaces/" + workspace)
                    .body());
            assertEquals(welcome.get("epoch").asText(), about.get("epoch").asText(), "every wire says the same");
        }
    }

    private void requireTruth(Edge edge, Who who, Set<String> before) {
        try (var client = open(edge, who)) {
            Set<String> present = ConcurrentHashMap.newKeySet();
            client.messages("snapshot")
                    .getFirst()
                    .at("/subs/1/card/rows")
                    .forEach(row -> present.add(row.get("id").asText()));
            assertTrue(present.containsAll(before), "what was acknowledged before the dump is there");
            JsonNode kept = client.outcome(client.call("add_card", TwoNodesTest.card("kept"), key("kept")));
            assertTrue(kept.get("repeated").asBoolean(), "it is in this history, and not done twice");
            JsonNode lost = client.outcome(client.call("add_card", TwoNodesTest.card("lost"), key("lost")));
            assertTrue(lost.get("ok").asBoolean() && !lost.path("repeated").asBoolean(), "it is not, and is done now");
        }
    }

    private static void requireKnownOnce(Edge edge) throws Exception {
        var data = edge.node().database().dataSource();
        assertEquals(Installation.recognise(data), Installation.recognise(data));
        assertEquals(
                1,
                edge.node().audit().page(AuditQuery.newest(1_000)).rows().stream()
                        .filter(row -> row.row().kind() == AuditKind.DATABASE_RESTORED)
                        .count());
    }
}
