package io.skein.edge.abuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.skein.edge.http.FrameClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Credentials that are none, where a wire looks at them only after the socket is open. */
class MangledHeaderTest {
    @Test
    void K1_a_room_refuses_whose_authorization_is_no_bearer_token() throws IOException {
        try (var socket =
                new FrameClient(Stranger.raw(), "/rooms/mangled", "Authorization: Basic bm9ib2R5OnNlY3JldA==")) {
            FrameClient.Received close = Stranger.close(
                    socket.send(FrameClient.FIN | FrameClient.BINARY, (byte) 0, (byte) 0, (byte) 1, (byte) 0));
            assertEquals(4401, close.code());
            String reason = new String(close.payload(), 2, close.payload().length - 2, StandardCharsets.UTF_8);
            assertEquals("unauthenticated: the Authorization header is not one Bearer token", reason);
        }
    }
}
