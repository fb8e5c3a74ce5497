package io.skein.persistence.bridge;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.net.http.WebSocket;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A socket to a relay, and who waits for what on it. As many wait as deliveries are carried at once. */
final class NostrConnection implements WebSocket.Listener {
    /** What a relay says of an event. */
    record Ok(String id, boolean accepted, String message) {}

    /** Characters of one message; more is no relay. */
    private static final int MAX_MESSAGE = 64 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(NostrConnection.class);

    private final Map<String, CompletableFuture<Ok>> waiting = new ConcurrentHashMap<>();
    private final StringBuilder message = new StringBuilder();
    private volatile @Nullable WebSocket socket;
    private volatile boolean ended;

    void opened(WebSocket open) {
        socket = open;
    }

    WebSocket socket() {
        return Objects.requireNonNull(socket, "not open yet");
    }

    boolean isOpen() {
        return !ended;
    }

    /** Completes when the relay says something of this event, or fails with the connection. */
    CompletableFuture<Ok> expect(String id) {
        CompletableFuture<Ok> answer = waiting.computeIfAbsent(id, _ -> new CompletableFuture<>());
        if (ended) {
            answer.completeExceptionally(new IOException("the connection has ended"));
        }
        return answer;
    }

    void forget(String id) {
        waiting.remove(id);
    }

    void end(String why) {
        ended = true;
        WebSocket open = socket;
        if (open != null) {
            open.abort();
        }
        waiting.values().forEach(answer -> answer.completeExceptionally(new IOException(why)));
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        if (message.length() + data.length() > MAX_MESSAGE) {
            end("a message of more than " + MAX_MESSAGE + " characters");
            return null;
        }
        message.append(data);
        if (last) {
            String text = message.toString();
            message.setLength(0);
            hear(text);
        }
        from.request(1);
        return null;
    }

    private void hear(String text) {
        Optional<Ok> ok = read(text);
        if (ok.isEmpty()) {
            LOG.debug("a relay says {}", text); // notices and challenges: nothing waits for them
            return;
        }
        CompletableFuture<Ok> answer = waiting.get(ok.get().id());
        if (answer != null) {
            answer.complete(ok.get());
        }
    }

    /** {@code ["OK", id, accepted, message]}; empty if this is something else. */
    static Optional<Ok> read(String text) {
        try (JsonParser in = Envelope.JSON.createParser(text)) {
            if (in.nextToken() != JsonToken.START_ARRAY || !"OK".equals(in.nextTextValue())) {
                return Optional.empty();
            }
            String id = in.nextTextValue();
            JsonToken accepted = in.nextToken();
            String why = in.nextTextValue();
            boolean isOk = id != null && accepted != null && accepted.isBoolean();
            return isOk
                    ? Optional.of(new Ok(id, accepted == JsonToken.VALUE_TRUE, why == null ? "" : why))
                    : Optional.empty();
        } catch (IOException _) {
            return Optional.empty(); // not JSON: whoever waits is told by the clock
        }
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
        end("the relay closed with " + status + " " + reason);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        end("the connection broke: " + error);
    }
}
