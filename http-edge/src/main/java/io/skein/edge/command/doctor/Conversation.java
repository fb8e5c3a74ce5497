package io.skein.edge.command.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.json.BadJson;
import io.skein.edge.json.Json;
import io.skein.edge.node.Edge;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One session on the native wire, as a client has it: what is said, and what is heard, one message at a time. */
public final class Conversation implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** More than a server says without being asked; a doctor that is told more has found something. */
    private static final int MOST_UNREAD = 1_000;

    private final WebSocket socket;
    private final Ear ear;

    private Conversation(WebSocket socket, Ear ear) {
        this.socket = socket;
        this.ear = ear;
    }

    /**
     * @param server {@code http:} or {@code https:}
     * @throws IOException if no socket is opened
     */
    public static Conversation open(HttpClient http, URI server, String workspace, String token)
            throws IOException, InterruptedException {
        var ear = new Ear();
        String base = server.toString().replaceFirst("^http", "ws").replaceFirst("/$", "");
        try {
            WebSocket socket = http.newWebSocketBuilder()
                    .connectTimeout(PATIENCE)
                    .header("authorization", "Bearer " + token)
                    .subprotocols(Edge.NATIVE_PROTOCOL)
                    .buildAsync(URI.create(base + "/v1/workspaces/" + workspace + "/socket"), ear)
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return new Conversation(socket, ear);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("no WebSocket is opened; is something between that does not let them through?", e);
        }
    }

    public void say(String message) throws IOException, InterruptedException {
        try {
            socket.sendText(message, true).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the WebSocket takes nothing", e);
        }
    }

    /**
     * The next message of this type; others are passed over.
     *
     * @throws IOException if the server says goodbye or an error in its place, or nothing for 30 s
     */
    public JsonNode hear(String type) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            JsonNode message = ear.heard.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (message == null) {
                throw new IOException("the server says no " + type + " for " + PATIENCE.toSeconds() + " s");
            }
            String said = message.path("type").asText();
            if (said.equals(type)) {
                return message;
            }
            if (said.equals("bye") || said.equals("error")) {
                throw new IOException("the server says " + message);
            }
        }
    }

    @Override
    public void close() {
        socket.abort();
    }

    /** Puts fragments together and messages apart. */
    private static final class Ear implements WebSocket.Listener {
        private final BlockingQueue<JsonNode> heard = new LinkedBlockingQueue<>(MOST_UNREAD);
        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                JsonNode frame = read(text.toString());
                text.setLength(0);
                if (frame.isArray()) {
                    frame.forEach(this::put);
                } else {
                    put(frame);
                }
            }
            from.request(1);
            return null;
        }

        private void put(JsonNode message) {
            if (!heard.offer(message)) {
                throw new IllegalStateException("the server says more than anybody asked for");
            }
        }

        private static JsonNode read(String frame) {
            try {
                return Json.DEFAULT.<JsonNode>read(
                        frame.getBytes(StandardCharsets.UTF_8), parser -> parser.readValueAsTree());
            } catch (BadJson e) {
                throw new CompletionException(e);
            }
        }
    }
}
