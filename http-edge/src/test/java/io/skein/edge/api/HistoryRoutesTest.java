package io.skein.edge.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class HistoryRoutesTest {
    private final Api ada = Api.somebody();
    private final Api bob = Api.somebody();

    private static List<Long> seqs(JsonNode page) {
        var seqs = new ArrayList<Long>();
        page.get("transactions").forEach(tx -> seqs.add(tx.get("seq").asLong()));
        return seqs;
    }

    private String seats(int count) {
        String lab = ada.workspace("lab");
        for (int i = 0; i < count; i++) {
            ada.call(lab, "put_seat", "{\"tableNo\":1,\"seatNo\":%d}".formatted(i))
                    .expect(200);
        }
        return lab;
    }

    @Test
    void history_says_who_did_what_and_when() {
        String board = ada.workspace("board");
        ada.call(board, "add_card", "{\"id\":\"c1\",\"title\":\"One\",\"column\":0}")
                .expect(200);
        ada.call(board, "edit_card", "{\"id\":\"c1\",\"title\":\"Two\"}").expect(200);
        ada.call(board, "remove_card", "{\"id\":\"c1\"}").expect(200);

        JsonNode shown = ada.get(board).expect(200).json();
        JsonNode page = ada.get(board + "/history").expect(200).json();

        assertEquals(List.of(4L, 3L, 2L, 1L), seqs(page), "the newest first");
        assertEquals(4, page.get("head").asLong());
        assertTrue(page.get("next").isNull());
        assertEquals(shown.get("epoch"), page.get("epoch"));
        JsonNode removed = page.at("/transactions/0");
        assertEquals("remove_card", removed.get("reducer").asText());
        assertEquals(ada.identity().toString(), removed.get("sender").asText());
        assertEquals(shown.get("hash"), removed.get("hash"));
        assertTrue(removed.get("time").asText().matches("\\d{4}-\\d\\d-\\d\\dT.*Z"), removed.toString());
        assertEquals("[\"c1\"]", removed.at("/tables/card/delete").toString());
        assertEquals(
                "Two", page.at("/transactions/1/tables/card/update/0/title").asText());
        assertEquals(
                "One", page.at("/transactions/2/tables/card/insert/0/title").asText());
        assertEquals(1, page.at("/transactions/3/tables/skein_member/insert").size());
    }

    @Test
    void pages_are_bounded_and_lead_to_each_other_both_ways() {
        String lab = seats(6); // 7 transactions
        JsonNode newest = ada.get(lab + "/history?limit=3").expect(200).json();
        assertEquals(List.of(7L, 6L, 5L), seqs(newest));
        JsonNode older = ada.get(
                        lab + "/history?limit=3&before=" + newest.get("next").asLong())
                .expect(200)
                .json();
        assertEquals(List.of(4L, 3L, 2L), seqs(older));
        JsonNode oldest = ada.get(
                        lab + "/history?limit=3&before=" + older.get("next").asLong())
                .expect(200)
                .json();
        assertEquals(List.of(1L), seqs(oldest));
        assertTrue(oldest.get("next").isNull());

        JsonNode first = ada.get(lab + "/history?limit=4&after=0").expect(200).json();
        assertEquals(List.of(1L, 2L, 3L, 4L), seqs(first));
        JsonNode rest = ada.get(
                        lab + "/history?limit=4&after=" + first.get("next").asLong())
                .expect(200)
                .json();
        assertEquals(List.of(5L, 6L, 7L), seqs(rest));
        assertTrue(rest.get("next").isNull());
        assertEquals(
                List.of(), seqs(ada.get(lab + "/history?after=7").expect(200).json()));
        assertEquals(
                List.of(7L),
                seqs(ada.get(lab + "/history?limit=1&before=900").expect(200).json()));
    }

    @Test
    void V3_a_page_that_is_none_is_said_why() {
        String lab = ada.workspace("lab");
        for (String query : new String[] {
            "limit=0", "limit=1001", "limit=x", "before=1", "before=-3", "after=-1", "after=1&before=3", "after=1e3"
        }) {
            ada.get(lab + "/history?" + query).problem(400, "invalid_args");
        }
        ada.get("/v1/workspaces/none-1/history").problem(404, "not_found");
        Api.nobody().get(lab + "/history").problem(401, "unauthenticated");
        bob.get(lab + "/history").problem(403, "forbidden");
    }

    @Test
    void M2_history_shows_nothing_from_before_one_was_there() {
        String lab = ada.workspace("lab");
        ada.call(lab, "put_seat", "{\"tableNo\":7,\"seatNo\":7,\"guest\":\"early\"}")
                .expect(200);
        ada.admit(lab, bob, "viewer"); // transactions 3 (invitation) and 4 (joined)
        ada.call(lab, "put_seat", "{\"tableNo\":8,\"seatNo\":8,\"guest\":\"late\"}")
                .expect(200);

        var page = bob.get(lab + "/history").expect(200);
        assertEquals(List.of(5L, 4L), seqs(page.json()));
        assertFalse(page.http().body().contains("early"));
        assertEquals(5, page.json().get("head").asLong());

        ada.put(lab + "/members/" + bob.identity(), "{\"role\":\"admin\"}").expect(200);
        assertEquals(
                List.of(6L, 5L, 4L, 3L, 2L, 1L),
                seqs(bob.get(lab + "/history").expect(200).json()),
                "admins see it all");
        ada.delete(lab + "/members/" + bob.identity()).expect(200);
        bob.get(lab + "/history").problem(403, "forbidden");
    }

    @Test
    void M2_opening_a_workspace_does_not_open_its_past() {
        String lab = ada.workspace("lab");
        ada.call(lab, "put_seat", "{\"tableNo\":7,\"seatNo\":7,\"guest\":\"private\"}")
                .expect(200);
        ada.patch(lab, "{\"access\":\"public-read\"}").expect(200);
        ada.call(lab, "put_seat", "{\"tableNo\":7,\"seatNo\":7,\"guest\":\"public\"}")
                .expect(200);

        var page = bob.get(lab + "/history").expect(200);
        assertEquals(List.of(4L, 3L), seqs(page.json()));
        assertFalse(page.http().body().contains("private\"}"), page.http().body());
        bob.get(lab + "/snapshot?seq=2").problem(403, "forbidden");
        assertEquals(
                "viewer",
                bob.get(lab + "/snapshot?seq=3").expect(200).json().get("role").asText());
    }

    @Test
    void M2_the_lesser_of_the_role_then_and_now_looks() {
        String lab = ada.workspace("lab");
        ada.admit(lab, bob, "admin");
        ada.call(lab, "note", "{\"text\":\"for admins\"}").expect(200);
        assertTrue(bob.get(lab + "/history").expect(200).http().body().contains("for admins"));
        ada.put(lab + "/members/" + bob.identity(), "{\"role\":\"editor\"}").expect(200);
        assertFalse(bob.get(lab + "/history").expect(200).http().body().contains("for admins"));
        assertFalse(bob.get(lab + "/snapshot?seq=4").expect(200).http().body().contains("for admins"));
    }

    @Test
    void M2_rows_of_others_stay_hidden_from_everybody() {
        String lab = ada.workspace("lab");
        ada.admit(lab, bob, "editor");
        bob.call(lab, "write_secret", "{\"id\":\"s1\",\"text\":\"mine alone\"}").expect(200);
        assertFalse(ada.get(lab + "/history").expect(200).http().body().contains("mine alone"), "not to the owner");
        assertTrue(bob.get(lab + "/history").expect(200).http().body().contains("mine alone"));
        assertFalse(ada.get(lab + "/snapshot?seq=4").expect(200).http().body().contains("mine alone"));
        assertTrue(bob.get(lab + "/snapshot?seq=4").expect(200).http().body().contains("mine alone"));
    }

    @Test
    void O3_every_past_state_is_what_it_was() {
        String lab = ada.workspace("lab");
        var then = new ArrayList<JsonNode>();
        var hashes = new HashSet<String>();
        for (int i = 0; i < 8; i++) {
            ada.call(lab, "put_seat", "{\"tableNo\":1,\"seatNo\":%d,\"guest\":\"%d\"}".formatted(i % 3, i))
                    .expect(200);
            ada.call(lab, "add_ticks", "{\"what\":\"tick\",\"times\":%d}".formatted(i))
                    .expect(200);
            then.add(ada.get(lab + "/snapshot").expect(200).json());
        }
        for (JsonNode state : then) {
            var past =
                    ada.get(lab + "/snapshot?seq=" + state.get("seq").asLong()).expect(200);
            assertEquals(state, past.json());
            assertEquals("", past.header("etag"));
            hashes.add(past.json().get("hash").asText());
        }
        assertEquals(then.size(), hashes.size());
        assertEquals(
                1,
                ada.get(lab + "/snapshot?seq=2&tables=seat")
                        .expect(200)
                        .json()
                        .get("tables")
                        .size());
    }

    @Test
    void V3_a_state_that_never_was_is_not_found() {
        String lab = seats(2);
        JsonNode ahead =
                ada.get(lab + "/snapshot?seq=4").problem(404, "not_found").json();
        assertTrue(ahead.get("detail").asText().contains("the last is 3"), ahead.toString());
        for (String seq : new String[] {"0", "-1", "x", "", "1.5", "99999999999999999999"}) {
            ada.get(lab + "/snapshot?seq=" + seq).problem(400, "invalid_args");
        }
        bob.get(lab + "/snapshot?seq=1").problem(403, "forbidden");
    }

    private static String changes(JsonNode diff, String table) {
        return diff.get("tables").path(table).toString();
    }

    @Test
    void a_diff_is_what_leads_from_one_state_to_the_other() {
        String lab = ada.workspace("lab"); // 1
        ada.call(lab, "put_seat", "{\"tableNo\":1,\"seatNo\":1,\"guest\":\"a\"}")
                .expect(200); // 2
        ada.call(lab, "add_ticks", "{\"what\":\"t\",\"times\":2}").expect(200); // 3
        ada.call(lab, "put_seat", "{\"tableNo\":1,\"seatNo\":2,\"guest\":\"b\"}")
                .expect(200); // 4
        ada.call(lab, "put_seat", "{\"tableNo\":1,\"seatNo\":1,\"guest\":\"c\"}")
                .expect(200); // 5
        ada.call(lab, "add_ticks", "{\"what\":\"t\",\"times\":1}").expect(200); // 6
        ada.call(lab, "put_seat", "{\"tableNo\":1,\"seatNo\":1,\"guest\":\"a\"}")
                .expect(200); // 7

        JsonNode diff = ada.get(lab + "/history/diff?from=3&to=6").expect(200).json();
        assertEquals(3, diff.get("from").asLong());
        assertEquals(6, diff.get("to").asLong());
        assertEquals(2, diff.get("tables").size(), diff.toString());
        assertEquals("""
            {"insert":[{"table_no":1,"seat_no":2,"guest":"b"}],\
            "update":[{"before":{"table_no":1,"seat_no":1,"guest":"a"},"after":{"table_no":1,"seat_no":1,"guest":"c"}}],\
            "delete":[]}\
            """, changes(diff, "seat"));
        assertEquals(
                "{\"insert\":[{\"what\":\"t\"}],\"update\":[],\"delete\":[]}", changes(diff, "tick"), "one copy more");
        JsonNode back = ada.get(lab + "/history/diff?from=2&to=7&tables=seat")
                .expect(200)
                .json();
        assertEquals(
                "{\"insert\":[{\"table_no\":1,\"seat_no\":2,\"guest\":\"b\"}],\"update\":[],\"delete\":[]}",
                changes(back, "seat"),
                "a row that is as it was is not other");
        assertEquals(1, back.get("tables").size(), back.toString());
        assertEquals(
                0,
                ada.get(lab + "/history/diff?from=4&to=4")
                        .expect(200)
                        .json()
                        .get("tables")
                        .size());
    }

    @Test
    void M2_a_diff_shows_of_each_moment_what_one_may_know_of_it() {
        String lab = ada.workspace("lab"); // 1
        ada.call(lab, "put_seat", "{\"tableNo\":7,\"seatNo\":7,\"guest\":\"early\"}")
                .expect(200);
        ada.admit(lab, bob, "editor"); // 3, 4
        ada.call(lab, "note", "{\"text\":\"for admins\"}").expect(200); // 5
        ada.call(lab, "write_secret", "{\"id\":\"s\",\"text\":\"ada's\"}").expect(200); // 6
        bob.get(lab + "/history/diff?from=2&to=6").problem(403, "forbidden");
        assertEquals(
                0,
                bob.get(lab + "/history/diff?from=4&to=6")
                        .expect(200)
                        .json()
                        .get("tables")
                        .size());
        String all =
                ada.get(lab + "/history/diff?from=4&to=6").expect(200).http().body();
        assertTrue(all.contains("for admins") && all.contains("ada's"), all);
        ada.delete(lab + "/members/" + bob.identity()).expect(200);
        bob.get(lab + "/history/diff?from=4&to=6").problem(403, "forbidden");
    }

    @Test
    void V3_a_diff_of_what_never_was_is_said_why() {
        String lab = seats(2);
        ada.get(lab + "/history/diff?from=1&to=4").problem(404, "not_found");
        for (String query : new String[] {"", "from=1", "to=2", "from=3&to=2", "from=0&to=2", "from=x&to=2"}) {
            ada.get(lab + "/history/diff?" + query).problem(400, "invalid_args");
        }
        ada.get(lab + "/history/diff?from=1&to=2&tables=nothing").problem(400, "invalid_args");
        // Two places each, and all of them given back.
        for (int i = 0; i < 20; i++) {
            ada.get(lab + "/history/diff?from=1&to=2").expect(200);
            ada.get(lab + "/history/diff?from=1&to=9").problem(404, "not_found");
        }
        ada.get(lab + "/snapshot?seq=2").expect(200);
    }

    @Test
    void H1_who_sees_everything_can_check_the_chain() throws Exception {
        String board = ada.workspace("board");
        for (int i = 0; i < 6; i++) {
            ada.call(board, "add_card", "{\"id\":\"c%d\",\"title\":\"x\",\"column\":0}".formatted(i))
                    .expect(200);
        }
        var sha = java.security.MessageDigest.getInstance("SHA-256");
        byte[] hash = new byte[32];
        long after = 0;
        for (int pages = 0; pages < 3; pages++) {
            JsonNode page = ada.get(board + "/history/chain?limit=3&after=" + after)
                    .expect(200)
                    .json();
            assertEquals(7, page.get("head").asLong());
            assertEquals(
                    java.util.HexFormat.of().formatHex(hash),
                    page.get("hashBefore").asText());
            for (JsonNode tx : page.get("transactions")) {
                assertEquals(++after, tx.get("seq").asLong());
                sha.update(hash);
                hash = sha.digest(
                        java.util.Base64.getDecoder().decode(tx.get("canonical").asText()));
                assertEquals(
                        java.util.HexFormat.of().formatHex(hash), tx.get("hash").asText());
            }
            assertEquals(
                    after == 7 ? "null" : Long.toString(after), page.get("next").toString());
        }
        assertEquals(7, after);
        assertEquals(
                java.util.HexFormat.of().formatHex(hash),
                ada.get(board).expect(200).json().get("hash").asText());
    }

    @Test
    void M2_the_chain_shows_no_row_that_its_reader_may_not_see() {
        String lab = seats(2);
        JsonNode page = ada.get(lab + "/history/chain").expect(200).json();
        page.get("transactions").forEach(tx -> assertTrue(tx.get("canonical").isNull(), "the module hides rows"));
        assertEquals(64, page.at("/transactions/2/hash").asText().length());
        String board = ada.workspace("board");
        ada.admit(board, bob, "editor");
        bob.get(board + "/history/chain").problem(403, "forbidden");
        Api.somebody().get(board + "/history/chain").problem(403, "forbidden");
        ada.get(board + "/history/chain?after=9").problem(404, "not_found");
        ada.get(board + "/history/chain?limit=0").problem(400, "invalid_args");
    }

    @Test
    void L2_past_states_give_their_place_back() {
        String lab = seats(2);
        // More than may be at once, one after the other: answered, refused and only asked about.
        for (int i = 0; i < 20; i++) {
            ada.get(lab + "/snapshot?seq=2").expect(200);
            ada.get(lab + "/snapshot?seq=9").problem(404, "not_found");
            bob.get(lab + "/snapshot?seq=2").problem(403, "forbidden");
            ada.send(ada.request(lab + "/snapshot?seq=2")
                            .method("HEAD", java.net.http.HttpRequest.BodyPublishers.noBody()))
                    .expect(200);
        }
    }
}
