package io.skein.edge.abuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.edge.abuse.GuardedNode.Who;
import io.skein.edge.http.Eventually;
import io.skein.edge.http.RawClient;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A token that was revoked while a request of it is under way. What is sent to a reader is cut alike: {@code LeaseTest}, {@code PermitsTest}. */
class EndedTokenTest {
    @Test
    void K3_a_revocation_ends_an_import_under_way() throws Exception {
        Who thief = GuardedNode.somebody();
        Stranger somewhere = Stranger.fromSomewhere();
        String path = "/v1/workspaces/w-" + UUID.randomUUID();
        try (RawClient raw = Stranger.raw()) {
            raw.head(
                    "POST " + path + "/import HTTP/1.1",
                    "Authorization: Bearer " + thief.token(),
                    "X-Forwarded-For: " + somewhere.address(),
                    "Transfer-Encoding: chunked");
            chunk(raw, "{\"skein\":\"export\",\"format\":1,\"module\":\"board\",\"name\":\"n\"}\n");
            chunk(raw, row("a"));
            Eventually.holds(
                    "the import has begun",
                    () -> somewhere.get(path, thief.token()).status() == 200);
            somewhere
                    .post("/v1/identity/revocations", thief.token(), "{\"all\":true}")
                    .expect(201);
            RawClient.Reply reply = raw.reply();
            assertEquals(401, reply.status(), reply::toString);
            assertTrue(reply.body().contains("\"reason\":\"token_revoked\""), reply.body());
            assertTrue(raw.ends());
        }
    }

    private static String row(String id) {
        return "{\"table\":\"card\",\"row\":{\"id\":\"" + id + "\",\"title\":\"t\",\"column\":1,\"rank\":0}}\n";
    }

    private static void chunk(RawClient raw, String text) throws Exception {
        raw.send(Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
    }
}
