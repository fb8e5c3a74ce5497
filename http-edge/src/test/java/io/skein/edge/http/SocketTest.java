package io.skein.edge.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.edge.http.SocketRoute.Decision;
import io.skein.edge.http.SocketRoute.Payload;
import io.skein.engine.module.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SocketTest {
    /** Echoes, and does as it is told. */
    private static final class Echo implements SocketHandler {
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

    private final Echo echo = new Echo();

    private TestServer start(TestSettings settings) {
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

    private static CompletionStage<Decision> decided(Decision decision) {
        return CompletableFuture.completedFuture(decision);
    }

    private FrameClient open(TestServer server) throws IOException {
        return new FrameClient(server, "/socket/x", "a.skein");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void the_handshake_is_the_one_of_the_RFC_and_takes_the_first_known_subprotocol() throws Exception {
        try (TestServer server = start(new TestSettings());
                RawClient client = server.raw()) {
            RawClient.Reply reply =
                    FrameClient.upgrade(client, "/socket/x", "Sec-WebSocket-Protocol: other, a.skein, b.skein");
            assertEquals(101, reply.status());
            assertEquals("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", reply.headers().get("sec-websocket-accept"));
            assertEquals("a.skein", reply.headers().get("sec-websocket-protocol"));
        }
    }

    @Test
    void V3_what_opens_no_socket_is_answered_by_HTTP() throws Exception {
        try (TestServer server = start(new TestSettings());
                RawClient client = server.raw()) {
            String known = "Sec-WebSocket-Protocol: a.skein";
            assertEquals(400, FrameClient.upgrade(client, "/socket/x").status());
            assertEquals(
                    400,
                    FrameClient.upgrade(client, "/socket/x", "Sec-WebSocket-Protocol: c.skein")
                            .status());
            assertEquals(
                    401, FrameClient.upgrade(client, "/socket/unknown", known).status());
            assertEquals(
                    403, FrameClient.upgrade(client, "/socket/refuse", known).status());
            assertEquals(404, FrameClient.upgrade(client, "/nowhere", known).status());
            RawClient.Reply plain = client.head("GET /socket/x HTTP/1.1").reply();
            assertEquals(426, plain.status());
            assertEquals("websocket", plain.headers().get("upgrade"));
            assertEquals("13", plain.headers().get("sec-websocket-version"));
            client.head(
                    "GET /socket/x HTTP/1.1",
                    "Connection: Upgrade",
                    "Upgrade: websocket",
                    known,
                    "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Key: short");
            assertEquals(400, client.reply().status());
            // All on one connection, which is still good for a socket.
            assertEquals(101, FrameClient.upgrade(client, "/socket/x", known).status());
        }
    }

    @Test
    void a_page_of_another_origin_opens_no_socket() throws Exception {
        TestSettings settings = new TestSettings();
        settings.corsOrigins = List.of("https://app.example");
        String known = "Sec-WebSocket-Protocol: a.skein";
        try (TestServer server = start(settings)) {
            for (String origin :
                    List.of("https://evil.example", "null", "http://test.evil.example", "https://app.example.evil")) {
                try (RawClient client = server.raw()) {
                    assertEquals(
                            403,
                            FrameClient.upgrade(client, "/socket/x", known, "Origin: " + origin)
                                    .status());
                }
            }
            for (String origin : List.of("https://app.example", "http://test")) {
                try (RawClient client = server.raw()) {
                    assertEquals(
                            101,
                            FrameClient.upgrade(client, "/socket/x", known, "Origin: " + origin)
                                    .status());
                }
            }
        }
    }

    @Test
    void the_JDKs_client_talks_with_it() throws Exception {
        CompletableFuture<String> heard = new CompletableFuture<>();
        try (TestServer server = start(new TestSettings())) {
            WebSocket socket = server.client()
                    .newWebSocketBuilder()
                    .subprotocols("a.skein")
                    .buildAsync(server.socketUri("/socket/x"), new WebSocket.Listener() {
                        private final StringBuilder message = new StringBuilder();

                        @Override
                        public CompletionStage<?> onText(WebSocket s, CharSequence data, boolean last) {
                            message.append(data);
                            if (last) heard.complete(message.toString());
                            s.request(1);
                            return CompletableFuture.completedFuture(null);
                        }
                    })
                    .get(20, TimeUnit.SECONDS);
            String text = "grüße 🧶 ".repeat(20_000);
            socket.sendText(text, true).get(20, TimeUnit.SECONDS);
            assertEquals(text, heard.get(20, TimeUnit.SECONDS));
            socket.sendClose(1000, "bye").get(20, TimeUnit.SECONDS);
            assertEquals(1000, echo.closeCode());
        }
    }

    @Test
    void messages_of_one_packet_are_answered_in_their_order() throws Exception {
        try (TestServer server = start(new TestSettings());
                FrameClient client = open(server)) {
            byte[] one = FrameClient.frame(FrameClient.FIN | FrameClient.TEXT, utf8("one"));
            byte[] two = FrameClient.frame(FrameClient.FIN | FrameClient.TEXT, utf8("two"));
            byte[] both = Arrays.copyOf(one, one.length + two.length);
            System.arraycopy(two, 0, both, one.length, two.length);
            client.raw().send(both);
            assertEquals("one", client.receive().text());
            assertEquals("two", client.receive().text());
        }
    }

    @Test
    void a_message_in_fragments_is_put_together() throws Exception {
        try (TestServer server = start(new TestSettings());
                FrameClient client = open(server)) {
            byte[] text = utf8("ü");
            client.send(FrameClient.TEXT, text[0]);
            client.send(FrameClient.FIN | FrameClient.PING, utf8("between"));
            client.send(FrameClient.CONTINUATION);
            client.send(FrameClient.FIN | FrameClient.CONTINUATION, text[1]);
            // Whether the pong is before or after the echo depends on what arrived together.
            Set<String> answers = new HashSet<>();
            for (int i = 0; i < 2; i++) {
                FrameClient.Received frame = client.receive();
                answers.add(frame.opcode() + " " + frame.text());
            }
            assertEquals(Set.of(FrameClient.PONG + " between", FrameClient.TEXT + " ü"), answers);
        }
    }

    @Test
    void V3_a_message_too_large_is_1009_in_one_frame_or_in_many() throws Exception {
        TestSettings settings = new TestSettings();
        settings.maxMessageBytes = 1000;
        try (TestServer server = start(settings)) {
            try (FrameClient client = open(server)) {
                client.text("x".repeat(1000));
                assertEquals(1000, client.receive().payload().length);
                client.send(FrameClient.FIN | FrameClient.TEXT, new byte[10 << 20]);
                assertCloses(client, 1009);
            }
            assertEquals(1009, echo.closeCode());
            try (FrameClient client = open(server)) {
                client.send(FrameClient.TEXT, new byte[600]);
                client.send(FrameClient.CONTINUATION, new byte[600]);
                assertCloses(client, 1009);
            }
            assertEquals(1, echo.messages.get());
            assertEquals("ok", server.get("/ok").body());
        }
    }

    private static void assertCloses(FrameClient client, int code) throws IOException {
        FrameClient.Received close = client.receive();
        assertEquals(FrameClient.CLOSE, close.opcode());
        assertEquals(code, close.code());
        client.close(code);
        client.raw().ends();
    }

    @Test
    void V3_text_that_is_not_UTF_8_is_1007() throws Exception {
        List<byte[]> wrong = List.of(
                new byte[] {(byte) 0xc0, (byte) 0x80},
                new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
                new byte[] {'a', (byte) 0xff},
                new byte[] {(byte) 0xe2, (byte) 0x82});
        try (TestServer server = start(new TestSettings())) {
            for (byte[] bytes : wrong) {
                try (FrameClient client = open(server)) {
                    client.send(FrameClient.FIN | FrameClient.TEXT, bytes);
                    assertCloses(client, 1007);
                }
            }
            assertEquals(0, echo.messages.get());
        }
    }

    @Test
    void V3_frames_against_the_protocol_are_1002_and_the_wrong_payload_1003() throws Exception {
        try (TestServer server = start(new TestSettings())) {
            try (FrameClient client = open(server)) {
                client.raw().send(new byte[] {(byte) 0x81, 1, 'x'}); // Not masked.
                assertCloses(client, 1002);
            }
            try (FrameClient client = open(server)) {
                client.send(FrameClient.FIN | FrameClient.CONTINUATION, utf8("of nothing"));
                assertCloses(client, 1002);
            }
            try (FrameClient client = open(server)) {
                client.send(FrameClient.FIN | 0x40 | FrameClient.TEXT, utf8("compressed?"));
                assertCloses(client, 1002);
            }
            try (FrameClient client = open(server)) {
                client.send(FrameClient.FIN | FrameClient.BINARY, utf8("binary"));
                assertCloses(client, 1003);
            }
            assertEquals(0, echo.messages.get());
        }
    }

    @Test
    void V3_frames_before_the_handshake_is_answered_are_refused() throws Exception {
        try (TestServer server = start(new TestSettings());
                RawClient client = server.raw()) {
            byte[] early = FrameClient.frame(FrameClient.FIN | FrameClient.TEXT, utf8("early"));
            client.send("GET /socket/never HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    + "Sec-WebSocket-Protocol: a.skein\r\n\r\n" + new String(early, StandardCharsets.ISO_8859_1));
            assertEquals("ok", server.get("/ok").body());
        }
    }

    @Test
    void a_bug_in_the_handler_is_1011_and_only_there() throws Exception {
        try (TestServer server = start(new TestSettings());
                FrameClient other = open(server);
                FrameClient client = open(server)) {
            client.text("bug");
            assertCloses(client, 1011);
            assertEquals("still here", other.text("still here").receive().text());
        }
    }

    @Test
    void both_sides_may_close() throws Exception {
        try (TestServer server = start(new TestSettings())) {
            try (FrameClient client = open(server)) {
                client.close(3001);
                assertEquals(3001, client.receive().code());
                assertTrue(client.raw().ends());
                assertEquals(3001, echo.closeCode());
            }
            try (FrameClient client = open(server)) {
                client.send(FrameClient.FIN | FrameClient.CLOSE);
                assertEquals(1005, client.receive().code());
                assertEquals(1005, echo.closeCode());
            }
        }
        Echo second = new Echo();
        try (TestServer server = TestServer.start(router -> router.socket(new SocketRoute(
                        "/s", List.of("a"), Payload.TEXT, (_, _) -> decided(new Decision.Open(second)))));
                FrameClient client = new FrameClient(server, "/s", "a")) {
            client.text("before").text("close").text("after");
            assertEquals("before", client.receive().text());
            FrameClient.Received close = client.receive();
            assertEquals(4000, close.code());
            assertEquals(
                    "as you wish", new String(close.payload(), 2, close.payload().length - 2, StandardCharsets.UTF_8));
            client.close(4000);
            assertTrue(client.raw().ends());
            assertEquals(4000, second.closeCode());
            assertEquals(2, second.messages.get());
        }
    }

    @Test
    void a_client_that_does_not_answer_the_close_is_cut_off() throws Exception {
        TestSettings settings = new TestSettings();
        settings.closeTimeout = Duration.ofMillis(300);
        try (TestServer server = start(settings);
                FrameClient client = open(server)) {
            client.text("close");
            assertEquals(4000, client.receive().code());
            assertEquals(-1, client.raw().in().read());
            assertEquals(4000, echo.closeCode());
        }
    }

    @Test
    void a_connection_that_breaks_is_1006() throws Exception {
        try (TestServer server = start(new TestSettings())) {
            try (FrameClient client = open(server)) {
                assertEquals("x", client.text("x").receive().text());
            }
            assertEquals(1006, echo.closeCode());
        }
    }

    @Test
    void a_silent_client_is_asked_and_then_closed() throws Exception {
        TestSettings settings = new TestSettings();
        settings.heartbeat = Duration.ofMillis(100);
        settings.socketIdle = Duration.ofSeconds(1);
        try (TestServer server = start(settings);
                FrameClient client = open(server)) {
            long start = System.nanoTime();
            // As long as it answers it stays, for longer than the idle timeout.
            while (System.nanoTime() - start < 2_000_000_000L) {
                assertEquals(FrameClient.PING, client.receive().opcode());
                client.send(FrameClient.FIN | FrameClient.PONG);
            }
            assertTrue(echo.heartbeats.get() > 5, echo.heartbeats.toString());
            FrameClient.Received frame = client.receive();
            while (frame.opcode() == FrameClient.PING) frame = client.receive();
            assertEquals(1001, frame.code());
        }
    }

    @Test
    void a_large_message_is_sent_in_fragments_that_others_share() throws Exception {
        byte[] large = new byte[300_000];
        for (int i = 0; i < large.length; i++) large[i] = (byte) ('a' + i % 26);
        Frame frame = Frame.text(utf8("["), large, utf8("]"));
        BlockingQueue<Socket> sockets = new LinkedBlockingQueue<>();
        SocketHandler handler = new SocketHandler() {
            @Override
            public void opened(Socket socket) {
                sockets.add(socket);
            }

            @Override
            public void message(byte[] bytes) {}

            @Override
            public void closed(int code) {}
        };
        try (TestServer server = TestServer.start(router -> router.socket(new SocketRoute(
                        "/s", List.of("a"), Payload.TEXT, (_, _) -> decided(new Decision.Open(handler)))));
                FrameClient one = new FrameClient(server, "/s", "a");
                FrameClient two = new FrameClient(server, "/s", "a")) {
            for (int i = 0; i < 2; i++) {
                Socket socket = Objects.requireNonNull(sockets.poll(20, TimeUnit.SECONDS));
                socket.loop().execute(() -> {
                    socket.write(frame);
                    socket.flush();
                });
            }
            for (FrameClient client : List.of(one, two)) {
                ByteArrayOutputStream whole = new ByteArrayOutputStream();
                int[] firstBytes = {FrameClient.TEXT, 0, 0, 0, FrameClient.FIN};
                for (int firstByte : firstBytes) {
                    FrameClient.Received fragment = client.receive();
                    assertEquals(firstByte, fragment.firstByte());
                    assertTrue(fragment.payload().length <= Frame.FRAGMENT_BYTES);
                    whole.write(fragment.payload());
                }
                assertEquals(
                        "[" + new String(large, StandardCharsets.UTF_8) + "]", whole.toString(StandardCharsets.UTF_8));
            }
        }
    }

    @Test
    void every_size_of_message_arrives() throws Exception {
        try (TestServer server = start(new TestSettings());
                FrameClient client = open(server)) {
            for (int size : new int[] {0, 1, 125, 126, 65_535, 65_536, 65_537, 131_072, 131_073, 1 << 20}) {
                byte[] bytes = new byte[size];
                Arrays.fill(bytes, (byte) 'x');
                client.send(FrameClient.FIN | FrameClient.TEXT, bytes);
                assertArrayEquals(bytes, client.message().payload(), "size " + size);
            }
        }
    }

    @Test
    void L1_a_client_that_does_not_read_is_bounded_and_then_closed() throws Exception {
        TestSettings settings = new TestSettings();
        settings.closeTimeout = Duration.ofMillis(300);
        try (TestServer server = start(settings);
                FrameClient client = open(server)) {
            client.text("hello");
            client.receive();
            Socket socket = echo.socket.join();
            Frame megabyte = Frame.text(new byte[1 << 20]);
            // A handler that waits for writability stops by itself.
            AtomicInteger written = new AtomicInteger();
            CompletableFuture<Void> full = new CompletableFuture<>();
            socket.loop().execute(() -> {
                while (socket.isWritable() && written.get() < 1000) {
                    socket.write(megabyte);
                    socket.flush();
                    written.incrementAndGet();
                }
                full.complete(null);
            });
            full.get(20, TimeUnit.SECONDS);
            assertTrue(written.get() < 50, "wrote " + written + " MB to a client that reads nothing");
            // It hears of it when the client reads again.
            int changes = echo.writableAgain.get();
            for (int i = 0; i < written.get(); i++)
                assertEquals(1 << 20, client.message().payload().length);
            Eventually.holds("writable again", () -> echo.writableAgain.get() > changes);
            // One that does not wait is stopped.
            socket.loop().execute(() -> {
                for (int i = 0; i < 1000; i++) socket.write(megabyte);
                socket.flush();
            });
            assertEquals(1013, echo.closeCode());
            assertFalse(socket.isWritable());
            assertEquals("ok", server.get("/ok").body());
        }
    }

    @Test
    void V3_a_flood_of_pings_without_reading_is_owed_one_pong() throws Exception {
        try (TestServer server = start(new TestSettings());
                FrameClient client = open(server)) {
            byte[] ping = FrameClient.frame(FrameClient.FIN | FrameClient.PING, new byte[125]);
            byte[] many = new byte[ping.length * 1000];
            for (int i = 0; i < 1000; i++) System.arraycopy(ping, 0, many, i * ping.length, ping.length);
            for (int i = 0; i < 300; i++) client.raw().send(many);
            client.send(FrameClient.FIN | FrameClient.PING, utf8("last"));
            int pongs = 1;
            while (!client.receive().text().equals("last")) pongs++;
            assertTrue(pongs < 300_000, pongs + " pongs");
            assertEquals("ok", client.text("ok").receive().text());
        }
    }

    @Test
    void a_handler_may_stop_reading() throws Exception {
        TestSettings settings = new TestSettings();
        settings.heartbeat = Duration.ofMillis(50);
        settings.socketIdle = Duration.ofMillis(300);
        try (TestServer server = start(settings);
                FrameClient client = open(server)) {
            client.text("one");
            assertEquals("one", client.receive().text());
            Socket socket = echo.socket.join();
            CompletableFuture<Void> paused = CompletableFuture.runAsync(() -> socket.setReading(false), socket.loop());
            paused.get(20, TimeUnit.SECONDS);
            client.text("two");
            int before = echo.heartbeats.get();
            // Longer than the idle timeout: its silence is our doing.
            Eventually.holds("time passes", () -> echo.heartbeats.get() > before + 20);
            assertEquals(1, echo.messages.get());
            socket.loop().execute(() -> socket.setReading(true));
            FrameClient.Received next = client.receive();
            while (next.opcode() == FrameClient.PING) next = client.receive();
            assertEquals("two", next.text());
        }
    }
}
