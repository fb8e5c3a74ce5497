package io.skein.edge.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What rests on something goes no further than it: rules K3 and K4 over HTTP. */
class LeaseTest {
    private static final Refusal ENDED = new Refusal(ErrorCode.UNAUTHENTICATED, "token_revoked", "it ended", -1, 0);

    /** Ends when the test says so. */
    private static final class Leases implements Lease {
        private final List<Runnable> held = new CopyOnWriteArrayList<>();

        @Override
        public Held hold(Executor loop, Consumer<Refusal> cut) {
            Runnable end = () -> loop.execute(() -> cut.accept(ENDED));
            held.add(end);
            return () -> held.remove(end);
        }

        void end() {
            held.forEach(Runnable::run);
        }
    }

    private final Leases leases = new Leases();

    private TestServer start() {
        return TestServer.start(router -> router.get("/endless", request -> {
                    request.restsOn(leases);
                    return CompletableFuture.completedFuture(
                            Response.ndjson(Stream.generate(() -> "{}".getBytes(StandardCharsets.UTF_8))
                                    .iterator()));
                })
                .get("/short", request -> {
                    request.restsOn(leases);
                    return CompletableFuture.completedFuture(
                            Response.ndjson(List.of(new byte[] {'1'}).iterator()));
                })
                .get("/whole", request -> {
                    request.restsOn(leases);
                    return CompletableFuture.completedFuture(Response.text(200, "ok"));
                })
                .postLines("/lines", 1024, 1 << 20, (request, body) -> {
                    request.restsOn(leases);
                    return CompletableFuture.supplyAsync(
                            () -> {
                                body.blocking().forEachRemaining(_ -> {});
                                return Response.text(200, "all of it");
                            },
                            task -> Thread.ofVirtual().start(task));
                }));
    }

    @Test
    void K3_a_stream_under_way_is_cut_and_nobody_takes_a_part_for_the_whole() throws Exception {
        try (TestServer server = start();
                RawClient client = server.raw()) {
            client.head("GET /endless HTTP/1.1");
            assertEquals(200, client.replyHead().status());
            assertTrue(client.in().readNBytes(1000).length == 1000);
            Eventually.holds("it is watched", () -> leases.held.size() == 1);
            leases.end();
            assertThrows(IOException.class, () -> {
                // The end of a chunked body would be an empty chunk; what comes is the end of the connection.
                byte[] rest = client.in().readAllBytes();
                String end = new String(rest, StandardCharsets.ISO_8859_1);
                if (!end.endsWith("0\r\n\r\n")) throw new IOException("cut");
            });
            Eventually.holds("nobody watches it any more", leases.held::isEmpty);
        }
    }

    @Test
    void K3_a_body_under_way_is_refused() throws Exception {
        try (TestServer server = start();
                RawClient client = server.raw()) {
            client.head("POST /lines HTTP/1.1", "Transfer-Encoding: chunked").send("3\r\n{}\n\r\n");
            Eventually.holds("it is watched", () -> leases.held.size() == 1);
            leases.end();
            RawClient.Reply reply = client.reply();
            assertEquals(401, reply.status());
            assertTrue(reply.body().contains("\"reason\":\"token_revoked\""), reply.body());
            assertTrue(client.ends());
            Eventually.holds("nobody watches it any more", leases.held::isEmpty);
        }
    }

    @Test
    void L1_an_answer_that_is_sent_leaves_nothing_behind() throws Exception {
        try (TestServer server = start();
                RawClient client = server.raw()) {
            for (int i = 0; i < 10; i++) {
                assertEquals("1\n", client.head("GET /short HTTP/1.1").reply().body());
                assertEquals("ok", client.head("GET /whole HTTP/1.1").reply().body());
            }
            assertTrue(leases.held.isEmpty());
        }
    }
}
