package io.skein.edge.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class WorkspaceRoutesTest {
    private final Api ada = Api.somebody();
    private final Api bob = Api.somebody();

    @Test
    void a_workspace_is_made_shown_changed_and_deleted() {
        String id = "plan-" + UUID.randomUUID();
        var created = ada.post("/v1/workspaces", """
            {"id":"%s","module":"board","name":"Plan","access":"public-read","displayName":"Ada"}\
            """.formatted(id)).expect(201);
        assertEquals("/v1/workspaces/" + id, created.header("location"));
        assertEquals(id, created.json().get("id").asText());
        assertEquals(1, created.json().get("seq").asLong());

        String path = created.header("location");
        JsonNode shown = ada.get(path).expect(200).json();
        assertEquals("Plan", shown.get("name").asText());
        assertEquals("board", shown.get("module").asText());
        assertEquals("public-read", shown.get("access").asText());
        assertEquals("owner", shown.get("role").asText());
        assertEquals(ada.identity().toString(), shown.get("createdBy").asText());
        assertTrue(shown.get("hash").asText().matches("[0-9a-f]{64}"));
        assertEquals("viewer", bob.get(path).expect(200).json().get("role").asText());

        assertEquals(2, ada.patch(path, """
            {"name":"Plan B","access":"private"}\
            """).expect(200).json().get("seq").asLong(), "one transaction");
        assertEquals("Plan B", ada.get(path).json().get("name").asText());
        bob.get(path).problem(403, "forbidden");

        ada.delete(path).expect(200);
        ada.get(path).problem(404, "not_found");
        ada.call(path, "remove_card", "{\"id\":\"c1\"}").problem(404, "not_found");
    }

    @Test
    void an_id_is_made_where_none_is_given() {
        String body = """
            {"module":"board","name":"No id"}\
            """;
        String first =
                ada.post("/v1/workspaces", body).expect(201).json().get("id").asText();
        String second =
                ada.post("/v1/workspaces", body).expect(201).json().get("id").asText();
        assertTrue(first.matches("[0-9a-f]{32}"), first);
        assertNotEquals(first, second);
    }

    @Test
    void I1_the_same_key_makes_one_workspace() {
        String body = """
            {"module":"board","name":"Once"}\
            """;
        String key = "make-" + UUID.randomUUID();
        var first = ada.post("/v1/workspaces", body, "Idempotency-Key", key).expect(201);
        var again = ada.post("/v1/workspaces", body, "Idempotency-Key", key).expect(201);
        assertEquals(first.json().get("id"), again.json().get("id"));
        assertEquals(first.header("location"), again.header("location"));
        assertFalse(first.json().get("repeated").asBoolean());
        assertTrue(again.json().get("repeated").asBoolean());
        assertEquals(1, ada.get(first.header("location")).json().get("seq").asLong());

        var others = bob.post("/v1/workspaces", body, "Idempotency-Key", key).expect(201);
        assertNotEquals(first.json().get("id"), others.json().get("id"), "keys belong to their sender");
    }

    @Test
    void I2_the_same_key_for_another_workspace_is_a_conflict() {
        String key = "make-" + UUID.randomUUID();
        ada.post("/v1/workspaces", "{\"module\":\"board\",\"name\":\"One\"}", "Idempotency-Key", key)
                .expect(201);
        ada.post("/v1/workspaces", "{\"module\":\"board\",\"name\":\"Two\"}", "Idempotency-Key", key)
                .problem(409, "key_conflict");
    }

    @Test
    void V1_an_id_that_is_taken_is_rejected_and_nothing_changes() {
        String path = ada.workspace("board");
        String id = path.substring(path.lastIndexOf('/') + 1);
        bob.post("/v1/workspaces", "{\"id\":\"%s\",\"module\":\"lab\",\"name\":\"Mine\"}".formatted(id))
                .rejected("workspace_exists");
        assertEquals("board", ada.get(path).json().get("module").asText());
        ada.delete(path).expect(200);
        bob.post("/v1/workspaces", "{\"id\":\"%s\",\"module\":\"board\",\"name\":\"Mine\"}".formatted(id))
                .rejected("workspace_exists");
    }

    @Test
    void V3_what_cannot_be_made_is_said_why() {
        String[][] bad = {
            {"", "invalid_args"},
            {"{", "invalid_args"},
            {"[]", "invalid_args"},
            {"{\"module\":\"board\"}", "invalid_args"},
            {"{\"module\":\"board\",\"name\":7}", "invalid_args"},
            {"{\"module\":\"board\",\"name\":\"a\",\"name\":\"b\"}", "invalid_args"},
            {"{\"module\":\"board\",\"name\":\"a\",\"colour\":\"red\"}", "invalid_args"},
            {"{\"module\":\"nonsense\",\"name\":\"a\"}", "invalid_args"},
            {"{\"module\":\"board\",\"name\":\"a\",\"access\":\"PRIVATE\"}", "invalid_args"},
            {"{\"module\":\"board\",\"name\":\"a\",\"id\":\"a/b\"}", "invalid_args"},
            {"{\"module\":\"board\",\"name\":\"a\",\"id\":\"\"}", "invalid_args"},
            {"{\"module\":\"board\",\"name\":\"\\ud800\"}", "invalid_args"},
            {"{\"module\":\"board\",\"name\":NaN}", "invalid_args"},
            {"{\"module\":\"board\",\"name\":\"a\"} x", "invalid_args"},
        };
        for (String[] each : bad) {
            ada.post("/v1/workspaces", each[0]).problem(400, each[1]);
        }
        ada.post("/v1/workspaces", "[".repeat(10_000) + "]".repeat(10_000)).problem(400, "invalid_args");
        ada.post("/v1/workspaces", "{\"module\":\"board\",\"name\":" + "[".repeat(100))
                .problem(400, "invalid_args");
        ada.post("/v1/workspaces", "{\"module\":\"board\",\"name\":\"%s\"}".formatted("x".repeat(100_000)))
                .problem(413, "too_large");
        ada.post("/v1/workspaces", "{\"module\":\"board\",\"name\":\"%s\"}".formatted("x".repeat(201)))
                .rejected("invalid_name");
        String good = "{\"module\":\"board\",\"name\":\"a\"}";
        ada.post("/v1/workspaces", good, "Idempotency-Key", "~mine").problem(400, "invalid_args");
        ada.post("/v1/workspaces", good, "Idempotency-Key", "k".repeat(129)).problem(400, "invalid_args");
        ada.post("/v1/workspaces", good, "Idempotency-Key", "a", "Idempotency-Key", "b")
                .problem(400, "invalid_args");
        Api.nobody().post("/v1/workspaces", good).problem(401, "unauthenticated");
    }

    @Test
    void M1_only_those_who_may_change_it_do() {
        String path = ada.workspace("board");
        Api admin = Api.somebody();
        ada.admit(path, bob, "editor");
        ada.admit(path, admin, "admin");
        bob.patch(path, "{\"name\":\"Bob's\"}").problem(403, "forbidden");
        admin.patch(path, "{\"name\":\"Admin's\"}").expect(200);
        admin.patch(path, "{\"name\":\"Opened\",\"access\":\"public-write\"}").problem(403, "forbidden");
        JsonNode shown = ada.get(path).json();
        assertEquals("Admin's", shown.get("name").asText(), "all or nothing");
        assertEquals("private", shown.get("access").asText());
        admin.delete(path).problem(403, "forbidden");
        ada.patch(path, "{}").problem(400, "invalid_args");
        ada.patch(path, "{\"access\":\"everybody\"}").problem(400, "invalid_args");
    }

    @Test
    void a_tag_spares_what_did_not_change() {
        String path = ada.workspace("board");
        var first = ada.get(path).expect(200);
        String tag = first.header("etag");
        assertEquals(
                "\"" + first.json().get("epoch").asText() + ":1\"", tag, "epoch and seq, which clients may rely on");
        var same = ada.get(path, "If-None-Match", "\"other\", W/" + tag).expect(304);
        assertEquals("", same.http().body());
        assertEquals(tag, same.header("etag"));
        ada.patch(path, "{\"name\":\"Other\"}").expect(200);
        assertEquals(
                "Other",
                ada.get(path, "If-None-Match", tag)
                        .expect(200)
                        .json()
                        .get("name")
                        .asText());
        // Knowing a tag opens no door.
        bob.get(path, "If-None-Match", tag).problem(403, "forbidden");
    }

    @Test
    void what_is_not_there_is_not_found() {
        ada.get("/v1/workspaces/none-" + UUID.randomUUID()).problem(404, "not_found");
        ada.get("/v1/workspaces/-strange").problem(404, "not_found");
        ada.get("/v1/workspaces/a%2Fb").problem(404, "not_found");
        ada.delete("/v1/workspaces/none-" + UUID.randomUUID()).problem(404, "not_found");
        ada.put("/v1/workspaces", "{}").expect(405);
    }
}
