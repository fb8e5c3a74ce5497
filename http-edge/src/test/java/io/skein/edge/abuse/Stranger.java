package io.skein.edge.abuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.skein.edge.http.FrameClient;
import io.skein.edge.http.RawClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Somebody at an address of their own. */
record Stranger(String address) {
    static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final AtomicInteger ADDRESSES = new AtomicInteger();

    /** At an address where nobody was before. */
    static Stranger fromSomewhere() {
        int number = ADDRESSES.incrementAndGet();
        return new Stranger("203.0." + (number >> 8) + "." + (number & 0xff));
    }

    /** An answer with its body as JSON; null if it is none. */
    record Answer(HttpResponse<String> http) {
        int status() {
            return http.statusCode();
        }

        JsonNode json() {
            try {
                return JSON.readTree(http.body());
            } catch (IOException e) {
                throw new AssertionError(http.body(), e);
            }
        }

        Answer expect(int status) {
            assertEquals(status, status(), http.body());
            return this;
        }

        /** It is refused, and says when to come back. */
        void limited() {
            expect(429);
            assertEquals("rate_limited", json().get("code").asText());
            assertTrue(json().get("retryAfter").asLong() > 0, http.body());
            assertTrue(http.headers().firstValueAsLong("retry-after").orElse(0) > 0, http.body());
        }
    }

    Answer post(String path, String token, String body) {
        return send("POST", path, token, HttpRequest.BodyPublishers.ofString(body));
    }

    Answer get(String path, String token) {
        return send("GET", path, token, HttpRequest.BodyPublishers.noBody());
    }

    private Answer send(String method, String path, String token, HttpRequest.BodyPublisher body) {
        var request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + GuardedNode.edge().port() + path))
                .timeout(Duration.ofSeconds(30))
                .header("X-Forwarded-For", "198.51.100.99, " + address)
                .method(method, body);
        if (!token.isEmpty()) request.header("Authorization", "Bearer " + token);
        try {
            return new Answer(HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private String[] headers(String token, String subprotocol) {
        List<String> headers = new ArrayList<>(List.of("X-Forwarded-For: 198.51.100.99, " + address));
        if (!token.isEmpty()) headers.add("Authorization: Bearer " + token);
        if (!subprotocol.isEmpty()) headers.add("Sec-WebSocket-Protocol: " + subprotocol);
        return headers.toArray(String[]::new);
    }

    /** A connection on which nothing was said yet. */
    static RawClient raw() throws IOException {
        return new RawClient(GuardedNode.edge().port());
    }

    /** The answer to an attempt to open a socket. */
    RawClient.Reply upgrade(RawClient raw, String path, String token, String subprotocol) throws IOException {
        return FrameClient.upgrade(raw, path, headers(token, subprotocol));
    }

    /** An open socket. */
    FrameClient socket(String path, String token, String subprotocol) throws IOException {
        return new FrameClient(raw(), path, headers(token, subprotocol));
    }

    /** A socket of the native wire. */
    FrameClient nativeSocket(String workspace, String token) throws IOException {
        return socket("/v1/workspaces/" + workspace + "/socket", token, "v1.json.skein");
    }

    /** The same, whose session is in. */
    FrameClient session(String workspace, String token) throws IOException {
        FrameClient socket = nativeSocket(workspace, token).text("{\"type\":\"hello\",\"id\":0}");
        JsonNode first = heard(socket).getFirst();
        assertEquals("welcome", first.path("type").asText(), first::toString);
        return socket;
    }

    /** The messages of the next frame. */
    static List<JsonNode> heard(FrameClient socket) throws IOException {
        JsonNode frame = JSON.readTree(socket.message().text());
        var messages = new ArrayList<JsonNode>();
        if (frame.isArray()) {
            frame.forEach(messages::add);
        } else {
            messages.add(frame);
        }
        return messages;
    }

    /** The next message of this type, whatever comes before it. */
    static JsonNode hear(FrameClient socket, String type) throws IOException {
        while (true) {
            for (JsonNode message : heard(socket)) {
                if (message.path("type").asText().equals(type)) return message;
            }
        }
    }

    /** How the socket is closed, whatever comes before it. */
    static FrameClient.Received close(FrameClient socket) throws IOException {
        FrameClient.Received frame = socket.receive();
        while (frame.opcode() != FrameClient.CLOSE) frame = socket.receive();
        return frame;
    }
}
