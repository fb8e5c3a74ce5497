package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.http.Eventually;
import io.skein.edge.wire.TestNode.Who;
import io.skein.engine.module.Access;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;

class ResumeTest {
    private final Who owner = TestNode.somebody();
    private final String workspace = TestNode.workspace(owner, "board", Access.PUBLIC_WRITE);

    private static String card(String id) {
        return "{\"id\":\"%s\",\"title\":\"t\",\"column\":1}".formatted(id);
    }

    /** Where a session stopped. */
    private record Cursor(String epoch, long seq, String view) {
        static Cursor of(WireClient client) {
            return new Cursor(
                    client.messages("welcome").getFirst().get("epoch").asText(),
                    Replica.of(client.messages()).seq(),
                    client.messages("snapshot").getLast().get("view").asText());
        }

        Cursor at(long other) {
            return new Cursor(epoch, other, view);
        }
    }

    private WireClient resume(Who who, Cursor cursor, String... tables) {
        WireClient client = WireClient.connect(workspace, who);
        client.hello(WireClient.resume(cursor.epoch(), cursor.seq(), cursor.view()), tables);
        return client;
    }

    private static List<Long> seqs(WireClient client) {
        return client.messages("tx").stream().map(tx -> tx.get("seq").asLong()).toList();
    }

    private void requireTails(Cursor cursor, long head) {
        for (long seq = 1; seq <= head; seq++) {
            try (var client = resume(owner, cursor.at(seq), "*")) {
                JsonNode resumed = client.await("resumed", message -> WireClient.is(message, "resumed"));
                assertEquals(seq, resumed.get("seq").asLong());
                assertEquals(cursor.view(), resumed.get("view").asText());
                client.ping();
                if (seq < head) {
                    client.awaitSeq(head);
                }
                assertEquals(LongStream.rangeClosed(seq + 1, head).boxed().toList(), seqs(client));
                assertEquals(0, client.messages("snapshot").size());
            }
        }
    }

    @Test
    void R1_a_client_gets_exactly_the_tail_from_any_seq_by_this_relay_and_by_a_new_one() {
        Cursor cursor;
        long head = 0;
        try (var first = WireClient.open(workspace, owner, "*")) {
            for (int i = 0; i < 12; i++) {
                head = first.done("add_card", card("c" + i));
            }
            cursor = Cursor.of(first);
            requireTails(cursor, head);
        }
        // Nobody is here for longer than the relay lingers: the next one knows nothing and asks the owner.
        awaitNoRelay();
        requireTails(cursor, head);
    }

    /** Relays of this node that serve no session go; the one that is found then is a new one. */
    private void awaitNoRelay() {
        var engine = TestNode.edge().node().engine();
        var watched = (io.skein.engine.relay.Relays.Found.Here)
                engine.relay(workspace).toCompletableFuture().join();
        var gone = new CountDownLatch(1);
        TestNode.edge()
                .node()
                .system()
                .systemActorOf(
                        Behaviors.setup(context -> {
                            context.watch(watched.relay());
                            return Behaviors.receive(Object.class)
                                    .onSignal(Terminated.class, _ -> {
                                        gone.countDown();
                                        return Behaviors.stopped();
                                    })
                                    .build();
                        }),
                        "watch-" + workspace,
                        Props.empty());
        Eventually.holds("the relay goes", () -> gone.getCount() == 0);
    }

    @Test
    void R2_a_cursor_that_cannot_be_served_gets_a_snapshot_and_the_reason() {
        Who guest = TestNode.somebody();
        try (var first = WireClient.open(workspace, owner, "*");
                var other = WireClient.open(workspace, guest, "card")) {
            long head = first.done("add_card", card("a"));
            other.awaitSeq(head);
            Cursor cursor = Cursor.of(first);
            Cursor ofOther = Cursor.of(other);
            var stale = List.of(
                    cursor.at(head + 1),
                    cursor.at(0),
                    new Cursor("0".repeat(32), head, cursor.view()),
                    new Cursor(cursor.epoch(), head, "0123456789abcdef"),
                    new Cursor(cursor.epoch(), head, ofOther.view()));
            for (Cursor wrong : stale) {
                try (var client = resume(owner, wrong, "*")) {
                    requireStale(client, head);
                }
            }
            // Another view: what is asked for now is not what the cursor is of.
            try (var client = resume(owner, cursor, "card")) {
                requireStale(client, head);
            }
            // Another role since.
            long closed = first.done("skein_set_access", "{\"access\":\"PUBLIC_READ\"}");
            try (var client = resume(guest, ofOther, "card")) {
                requireStale(client, closed);
            }
        }
    }

    @Test
    void R2_a_cursor_older_than_what_is_remembered_gets_a_snapshot() {
        try (var first = WireClient.open(workspace, owner, "*")) {
            Cursor old = Cursor.of(first);
            // The owner remembers 1,024 transactions, the relay 4,096; the calls are the engine's own, which no rate
            // limits.
            var calls = new ArrayList<java.util.concurrent.CompletionStage<?>>();
            for (int i = 0; i < 4_500; i++) {
                calls.add(TestNode.edge()
                        .node()
                        .engine()
                        .call(
                                workspace,
                                io.skein.engine.reducer.Call.of(
                                        owner.identity(),
                                        "add_card",
                                        new io.skein.modules.board.BoardModule.AddCard("c" + i, "t", 1, 0))));
            }
            calls.forEach(call -> call.toCompletableFuture().join());
            first.awaitSeq(4_501);
            long head = Replica.of(first.messages()).seq();
            try (var client = resume(owner, old, "*")) {
                requireStale(client, head);
            }
        }
    }

    private static void requireStale(WireClient client, long head) {
        JsonNode snapshot = client.await("snapshot", message -> WireClient.is(message, "snapshot"));
        assertEquals("stale_cursor", snapshot.get("reason").asText());
        client.awaitSeq(head);
        assertEquals(0, client.messages("resumed").size());
    }

    @Test
    void R3_many_clients_that_return_at_once_cost_the_owner_one_snapshot() {
        int clients = 200;
        try (var first = WireClient.open(workspace, owner, "*")) {
            first.done("add_card", card("a"));
            long taken = TestNode.edge().node().engine().relayCounters().snapshotsAsked();
            Who guest = TestNode.somebody();
            var returning = new ArrayList<WireClient>();
            for (int i = 0; i < clients; i++) {
                returning.add(WireClient.connect(workspace, guest));
            }
            returning.forEach(client -> client.hello(WireClient.resume("gone", 7, "x"), "card"));
            for (WireClient client : returning) {
                requireStale(client, 2);
            }
            assertEquals(1, TestNode.edge().node().engine().relayCounters().snapshotsAsked() - taken);
            returning.forEach(WireClient::close);
        }
    }
}
