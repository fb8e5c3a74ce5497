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
