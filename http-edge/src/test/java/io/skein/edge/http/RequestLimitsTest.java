package io.skein.edge.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.cluster.Limits;
import io.skein.cluster.Limits.Pace;
import io.skein.edge.guard.Guard;
import io.skein.engine.meters.Meters;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rule V3 at the door: what is malformed, too large or too slow is answered as what it is, and everybody else is served on. */
class RequestLimitsTest {
    private static TestServer start(TestSettings settings) {
        return TestServer.start(
                settings,
                router -> router.get("/ok", _ -> done(Response.text(200, "ok")))
                        .post("/length", request -> done(Response.text(200, "" + request.body().length))));
    }

    private static CompletableFuture<Response> done(Response response) {
        return CompletableFuture.completedFuture(response);
    }

    private static void assertProblem(RawClient.Reply reply, int status, String code) {
        assertEquals(status, reply.status(), reply.toString());
        assertEquals("application/problem+json", reply.headers().get("content-type"));
        assertTrue(reply.body().contains("\"status\":" + status), reply.body());
        assertTrue(reply.body().contains("\"code\":\"" + code + "\""), reply.body());
    }

    private static void assertLivesOn(TestServer server) throws Exception {
        assertEquals("ok", server.get("/ok").body());
    }

    @Test
    void V3_a_request_line_too_long_is_414() throws Exception {
        try (TestServer server = start(new TestSettings());
                RawClient client = server.raw()) {
            client.head("GET /" + "a".repeat(2000) + " HTTP/1.1");
            assertProblem(client.reply(), 414, "too_large");
            assertTrue(client.ends());
            assertLivesOn(server);
        }
    }

    @Test
    void V3_headers_too_large_are_431() throws Exception {
        try (TestServer server = start(new TestSettings());
                RawClient client = server.raw()) {
            client.head("GET /ok HTTP/1.1", "X-Large: " + "a".repeat(3000));
            assertProblem(client.reply(), 431, "too_large");
            assertTrue(client.ends());
            assertLivesOn(server);
        }
    }

    @Test
    void V3_a_flood_of_small_headers_is_431() throws Exception {
        try (TestServer server = start(new TestSettings());
                RawClient client = server.raw()) {
            client.send("GET /ok HTTP/1.1\r\nHost: test\r\n" + "A: b\r\n".repeat(600));
            assertProblem(client.reply(), 431, "too_large");
            assertTrue(client.ends());
            assertLivesOn(server);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        no HTTP                | \\x16\\x03\\x01\\x02                                                         | 400
        HTTP/2 preface         | PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n                                     | 505
        no version             | GET /ok\\r\\n\\r\\n                                                          | 400
        no Host                | GET /ok HTTP/1.1\\r\\n\\r\\n                                                 | 400
        two Hosts              | GET /ok HTTP/1.1\\r\\nHost: a\\r\\nHost: b\\r\\n\\r\\n                       | 400
        space before colon     | GET /ok HTTP/1.1\\r\\nHost : a\\r\\n\\r\\n                                   | 400
        length and chunks      | POST /length HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 3\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n | 400
        two lengths            | POST /length HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 3\\r\\nContent-Length: 4\\r\\n\\r\\nabc | 400
        two encodings          | POST /length HTTP/1.1\\r\\nHost: a\\r\\nTransfer-Encoding: chunked\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n | 400
        line ends of LF alone  | GET /ok HTTP/1.1\\nHost: a\\n\\n                                            | 400
        negative length        | POST /length HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: -3\\r\\n\\r\\nabc     | 400
        bad chunk size         | POST /length HTTP/1.1\\r\\nHost: a\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nxyz\\r\\n | 400
        other transfer coding  | POST /length HTTP/1.1\\r\\nHost: a\\r\\nTransfer-Encoding: gzip, chunked\\r\\n\\r\\n | 501
        compressed body        | POST /length HTTP/1.1\\r\\nHost: a\\r\\nContent-Encoding: gzip\\r\\nContent-Length: 0\\r\\n\\r\\n | 415
        unknown expectation    | GET /ok HTTP/1.1\\r\\nHost: a\\r\\nExpect: a-miracle\\r\\n\\r\\n                | 417
        bad escape             | GET /%zz HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n                                     | 400
        escaped NUL            | GET /%00 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n                                     | 400
        escape is not UTF-8    | GET /%c0%80 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n                                  | 400
        bad escape in query    | GET /ok?a=%zz HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n                                | 400
        path without slash     | GET ok HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n                                       | 400
        raw byte in the path   | GET /\\xe4 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n                                   | 400
        """)
    void V3_what_is_not_a_request_is_named(String what, String bytes, int status) throws Exception {
        try (TestServer server = start(new TestSettings());
                RawClient client = server.raw()) {
            client.send(unescaped(bytes));
            if (what.equals("no HTTP")) client.send("\r\n\r\n");
            assertProblem(client.reply(), status, "invalid_args");
            assertLivesOn(server);
        }
    }

    private static String unescaped(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) != '\\') {
                out.append(text.charAt(i));
            } else if (text.charAt(++i) == 'x') {
                out.append((char) Integer.parseInt(text.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                out.append(text.charAt(i) == 'r' ? '\r' : '\n');
            }
        }
        return out.toString();
    }

    @Test
    void V3_a_body_of_10_MB_is_413_whether_announced_or_not() throws Exception {
        byte[] large = new byte[10 << 20];
        try (TestServer server = start(new TestSettings())) {
            var announced = server.request("/length").POST(HttpRequest.BodyPublishers.ofByteArray(large));
            assertEquals(413, server.send(announced).statusCode());
            try (RawClient client = server.raw()) {
                client.head("POST /length HTTP/1.1", "Transfer-Encoding: chunked");
                CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> sendChunk(client, large));
                assertProblem(client.reply(), 413, "too_large");
                sending.join();
            }
            assertLivesOn(server);
        }
    }

    private static void sendChunk(RawClient client, byte[] bytes) {
        try {
            OutputStream out = client.socket().getOutputStream();
            out.write(
                    (Integer.toHexString(bytes.length) + "\r\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            out.write(bytes);
        } catch (IOException e) {
            throw new AssertionError("the connection was reset before the answer could be read", e);
        }
    }

    @Test
    void V3_a_body_up_to_the_limit_arrives() throws Exception {
        byte[] most = new byte[TestServer.MAX_BODY_BYTES];
        try (TestServer server = start(new TestSettings())) {
            var request = server.request("/length").POST(HttpRequest.BodyPublishers.ofByteArray(most));
            assertEquals("" + most.length, server.send(request).body());
        }
    }

    @Test
    void V3_a_route_without_a_body_refuses_one() throws Exception {
        try (TestServer server = start(new TestSettings());
                RawClient client = server.raw()) {
            client.head("GET /ok HTTP/1.1", "Content-Length: 3").send("abc");
            assertProblem(client.reply(), 413, "too_large");
            // The three bytes were read away: the connection is as good as before.
            client.head("GET /ok HTTP/1.1");
            assertEquals("ok", client.reply().body());
        }
    }

    @Test
    void V3_a_head_that_dribbles_is_408() throws Exception {
        TestSettings settings = new TestSettings();
        settings.requestTimeout = Duration.ofMillis(500);
        try (TestServer server = start(settings);
                RawClient client = server.raw()) {
            long start = System.nanoTime();
            client.send("GET /ok HTTP/1.1\r\n");
            CompletableFuture<RawClient.Reply> reply = CompletableFuture.supplyAsync(() -> replyOf(client));
            for (int i = 0; !reply.isDone() && i < 1000; i++) {
                // Each header comes well in time; all of them together do not.
                reply.copy()
                        .completeOnTimeout(null, 50, java.util.concurrent.TimeUnit.MILLISECONDS)
                        .join();
                if (!reply.isDone()) client.send("X-" + i + ": x\r\n");
            }
            assertProblem(reply.join(), 408, "invalid_args");
            assertTrue(System.nanoTime() - start < Duration.ofSeconds(5).toNanos());
            assertLivesOn(server);
        }
    }

    private static RawClient.Reply replyOf(RawClient client) {
        try {
            return client.reply();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void V3_a_client_that_says_nothing_is_let_go() throws Exception {
        TestSettings settings = new TestSettings();
        settings.requestTimeout = Duration.ofMillis(300);
        try (TestServer server = start(settings);
                RawClient client = server.raw()) {
            assertProblem(client.reply(), 408, "invalid_args");
            assertTrue(client.ends());
        }
    }

    @Test
    void V3_a_body_that_does_not_come_is_408() throws Exception {
        TestSettings settings = new TestSettings();
        settings.requestTimeout = Duration.ofMillis(300);
        try (TestServer server = start(settings);
                RawClient client = server.raw()) {
            client.head("POST /length HTTP/1.1", "Content-Length: 100").send("some");
            assertProblem(client.reply(), 408, "invalid_args");
            assertTrue(client.ends());
            assertLivesOn(server);
        }
    }

    @Test
    void G1_one_connection_too_many_of_an_address_is_told_so() throws Exception {
        var endless = new Pace(0, 1);
        var limits = new Limits(true, 2, 0, 1_000, endless, endless, endless, endless, endless);
        try (TestServer server = TestServer.start(
                        new TestSettings(),
                        new Guard(limits, new Meters()),
                        router -> router.get("/ok", _ -> done(Response.text(200, "ok"))));
                RawClient first = server.raw();
                RawClient second = server.raw()) {
            assertEquals("ok", first.head("GET /ok HTTP/1.1").reply().body());
            assertEquals("ok", second.head("GET /ok HTTP/1.1").reply().body());
            try (RawClient third = server.raw()) {
                RawClient.Reply reply = third.reply();
                assertProblem(reply, 429, "rate_limited");
                assertTrue(reply.body().contains("\"reason\":\"too_many_connections\""), reply.body());
                assertEquals("5", reply.headers().get("retry-after"));
                assertTrue(third.ends());
            }
            second.socket().close();
            Eventually.holds("the place is free again", () -> server.server().connections() == 1);
            try (RawClient fourth = server.raw()) {
                assertEquals("ok", fourth.head("GET /ok HTTP/1.1").reply().body());
            }
        }
    }

    @Test
    void L2_one_connection_too_many_is_told_so() throws Exception {
        TestSettings settings = new TestSettings();
        settings.maxConnections = 2;
        try (TestServer server = start(settings);
                RawClient first = server.raw();
                RawClient second = server.raw()) {
            assertEquals("ok", first.head("GET /ok HTTP/1.1").reply().body());
            assertEquals("ok", second.head("GET /ok HTTP/1.1").reply().body());
            try (RawClient third = server.raw()) {
                RawClient.Reply reply = third.reply();
                assertProblem(reply, 503, "overloaded");
                assertEquals("5", reply.headers().get("retry-after"));
                assertTrue(third.ends());
            }
            assertEquals("ok", first.head("GET /ok HTTP/1.1").reply().body());
            second.socket().close();
            Eventually.holds("the place is free again", () -> server.server().connections() == 1);
            try (RawClient fourth = server.raw()) {
                assertEquals("ok", fourth.head("GET /ok HTTP/1.1").reply().body());
            }
        }
    }
}
