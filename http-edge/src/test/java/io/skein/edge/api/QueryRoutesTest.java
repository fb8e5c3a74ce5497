package io.skein.edge.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

class QueryRoutesTest {
    private final Api ada = Api.somebody();
    private final Api bob = Api.somebody();
    private final String lab = ada.workspace("lab");

    QueryRoutesTest() {
        ada.admit(lab, bob, "editor");
        ada.call(lab, "write_secret", "{\"id\":\"a1\",\"text\":\"x\"}").expect(200);
        ada.call(lab, "write_secret", "{\"id\":\"a2\",\"text\":\"x\"}").expect(200);
        bob.call(lab, "write_secret", "{\"id\":\"b1\",\"text\":\"x\"}").expect(200);
    }

    private JsonNode ask(Api who, String args) {
        return who.post(lab + "/queries/authors", args).expect(200).json();
    }

    @Test
    void Q1_answersAreMadeOfWhatTheAskerSees() {
        JsonNode all = ask(ada, "{\"id\":\"\"}");
        assertEquals(1, all.get("answers").size(), "of bob's secret nothing is told");
        assertEquals(ada.identity().toString(), all.at("/answers/0/author").asText());
        assertEquals(2, all.at("/answers/0/rows").asInt());
        assertEquals("owner", all.get("role").asText());
        assertEquals(1, ask(bob, "{\"id\":\"b1\"}").get("answers").size());
        assertEquals(0, ask(bob, "{\"id\":\"a1\"}").get("answers").size());
        Api.somebody().post(lab + "/queries/authors", "{\"id\":\"\"}").problem(403, "forbidden");
    }

    @Test
    void Q1_aQuestionLeavesNothing() {
        long before = ada.get(lab).expect(200).json().get("seq").asLong();
        assertEquals(before, ask(ada, "{\"id\":\"\"}").get("seq").asLong());
        assertEquals(before, ada.get(lab).expect(200).json().get("seq").asLong());
    }

    @Test
    void V3_whatCannotBeAskedIsNamed() {
        ada.post(lab + "/queries/nonsense", "{}").problem(404, "not_found");
        ada.post(lab + "/queries/authors", "{}").problem(400, "invalid_args");
        ada.post(lab + "/queries/authors", "{\"id\":7}").problem(400, "invalid_args");
        ada.post(lab + "/queries/authors", "{\"id\":\"\",\"more\":1}").problem(400, "invalid_args");
        ada.post(lab + "/queries/authors", "{\"id\":\"refused\"}").rejected("refused");
    }

    @Test
    void aModulesSchemaHasItsQueries() {
        JsonNode query =
                Api.nobody().get("/v1/modules/lab/schema").expect(200).json().at("/queries/0");
        assertEquals("authors", query.get("name").asText());
        assertEquals("id", query.at("/columns/0/name").asText());
        assertEquals("Author", query.at("/answer/record/name").asText());
    }
}
