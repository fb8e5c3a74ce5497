package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.wire.TestNode.Who;
import io.skein.engine.module.Access;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class OrderTest {
    private static final int WRITERS = 6;
    private static final int CALLS = 80;

    private final Who owner = TestNode.somebody();

    private static String card(String id) {
        return "{\"id\":\"%s\",\"title\":\"t\",\"column\":1}".formatted(id);
    }

    /** Sends this client's share; the outcomes come later. */
    private static List<Long> write(WireClient writer, String name) {
        var ids = new ArrayList<Long>();
        for (int i = 0; i < CALLS; i++) {
            ids.add(writer.call("add_card", card(name + "-" + i), ""));
            if (i % 4 == 3) {
                ids.add(writer.call("move_card", "{\"id\":\"%s-%d\",\"column\":2,\"rank\":1}".formatted(name, i), ""));
            }
            if (i % 8 == 7) {
                ids.add(writer.call("add_remark", "{\"card_id\":\"%s-%d\",\"text\":\"r\"}".formatted(name, i), ""));
            }
            if (i % 16 == 15) {
                ids.add(writer.call("remove_card", "{\"id\":\"%s-%d\"}".formatted(name, i), ""));
            }
        }
        return ids;
    }

    @Test
    void O1_committed_transactions_have_consecutive_seqs() {
        String workspace = TestNode.workspace(owner, "board", Access.PRIVATE);
        try (var client = WireClient.open(workspace, owner, "*")) {
            assertEquals(1, client.messages("snapshot").getFirst().get("seq").asLong());
            for (long i = 2; i < 20; i++) {
                assertEquals(i, client.done("add_card", card("c" + i)));
                client.refused("add_card", card("c" + i), "");
            }
        }
    }

    @Test
    void O2_O3_everybody_sees_every_transaction_once_in_order_and_joiners_see_the_same_rows() {
        String workspace = TestNode.workspace(owner, "board", Access.PUBLIC_WRITE);
        var clients = new ArrayList<WireClient>();
        for (int i = 0; i < WRITERS; i++) {
            clients.add(WireClient.open(workspace, TestNode.somebody(), "card", "remark"));
        }
        var sent = new ArrayList<List<Long>>();
        for (int i = 0; i < WRITERS; i++) {
            sent.add(write(clients.get(i), "w" + i));
            clients.add(WireClient.open(workspace, TestNode.somebody(), "card", "remark")); // joins during the load
        }
        long last = 0;
        for (int i = 0; i < WRITERS; i++) {
            for (long id : sent.get(i)) {
                JsonNode outcome = clients.get(i).outcome(id);
                assertTrue(outcome.get("ok").asBoolean(), outcome::toString);
                last = Math.max(last, outcome.get("seq").asLong());
            }
        }
        long head = last;
        assertEquals(1 + sent.stream().mapToLong(List::size).sum(), head);
        try (var fresh = WireClient.open(workspace, owner, "card", "remark")) {
            String expected = Replica.of(fresh.messages()).rows();
            for (WireClient client : clients) {
                client.awaitSeq(head);
                List<JsonNode> messages = client.messages();
                assertEquals(expected, Replica.of(messages).rows());
                long from = client.messages("snapshot").getFirst().get("seq").asLong();
                assertEquals(
                        LongStream.rangeClosed(from + 1, head).boxed().toList(),
                        client.messages("tx").stream()
                                .map(tx -> tx.get("seq").asLong())
                                .toList());
            }
        }
        clients.forEach(WireClient::close);
    }

    @Test
    void O2_an_outcome_comes_directly_after_its_own_transaction() {
        String workspace = TestNode.workspace(owner, "board", Access.PUBLIC_WRITE);
        var clients = new ArrayList<WireClient>();
        var sent = new ArrayList<List<Long>>();
        for (int i = 0; i < WRITERS; i++) {
            clients.add(WireClient.open(workspace, TestNode.somebody(), "card", "remark"));
        }
        for (int i = 0; i < WRITERS; i++) {
            sent.add(write(clients.get(i), "w" + i));
        }
        for (int i = 0; i < WRITERS; i++) {
            sent.get(i).forEach(clients.get(i)::outcome);
            var replica = new Replica();
            for (JsonNode message : clients.get(i).messages()) {
                if (WireClient.is(message, "outcome")) {
                    replica.requireFresh(message);
                }
                replica.apply(message);
            }
        }
        clients.forEach(WireClient::close);
    }

    @Test
    void O2_invisible_transactions_move_the_position() {
        String workspace = TestNode.workspace(owner, "board", Access.PUBLIC_WRITE);
        try (var remarks = WireClient.open(workspace, TestNode.somebody(), "remark");
                var writer = WireClient.open(workspace, owner, "*")) {
            writer.done("add_card", card("a"));
            long invisible = writer.done("add_card", card("b"));
            long visible = writer.done("add_remark", "{\"card_id\":\"a\",\"text\":\"x\"}");
            remarks.awaitSeq(visible);
            var replica = Replica.of(remarks.messages());
            assertEquals(visible, replica.seq());
            assertEquals(1, remarks.messages("tx").size());
            long after = writer.done("add_card", card("c"));
            remarks.awaitSeq(after);
            assertEquals(
                    after, remarks.messages("position").getLast().get("seq").asLong());
            assertTrue(remarks.messages("position").stream()
                    .anyMatch(position -> position.get("seq").asLong() == invisible));
            // The caller of an invisible transaction hears of it in its place.
            assertEquals(after + 1, remarks.done("add_card", card("d")));
        }
    }

    @Test
    void O4_a_transaction_of_many_rows_arrives_whole_in_one_message() {
        String workspace = TestNode.workspace(owner, "notes", Access.PUBLIC_WRITE);
        try (var writer = WireClient.open(workspace, owner, "*");
                var other = WireClient.open(workspace, owner, "note")) {
            long seq = writer.done("add_many", "{\"prefix\":\"m\",\"count\":3000}");
            other.awaitSeq(seq);
            JsonNode tx = other.messages("tx").getLast();
            assertEquals(seq, tx.get("seq").asLong());
            assertEquals(3000, tx.at("/subs/1/note/insert").size());
        }
    }
}
