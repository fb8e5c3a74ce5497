package io.skein.edge.abuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.abuse.GuardedNode.Who;
import io.skein.edge.http.Eventually;
import io.skein.edge.http.FrameClient;
import io.skein.edge.http.RawClient;
import io.skein.engine.module.Access;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rule G1: nobody has all the places. An address by itself, without a proxy: {@code RequestLimitsTest}. */
class ManyConnectionsTest {
    private final Who owner = GuardedNode.somebody();
    private final String workspace = GuardedNode.workspace(owner, Access.PUBLIC_WRITE);

    @Test
    void G1_an_address_behind_a_proxy_has_so_many_sockets_and_the_proxy_more() throws Exception {
        Stranger crowd = Stranger.fromSomewhere();
        long before = GuardedNode.limited("connections_of_address");
        List<FrameClient> open = new ArrayList<>();
        for (int i = 0; i < GuardedNode.CONNECTIONS; i++) {
            open.add(crowd.session(workspace, GuardedNode.somebody().token()));
        }
        String path = "/v1/workspaces/" + workspace + "/socket";
        try (RawClient raw = Stranger.raw()) {
            RawClient.Reply reply = crowd.upgrade(raw, path, owner.token(), "v1.json.skein");
            assertEquals(429, reply.status(), reply::toString);
            assertEquals("5", reply.headers().get("retry-after"));
            assertTrue(reply.body().contains("\"reason\":\"too_many_connections\""), reply.body());
        }
        crowd.get("/v1/identity", owner.token()).limited();
        assertEquals(before + 2, GuardedNode.limited("connections_of_address"));
        Stranger.fromSomewhere().session(workspace, owner.token()).close();
        open.removeFirst().close();
        Eventually.holds(
                "the place is free again",
                () -> crowd.get("/v1/identity", owner.token()).status() == 200);
        for (FrameClient socket : open) socket.close();
        // Requests that are answered leave no place taken.
        for (int i = 0; i < 3 * GuardedNode.CONNECTIONS; i++) {
            Eventually.holds(
                    "places of sockets that are gone are free",
                    () -> crowd.get("/v1/identity", owner.token()).status() == 200);
        }
    }

    @Test
    void G1_an_identity_has_so_many_sessions_on_all_wires_together() throws Exception {
        Who agent = GuardedNode.somebody();
        long before = GuardedNode.limited("sessions_of_identity");
        List<FrameClient> open = new ArrayList<>();
        for (int i = 0; i < GuardedNode.SESSIONS; i++) {
            open.add(Stranger.fromSomewhere().session(workspace, agent.token()));
        }
        try (FrameClient socket = Stranger.fromSomewhere().nativeSocket(workspace, agent.token())) {
            JsonNode bye = Stranger.hear(socket, "bye");
            assertEquals("rate_limited", bye.path("code").asText(), bye::toString);
            assertEquals("too_many_connections", bye.path("reason").asText(), bye::toString);
            assertEquals(5_000, bye.path("retryAfter").asLong(), bye::toString);
            assertEquals(1008, Stranger.close(socket).code());
        }
        assertClosed(
                1013,
                Stranger.fromSomewhere()
                        .socket("/v1/database/" + workspace + "/subscribe", agent.token(), "v2.bsatn.spacetimedb"));
        assertClosed(
                4503,
                Stranger.fromSomewhere()
                        .socket("/rooms/r-" + workspace, agent.token(), "")
                        .send(FrameClient.FIN | FrameClient.BINARY, (byte) 0, (byte) 0, (byte) 1, (byte) 0));
        assertEquals(before + 3, GuardedNode.limited("sessions_of_identity"));
        open.removeFirst().close();
        Eventually.holds("the place is free again", () -> comesIn(agent));
        for (FrameClient socket : open) socket.close();
    }

    private void assertClosed(int code, FrameClient socket) throws IOException {
        try (socket) {
            FrameClient.Received close = Stranger.close(socket);
            assertEquals(code, close.code());
            String reason = new String(close.payload(), 2, close.payload().length - 2, StandardCharsets.UTF_8);
            assertTrue(reason.contains("rate_limited"), reason);
        }
    }

    private boolean comesIn(Who who) {
        try (FrameClient socket =
                Stranger.fromSomewhere().nativeSocket(workspace, who.token()).text("{\"type\":\"hello\",\"id\":0}")) {
            return Stranger.heard(socket).getFirst().path("type").asText().equals("welcome");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
