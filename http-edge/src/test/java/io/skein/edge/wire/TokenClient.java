package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.wire.TestNode.Who;
import io.skein.engine.schema.Identity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Somebody with one token, who asks one node. */
record TokenClient(int port, String token) {
    private static final int PATIENCE_SECONDS = 30;

    /** Both kinds of sockets. */
    enum Wire {
        NATIVE("/v1/workspaces/%s/socket", "v1.json.skein", "ticket"),
        SPACETIME("/v1/database/%s/subscribe", "v2.bsatn.spacetimedb", "token");

        private final String path;
        private final String protocol;
        private final String parameter;

        Wire(String path, String protocol, String parameter) {
            this.path = path;
            this.protocol = protocol;
            this.parameter = parameter;
        }
    }

    HttpResponse<String> get(String path) {
        return send(request(path));
    }

    HttpResponse<String> post(String path, String body) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private HttpRequest.Builder request(String path) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return TestNode.HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    Who who() {
        return new Who(Identity.parse(me().get("identity").asText()), token);
    }

    /** The token's id. */
    String id() {
        return me().get("id").asText();
    }

    private JsonNode me() {
        return WireClient.parse(get("/v1/identity").body());
    }

    /** With a token made from this one; {@code members} of the request. */
    TokenClient narrowed(String members) {
        var made = post("/v1/identity/tokens", "{" + members + "}");
        assertEquals(201, made.statusCode(), made::body);
        return new TokenClient(port, WireClient.parse(made.body()).get("token").asText());
    }

    String ticket() {
        return WireClient.parse(post("/v1/identity/websocket-token", "").body())
                .get("token")
                .asText();
    }

    /** An answer that names the scope that the token has not. */
    void assertLacks(String scope, HttpResponse<String> answer) {
        assertEquals(403, answer.statusCode(), () -> answer.uri() + ": " + answer.body());
        JsonNode problem = WireClient.parse(answer.body());
        assertEquals("forbidden", problem.get("code").asText());
        assertEquals("scope", problem.get("reason").asText());
        assertTrue(problem.get("detail").asText().endsWith(" " + scope), problem::toString);
    }

    /** The status of the answer to an upgrade by this token. */
    int upgrade(Wire wire, String workspace) {
        return upgrade(wire, workspace, null);
    }

    /** By a ticket instead. */
    int upgrade(Wire wire, String workspace, @Nullable String ticket) {
        try {
            connect(port, wire, workspace, ticket, new WebSocket.Listener() {}).abort();
            return 101;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof WebSocketHandshakeException refused) {
                return refused.getResponse().statusCode();
            }
            throw new AssertionError(e);
        }
    }

    private WebSocket connect(
            int node, Wire wire, String workspace, @Nullable String ticket, WebSocket.Listener listener)
            throws ExecutionException {
        var builder = TestNode.HTTP.newWebSocketBuilder().subprotocols(wire.protocol);
        if (ticket == null) {
            builder.header("Authorization", "Bearer " + token);
        }
        String query = ticket == null ? "" : "?" + wire.parameter + "=" + ticket;
        try {
            return builder.buildAsync(
                            URI.create("ws://127.0.0.1:" + node + wire.path.formatted(workspace) + query), listener)
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A socket of the SpacetimeDB wire: its end, and answers as the text that their bytes make. */
    static final class Listening implements WebSocket.Listener, AutoCloseable {
        private final CompletableFuture<String> closed = new CompletableFuture<>();
        private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
        private @Nullable WebSocket socket;

        @Override
        public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
            answers.add(StandardCharsets.ISO_8859_1.decode(data).toString());
            from.request(1);
            return null;
        }

        /** Calls a reducer with one string; the answer. */
        String call(String reducer, String argument) {
            byte[] name = reducer.getBytes(StandardCharsets.US_ASCII);
            byte[] value = argument.getBytes(StandardCharsets.US_ASCII);
            ByteBuffer call =
                    ByteBuffer.allocate(18 + name.length + value.length).order(ByteOrder.LITTLE_ENDIAN);
            call.put((byte) 3).putInt(7).put((byte) 0).putInt(name.length).put(name);
            call.putInt(4 + value.length).putInt(value.length).put(value).flip();
            java.util.Objects.requireNonNull(socket).sendBinary(call, true).join();
            try {
                while (true) {
                    String answer = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                    if (answer == null) throw new AssertionError("no answer to " + reducer);
                    if (answer.charAt(1) == 6) return answer; // the result of a call
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            closed.complete(code + " " + reason);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            closed.completeExceptionally(error);
        }

        /** Code and reason. */
        String awaitClose() {
            return closed.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
        }

        @Override
        public void close() {
            java.util.Objects.requireNonNull(socket).abort();
        }
    }

    Listening listen(int node, String workspace) {
        var listening = new Listening();
        try {
            listening.socket = connect(node, Wire.SPACETIME, workspace, null, listening);
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
        return listening;
    }
}
