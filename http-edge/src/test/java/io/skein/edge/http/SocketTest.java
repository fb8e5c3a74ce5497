package io.skein.edge.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How a socket opens, and what is said on it. */
class SocketTest extends EchoSocket {
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
                FrameClient other = open(server)) {
            echo.socket.get(20, TimeUnit.SECONDS); // it echoes to the first that is open, and that is this one
            try (FrameClient client = open(server)) {
                client.text("bug");
                assertCloses(client, 1011);
                assertEquals("still here", other.text("still here").receive().text());
            }
        }
    }
}
