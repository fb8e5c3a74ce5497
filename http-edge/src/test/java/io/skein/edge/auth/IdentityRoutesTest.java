package io.skein.edge.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.skein.edge.guard.Guard;
import io.skein.edge.http.FrameClient;
import io.skein.edge.http.RawClient;
import io.skein.edge.http.Socket;
import io.skein.edge.http.SocketHandler;
import io.skein.edge.http.SocketRoute;
import io.skein.edge.http.SocketRoute.Decision;
import io.skein.edge.http.SocketRoute.Payload;
import io.skein.edge.http.TestServer;
import io.skein.engine.meters.Meters;
import io.skein.engine.schema.Identity;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class IdentityRoutesTest {
    private static final SocketHandler SILENT = new SocketHandler() {
        @Override
        public void opened(Socket socket) {}

        @Override
        public void message(byte[] bytes) {}

        @Override
        public void closed(int code) {}
    };

    private final SettableClock clock = new SettableClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final SigningKey key = SigningKey.generate();
    private final BlockingQueue<Identity> opened = new LinkedBlockingQueue<>();

    private TestServer start(boolean development) {
        AuthSettings settings = AuthSettings.DEFAULT.withDevelopment(development);
        Tickets tickets = new Tickets(key, settings, clock);
        var genuine = new GenuineTokens();
        var verifier = new OwnTokenVerifier(key, settings, clock, genuine);
        Authenticator authenticator = new Authenticator(
                settings,
                verifier,
                tickets,
                _ -> Optional.empty(),
                _ -> (_, _) -> () -> {},
                Guard.none(),
                new AuthMeters(new Meters()),
                clock);
        IdentityRoutes routes = new IdentityRoutes(
                settings, authenticator, new TokenIssuer(key, settings, clock, genuine), tickets, clock);
        return TestServer.start(router -> {
            routes.addTo(router);
            router.socket(new SocketRoute(
                    "/socket",
                    List.of("a"),
                    Payload.TEXT,
                    (request, _) -> authenticator
                            .socketCaller(request, "ticket")
                            .thenApply(who -> {
                                opened.add(who.identity());
                                return new Decision.Open(SILENT);
                            })));
        });
    }

    private static JsonNode json(HttpResponse<String> response) throws Exception {
        assertEquals("no-store", response.headers().firstValue("cache-control").orElseThrow());
        return new ObjectMapper().readTree(response.body());
    }

    private static HttpRequest.Builder post(TestServer server, String path) {
        return server.request(path).POST(HttpRequest.BodyPublishers.noBody());
    }

    private static int open(TestServer server, String query, String... headers) throws Exception {
        try (RawClient client = server.raw()) {
            String[] all = new String[headers.length + 1];
            all[0] = "Sec-WebSocket-Protocol: a";
            System.arraycopy(headers, 0, all, 1, headers.length);
            return FrameClient.upgrade(client, "/socket" + query, all).status();
        }
    }

    private Identity lastOpened() throws InterruptedException {
        Identity identity = opened.poll(20, TimeUnit.SECONDS);
        if (identity == null) throw new AssertionError("nobody");
        return identity;
    }

    @Test
    void a_new_identity_shows_its_token_and_trades_it_for_a_ticket_that_opens_one_socket() throws Exception {
        try (TestServer server = start(true)) {
            HttpResponse<String> created = server.send(post(server, "/v1/identity"));
            assertEquals(201, created.statusCode());
            String identity = json(created).get("identity").asText();
            String bearer = "Bearer " + json(created).get("token").asText();
            assertTrue(identity.matches("[0-9a-f]{64}"), identity);

            JsonNode me = json(server.send(server.request("/v1/identity").header("Authorization", bearer)));
            assertEquals(identity, me.get("identity").asText());
            assertEquals("skein", me.get("issuer").asText());
            assertTrue(me.get("operator").asBoolean(), "in development everybody is");
            assertEquals("2026-01-31T00:00:00Z", me.get("expiresAt").asText());
            assertEquals(
                    identity, Identity.of("skein", me.get("subject").asText()).toString());

            String ticket = json(server.send(
                            post(server, "/v1/identity/websocket-token").header("Authorization", bearer)))
                    .get("token")
                    .asText();
            assertEquals(101, open(server, "?ticket=" + ticket));
            assertEquals(identity, lastOpened().toString());
            assertEquals(401, open(server, "?ticket=" + ticket), "used before");
            assertEquals(101, open(server, "", "Authorization: " + bearer));
            assertEquals(identity, lastOpened().toString());
        }
    }

    @Test
    void V3_without_a_token_there_is_nobody() throws Exception {
        try (TestServer server = start(false)) {
            HttpResponse<String> me = server.get("/v1/identity");
            assertEquals(401, me.statusCode());
            assertEquals("Bearer", me.headers().firstValue("www-authenticate").orElseThrow());
            assertEquals(
                    401,
                    server.send(post(server, "/v1/identity/websocket-token")).statusCode());
            assertEquals(403, server.send(post(server, "/v1/identity")).statusCode());
            assertEquals(401, open(server, ""));
            assertEquals(401, open(server, "?ticket=nonsense"));
            assertEquals(401, open(server, "", "Authorization: Bearer nonsense"));
            assertEquals(401, open(server, "", "Authorization: Basic bm86bm8="));
            assertEquals(401, open(server, "", "Authorization: Bearer a", "Authorization: Bearer b"));
            assertTrue(opened.isEmpty());
        }
    }

    @Test
    void in_development_everybody_is_somebody_else() throws Exception {
        try (TestServer server = start(true)) {
            assertEquals(101, open(server, ""));
            Identity first = lastOpened();
            assertEquals(101, open(server, ""));
            assertNotEquals(first, lastOpened());
            // What is wrong is wrong in development, too.
            assertEquals(401, open(server, "?ticket=nonsense"));
            assertEquals(401, open(server, "", "Authorization: Bearer nonsense"));
        }
    }
}
