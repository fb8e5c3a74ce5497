package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.wire.TestNode.Who;
import io.skein.engine.module.Access;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class MembershipTest {
    private final Who owner = TestNode.somebody();

    /** Makes somebody a member by an invitation. */
    static void admit(WireClient host, String workspace, Who guest, String role) {
        String token = "token-of-" + guest.identity();
        host.done(
                "skein_create_invite",
                "{\"token_hash\":\"%s\",\"role\":\"%s\"}"
                        .formatted(sha256(token), role.toUpperCase(java.util.Locale.ROOT)));
        TestNode.edge()
                .node()
                .engine()
                .call(
                        workspace,
                        io.skein.engine.reducer.Call.of(
                                guest.identity(),
                                "skein_join",
                                new io.skein.engine.membership.Membership.Join(token, "guest")))
                .toCompletableFuture()
                .join();
    }

    private static String sha256(String text) {
        try {
            return Base64.getEncoder()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String setRole(Who who, String role) {
        return "{\"identity\":\"%s\",\"role\":\"%s\"}"
                .formatted(who.identity(), role.toUpperCase(java.util.Locale.ROOT));
    }

    private static String who(Who who) {
        return "{\"identity\":\"" + who.identity() + "\"}";
    }

    private static String card(String id) {
        return "{\"id\":\"%s\",\"title\":\"t\",\"column\":1}".formatted(id);
    }

    @Test
    void M1_every_command_is_authorised_by_the_role_as_of_its_commit() {
        String workspace = TestNode.workspace(owner, "board", Access.PRIVATE);
        Who guest = TestNode.somebody();
        try (var host = WireClient.open(workspace, owner, "*");
                var stranger = WireClient.connect(workspace, guest)) {
            stranger.hello(null, "*");
            assertEquals(
                    "forbidden",
                    stranger.await("bye", message -> WireClient.is(message, "bye"))
                            .get("code")
                            .asText());
            assertEquals(1008, stranger.awaitClose());
            admit(host, workspace, guest, "editor");
            try (var client = WireClient.open(workspace, guest, "*")) {
                client.done("add_card", card("a"));
                host.done("skein_set_role", setRole(guest, "viewer"));
                assertEquals(
                        "forbidden",
                        client.refused("add_card", card("b"), "").get("code").asText());
                assertEquals(
                        "forbidden",
                        client.refused("skein_set_role", setRole(guest, "owner"), "")
                                .get("code")
                                .asText());
                host.done("skein_set_role", setRole(guest, "editor"));
                client.done("add_card", card("c"));
            }
        }
    }

    @Test
    void M2_rows_that_a_session_may_not_see_never_reach_its_socket() {
        String workspace = TestNode.workspace(owner, "notes", Access.PUBLIC_READ);
        Who guest = TestNode.somebody();
        try (var host = WireClient.open(workspace, owner, "*")) {
            host.done("add_note", "{\"id\":\"n1\",\"text\":\"HIDDEN-before\"}");
            host.done("add_audit", "{\"id\":\"a1\",\"text\":\"HIDDEN-audit-before\"}");
            try (var viewer = WireClient.open(workspace, guest, "*");
                    var narrow = WireClient.connect(workspace, guest)) {
                narrow.hello(null, "note", "audit", "share");
                host.done("add_note", "{\"id\":\"n1\",\"text\":\"HIDDEN-after\"}");
                host.done("add_audit", "{\"id\":\"a2\",\"text\":\"HIDDEN-audit-after\"}");
                host.done("add_note", "{\"id\":\"n2\",\"text\":\"SHOWN\"}");
                host.done("share_note", "{\"id\":\"n2\",\"reader\":\"" + guest.identity() + "\"}");
                host.done("unshare_note", "{\"id\":\"n2\",\"reader\":\"" + guest.identity() + "\"}");
                host.done("add_note", "{\"id\":\"n2\",\"text\":\"HIDDEN-again\"}");
                long last = viewer.done("add_note", "{\"id\":\"own\",\"text\":\"OWN\"}");
                viewer.awaitSeq(last);
                viewer.send("{\"type\":\"subscribe\",\"id\":50,\"sub\":2,\"tables\":[{\"table\":\"note\"}]}");
                viewer.await("subscribed", message -> WireClient.is(message, "subscribed"));
                String shown = viewer.frames().toString();
                assertFalse(shown.contains("HIDDEN"), shown);
                assertTrue(shown.contains("SHOWN"));
                assertTrue(shown.contains("OWN"));
                narrow.await("an answer", message -> !WireClient.is(message, "welcome"));
                assertFalse(narrow.frames().toString().contains("HIDDEN"));
                assertTrue(host.frames().toString().contains("HIDDEN-again"));
            }
            try (var late = WireClient.open(workspace, guest, "*")) {
                String snapshot = late.frames().toString();
                assertTrue(snapshot.contains("OWN"));
                assertFalse(snapshot.contains("HIDDEN"), snapshot);
                late.awaitSeq(10);
                assertFalse(Replica.of(late.messages()).rows().contains("SHOWN"));
            }
        }
    }

    @Test
    void M3_a_role_change_takes_effect_at_one_seq_for_all_sessions_of_the_identity() {
        for (String module : List.of("board", "notes")) {
            String workspace = TestNode.workspace(owner, module, Access.PRIVATE);
            Who guest = TestNode.somebody();
            try (var host = WireClient.open(workspace, owner, "*")) {
                admit(host, workspace, guest, "editor");
                var sessions = new ArrayList<WireClient>();
                for (int i = 0; i < 3; i++) {
                    sessions.add(WireClient.open(workspace, guest, "*"));
                }
                for (int round = 0; round < 12; round++) {
                    String role = round % 2 == 0 ? "admin" : "viewer";
                    // All in one frame, so that the change lies among transactions of its group.
                    int id = 100 * round;
                    var batch = new ArrayList<String>();
                    for (int i = 0; i < 9; i++) {
                        String call = i == 4
                                ? "\"reducer\":\"skein_set_role\",\"args\":" + setRole(guest, role)
                                : module.equals("board")
                                        ? "\"reducer\":\"add_card\",\"args\":" + card("h" + (id + i))
                                        : "\"reducer\":\"add_audit\",\"args\":{\"id\":\"h%d\",\"text\":\"x\"}"
                                                .formatted(id + i);
                        batch.add("{\"type\":\"call\",\"id\":%d,%s}".formatted(1_000 + id + i, call));
                    }
                    var own = module.equals("board")
                            ? sessions.getFirst().call("add_remark", "{\"card_id\":\"h0\",\"text\":\"x\"}", "")
                            : sessions.getFirst()
                                    .call("add_note", "{\"id\":\"own%d\",\"text\":\"x\"}".formatted(round), "");
                    host.send(batch.toString());
                    long seq = host.outcome(1_000 + id + 4).get("seq").asLong();
                    for (WireClient session : sessions) {
                        JsonNode change = session.await(
                                "role at " + seq,
                                message -> WireClient.is(message, "role")
                                        && message.get("seq").asLong() == seq);
                        assertEquals(role, change.get("role").asText());
                    }
                    sessions.getFirst().outcome(own);
                    host.outcome(1_000 + id + 8);
                }
                long head = host.messages("tx").getLast().get("seq").asLong();
                for (WireClient session : sessions) {
                    session.awaitSeq(head);
                    var messages = session.messages();
                    assertEquals(1, session.messages("snapshot").size(), "a role change is no reason for a snapshot");
                    for (int i = 0; i < messages.size(); i++) {
                        if (WireClient.is(messages.get(i), "role")) {
                            assertEquals(
                                    messages.get(i).get("seq"),
                                    messages.get(i + 1).get("seq"));
                            assertTrue(WireClient.is(messages.get(i + 1), "tx"));
                        }
                    }
                    assertEquals(12, session.messages("role").size());
                    try (var fresh = WireClient.open(workspace, guest, "*")) {
                        assertEquals(
                                Replica.of(fresh.messages()).rows(),
                                Replica.of(messages).rows());
                        assertEquals(
                                fresh.messages("snapshot").getFirst().get("view"),
                                session.messages("role").getLast().get("view"));
                    }
                    session.close();
                }
            }
        }
    }

    @Test
    void M3_removal_ends_the_stream_after_the_last_transaction_before_it() {
        for (String module : List.of("board", "notes")) {
            for (int round = 0; round < 8; round++) {
                String workspace = TestNode.workspace(owner, module, Access.PRIVATE);
                Who guest = TestNode.somebody();
                try (var host = WireClient.open(workspace, owner, "*")) {
                    admit(host, workspace, guest, "editor");
                    try (var client = WireClient.open(workspace, guest, "*")) {
                        var batch = new ArrayList<String>();
                        for (int i = 0; i < 8; i++) {
                            String call = i == 4
                                    ? "\"reducer\":\"skein_remove_member\",\"args\":" + who(guest)
                                    : i % 2 == 0
                                            ? "\"reducer\":\"skein_rename\",\"args\":{\"name\":\"n" + i + "\"}"
                                            : module.equals("board")
                                                    ? "\"reducer\":\"add_card\",\"args\":" + card("x" + i)
                                                    : "\"reducer\":\"add_audit\",\"args\":{\"id\":\"x%d\",\"text\":\"x\"}"
                                                            .formatted(i);
                            batch.add("{\"type\":\"call\",\"id\":%d,%s}".formatted(1_000 + i, call));
                        }
                        host.send(batch.toString());
                        long removal = host.outcome(1_004).get("seq").asLong();
                        JsonNode bye = client.await("bye", message -> WireClient.is(message, "bye"));
                        assertEquals("forbidden", bye.get("code").asText());
                        assertEquals(1008, client.awaitClose());
                        List<JsonNode> txs = client.messages("tx");
                        long lastVisible = module.equals("board") ? removal - 1 : removal - 2;
                        assertEquals(lastVisible, txs.getLast().get("seq").asLong());
                    }
                }
            }
        }
    }
}
