package io.skein.edge.http;

import io.skein.edge.http.SocketRoute.Decision;
import io.skein.edge.http.SocketRoute.Payload;
import io.skein.engine.module.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A server whose socket echoes, for the tests of sockets. */
abstract class EchoSocket {
    /** Echoes, and does as it is told. */
    static final class Echo implements SocketHandler {
        final BlockingQueue<Integer> closed = new LinkedBlockingQueue<>();
        final CompletableFuture<Socket> socket = new CompletableFuture<>();
        final AtomicInteger messages = new AtomicInteger();
        final AtomicInteger heartbeats = new AtomicInteger();
        final AtomicInteger writableAgain = new AtomicInteger();

        @Override
        public void opened(Socket opened) {
            socket.complete(opened);
        }

        @Override
        public void message(byte[] bytes) {
            messages.incrementAndGet();
            String text = new String(bytes, StandardCharsets.UTF_8);
            switch (text) {
                case "bug" -> throw new IllegalStateException("on purpose");
                case "close" -> socket.join().close(4000, "as you wish");
                default -> socket.join().write(Frame.text(bytes));
            }
        }

        @Override
        public void readComplete() {
            socket.join().flush();
        }

        @Override
        public void writable() {
            writableAgain.incrementAndGet();
        }

        @Override
        public void heartbeat() {
            heartbeats.incrementAndGet();
        }

        @Override
        public void closed(int code) {
            closed.add(code);
        }

        int closeCode() throws InterruptedException {
            Integer code = closed.poll(20, TimeUnit.SECONDS);
            if (code == null) throw new AssertionError("not closed");
            return code;
        }
    }

    final Echo echo = new Echo();

    TestServer start(TestSettings settings) {
        return TestServer.start(
                settings,
                router -> router.socket(new SocketRoute(
                                "/socket/{name}", List.of("b.skein", "a.skein"), Payload.TEXT, this::accept))
                        .get("/ok", _ -> CompletableFuture.completedFuture(Response.text(200, "ok"))));
    }

    private CompletionStage<Decision> accept(Request request, String subprotocol) {
        return switch (request.parameter("name")) {
            case "refuse" -> decided(new Decision.Refuse(Problem.of(ErrorCode.FORBIDDEN, "not you")));
            case "unknown" -> throw new ProblemException(ErrorCode.UNAUTHENTICATED, "who are you?");
            case "never" -> new CompletableFuture<>();
            default -> decided(new Decision.Open(echo));
        };
    }

    static CompletionStage<Decision> decided(Decision decision) {
        return CompletableFuture.completedFuture(decision);
    }

    FrameClient open(TestServer server) throws IOException {
        return new FrameClient(server, "/socket/x", "a.skein");
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
