package io.skein.edge.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.edge.http.SocketRoute.Decision;
import io.skein.edge.http.SocketRoute.Payload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A server that is told to stop lets everybody finish, tells the sockets, and then is gone. */
class StopTest {
    /** Says goodbye when the server leaves. */
    private static final class Polite implements SocketHandler {
        private final CompletableFuture<Socket> socket = new CompletableFuture<>();

        @Override
        public void opened(Socket opened) {
            socket.complete(opened);
        }

        @Override
        public void message(byte[] bytes) {}

        @Override
        public void leave(Socket leaving) {
            leaving.write(Frame.text("bye".getBytes(StandardCharsets.UTF_8)));
            leaving.close(1001, "going away");
        }

        @Override
        public void closed(int code) {}
    }

    @Test
    void L2_a_stop_lets_requests_finish_and_tells_sockets() throws Exception {
        CompletableFuture<Response> answer = new CompletableFuture<>();
        CountDownLatch asked = new CountDownLatch(1);
        Polite polite = new Polite();
        try (TestServer server = TestServer.start(router -> router.get("/slow", _ -> {
                            asked.countDown();
                            return answer;
                        })
                        .get("/ok", _ -> CompletableFuture.completedFuture(Response.text(200, "ok")))
                        .socket(new SocketRoute(
                                "/s",
                                List.of("a"),
                                Payload.TEXT,
                                (_, _) -> CompletableFuture.completedFuture(new Decision.Open(polite)))));
                RawClient idle = server.raw();
                RawClient busy = server.raw();
                FrameClient socket = new FrameClient(server, "/s", "a")) {
            assertEquals(200, idle.head("GET /ok HTTP/1.1").reply().status());
            busy.head("GET /slow HTTP/1.1");
            assertTrue(asked.await(20, TimeUnit.SECONDS));
            CompletableFuture<Void> stopped =
                    server.server().stop(Duration.ofSeconds(20)).toCompletableFuture();
            assertTrue(idle.ends(), "an idle connection ends");
            assertEquals("bye", socket.receive().text());
            assertEquals(1001, socket.receive().code());
            socket.close(1001);
            assertTrue(socket.raw().ends());
            assertThrows(IOException.class, () -> server.raw().close(), "nobody new comes in");
            assertFalse(stopped.isDone(), "a request is still being answered");
            answer.complete(Response.text(200, "done"));
            RawClient.Reply reply = busy.reply();
            assertEquals("done", reply.body());
            assertEquals("close", reply.headers().get("connection"));
            assertTrue(busy.ends());
            stopped.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void L2_what_does_not_finish_in_time_is_ended() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (TestServer server = TestServer.start(router -> router.get("/never", _ -> {
                    asked.countDown();
                    return new CompletableFuture<>();
                }));
                RawClient client = server.raw()) {
            client.head("GET /never HTTP/1.1");
            assertTrue(asked.await(20, TimeUnit.SECONDS));
            server.server().stop(Duration.ofMillis(200)).toCompletableFuture().get(20, TimeUnit.SECONDS);
            client.ends();
            assertEquals(0, server.server().connections());
        }
    }

    @Test
    void a_port_that_is_taken_is_said_so() throws Exception {
        try (TestServer server = TestServer.start(_ -> {})) {
            HttpSettings free = new TestSettings().build();
            HttpSettings taken = new HttpSettings(
                    free.host(),
                    server.server().port(),
                    1,
                    1,
                    1024,
                    1024,
                    free.requestTimeout(),
                    free.answerTimeout(),
                    free.idleTimeout(),
                    free.writeHighBytes(),
                    List.of(),
                    free.socket());
            IOException thrown = assertThrows(
                    IOException.class,
                    () -> HttpServer.start(taken, Router.builder(1).build()));
            assertTrue(String.valueOf(thrown.getMessage())
                    .contains("" + server.server().port()));
        }
    }
}
