package io.skein.edge.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What reducers and queries say, over HTTP; with the module that says most. */
class AnswersTest {
    private static final String PUSH = """
        {"base":%d,"changes":[{"id":"a","kind":"SHAPE","data":{"text":"%s"}}]}\
        """;

    private final Api ada = Api.somebody();
    private final String diagram = ada.workspace("diagrams");

    private long seq() {
        return ada.get(diagram).expect(200).json().get("seq").asLong();
    }

    @Test
    void A1_aCallSaysWhatItsReducerAnswers_andItsRepetitionToo() {
        String key = UUID.randomUUID().toString();
        for (boolean repeated : new boolean[] {false, true}) {
            JsonNode outcome = ada.call(diagram, "push", PUSH.formatted(0, "1"), "Idempotency-Key", key)
                    .expect(200)
                    .json();
            assertEquals(repeated, outcome.get("repeated").asBoolean());
            assertEquals(2, outcome.get("seq").asLong());
            assertEquals(2, outcome.at("/answer/base").asLong());
            assertEquals(1, outcome.at("/answer/updated").asInt());
        }
        JsonNode silent = ada.call(diagram, "set_title", "{\"title\":\"Plan\"}")
                .expect(200)
                .json();
        assertFalse(silent.has("answer"), silent.toString());
    }

    @Test
    void A2_aRejectionHasDetails() {
        ada.call(diagram, "push", PUSH.formatted(0, "1")).expect(200);
        ada.call(diagram, "push", PUSH.formatted(2, "2")).expect(200);
        JsonNode problem = ada.call(diagram, "push", PUSH.formatted(2, "3"))
                .rejected("conflicts")
                .json();
        assertEquals(1, problem.at("/details/total").asInt());
        assertEquals("a", problem.at("/details/conflicts/0/id").asText());
        assertEquals(3, problem.at("/details/conflicts/0/version").asLong());
        assertEquals(3, seq());
    }

    @Test
    void A3_aQueryIsCalledLikeAReducer_andLeavesTheWorkspaceAsItIs() {
        ada.call(diagram, "push", PUSH.formatted(0, "1")).expect(200);
        JsonNode outcome =
                ada.call(diagram, "status", PUSH.formatted(1, "2")).expect(200).json();
        assertEquals(2, outcome.get("seq").asLong());
        assertFalse(outcome.get("repeated").asBoolean());
        assertEquals("CONFLICTS", outcome.at("/answer/state").asText());
        assertEquals(2, seq());
    }

    @Test
    void A1_A3_theSchemaAndTheTypesSayWhatIsAnswered() {
        JsonNode reducers =
                ada.get("/v1/modules/diagrams/schema").expect(200).json().get("reducers");
        for (JsonNode reducer : reducers) {
            String name = reducer.get("name").asText();
            assertEquals(name.equals("status"), reducer.path("query").asBoolean(), name);
            String answer = reducer.at("/answer/name").asText();
            assertEquals(name.equals("status") ? "Status" : name.equals("push") ? "Pushed" : "", answer, name);
        }
        String types =
                ada.get("/v1/modules/diagrams/types.ts").expect(200).http().body();
        String answers = types.substring(types.indexOf("  answers: {"));
        assertTrue(answers.contains("    push: {\n      base: number | string;\n"), answers);
        assertTrue(answers.contains("      copies: Copied[];\n"), answers);
        assertTrue(types.contains("export type Copied = {"), types);
        assertTrue(answers.contains("      state: State;\n"), answers);
        assertFalse(answers.contains("set_title"), answers);
        String board = ada.get("/v1/modules/board/types.ts").expect(200).http().body();
        assertFalse(board.contains("answers"), board);
    }

    @Test
    void A1_A3_anAnswerIsTheBodyOnTheSpacetimeWiresHttpInterface() {
        String database = diagram.replace("/v1/workspaces/", "/v1/database/");
        ada.call(diagram, "push", PUSH.formatted(0, "1")).expect(200);
        JsonNode said = ada.post(
                        database + "/call/status",
                        "{\"base\":2,\"changes\":[],\"known\":[]}",
                        "content-type",
                        "application/json")
                .expect(200)
                .json();
        assertEquals("IN_SYNC", said.get("state").asText());
    }
}
