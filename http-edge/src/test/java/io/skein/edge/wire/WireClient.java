package io.skein.edge.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.wire.TestNode.Who;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A client of the native wire that remembers every message in order, and the frames they came in, and can stop reading. */
final class WireClient implements WebSocket.Listener, AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    /** A frame as it came. */
    record Frame(String text, long nanos) {}

    private final AtomicLong ids = new AtomicLong();
    private final List<JsonNode> messages = new ArrayList<>();
    private final List<Frame> frames = new ArrayList<>();
    private final StringBuilder partial = new StringBuilder();
    private @Nullable WebSocket socket;
    private @Nullable Integer closeCode;
    private int outcomes;
    private boolean paused;
    private boolean owed;
    private CompletableFuture<?> lastSend = CompletableFuture.completedFuture(null);

    static WireClient connect(String workspace, Who who) {
        return connect(TestNode.port(), workspace, who);
    }

    static WireClient connect(int port, String workspace, Who who) {
        var client = new WireClient();
        try {
            client.socket = TestNode.HTTP
                    .newWebSocketBuilder()
                    .header("Authorization", "Bearer " + who.token())
                    .subprotocols("v1.json.skein")
                    .buildAsync(
                            URI.create("ws://127.0.0.1:" + port + "/v1/workspaces/" + workspace + "/socket"), client)
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new AssertionError("no socket", e);
        }
        return client;
    }

    /** Connects and says hello for these tables as sub 1; returns once the rows are here. */
    static WireClient open(String workspace, Who who, String... tables) {
        WireClient client = connect(workspace, who);
        client.hello(null, tables);
        client.await("snapshot", message -> is(message, "snapshot"));
        return client;
    }

    // ---- what comes

    @Override
    public void onOpen(WebSocket opened) {
        opened.request(1);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            String text = partial.toString();
            partial.setLength(0);
            take(text);
        }
        synchronized (this) {
            if (paused) {
                owed = true;
            } else {
                from.request(1);
            }
        }
        return null;
    }

    private synchronized void take(String text) {
        frames.add(new Frame(text, System.nanoTime()));
        JsonNode read = parse(text);
        (read.isArray() ? read : List.of(read)).forEach(message -> {
            messages.add(message);
            outcomes += is(message, "outcome") ? 1 : 0;
        });
        notifyAll();
    }

    @Override
    public synchronized @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closeCode = code;
        notifyAll();
        return null;
    }

    @Override
    public synchronized void onError(WebSocket from, Throwable error) {
        if (closeCode == null) {
            closeCode = 1006;
        }
        notifyAll();
    }

    static JsonNode parse(String text) {
        try {
            return TestNode.JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From now on nothing is read from the socket but what is under way. */
    synchronized void pause() {
        paused = true;
    }

    synchronized void goOn() {
        paused = false;
        if (owed) {
            owed = false;
            socket().request(1);
        }
    }

    // ---- looking at it

    synchronized List<JsonNode> messages() {
        return List.copyOf(messages);
    }

    synchronized int count() {
        return messages.size();
    }

    synchronized int outcomes() {
        return outcomes;
    }

    /** Waits for so many outcomes; false if the socket closes first. */
    synchronized boolean awaitOutcomes(int number) {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (outcomes < number && closeCode == null) {
            long left = giveUp - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError("no " + number + " outcomes but " + outcomes);
            }
            waitNanos(left);
        }
        return outcomes >= number;
    }

    synchronized List<Frame> frames() {
        return List.copyOf(frames);
    }

    List<JsonNode> messages(String type) {
        return messages().stream().filter(message -> is(message, type)).toList();
    }

    /** The first message, old or new, for which this holds. */
    JsonNode await(String what, Predicate<JsonNode> wanted) {
        return await(what, 0, wanted);
    }

    /** The first for which this holds among those after the first {@code from}. */
    synchronized JsonNode await(String what, int from, Predicate<JsonNode> wanted) {
        int at = from;
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            for (; at < messages.size(); at++) {
                if (wanted.test(messages.get(at))) {
                    return messages.get(at);
                }
            }
            long left = giveUp - System.nanoTime();
            if (left <= 0 || closeCode != null) {
                int tail = Math.max(0, messages.size() - 12);
                throw new AssertionError("no " + what + "; closed " + closeCode + "; the last of " + messages.size()
                        + " were " + messages.subList(tail, messages.size()));
            }
            waitNanos(left);
        }
    }

    synchronized int awaitClose() {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (closeCode == null) {
            long left = giveUp - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError("the socket stays open");
            }
            waitNanos(left);
        }
        return closeCode;
    }

    private void waitNanos(long nanos) {
        try {
            TimeUnit.NANOSECONDS.timedWait(this, nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static boolean is(JsonNode message, String type) {
        return message.path("type").asText().equals(type);
    }

    /** Waits until the stream has come to this {@code seq}. */
    void awaitSeq(long seq) {
        await("seq " + seq, message -> switch (message.path("type").asText()) {
            case "tx", "position", "snapshot" -> message.get("seq").asLong() >= seq;
            default -> false;
        });
    }

    // ---- what goes

    void send(String text) {
        synchronized (this) {
            lastSend = lastSend.handle((_, _) -> null).thenCompose(_ -> socket().sendText(text, true));
        }
    }

    void awaitSent() {
        CompletableFuture<?> sent;
        synchronized (this) {
            sent = lastSend;
        }
        try {
            sent.join();
        } catch (CompletionException e) {
            // The server may close before it has read all; what it said is in the messages.
            synchronized (this) {
                notifyAll();
            }
        }
    }

    /** @param resume the member's JSON, or null */
    void hello(@Nullable String resume, String... tables) {
        send("{\"type\":\"hello\",\"id\":0,\"subs\":[{\"sub\":1,\"tables\":" + tables(tables) + "}]"
                + (resume == null ? "" : ",\"resume\":" + resume) + "}");
    }

    static String tables(String... tables) {
        var list = new ArrayList<String>();
        for (String table : tables) {
            list.add(table.equals("*") ? "\"*\"" : table.startsWith("{") ? table : "{\"table\":\"" + table + "\"}");
        }
        return list.toString();
    }

    static String resume(String epoch, long seq, String view) {
        return "{\"epoch\":\"%s\",\"seq\":%d,\"view\":\"%s\"}".formatted(epoch, seq, view);
    }

    /** Sends a call; {@code more} are further members with a leading comma. */
    long call(String reducer, String args, String more) {
        long id = ids.incrementAndGet();
        send("{\"type\":\"call\",\"id\":%d,\"reducer\":\"%s\",\"args\":%s%s}".formatted(id, reducer, args, more));
        return id;
    }

    JsonNode outcome(long id) {
        return await(
                "outcome " + id,
                message -> is(message, "outcome") && message.get("id").asLong() == id);
    }

    /** Calls and waits; fails unless accepted. Returns the {@code seq}. */
    long done(String reducer, String args) {
        JsonNode outcome = outcome(call(reducer, args, ""));
        if (!outcome.get("ok").asBoolean()) {
            throw new AssertionError(reducer + " was refused: " + outcome);
        }
        return outcome.get("seq").asLong();
    }

    /** Calls and waits; fails unless refused. Returns the error. */
    JsonNode refused(String reducer, String args, String more) {
        JsonNode outcome = outcome(call(reducer, args, more));
        if (outcome.get("ok").asBoolean()) {
            throw new AssertionError(reducer + " was accepted: " + outcome);
        }
        return outcome.get("error");
    }

    /** A proof that the server has read everything before it and that the session lives. */
    void ping() {
        long id = ids.incrementAndGet();
        send("{\"type\":\"ping\",\"id\":" + id + "}");
        await("pong", message -> is(message, "pong") && message.get("id").asLong() == id);
    }

    private WebSocket socket() {
        return java.util.Objects.requireNonNull(socket);
    }

    @Override
    public void close() {
        socket().abort();
    }
}
