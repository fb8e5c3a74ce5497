package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.wire.TestNode.Who;
import io.skein.engine.module.Access;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallTest {
    private final Who owner = TestNode.somebody();
    private final String workspace = TestNode.workspace(owner, "board", Access.PUBLIC_WRITE);
    private final WireClient client = WireClient.open(workspace, owner, "*");

    @AfterEach
    void close() {
        client.close();
    }

    private static String card(String id, String title) {
        return "{\"id\":\"%s\",\"title\":\"%s\",\"column\":1}".formatted(id, title);
    }

    @Test
    void I1_the_same_key_again_gives_the_first_outcome_also_after_a_reconnect() {
        JsonNode first = client.outcome(client.call("add_card", card("a", "t"), ",\"key\":\"k1\""));
        JsonNode again = client.outcome(client.call("add_card", card("a", "t"), ",\"key\":\"k1\""));
        assertTrue(first.get("ok").asBoolean());
        assertFalse(first.get("repeated").asBoolean());
        assertEquals(first.get("seq"), again.get("seq"));
        assertTrue(again.get("repeated").asBoolean());
        JsonNode refused = client.outcome(client.call("add_card", card("a", "u"), ",\"key\":\"k2\""));
        assertEquals("card_exists", refused.at("/error/reason").asText());
        client.done("remove_card", "{\"id\":\"a\"}");
        client.close();
        try (var back = WireClient.open(workspace, owner, "*")) {
            JsonNode third = back.outcome(back.call("add_card", card("a", "t"), ",\"key\":\"k1\""));
            assertEquals(first.get("seq"), third.get("seq"));
            assertTrue(third.get("repeated").asBoolean());
            JsonNode stillRefused = back.outcome(back.call("add_card", card("a", "u"), ",\"key\":\"k2\""));
            assertEquals("card_exists", stillRefused.at("/error/reason").asText());
            assertEquals(
                    0,
                    back.messages("snapshot").getFirst().at("/subs/1/card/rows").size());
            // A key is its sender's.
            try (var other = WireClient.open(workspace, TestNode.somebody(), "*")) {
                assertFalse(other.outcome(other.call("add_card", card("a", "t"), ",\"key\":\"k1\""))
                        .get("repeated")
                        .asBoolean());
            }
        }
    }

    @Test
    void I2_the_same_key_for_something_else_is_key_conflict_and_changes_nothing() {
        long seq = client.outcome(client.call("add_card", card("a", "t"), ",\"key\":\"k\""))
                .get("seq")
                .asLong();
        assertEquals(
                "key_conflict",
                client.refused("add_card", card("b", "t"), ",\"key\":\"k\"")
                        .get("code")
                        .asText());
        assertEquals(
                "key_conflict",
                client.refused("remove_card", "{\"id\":\"a\"}", ",\"key\":\"k\"")
                        .get("code")
                        .asText());
        assertEquals(seq + 1, client.done("add_card", card("c", "t")));
    }

    @Test
    void V1_a_rejected_command_changes_nothing_and_says_why() {
        client.done("add_card", card("a", "t"));
        JsonNode error = client.refused("add_card", card("a", "t"), "");
        assertEquals("rejected", error.get("code").asText());
        assertEquals("card_exists", error.get("reason").asText());
        assertEquals("there is a card a", error.get("message").asText());
        assertEquals(3, client.done("add_card", card("b", "t")));
        assertEquals(2, client.messages("tx").size());
    }

    @Test
    void V2_a_wrong_expectation_is_conflict_with_the_current_one() {
        long written = client.done("add_card", card("a", "t"));
        String edit = "{\"id\":\"a\",\"title\":\"new\"}";
        String row = ",\"expect\":{\"row\":{\"table\":\"card\",\"key\":\"a\",\"version\":%d}}";
        JsonNode stale = client.refused("edit_card", edit, row.formatted(written - 1));
        assertEquals("conflict", stale.get("code").asText());
        assertEquals(written, stale.get("current").asLong());
        JsonNode absent = client.refused("edit_card", edit, row.formatted(0));
        assertEquals(written, absent.get("current").asLong());
        assertTrue(client.outcome(client.call("edit_card", edit, row.formatted(written)))
                .get("ok")
                .asBoolean());
        JsonNode bySeq = client.refused("edit_card", edit, ",\"expect\":{\"seq\":" + written + "}");
        assertEquals("conflict", bySeq.get("code").asText());
        assertEquals(written + 1, bySeq.get("current").asLong());
        assertTrue(client.outcome(client.call("edit_card", edit, ",\"expect\":{\"seq\":" + (written + 1) + "}"))
                .get("ok")
                .asBoolean());
        assertEquals(
                0,
                client.refused(
                                "edit_card",
                                edit,
                                row.replace("\"a\"", "\"none\"").formatted(7))
                        .get("current")
                        .asLong());
    }
}
