package io.skein.edge.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ExportImportTest {
    static final String BOARD_HEAD = "{\"skein\":\"export\",\"format\":1,\"module\":\"board\"}\n";

    private final Api ada = Api.somebody();
    private final Api bob = Api.somebody();

    static String freshPath() {
        return "/v1/workspaces/i-" + UUID.randomUUID();
    }

    static String card(int i) {
        return "{\"table\":\"card\",\"row\":{\"id\":\"c%d\",\"title\":\"Card %d\",\"column\":0,\"rank\":%d}}\n"
                .formatted(i, i, i);
    }

    static String cards(int count) {
        var lines = new StringBuilder(BOARD_HEAD);
        for (int i = 0; i < count; i++) {
            lines.append(card(i));
        }
        return lines.toString();
    }

    private static ObjectNode json(String line) {
        try {
            return (ObjectNode) Api.JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Api.Answer export(String path) {
        var answer = ada.get(path + "/export").expect(200);
        assertEquals("application/x-ndjson", answer.header("content-type"));
        return answer;
    }

    /** Its rows, without who imported it: that member is as old as the import. */
    private List<String> rows(String path) {
        return export(path)
                .http()
                .body()
                .lines()
                .skip(1)
                .filter(line -> !line.contains("\"identity\":\"" + ada.identity() + "\""))
                .sorted()
                .toList();
    }

    private long seq(String path) {
        return ada.get(path).expect(200).json().get("seq").asLong();
    }

    private int cardsIn(String path) {
        return ada.get(path + "/snapshot?tables=card")
                .expect(200)
                .json()
                .at("/tables/card/rows")
                .size();
    }

    @Test
    void an_export_comes_in_as_it_was() {
        String lab = ada.workspace("lab");
        ada.call(lab, "put_sample", """
            {"id":"s","flag":true,"count":-5,"bigCount":"9007199254740993","ratio":0.1,"blob":"AAH/","takenAt":\
            "2026-01-02T03:04:05.678901Z","takenBy":"%s","size":"LARGE","comment":"half \\ud83d\\ude00 \\n","marks":[1,2],\
            "place":{"x":1.5,"y":-2},"extra":{"a":[1,null,"x"]}}\
            """.formatted(bob.identity())).expect(200);
        ada.call(lab, "put_sample", """
            {"id":"t","flag":false,"count":0,"bigCount":1,"ratio":1e300,"blob":"","takenAt":"1970-01-01T00:00:00Z",\
            "takenBy":"%s","size":"SMALL","marks":[],"place":{"x":0,"y":0},"extra":null}\
            """.formatted(bob.identity())).expect(200);
        ada.call(lab, "add_ticks", "{\"what\":\"tick\",\"times\":3}").expect(200);
        ada.call(lab, "put_seat", "{\"tableNo\":1,\"seatNo\":2}").expect(200);
        ada.call(lab, "note", "{\"text\":\"seen by admins\"}").expect(200);
        ada.admit(lab, bob, "editor");
        String lines = export(lab).http().body();

        String copy = freshPath();
        JsonNode outcome =
                ada.post(copy + "/import?displayName=Ada", lines).expect(201).json();

        assertEquals(rows(lab), rows(copy));
        ObjectNode from = json(lines.lines().findFirst().orElseThrow());
        ObjectNode to = json(export(copy).http().body().lines().findFirst().orElseThrow());
        assertEquals(from.get("rows").asLong(), outcome.get("rows").asLong());
        assertEquals(from.get("rows").asLong(), lines.lines().count() - 1);
        assertFalse(from.get("complete").asBoolean(), "a rule of this module hides rows");
        assertNotEquals(from.get("epoch"), to.get("epoch"));
        List.of("workspace", "epoch", "seq", "hash").forEach(name -> {
            from.remove(name);
            to.remove(name);
        });
        assertEquals(from, to);
        assertEquals("editor", bob.get(copy).expect(200).json().get("role").asText(), "members come with it");
        assertEquals(
                3,
                ada.get(copy + "/snapshot?tables=tick")
                        .json()
                        .at("/tables/tick/rows")
                        .size());
        ada.call(copy, "put_seat", "{\"tableNo\":9,\"seatNo\":9}").expect(200);
    }

    @Test
    void an_export_of_a_module_without_row_rules_is_complete() {
        String board = ada.workspace("board");
        assertTrue(json(export(board).http().body().lines().findFirst().orElseThrow())
                .get("complete")
                .asBoolean());
    }

    @Test
    void M2_an_export_holds_nothing_that_is_hidden_and_is_for_admins() {
        String lab = ada.workspace("lab");
        ada.admit(lab, bob, "editor");
        bob.call(lab, "write_secret", "{\"id\":\"s1\",\"text\":\"mine alone\"}").expect(200);
        assertFalse(export(lab).http().body().contains("mine alone"));
        bob.get(lab + "/export").problem(403, "forbidden");
        ada.put(lab + "/members/" + bob.identity(), "{\"role\":\"admin\"}").expect(200);
        assertTrue(bob.get(lab + "/export").expect(200).http().body().contains("mine alone"));
        Api.somebody().get(lab + "/export").problem(403, "forbidden");
        Api.nobody().get(lab + "/export").problem(401, "unauthenticated");
        ada.get(freshPath() + "/export").problem(404, "not_found");
    }

    @Test
    void I1_the_same_lines_again_change_nothing() {
        String path = freshPath();
        String lines = cards(2_500);
        assertFalse(ada.post(path + "/import", lines)
                .expect(201)
                .json()
                .get("repeated")
                .asBoolean());
        assertEquals(2_500, cardsIn(path));
        long seq = seq(path);
        assertTrue(seq <= 6, "bounded transactions, and few: " + seq);

        JsonNode again = ada.post(path + "/import", lines).expect(200).json();
        assertTrue(again.get("repeated").asBoolean());
        assertEquals(2_500, again.get("rows").asLong());
        assertEquals(seq, seq(path));
        assertEquals(2_500, cardsIn(path));
        // The end of lines decides nothing.
        ada.post(
                        path + "/import",
                        lines.replace("\n", "\r\n\n").replaceFirst("\r", "").strip())
                .expect(200);
    }

    @Test
    void what_broke_off_is_finished_by_sending_it_again() {
        String path = freshPath();
        String lines = cards(2_500);
        String broken = lines.lines().limit(1_500).collect(java.util.stream.Collectors.joining("\n")) + "\n{\"table\":";
        JsonNode problem =
                ada.post(path + "/import", broken).problem(400, "invalid_args").json();
        assertTrue(problem.get("detail").asText().startsWith("line 1501: "), problem.toString());
        int there = cardsIn(path);
        assertTrue(there >= 1_000 && there < 1_500, "whole pieces have come in: " + there);
        ada.call(path, "add_card", "{\"id\":\"x\",\"title\":\"x\",\"column\":0}")
                .rejected("importing");

        JsonNode outcome = ada.post(path + "/import", lines).expect(200).json();
        assertEquals(2_500, outcome.get("rows").asLong());
        assertFalse(outcome.get("repeated").asBoolean());
        assertEquals(2_500, cardsIn(path));
        ada.call(path, "add_card", "{\"id\":\"x\",\"title\":\"x\",\"column\":0}")
                .expect(200);
    }

    @Test
    void V2_other_lines_than_came_in_are_a_conflict() {
        String path = freshPath();
        ada.post(path + "/import", cards(1_200) + "{").problem(400, "invalid_args");
        int there = cardsIn(path);
        JsonNode other = ada.post(path + "/import", cards(1_200).replace("Card 7\"", "Changed\""))
                .problem(409, "conflict")
                .json();
        assertEquals(there, other.get("current").asInt());
        ada.post(path + "/import", cards(there - 1)).problem(409, "conflict");
        assertEquals(there, cardsIn(path));
        ada.post(path + "/import", cards(1_200)).expect(200);
        ada.post(path + "/import", cards(1_201)).problem(409, "conflict");
        ada.post(path + "/import", cards(1_199)).problem(409, "conflict");
        assertEquals(1_200, cardsIn(path));
    }

    @Test
    void V3_a_bad_line_is_named() {
        String[][] bad = {
            {"{", "invalid_args"},
            {"7", "invalid_args"},
            {"{}", "invalid_args"},
            {"{\"table\":\"card\"}", "invalid_args"},
            {"{\"row\":{}}", "invalid_args"},
            {"{\"table\":\"card\",\"row\":{\"id\":\"c9\"}}", "invalid_args"},
            {"{\"table\":\"card\",\"row\":{\"id\":9,\"title\":\"t\",\"column\":0,\"rank\":0}}", "invalid_args"},
            {"{\"table\":\"nudge\",\"row\":{}}", "invalid_args"},
            {"{\"table\":\"skein_invite\",\"row\":{}}", "invalid_args"},
            {
                "{\"table\":\"skein_member\",\"row\":{\"identity\":\"%s\",\"display_name\":\"\",\"role\":\"NONE\",\"joined_at\":\"2026-01-01T00:00:00Z\"}}"
                        .formatted(bob.identity()),
                "invalid_args"
            },
            {card(0).strip().replace("}}", "},\"more\":1}"), "invalid_args"},
            {card(1).strip(), "rejected"},
            {"{\"table\":\"card\",\"row\":{\"id\":\"big\",\"title\":\"" + "x".repeat(70_000) + "\"}}", "too_large"},
        };
        for (String[] each : bad) {
            String path = freshPath();
            String body = cards(4) + each[0] + "\n" + card(5);
            JsonNode problem = ada.post(path + "/import", body).json();
            assertEquals(each[1], problem.get("code").asText(), problem.toString());
            String detail = problem.get("detail").asText();
            assertTrue(detail.startsWith("line 6: ") || each[1].equals("too_large"), detail);
        }
    }

    @Test
    void V3_a_bad_first_line_is_named() {
        String[] bad = {
            "",
            "\n\n",
            card(1),
            "{\"skein\":\"export\"}",
            "{\"module\":\"board\"}",
            "{\"skein\":\"export\",\"module\":\"nonsense\"}",
            "{\"skein\":\"export\",\"module\":\"board\",\"format\":2}",
            "{\"skein\":\"export\",\"module\":\"board\",\"moduleVersion\":99}",
        };
        for (String head : bad) {
            String path = freshPath();
            ada.post(path + "/import", head).problem(400, "invalid_args");
            ada.get(path).problem(404, "not_found");
        }
        ada.post(freshPath() + "/import?access=everybody", cards(1)).problem(400, "invalid_args");
        Api.nobody().post(freshPath() + "/import", cards(1)).problem(401, "unauthenticated");
    }

    @Test
    void M1_only_an_owner_imports_and_only_where_there_is_nothing() {
        String board = ada.workspace("board");
        ada.admit(board, bob, "admin");
        bob.post(board + "/import", cards(2)).problem(403, "forbidden");
        Api.somebody().post(board + "/import", cards(2)).problem(403, "forbidden");
        ada.post(board + "/import", cards(2)).expect(200);
        assertEquals(2, cardsIn(board));
        ada.post(board + "/import", cards(3).replace("\"format\":1,", "")).rejected("not_empty");
        assertEquals(2, cardsIn(board));
        String lab = ada.workspace("lab");
        ada.post(lab + "/import", cards(2)).problem(400, "invalid_args");
    }

    @Test
    void a_new_workspace_is_called_and_opened_as_asked() {
        String path = freshPath();
        ada.post(path + "/import?name=Copy&access=public-read&displayName=Ada", cards(1))
                .expect(201);
        JsonNode shown = bob.get(path).expect(200).json();
        assertEquals("Copy", shown.get("name").asText());
        assertEquals("public-read", shown.get("access").asText());
        assertEquals("viewer", shown.get("role").asText());
        assertEquals(
                "Ada",
                ada.get(path + "/members").json().at("/members/0/displayName").asText());
    }
}
