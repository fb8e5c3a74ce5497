package io.skein.edge.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CallRoutesTest {
    private static final String CARD = """
        {"id":"c1","title":"First","column":0}\
        """;

    private final Api ada = Api.somebody();
    private final String board = ada.workspace("board");

    private JsonNode cards() {
        return ada.get(board + "/snapshot?tables=card").expect(200).json().at("/tables/card");
    }

    private long seq() {
        return ada.get(board).expect(200).json().get("seq").asLong();
    }

    @Test
    void a_call_answers_with_its_transaction() {
        JsonNode outcome = ada.call(board, "add_card", CARD).expect(200).json();
        assertEquals(2, outcome.get("seq").asLong());
        assertFalse(outcome.get("repeated").asBoolean());
        assertEquals("First", cards().at("/rows/0/title").asText());
        assertEquals(2, cards().at("/versions/0").asLong());
    }

    @Test
    void V1_a_rejected_call_changes_nothing_and_says_why() {
        ada.call(board, "add_card", CARD).expect(200);
        JsonNode problem =
                ada.call(board, "add_card", CARD).rejected("card_exists").json();
        assertEquals("urn:skein:error:rejected", problem.get("type").asText());
        assertEquals("there is a card c1", problem.get("detail").asText());
        assertEquals(2, seq());
    }

    @Test
    void V2_an_expectation_that_does_not_hold_is_a_conflict() {
        ada.call(board, "add_card", CARD).expect(200);
        String edit = """
            {"id":"c1","title":"Mine"}\
            """;
        ada.call(board, "edit_card", edit, "Skein-Expect", "{\"seq\":2}").expect(200);
        JsonNode late = ada.call(board, "edit_card", edit, "Skein-Expect", "{\"seq\":2}")
                .problem(409, "conflict")
                .json();
        assertEquals(3, late.get("current").asLong());
        String row = """
            [{"row":{"table":"card","key":"c1","version":%d}}]\
            """;
        JsonNode other = ada.call(board, "edit_card", edit, "Skein-Expect", row.formatted(2))
                .problem(409, "conflict")
                .json();
        assertEquals(3, other.get("current").asLong());
        ada.call(board, "edit_card", edit, "Skein-Expect", row.formatted(3)).expect(200);
        ada.call(board, "add_card", """
            {"id":"c2","title":"New","column":0}\
            """, "Skein-Expect", """
            {"row":{"table":"card","key":"c2","version":0}}\
            """).expect(200);
        assertEquals(5, seq());
        for (String bad : new String[] {"", "7", "{}", "{\"seq\":-1}", "{\"seq\":1,\"x\":2}", "[", "{\"row\":{}}"}) {
            ada.call(board, "edit_card", edit, "Skein-Expect", bad).problem(400, "invalid_args");
        }
        assertEquals(5, seq());
    }

    @Test
    void I1_the_same_key_again_gives_the_first_outcome() {
        String key = UUID.randomUUID().toString();
        JsonNode first = ada.call(board, "add_card", CARD, "Idempotency-Key", key)
                .expect(200)
                .json();
        JsonNode again = ada.call(board, "add_card", CARD, "Idempotency-Key", key)
                .expect(200)
                .json();
        assertEquals(first.get("seq"), again.get("seq"));
        assertTrue(again.get("repeated").asBoolean());
        // With either spelling and order of members it is the same call.
        String refused = UUID.randomUUID().toString();
        ada.call(board, "add_card", CARD, "Idempotency-Key", refused).rejected("card_exists");
        ada.call(board, "remove_card", "{\"id\":\"c1\"}").expect(200);
        ada.call(board, "add_card", CARD, "Idempotency-Key", refused).rejected("card_exists");
        assertEquals(3, seq());
    }

    @Test
    void I2_the_same_key_with_other_arguments_is_a_conflict() {
        String key = UUID.randomUUID().toString();
        ada.call(board, "add_card", CARD, "Idempotency-Key", key).expect(200);
        ada.call(board, "add_card", CARD.replace("First", "Second"), "Idempotency-Key", key)
                .problem(409, "key_conflict");
        ada.call(board, "remove_card", "{\"id\":\"c1\"}", "Idempotency-Key", key)
                .problem(409, "key_conflict");
        assertEquals(2, seq());
    }

    @Test
    void V3_bad_arguments_are_named() {
        String[] bad = {
            "",
            "7",
            "{\"id\":\"c\"}",
            "{\"id\":\"c\",\"title\":\"t\",\"column\":\"0\"}",
            "{\"id\":\"c\",\"title\":\"t\",\"column\":0.5}",
            "{\"id\":\"c\",\"title\":\"t\",\"column\":3000000000}",
            "{\"id\":\"c\",\"title\":null,\"column\":0}",
            "{\"id\":\"c\",\"title\":\"t\",\"column\":0,\"rank\":1e999}",
            "{\"id\":\"c\",\"title\":\"t\",\"column\":0,\"rank\":NaN}",
            "{\"id\":\"c\",\"title\":\"\\udc00\",\"column\":0}",
            "{\"id\":\"c\",\"title\":\"t\",\"column\":0,\"shape\":\"round\"}",
        };
        for (String args : bad) {
            ada.call(board, "add_card", args).problem(400, "invalid_args");
        }
        String wrong = ada.call(board, "add_card", "{\"id\":\"c\",\"title\":\"t\",\"column\":\"0\"}")
                .json()
                .get("detail")
                .asText();
        assertTrue(wrong.contains("/column"), wrong);
        ada.call(board, "no_such", "{}").problem(404, "not_found");
        ada.call(board, "skein_create", "{}").problem(404, "not_found");
        ada.call("/v1/workspaces/none-" + UUID.randomUUID(), "add_card", CARD).problem(404, "not_found");
        Api.nobody().call(board, "add_card", CARD).problem(401, "unauthenticated");
        assertEquals(1, seq());
    }

    @Test
    void either_spelling_of_a_column_is_understood() {
        ada.call(board, "add_card", CARD).expect(200);
        ada.call(board, "add_remark", "{\"card_id\":\"c1\",\"text\":\"one\"}").expect(200);
        ada.call(board, "add_remark", "{\"cardId\":\"c1\",\"text\":\"two\"}").expect(200);
        ada.call(board, "add_remark", "{\"cardId\":\"c1\",\"card_id\":\"c2\",\"text\":\"two\"}")
                .problem(400, "invalid_args");
        JsonNode remarks = ada.get(board + "/snapshot?tables=remark").json().at("/tables/remark/rows");
        assertEquals("c1", remarks.get(0).get("card_id").asText());
    }

    @Test
    void M1_a_call_needs_its_role() {
        Api bob = Api.somebody();
        bob.call(board, "add_card", CARD).problem(403, "forbidden");
        ada.admit(board, bob, "viewer");
        bob.call(board, "add_card", CARD).problem(403, "forbidden");
        ada.put(board + "/members/" + bob.identity(), "{\"role\":\"editor\"}").expect(200);
        bob.call(board, "add_card", CARD).expect(200);
    }

    @Test
    void V3_a_module_that_fails_harms_nobody() {
        String lab = ada.workspace("lab");
        ada.call(lab, "fail", "{}").problem(500, "internal");
        ada.call(lab, "put_seat", "{\"tableNo\":1,\"seatNo\":2}").expect(200);
    }
}
