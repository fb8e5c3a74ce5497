package io.skein.edge.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.http.Eventually;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.BitSet;
import java.util.HashSet;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class InviteRoutesTest {
    private final Api ada = Api.somebody();
    private final Api bob = Api.somebody();
    private final String board = ada.workspace("board");

    private JsonNode invite(String body) {
        return ada.post(board + "/invites", body).expect(201).json();
    }

    private static String joining(JsonNode invite) {
        return "{\"token\":\"" + invite.get("token").asText() + "\"}";
    }

    @Test
    void M4_a_token_has_192_random_bits() {
        var tokens = new HashSet<String>();
        var seenSet = new BitSet();
        var seenClear = new BitSet();
        for (int i = 0; i < 64; i++) {
            String token = invite("{\"role\":\"viewer\"}").get("token").asText();
            byte[] bytes = Base64.getUrlDecoder().decode(token);
            assertEquals(24, bytes.length);
            assertTrue(tokens.add(token), "one token twice");
            BitSet bits = BitSet.valueOf(bytes);
            seenSet.or(bits);
            bits.flip(0, 192);
            seenClear.or(bits);
        }
        // A bit that is always the same would be seen so by chance once in 2^55 runs.
        assertEquals(192, seenSet.cardinality());
        assertEquals(192, seenClear.cardinality());
    }

    @Test
    void M4_only_the_hash_of_a_token_is_stored() throws Exception {
        JsonNode invite = invite("{\"role\":\"editor\"}");
        String token = invite.get("token").asText();
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.US_ASCII));
        assertEquals(HexFormat.of().formatHex(hash), invite.get("id").asText());
        bob.post(board + "/join", joining(invite)).expect(200);

        assertTrue(journalHolds(hash), "the search finds what is there");
        assertFalse(journalHolds(token.getBytes(StandardCharsets.US_ASCII)));
        assertFalse(journalHolds(Base64.getUrlDecoder().decode(token)));
        for (String path : new String[] {"/invites", "/snapshot", "/history", "/export"}) {
            assertFalse(ada.get(board + path).expect(200).http().body().contains(token), path);
        }
    }

    private boolean journalHolds(byte[] bytes) throws Exception {
        String sql =
                "SELECT count(*) FROM event_journal WHERE persistence_id LIKE ? AND position(? IN event_payload) > 0";
        try (Connection connection =
                        RunningEdge.get().node().database().dataSource().getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, "%" + board.substring(board.lastIndexOf('/') + 1));
            statement.setBytes(2, bytes);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1) > 0;
            }
        }
    }

    @Test
    void M4_an_invitation_gives_its_role() {
        for (String role : new String[] {"viewer", "editor", "admin", "owner"}) {
            Api guest = Api.somebody();
            guest.post(board + "/join", joining(invite("{\"role\":\"" + role + "\"}")))
                    .expect(200);
            assertEquals(role, guest.get(board).expect(200).json().get("role").asText());
        }
        ada.post(board + "/invites", "{\"role\":\"none\"}").rejected("invalid_role");
        ada.post(board + "/invites", "{\"role\":\"king\"}").problem(400, "invalid_args");
        ada.post(board + "/invites", "{}").problem(400, "invalid_args");
    }

    @Test
    void M4_who_has_a_token_sees_what_it_is_to_and_joins_nothing() {
        JsonNode invite = invite("{\"role\":\"editor\",\"uses\":2,\"expiresIn\":3600}");
        JsonNode shown =
                bob.post(board + "/join/preview", joining(invite)).expect(200).json();
        assertEquals("Test", shown.get("name").asText());
        assertEquals("board", shown.get("module").asText());
        assertEquals("editor", shown.get("role").asText());
        assertEquals(2, shown.get("usesLeft").asInt());
        assertEquals(invite.get("expiresAt"), shown.get("expiresAt"));
        bob.get(board).problem(403, "forbidden");

        Api.nobody().post(board + "/join/preview", joining(invite)).problem(401, "unauthenticated");
        bob.post(board + "/join/preview", "{\"token\":\"guess\"}").rejected("invite_invalid");
        bob.post(board + "/join/preview", "{}").problem(400, "invalid_args");
        bob.post("/v1/workspaces/none-1/join/preview", joining(invite)).problem(404, "not_found");
        bob.post(ada.workspace("board") + "/join/preview", joining(invite)).rejected("invite_invalid");
        ada.delete(board + "/invites/" + invite.get("id").asText()).expect(200);
        bob.post(board + "/join/preview", joining(invite)).rejected("invite_invalid");
    }

    @Test
    void M4_an_expired_invitation_lets_nobody_in() {
        Instant end = Instant.now().plusMillis(1_500).truncatedTo(ChronoUnit.MICROS);
        JsonNode invite = invite("{\"role\":\"viewer\",\"expiresAt\":\"" + end + "\",\"uses\":2}");
        assertEquals(end.toString(), invite.get("expiresAt").asText());
        bob.post(board + "/join", joining(invite)).expect(200);

        Eventually.holds("the invitation has expired", () -> Instant.now().isAfter(end));
        Api late = Api.somebody();
        late.post(board + "/join", joining(invite)).rejected("invite_invalid");
        late.get(board).problem(403, "forbidden");
        bob.get(board).expect(200);

        JsonNode relative = invite("{\"role\":\"viewer\",\"expiresIn\":3600}");
        long seconds = ChronoUnit.SECONDS.between(
                Instant.now(), Instant.parse(relative.get("expiresAt").asText()));
        assertTrue(seconds > 3_500 && seconds <= 3_600, seconds + " s");
        for (String bad : new String[] {
            "\"expiresIn\":0",
            "\"expiresIn\":9999999999",
            "\"expiresAt\":\"2001-01-01T00:00:00Z\"",
            "\"expiresAt\":\"tomorrow\"",
            "\"expiresIn\":60,\"expiresAt\":\"2101-01-01T00:00:00Z\""
        }) {
            ada.post(board + "/invites", "{\"role\":\"viewer\"," + bad + "}").problem(400, "invalid_args");
        }
    }

    @Test
    void M4_an_invitation_is_used_as_often_as_it_says() {
        JsonNode invite = invite("{\"role\":\"viewer\",\"uses\":2}");
        for (int i = 0; i < 2; i++) {
            Api guest = Api.somebody();
            guest.post(board + "/join", joining(invite)).expect(200);
            guest.post(board + "/join", joining(invite)); // a member already: takes no second use
        }
        bob.post(board + "/join", joining(invite)).rejected("invite_invalid");
        bob.get(board).problem(403, "forbidden");
        JsonNode listed = ada.get(board + "/invites").expect(200).json().at("/invites/0");
        assertEquals(invite.get("id"), listed.get("id"));
        assertEquals(0, listed.get("usesLeft").asInt());
        for (String uses : new String[] {"0", "-1", "100001"}) {
            ada.post(board + "/invites", "{\"role\":\"viewer\",\"uses\":" + uses + "}")
                    .rejected("invalid_uses");
        }
    }

    @Test
    void M4_a_revoked_invitation_lets_nobody_in() {
        JsonNode invite = invite("{\"role\":\"viewer\",\"uses\":10}");
        bob.post(board + "/join", joining(invite)).expect(200);
        String path = board + "/invites/" + invite.get("id").asText();
        bob.delete(path).problem(403, "forbidden");
        ada.delete(path).expect(200);

        Api late = Api.somebody();
        late.post(board + "/join", joining(invite)).rejected("invite_invalid");
        late.get(board).problem(403, "forbidden");
        bob.get(board).expect(200);
        assertFalse(ada.get(board + "/invites")
                .expect(200)
                .json()
                .at("/invites/0/revokedAt")
                .isNull());
        ada.delete(board + "/invites/" + "0".repeat(64)).rejected("invite_missing");
        ada.delete(board + "/invites/nonsense").problem(400, "invalid_args");
    }

    @Test
    void M4_a_token_that_nobody_made_opens_nothing() {
        invite("{\"role\":\"owner\"}");
        bob.post(board + "/join", "{\"token\":\"\"}").rejected("invite_invalid");
        bob.post(board + "/join", "{\"token\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}")
                .rejected("invite_invalid");
        bob.post(board + "/join", "{}").problem(400, "invalid_args");
        String other = ada.workspace("board");
        bob.post(other + "/join", joining(invite("{\"role\":\"owner\"}"))).rejected("invite_invalid");
        bob.get(board).problem(403, "forbidden");
    }

    @Test
    void M1_who_may_not_invite_does_not() {
        ada.admit(board, bob, "editor");
        bob.post(board + "/invites", "{\"role\":\"viewer\"}").problem(403, "forbidden");
        bob.get(board + "/invites").problem(403, "forbidden");
        ada.put(board + "/members/" + bob.identity(), "{\"role\":\"admin\"}").expect(200);
        bob.post(board + "/invites", "{\"role\":\"editor\"}").expect(201);
        bob.post(board + "/invites", "{\"role\":\"admin\"}").rejected("role_too_high");
    }

    @Test
    void I1_the_same_key_gives_the_same_token() {
        String body = "{\"role\":\"viewer\",\"expiresIn\":600}";
        JsonNode first = ada.post(board + "/invites", body, "Idempotency-Key", "k1")
                .expect(201)
                .json();
        JsonNode again = ada.post(board + "/invites", body, "Idempotency-Key", "k1")
                .expect(201)
                .json();
        assertEquals(first.get("token"), again.get("token"));
        assertEquals(first.get("expiresAt"), again.get("expiresAt"));
        assertTrue(again.get("repeated").asBoolean());
        JsonNode other = ada.post(board + "/invites", body, "Idempotency-Key", "k2")
                .expect(201)
                .json();
        assertNotEquals(first.get("token"), other.get("token"));
        assertEquals(24, Base64.getUrlDecoder().decode(other.get("token").asText()).length);
        ada.post(board + "/invites", "{\"role\":\"editor\"}", "Idempotency-Key", "k1")
                .problem(409, "key_conflict");
    }
}
