package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.wire.TestNode.Who;
import io.skein.engine.module.Access;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which refusals a key remembers, by changing what they rested on and calling again. */
class RememberedTest {
    private static final String CARD = "{\"id\":\"a\",\"title\":\"t\",\"column\":1}";
    private static final String KEY = ",\"key\":\"k\"";

    private final Who owner = TestNode.somebody();
    private final Who guest = TestNode.somebody();
    private final String workspace = TestNode.workspace(owner, "board", Access.PUBLIC_READ);
    private final WireClient host = WireClient.open(workspace, owner, "card");
    private final WireClient client = WireClient.open(workspace, guest, "card");

    @AfterEach
    void close() {
        host.close();
        client.close();
    }

    private void setAccess(String access) {
        host.done("skein_set_access", "{\"access\":\"" + access + "\"}");
    }

    private void requireAgain(WireClient caller, JsonNode error, String reducer, String args, String more) {
        JsonNode again = caller.outcome(caller.call(reducer, args, more));
        assertTrue(again.get("repeated").asBoolean(), again::toString);
        assertEquals(error, again.get("error"));
    }

    private static void requireDone(WireClient caller, String reducer, String args) {
        JsonNode now = caller.outcome(caller.call(reducer, args, KEY));
        assertTrue(now.get("ok").asBoolean(), now::toString);
        assertFalse(now.get("repeated").asBoolean(), now::toString);
    }

    @Test
    void I1_what_the_reducer_refused_stays_refused() {
        host.done("add_card", CARD);
        JsonNode rejected = host.refused("add_card", CARD, KEY);
        assertEquals("rejected", rejected.get("code").asText());
        host.done("remove_card", "{\"id\":\"a\"}");
        requireAgain(host, rejected, "add_card", CARD, KEY);
    }

    /** The role was enough for the call, and what it asks for was not. */
    @Test
    void I1_what_the_reducer_forbade_stays_forbidden() {
        MembershipTest.admit(host, workspace, guest, "admin");
        String open = "{\"name\":null,\"access\":\"PUBLIC_WRITE\"}";
        JsonNode forbidden = client.refused("skein_change", open, KEY);
        assertEquals("forbidden", forbidden.get("code").asText());
        host.done("skein_set_role", "{\"identity\":\"%s\",\"role\":\"OWNER\"}".formatted(guest.identity()));
        requireAgain(client, forbidden, "skein_change", open, KEY);
        client.done("skein_change", open);
    }

    @Test
    void I1_an_expectation_that_did_not_hold_stays_a_conflict() {
        String expecting = KEY + ",\"expect\":{\"row\":{\"table\":\"card\",\"key\":\"a\",\"version\":0}}";
        host.done("add_card", CARD);
        JsonNode conflict = host.refused("add_card", CARD, expecting);
        assertEquals("conflict", conflict.get("code").asText());
        host.done("remove_card", "{\"id\":\"a\"}");
        requireAgain(host, conflict, "add_card", CARD, expecting);
    }

    @Test
    void I1_what_would_have_been_too_large_stays_so() {
        String notes = TestNode.workspace(owner, "notes", Access.PRIVATE);
        try (var writer = WireClient.open(notes, owner, "audit")) {
            String many = "{\"prefix\":\"m\",\"count\":10001}";
            JsonNode error = writer.refused("add_many", many, KEY);
            assertEquals("too_large", error.get("code").asText());
            requireAgain(writer, error, "add_many", many, KEY);
        }
    }

    @Test
    void I1_who_had_not_the_role_is_asked_again() {
        assertEquals(
                "forbidden", client.refused("add_card", CARD, KEY).get("code").asText());
        setAccess("PUBLIC_WRITE");
        requireDone(client, "add_card", CARD);
    }

    @Test
    void I1_what_could_not_be_understood_leaves_its_key_free() {
        assertEquals("not_found", host.refused("fly", "{}", KEY).get("code").asText());
        assertEquals(
                "invalid_args",
                host.refused("add_card", "{\"id\":7}", KEY).get("code").asText());
        requireDone(host, "add_card", CARD);
    }

    @Test
    void I1_a_key_conflict_leaves_the_first_outcome() {
        long seq = host.outcome(host.call("add_card", CARD, KEY)).get("seq").asLong();
        assertEquals(
                "key_conflict",
                host.refused("remove_card", "{\"id\":\"a\"}", KEY).get("code").asText());
        JsonNode again = host.outcome(host.call("add_card", CARD, KEY));
        assertEquals(seq, again.get("seq").asLong());
        assertTrue(again.get("repeated").asBoolean());
    }

    /** Two frames of more messages than a session may send at once; a call that was too many is done when it comes again. */
    @Test
    void I1_L2_what_came_too_fast_was_not_heard() {
        host.send(frame("{\"type\":\"ping\",\"id\":%d}"));
        host.send(frame("{\"type\":\"call\",\"id\":%d,\"reducer\":\"add_card\",\"args\":%s,\"key\":\"k%1$d\"}"));
        JsonNode limited = host.await(
                "rate_limited",
                message ->
                        message.at("/error/code").asText().equals("rate_limited") && WireClient.is(message, "outcome"));
        assertTrue(limited.at("/error/retryAfter").asLong() > 0, limited::toString);
        long id = limited.get("id").asLong();
        try (var back = WireClient.open(workspace, owner, "card")) {
            JsonNode again = back.outcome(back.call("add_card", card(id), ",\"key\":\"k" + id + "\""));
            assertTrue(again.get("ok").asBoolean(), again::toString);
            assertFalse(again.get("repeated").asBoolean());
        }
    }

    private static String card(long id) {
        return CARD.replace("\"a\"", "\"c" + id + "\"");
    }

    private static String frame(String message) {
        return LongStream.range(1_000, 2_000)
                .mapToObj(id -> message.formatted(id, card(id)))
                .toList()
                .toString();
    }
}
