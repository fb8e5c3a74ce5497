package io.skein.edge.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SnapshotRoutesTest {
    private final Api ada = Api.somebody();
    private final Api bob = Api.somebody();

    private static String query(String json) {
        return "/snapshot?query=" + URLEncoder.encode(json, StandardCharsets.UTF_8);
    }

    private String lab() {
        String lab = ada.workspace("lab");
        for (int i = 0; i < 6; i++) {
            ada.call(lab, "put_seat", "{\"tableNo\":%d,\"seatNo\":%d,\"guest\":\"g%d\"}".formatted(i / 2, i, i))
                    .expect(200);
        }
        return lab;
    }

    private Set<String> guests(String lab, String filter) {
        JsonNode rows = ada.get(lab + query("[{\"table\":\"seat\",\"where\":" + filter + "}]"))
                .expect(200)
                .json()
                .at("/tables/seat/rows");
        var guests = new TreeSet<String>();
        rows.forEach(row -> guests.add(row.get("guest").asText()));
        return guests;
    }

    @Test
    void filters_choose_rows() {
        String lab = lab();
        assertEquals(Set.of("g2", "g3"), guests(lab, "[\"=\",\"table_no\",1]"));
        assertEquals(Set.of("g2", "g3"), guests(lab, "[\"=\",\"tableNo\",1]"), "the module's own spelling");
        assertEquals(Set.of("g0", "g1", "g4", "g5"), guests(lab, "[\"!=\",\"table_no\",1]"));
        assertEquals(Set.of("g0", "g1"), guests(lab, "[\"<\",\"seat_no\",2]"));
        assertEquals(Set.of("g4", "g5"), guests(lab, "[\">=\",\"guest\",\"g4\"]"));
        assertEquals(Set.of("g3"), guests(lab, "[\"and\",[\"=\",\"table_no\",1],[\"not\",[\"=\",\"seat_no\",2]]]"));
        assertEquals(Set.of("g0", "g5"), guests(lab, "[\"or\",[\"=\",\"guest\",\"g0\"],[\"=\",\"guest\",\"g5\"]]"));
        assertEquals(Set.of(), guests(lab, "[\"=\",\"guest\",\"nobody\"]"));
    }

    @Test
    void filters_choose_rows_of_the_past_too() {
        String lab = lab();
        JsonNode past = ada.get(lab + query("[{\"table\":\"seat\",\"where\":[\"=\",\"table_no\",1]}]") + "&seq=4")
                .expect(200)
                .json();
        assertEquals(1, past.at("/tables/seat/rows").size());
        assertEquals("g2", past.at("/tables/seat/rows/0/guest").asText());
    }

    @Test
    void V3_a_filter_that_cannot_be_is_named() {
        String lab = lab();
        String[] bad = {
            "7",
            "{}",
            "[7]",
            "[{\"table\":\"nonsense\"}]",
            "[{\"table\":\"seat\",\"where\":[\"=\",\"colour\",1]}]",
            "[{\"table\":\"seat\",\"where\":[\"=\",\"table_no\",\"one\"]}]",
            "[{\"table\":\"seat\",\"where\":[\"~\",\"guest\",\"g\"]}]",
            "[{\"table\":\"seat\",\"where\":[\"=\",\"guest\"]}]",
            "[{\"table\":\"seat\",\"where\":[]}]",
            "[",
        };
        for (String each : bad) {
            ada.get(lab + query(each)).problem(400, "invalid_args");
        }
        ada.get(lab + "/snapshot?tables=seat,nonsense").problem(400, "invalid_args");
        ada.get(lab + "/snapshot?tables=seat&query=%5B%22*%22%5D").problem(400, "invalid_args");
        String many = "[\"or\"" + ",[\"=\",\"guest\",\"g\"]".repeat(65) + "]";
        ada.get(lab + query("[{\"table\":\"seat\",\"where\":" + many + "}]")).problem(413, "too_large");
    }

    @Test
    void M2_a_filter_finds_nothing_that_is_hidden() {
        String lab = lab();
        ada.admit(lab, bob, "editor");
        bob.call(lab, "write_secret", "{\"id\":\"s1\",\"text\":\"mine\"}").expect(200);
        String secrets = query("[{\"table\":\"secret\",\"where\":[\"=\",\"id\",\"s1\"]}]");
        assertEquals(
                0,
                ada.get(lab + secrets)
                        .expect(200)
                        .json()
                        .at("/tables/secret/rows")
                        .size());
        assertEquals(
                1,
                bob.get(lab + secrets)
                        .expect(200)
                        .json()
                        .at("/tables/secret/rows")
                        .size());
        ada.call(lab, "note", "{\"text\":\"for admins\"}").expect(200);
        String audits = query("[{\"table\":\"audit\"}]");
        assertEquals(
                1,
                ada.get(lab + audits)
                        .expect(200)
                        .json()
                        .at("/tables/audit/rows")
                        .size());
        assertEquals(
                0,
                bob.get(lab + audits)
                        .expect(200)
                        .json()
                        .at("/tables/audit/rows")
                        .size());
    }

    /** Whoever asks with the tag of this very moment hears 304 or gets the rows, whatever is committed meanwhile. */
    @Test
    void O3_a_commit_between_tag_and_rows_loses_no_rows() {
        String lab = lab();
        var writer = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 150; i++) {
                sit(lab, i);
            }
        });
        int answered = 0;
        while (!writer.isDone()) {
            String tag = ada.get(lab).expect(200).header("etag");
            var answer = ada.get(lab + "/snapshot?tables=seat", "If-None-Match", tag);
            if (answer.status() != 304) {
                answer.expect(200);
                assertTrue(
                        answer.json().at("/tables/seat/rows").size() >= 6,
                        answer.http().body());
            }
            answered++;
        }
        writer.join();
        assertTrue(answered > 20, "asked " + answered + " times");
        String tag = ada.get(lab).expect(200).header("etag");
        ada.get(lab + "/snapshot?tables=seat", "If-None-Match", tag).expect(304);
    }

    private void sit(String lab, int i) {
        ada.call(lab, "put_seat", "{\"tableNo\":9,\"seatNo\":9,\"guest\":\"%d\"}".formatted(i))
                .expect(200);
    }
}
