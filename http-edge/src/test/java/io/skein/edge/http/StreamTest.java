package io.skein.edge.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Exports and imports: as long as they like, in little memory. */
class StreamTest {
    private static final Executor VIRTUAL = Executors.newVirtualThreadPerTaskExecutor();
    private static final byte[] LINE = ("{\"row\":\"" + "x".repeat(1000) + "\"}").getBytes(StandardCharsets.UTF_8);

    /** Lines that count how many were taken, and whether they were given back. */
    private static final class Lines implements Iterator<byte[]>, AutoCloseable {
        final AtomicLong taken = new AtomicLong();
        final CountDownLatch closed = new CountDownLatch(1);
        final long count;
        final long failAt;

        Lines(long count, long failAt) {
            this.count = count;
            this.failAt = failAt;
        }

        @Override
        public boolean hasNext() {
            return taken.get() < count;
        }

        @Override
        public byte[] next() {
            if (taken.incrementAndGet() == failAt) throw new IllegalStateException("the source fails on purpose");
            return LINE;
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    private static TestServer exporting(TestSettings settings, Lines lines) {
        return TestServer.start(
                settings,
                router -> router.get("/export", _ -> CompletableFuture.completedFuture(Response.ndjson(lines)))
                        .get("/ok", _ -> CompletableFuture.completedFuture(Response.text(200, "ok"))));
    }

    @Test
    void an_export_arrives_whole_and_the_connection_goes_on() throws Exception {
        Lines lines = new Lines(20_000, -1);
        try (TestServer server = exporting(new TestSettings(), lines)) {
            HttpResponse<Stream<String>> response =
                    server.client().send(server.request("/export").build(), HttpResponse.BodyHandlers.ofLines());
            assertEquals(
                    "application/x-ndjson",
                    response.headers().firstValue("content-type").orElseThrow());
            assertEquals(
                    20_000,
                    response.body().filter(line -> line.length() == LINE.length).count());
            assertTrue(lines.closed.await(20, TimeUnit.SECONDS));
            assertEquals("ok", server.get("/ok").body());
            assertEquals(1, server.server().connections());
        }
    }

    @Test
    void L1_a_reader_that_stops_holds_little_and_is_cut_off() throws Exception {
        TestSettings settings = new TestSettings();
        settings.idleTimeout = Duration.ofSeconds(2);
        Lines lines = new Lines(Long.MAX_VALUE, -1);
        try (TestServer server = exporting(settings, lines);
                RawClient client = server.raw()) {
            client.head("GET /export HTTP/1.1");
            assertEquals(200, client.replyHead().status());
            assertTrue(lines.closed.await(20, TimeUnit.SECONDS), "the source is given back");
            // What was taken is what the kernel's two buffers hold (a few MB on loopback), and little of our own.
            assertTrue(lines.taken.get() < 20_000, "took " + lines.taken + " lines of 1 KB for nobody");
            Eventually.holds("the connection is gone", () -> server.server().connections() == 0);
            assertEquals("ok", server.get("/ok").body());
        }
    }

    @Test
    void a_slow_reader_gets_everything() throws Exception {
        TestSettings settings = new TestSettings();
        settings.idleTimeout = Duration.ofSeconds(2);
        Lines lines = new Lines(30_000, -1);
        try (TestServer server = exporting(settings, lines);
                RawClient client = server.raw()) {
            client.head("GET /export HTTP/1.1");
            // Half a second of nothing, several times: slower than the source, but never as slow as the timeout.
            for (int i = 0; i < 5; i++) {
                long taken = lines.taken.get();
                Eventually.holds("something is on its way", () -> lines.taken.get() > 0);
                assertFalse(lines.closed.await(500, TimeUnit.MILLISECONDS), "after " + taken);
                client.in().readNBytes(1 << 20);
            }
            RawClient rest = client;
            CompletableFuture<Boolean> end = CompletableFuture.supplyAsync(() -> {
                try {
                    return rest.ends();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertTrue(lines.closed.await(20, TimeUnit.SECONDS));
            assertTrue(end.get(20, TimeUnit.SECONDS));
            assertEquals(30_000, lines.taken.get());
        }
    }

    @Test
    void an_export_that_fails_is_never_taken_for_a_whole_one() throws Exception {
        Lines lines = new Lines(20_000, 10_000);
        try (TestServer server = exporting(new TestSettings(), lines)) {
            assertThrows(IOException.class, () -> server.get("/export"));
            assertTrue(lines.closed.await(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void an_export_to_a_client_that_leaves_ends() throws Exception {
        Lines lines = new Lines(Long.MAX_VALUE, -1);
        try (TestServer server = exporting(new TestSettings(), lines)) {
            try (RawClient client = server.raw()) {
                client.head("GET /export HTTP/1.1");
                client.in().readNBytes(100_000);
            }
            assertTrue(lines.closed.await(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void HEAD_of_an_export_takes_nothing() throws Exception {
        Lines lines = new Lines(Long.MAX_VALUE, -1);
        try (TestServer server = exporting(new TestSettings(), lines);
                RawClient client = server.raw()) {
            client.head("HEAD /export HTTP/1.1");
            assertEquals(200, client.replyHead().status());
            assertTrue(lines.closed.await(20, TimeUnit.SECONDS));
            assertEquals(0, lines.taken.get());
            assertEquals("ok", client.head("GET /ok HTTP/1.1").reply().body());
        }
    }

    @Test
    void a_large_body_is_sent_as_it_is_read() throws Exception {
        byte[] large = new byte[50 << 20];
        try (TestServer server = TestServer.start(router -> router.get(
                "/large",
                _ -> CompletableFuture.completedFuture(Response.of(200, "application/octet-stream", large))))) {
            var response =
                    server.client().send(server.request("/large").build(), HttpResponse.BodyHandlers.ofByteArray());
            assertEquals(
                    "" + large.length,
                    response.headers().firstValue("content-length").orElseThrow());
            assertEquals(large.length, response.body().length);
        }
    }

    // Imports.

    private static TestServer importing(TestSettings settings, Handler.OfLines handler) {
        return TestServer.start(
                settings,
                router -> router.postLines("/import", 2000, 30_000_000, handler)
                        .get("/ok", _ -> CompletableFuture.completedFuture(Response.text(200, "ok"))));
    }

    private static TestServer counting(TestSettings settings) {
        return importing(settings, (_, body) -> CompletableFuture.supplyAsync(() -> count(body.blocking()), VIRTUAL));
    }

    private static Response count(Iterator<byte[]> lines) {
        long count = 0;
        long bytes = 0;
        while (lines.hasNext()) {
            bytes += lines.next().length;
            count++;
        }
        return Response.text(200, count + " " + bytes);
    }

    @Test
    void an_import_is_taken_line_by_line() throws Exception {
        String body = Stream.iterate(0, i -> i + 1)
                .limit(20_000)
                .map(i -> "{\"i\":" + i + ",\"text\":\"" + "y".repeat(1000) + "\"}")
                .collect(Collectors.joining("\n"));
        long newlines = 19_999;
        try (TestServer server = counting(new TestSettings())) {
            var response = server.send(server.request("/import").POST(HttpRequest.BodyPublishers.ofString(body)));
            assertEquals("20000 " + (body.length() - newlines), response.body());
        }
    }

    @Test
    void blank_lines_and_a_last_newline_are_no_lines() throws Exception {
        try (TestServer server = counting(new TestSettings());
                RawClient client = server.raw()) {
            String body = "a\n\n \r\nbc\r\n\n";
            client.head("POST /import HTTP/1.1", "Content-Length: " + body.length())
                    .send(body);
            assertEquals("2 4", client.reply().body());
            client.head("POST /import HTTP/1.1", "Content-Length: 0");
            assertEquals("0 0", client.reply().body());
            client.head("POST /import HTTP/1.1", "Transfer-Encoding: chunked");
            client.send("2\r\nab\r\n").send("3\r\nc\nd\r\n").send("0\r\n\r\n");
            assertEquals("2 4", client.reply().body());
        }
    }

    @Test
    void V3_a_line_too_long_and_a_body_too_long_are_413() throws Exception {
        try (TestServer server = counting(new TestSettings())) {
            String longLine = "ok\n" + "z".repeat(2001) + "\nok\n";
            var tooLong = server.send(server.request("/import").POST(HttpRequest.BodyPublishers.ofString(longLine)));
            assertEquals(413, tooLong.statusCode(), tooLong.body());
            String endless = ("z".repeat(1999) + "\n").repeat(16_000);
            var announced = server.send(server.request("/import").POST(HttpRequest.BodyPublishers.ofString(endless)));
            assertEquals(413, announced.statusCode());
            var unannounced = server.send(server.request("/import")
                    .POST(HttpRequest.BodyPublishers.fromPublisher(HttpRequest.BodyPublishers.ofString(endless))));
            assertEquals(413, unannounced.statusCode());
            assertEquals("ok", server.get("/ok").body());
        }
    }

    @Test
    void V3_an_import_that_dribbles_is_408() throws Exception {
        TestSettings settings = new TestSettings();
        settings.requestTimeout = Duration.ofMillis(400);
        try (TestServer server = counting(settings);
                RawClient client = server.raw()) {
            client.head("POST /import HTTP/1.1", "Transfer-Encoding: chunked").send("3\r\nab\n\r\n");
            RawClient.Reply reply = client.reply();
            assertEquals(408, reply.status());
            assertEquals("ok", server.get("/ok").body());
        }
    }

    @Test
    void L1_a_handler_that_does_not_ask_holds_its_client_back() throws Exception {
        CompletableFuture<BodyLines> body = new CompletableFuture<>();
        CompletableFuture<Response> answer = new CompletableFuture<>();
        try (TestServer server = importing(new TestSettings(), (_, lines) -> {
                    body.complete(lines);
                    return answer;
                });
                RawClient client = server.raw()) {
            AtomicLong sent = new AtomicLong();
            CompletableFuture<Void> sending =
                    CompletableFuture.runAsync(() -> sendLines(client, 15_000, sent), VIRTUAL);
            List<byte[]> first =
                    body.get(20, TimeUnit.SECONDS).next().toCompletableFuture().get(20, TimeUnit.SECONDS);
            assertTrue(first.size() <= 65, "one batch is at most one chunk: " + first.size());
            long before;
            do {
                before = sent.get();
            } while (moreWithin(sent, before, sending));
            assertFalse(sending.isDone(), "15 MB went into the server's memory");
            long rest = CompletableFuture.supplyAsync(
                            () -> count(body.join().blocking()).status(), VIRTUAL)
                    .get(20, TimeUnit.SECONDS);
            assertEquals(200, rest);
            sending.get(20, TimeUnit.SECONDS);
            answer.complete(Response.text(200, "done"));
            assertEquals("done", client.reply().body());
        }
    }

    /** Whether the counter goes on within 300 ms. */
    private static boolean moreWithin(AtomicLong counter, long before, CompletableFuture<Void> sending)
            throws InterruptedException {
        long end = System.nanoTime() + 300_000_000L;
        while (System.nanoTime() < end && !sending.isDone()) {
            if (counter.get() > before) return true;
            Thread.onSpinWait();
        }
        return false;
    }

    private static void sendLines(RawClient client, int lines, AtomicLong sent) {
        try {
            client.head("POST /import HTTP/1.1", "Content-Length: " + lines * (LINE.length + 1L));
            byte[] line = new String(LINE, StandardCharsets.UTF_8).concat("\n").getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < lines; i++) {
                client.send(line);
                sent.incrementAndGet();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void an_import_may_be_answered_before_its_end() throws Exception {
        try (TestServer server = importing(
                        new TestSettings(), (_, _) -> CompletableFuture.completedFuture(Response.text(200, "enough")));
                RawClient client = server.raw()) {
            client.head("POST /import HTTP/1.1", "Transfer-Encoding: chunked").send("3\r\nab\n\r\n");
            RawClient.Reply reply = client.reply();
            assertEquals("enough", reply.body());
            assertEquals("close", reply.headers().get("connection"));
            client.send("3\r\nab\n\r\n");
            assertTrue(client.ends());
        }
    }

    @Test
    void an_import_whose_client_leaves_fails_for_its_handler() throws Exception {
        CompletableFuture<CompletionStage<List<byte[]>>> second = new CompletableFuture<>();
        try (TestServer server = importing(new TestSettings(), (_, lines) -> {
            lines.next().thenAccept(_ -> second.complete(lines.next()));
            return new CompletableFuture<>();
        })) {
            try (RawClient client = server.raw()) {
                client.head("POST /import HTTP/1.1", "Transfer-Encoding: chunked")
                        .send("3\r\nab\n\r\n");
                second.get(20, TimeUnit.SECONDS);
            }
            var failure = assertThrows(
                    java.util.concurrent.ExecutionException.class,
                    () -> second.join().toCompletableFuture().get(20, TimeUnit.SECONDS));
            assertTrue(failure.getCause() instanceof ProblemException, failure.toString());
        }
    }
}
