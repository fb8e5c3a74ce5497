package io.skein.edge.abuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.abuse.GuardedNode.Who;
import io.skein.edge.http.FrameClient;
import io.skein.edge.http.RawClient;
import io.skein.engine.module.Access;
import org.junit.jupiter.api.Test;

/** Rule G2: what needs no membership has a pace. */
class FastHandsTest {
    private static final String GUESS = "{\"token\":\"wrong\",\"displayName\":\"m\"}";

    private final Stranger stranger = Stranger.fromSomewhere();
    private final Stranger other = Stranger.fromSomewhere();

    @Test
    void G2_an_address_is_given_so_many_identities_by_http_and_by_sockets() throws Exception {
        String workspace = GuardedNode.workspace(GuardedNode.somebody(), Access.PUBLIC_WRITE);
        long before = GuardedNode.limited("identities_of_address");
        for (int i = 0; i < GuardedNode.IDENTITIES - 1; i++) {
            stranger.post("/v1/identity", "", "").expect(201);
        }
        stranger.session(workspace, "").close();
        stranger.post("/v1/identity", "", "").limited();
        for (String[] wire : new String[][] {
            {"/v1/workspaces/" + workspace + "/socket", "v1.json.skein"},
            {"/v1/database/" + workspace + "/subscribe", "v2.bsatn.spacetimedb"}
        }) {
            try (RawClient raw = Stranger.raw()) {
                assertEquals(429, stranger.upgrade(raw, wire[0], "", wire[1]).status());
            }
        }
        try (FrameClient room = stranger.socket("/rooms/anybodys", "", "")) {
            room.send(FrameClient.FIN | FrameClient.BINARY, (byte) 0, (byte) 0, (byte) 1, (byte) 0);
            assertEquals(4503, Stranger.close(room).code());
        }
        stranger.post("/v1/database/" + workspace + "/sql", "", "SELECT * FROM card")
                .limited();
        assertEquals(before + 5, GuardedNode.limited("identities_of_address"));
        other.post("/v1/identity", "", "").expect(201);
        stranger.get("/v1/identity", GuardedNode.somebody().token()).expect(200);
    }

    @Test
    void G2_an_identity_makes_so_many_workspaces_and_rooms() throws Exception {
        Who busy = GuardedNode.somebody();
        String body = "{\"module\":\"board\",\"name\":\"n\"}";
        for (int i = 0; i < GuardedNode.WORKSPACES; i++) {
            stranger.post("/v1/workspaces", busy.token(), body).expect(201);
        }
        stranger.post("/v1/workspaces", busy.token(), body).limited();
        other.post("/v1/workspaces", busy.token(), body).limited();
        stranger.post("/v1/workspaces/w-imported/import", busy.token(), "{}").limited();
        try (FrameClient room = stranger.socket("/rooms/one-room-too-many", busy.token(), "")) {
            room.send(FrameClient.FIN | FrameClient.BINARY, (byte) 0, (byte) 0, (byte) 1, (byte) 0);
            assertEquals(4503, Stranger.close(room).code());
        }
        stranger.post("/v1/workspaces", GuardedNode.somebody().token(), body).expect(201);
    }

    @Test
    void G2_an_identity_tries_so_many_invitations_on_all_wires_together() throws Exception {
        Who guesser = GuardedNode.somebody();
        String workspace = GuardedNode.workspace(GuardedNode.somebody(), Access.PUBLIC_READ);
        String path = "/v1/workspaces/" + workspace;
        stranger.post(path + "/join", guesser.token(), GUESS).expect(422);
        stranger.post(path + "/join/preview", guesser.token(), "{\"token\":\"wrong\"}")
                .expect(422);
        stranger.post("/v1/database/" + workspace + "/call/skein_join", guesser.token(), "[\"wrong\",\"m\"]")
                .expect(530);
        try (FrameClient socket = other.session(workspace, guesser.token())) {
            assertEquals("rejected", guess(socket, 1));
            assertEquals("rate_limited", guess(socket, 2));
            socket.text("{\"type\":\"ping\",\"id\":3}");
            Stranger.hear(socket, "pong");
        }
        long before = GuardedNode.limited("invites_of_identity");
        other.post(path + "/join", guesser.token(), GUESS).limited();
        other.post(path + "/calls/skein_join", guesser.token(), GUESS).limited();
        other.post(path + "/join/preview", guesser.token(), "{\"token\":\"wrong\"}")
                .limited();
        other.post("/v1/database/" + workspace + "/call/skein_join", guesser.token(), "[\"wrong\",\"m\"]")
                .limited();
        assertEquals(before + 4, GuardedNode.limited("invites_of_identity"));
    }

    private static String guess(FrameClient socket, int id) throws Exception {
        socket.text("{\"type\":\"call\",\"id\":%d,\"reducer\":\"skein_join\",\"args\":%s}".formatted(id, GUESS));
        JsonNode outcome = Stranger.hear(socket, "outcome");
        return outcome.at("/error/code").asText();
    }

    @Test
    void G2_an_address_tries_so_many_invitations_whoever_is_there() {
        String workspace = GuardedNode.workspace(GuardedNode.somebody(), Access.PUBLIC_READ);
        String path = "/v1/workspaces/" + workspace + "/join";
        for (int i = 0; i < GuardedNode.INVITES_OF_ADDRESS; i++) {
            stranger.post(path, GuardedNode.somebody().token(), GUESS).expect(422);
        }
        stranger.post(path, GuardedNode.somebody().token(), GUESS).limited();
        other.post(path, GuardedNode.somebody().token(), GUESS).expect(422);
    }

    @Test
    void G2_an_identity_has_so_many_tokens_made() {
        Who busy = GuardedNode.somebody();
        for (int i = 0; i < GuardedNode.TOKENS; i++) {
            stranger.post("/v1/identity/tokens", busy.token(), "{}").expect(201);
        }
        stranger.post("/v1/identity/tokens", busy.token(), "{}").limited();
        stranger.post("/v1/identity/tokens", GuardedNode.somebody().token(), "{}")
                .expect(201);
    }
}
