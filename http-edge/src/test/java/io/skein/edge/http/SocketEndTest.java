package io.skein.edge.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.edge.http.SocketRoute.Decision;
import io.skein.edge.http.SocketRoute.Payload;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How a socket ends, and what it bears before. */
class SocketEndTest extends EchoSocket {
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

    private static TestSettings impatient() {
        TestSettings settings = new TestSettings();
        settings.heartbeat = Duration.ofMillis(100);
        settings.socketIdle = Duration.ofMillis(500);
        return settings;
    }

    @Test
    void V3_the_bytes_of_a_frame_that_never_ends_are_no_sign_of_life() throws Exception {
        try (TestServer server = start(impatient());
                FrameClient client = open(server)) {
            byte[] frame = FrameClient.frame(FrameClient.FIN | FrameClient.TEXT, new byte[1000]);
            client.raw().send(Arrays.copyOf(frame, 100));
            FrameClient.Received heard = client.receive();
            for (int i = 100; heard.opcode() == FrameClient.PING && i < frame.length; i++) {
                client.raw().send(new byte[] {frame[i]});
                heard = client.receive();
            }
            assertEquals(FrameClient.CLOSE, heard.opcode());
            assertEquals(1001, heard.code());
        }
    }

    @Test
    void V3_a_message_that_never_ends_is_closed_whatever_signs_of_life_there_are() throws Exception {
        try (TestServer server = start(impatient());
                FrameClient client = open(server)) {
            client.send(FrameClient.TEXT, (byte) 'a');
            // Nobody is asked who sends something, so the server's own clock is what to go by.
            FrameClient.Received heard = null;
            for (int beats = 0; heard == null && beats < 100; ) {
                if (echo.heartbeats.get() > beats) {
                    beats = echo.heartbeats.get();
                    client.send(FrameClient.CONTINUATION, (byte) 'a');
                }
                if (client.raw().in().available() > 0) {
                    FrameClient.Received frame = client.receive();
                    if (frame.opcode() == FrameClient.CLOSE) heard = frame;
                }
                Thread.onSpinWait();
            }
            assertEquals(1008, Objects.requireNonNull(heard).code());
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
