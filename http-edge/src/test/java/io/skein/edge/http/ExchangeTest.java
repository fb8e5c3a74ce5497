package io.skein.edge.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExchangeTest {
    private static CompletableFuture<Response> done(Response response) {
        return CompletableFuture.completedFuture(response);
    }

    private static CompletableFuture<Response> text(String text) {
        return done(Response.text(200, text));
    }

    private static TestServer start(TestSettings settings) {
        return TestServer.start(
                settings,
                router -> router.get("/hello/{name}", r -> text("hello " + r.parameter("name")))
                        .get(
                                "/later/{name}",
                                r -> CompletableFuture.supplyAsync(
                                        () -> Response.text(200, "later " + r.parameter("name"))))
                        .post("/echo", r -> text(new String(r.body(), StandardCharsets.UTF_8)))
                        .delete("/echo", _ -> done(Response.empty(204)))
                        .get("/query", r -> text(r.query("a") + " " + r.query("b")))
                        .get("/never", _ -> new CompletableFuture<>())
                        .get("/bug", _ -> {
                            throw new IllegalStateException("secret");
                        })
                        .get(
                                "/conflict",
                                _ -> CompletableFuture.failedFuture(
                                        new ProblemException(Problem.of(Refusal.conflict("not as expected", 41)))))
                        .get(
                                "/busy",
                                _ -> CompletableFuture.failedFuture(new ProblemException(
                                        Problem.of(Refusal.later(ErrorCode.OVERLOADED, "later", 1500)))))
                        .get(
                                "/files/{file*}",
                                new StaticFiles(
                                        ExchangeTest.class.getClassLoader(),
                                        "static-files",
                                        "file",
                                        Map.of("x-extra", "1"))));
    }

    @Test
    void a_parameter_is_decoded_and_a_slash_in_it_is_no_separator() throws Exception {
        try (TestServer server = start(new TestSettings())) {
            assertEquals("hello a/b ü+", server.get("/hello/a%2Fb%20%C3%BC+").body());
            assertEquals("1 two 2", server.get("/query?a=1&b=two+2&a=3").body());
            assertEquals(404, server.get("/hello/").statusCode());
            assertEquals(404, server.get("/hello/a/b").statusCode());
        }
    }

    @Test
    void HEAD_has_the_headers_of_GET_and_no_body() throws Exception {
        try (TestServer server = start(new TestSettings());
                RawClient client = server.raw()) {
            client.head("HEAD /hello/you HTTP/1.1");
            RawClient.Reply reply = client.replyHead();
            assertEquals(200, reply.status());
            assertEquals("9", reply.headers().get("content-length"));
            // The next bytes are the next response: there was no body.
            assertEquals(
                    "hello me", client.head("GET /hello/me HTTP/1.1").reply().body());
        }
    }

    @Test
    void the_wrong_method_is_405_and_names_the_right_ones() throws Exception {
        try (TestServer server = start(new TestSettings());
                RawClient client = server.raw()) {
            RawClient.Reply reply = client.head("PUT /echo HTTP/1.1", "Content-Length: 4")
                    .send("body")
                    .reply();
            assertEquals(405, reply.status());
            assertEquals("DELETE, OPTIONS, POST", reply.headers().get("allow"));
            RawClient.Reply options = client.head("OPTIONS /hello/x HTTP/1.1").reply();
            assertEquals(204, options.status());
            assertEquals("GET, HEAD, OPTIONS", options.headers().get("allow"));
            assertEquals(404, client.head("GET /nowhere HTTP/1.1").reply().status());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello", "later"})
    void pipelined_requests_are_answered_in_their_order(String route) throws Exception {
        int count = 3000;
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < count; i++) requests.append("GET /" + route + "/" + i + " HTTP/1.1\r\nHost:a\r\n\r\n");
        try (TestServer server = start(new TestSettings());
                RawClient client = server.raw()) {
            var sending = CompletableFuture.runAsync(() -> {
                try {
                    client.send(requests.toString());
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            for (int i = 0; i < count; i++)
                assertEquals(route + " " + i, client.reply().body());
            sending.join();
        }
    }

    @Test
    void HTTP_1_0_and_Connection_close_end_the_connection() throws Exception {
        try (TestServer server = start(new TestSettings())) {
            try (RawClient client = server.raw()) {
                RawClient.Reply reply =
                        client.send("GET /hello/a HTTP/1.0\r\n\r\n").reply();
                assertEquals("close", reply.headers().get("connection"));
                assertTrue(client.ends());
            }
            try (RawClient client = server.raw()) {
                client.head("GET /hello/a HTTP/1.1", "Connection: close");
                assertEquals("close", client.reply().headers().get("connection"));
                assertTrue(client.ends());
            }
        }
    }

    @Test
    void an_idle_connection_is_closed_without_a_word() throws Exception {
        TestSettings settings = new TestSettings();
        settings.idleTimeout = Duration.ofMillis(300);
        try (TestServer server = start(settings);
                RawClient client = server.raw()) {
            assertEquals(200, client.head("GET /hello/a HTTP/1.1").reply().status());
            assertEquals(-1, client.in().read());
        }
    }

    @Test
    void a_body_is_asked_for_only_if_it_is_wanted() throws Exception {
        try (TestServer server = start(new TestSettings());
                RawClient client = server.raw()) {
            client.head("POST /echo HTTP/1.1", "Content-Length: 4", "Expect: 100-continue");
            assertEquals(100, client.replyHead().status());
            assertEquals("body", client.send("body").reply().body());
            client.head("POST /echo HTTP/1.1", "Content-Length: 2000000", "Expect: 100-continue");
            assertEquals(413, client.reply().status());
            assertTrue(client.ends());
        }
    }

    @Test
    void a_chunked_body_is_put_together() throws Exception {
        try (TestServer server = start(new TestSettings());
                RawClient client = server.raw()) {
            client.head("POST /echo HTTP/1.1", "Transfer-Encoding: chunked");
            client.send("3\r\nabc\r\n").send("2;ext=1\r\nde\r\n").send("0\r\nTrailer: x\r\n\r\n");
            assertEquals("abcde", client.reply().body());
        }
    }

    @Test
    void a_bug_is_an_incident_and_tells_nothing() throws Exception {
        try (TestServer server = start(new TestSettings())) {
            var response = server.get("/bug");
            assertEquals(500, response.statusCode());
            assertTrue(response.body().contains("\"code\":\"internal\""), response.body());
            assertFalse(response.body().contains("secret"), response.body());
        }
    }

    @Test
    void L2_a_handler_that_does_not_answer_is_answered_for() throws Exception {
        TestSettings settings = new TestSettings();
        settings.answerTimeout = Duration.ofMillis(300);
        try (TestServer server = start(settings)) {
            var response = server.get("/never");
            assertEquals(503, response.statusCode());
            assertTrue(response.body().contains("\"code\":\"unavailable\""), response.body());
        }
    }

    @Test
    void V2_a_conflict_names_what_is_current() throws Exception {
        try (TestServer server = start(new TestSettings())) {
            var response = server.get("/conflict");
            assertEquals(
                    "{\"type\":\"urn:skein:error:conflict\",\"title\":\"Something else came first\",\"status\":409,"
                            + "\"detail\":\"not as expected\",\"code\":\"conflict\",\"current\":41}",
                    response.body());
        }
    }

    @Test
    void L2_overload_says_when_to_come_back() throws Exception {
        try (TestServer server = start(new TestSettings())) {
            var response = server.get("/busy");
            assertEquals("2", response.headers().firstValue("retry-after").orElseThrow());
            assertTrue(response.body().contains("\"retryAfter\":1500"), response.body());
        }
    }

    @Test
    void a_page_of_an_allowed_origin_may_call_and_another_may_not() throws Exception {
        TestSettings settings = new TestSettings();
        settings.corsOrigins = List.of("https://app.example");
        try (TestServer server = start(settings);
                RawClient client = server.raw()) {
            client.head(
                    "OPTIONS /echo HTTP/1.1",
                    "Origin: https://app.example",
                    "Access-Control-Request-Method: POST",
                    "Access-Control-Request-Headers: authorization, idempotency-key");
            RawClient.Reply preflight = client.reply();
            assertEquals(204, preflight.status());
            assertEquals("https://app.example", preflight.headers().get("access-control-allow-origin"));
            for (String name : List.of("Authorization", "Content-Type", "Idempotency-Key", "Accept")) {
                String allowed = preflight.headers().getOrDefault("access-control-allow-headers", "");
                assertTrue(allowed.contains(name), allowed);
            }
            RawClient.Reply wrong = client.head("GET /nowhere HTTP/1.1", "Origin: https://app.example")
                    .reply();
            assertEquals("https://app.example", wrong.headers().get("access-control-allow-origin"));
            assertTrue(wrong.headers()
                    .getOrDefault("access-control-expose-headers", "")
                    .contains("Retry-After"));
            RawClient.Reply other = client.head("GET /hello/a HTTP/1.1", "Origin: https://evil.example")
                    .reply();
            assertNull(other.headers().get("access-control-allow-origin"));
            assertEquals("Origin", other.headers().get("vary"));
        }
    }

    @Test
    void without_configured_origins_no_page_may_call() throws Exception {
        try (TestServer server = start(new TestSettings());
                RawClient client = server.raw()) {
            RawClient.Reply reply = client.head("GET /hello/a HTTP/1.1", "Origin: https://app.example")
                    .reply();
            assertNull(reply.headers().get("access-control-allow-origin"));
        }
    }

    @Test
    void a_static_file_is_sent_once() throws Exception {
        try (TestServer server = start(new TestSettings())) {
            var first = server.get("/files/");
            assertEquals("<p>index</p>\n", first.body());
            assertEquals(
                    "text/html; charset=utf-8",
                    first.headers().firstValue("content-type").orElseThrow());
            assertEquals("1", first.headers().firstValue("x-extra").orElseThrow());
            String etag = first.headers().firstValue("etag").orElseThrow();
            HttpRequest.Builder again = server.request("/files/index.html").header("If-None-Match", "\"x\", " + etag);
            var second = server.send(again);
            assertEquals(304, second.statusCode());
            assertEquals("", second.body());
            assertEquals("let a;\n", server.get("/files/sub/a.js").body());
        }
    }

    @Test
    void a_static_path_does_not_lead_out_of_its_folder() throws Exception {
        try (TestServer server = start(new TestSettings());
                RawClient client = server.raw()) {
            List<String> paths = List.of(
                    "/files/../io/skein/edge/http/ExchangeTest.class",
                    "/files/%2e%2e/secret.html",
                    "/files/..%2fsecret.html",
                    "/files/..%5csecret.html",
                    "/files/sub",
                    "/files/sub/",
                    "/files//index.html",
                    "/files/.hidden.html",
                    "/files/missing.html");
            for (String path : paths) {
                assertEquals(
                        404, client.head("GET " + path + " HTTP/1.1").reply().status(), path);
            }
        }
    }
}
