package io.skein.persistence.bridge;

import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Publishes events on a Nostr relay (NIP-01), over one WebSocket that is opened when it is needed and given up when anything about it is odd. An event
 * is sent once the relay has said {@code OK} with its id. {@code duplicate} is as good; {@code blocked}, {@code invalid} and their like are for ever;
 * {@code rate-limited}, {@code error} and what has no such word are not.
 */
final class NostrCarrier implements Carrier {
    private final BridgeSettings.Target target;
    private final Duration timeout;
    private final byte[] secret;
    private final SecureRandom random = new SecureRandom();
    private final HttpClient client;
    /** One thread opens, one at a time writes. */
    private final ReentrantLock lock = new ReentrantLock();

    private @Nullable NostrConnection connection;

    /**
     * @throws IllegalArgumentException if the target's secret is no private key
     */
    NostrCarrier(BridgeSettings.Target target, Duration timeout) {
        this.target = target;
        this.timeout = timeout;
        this.secret = HexFormat.of().parseHex(target.secret());
        Schnorr.publicKey(secret); // says at the start that it is none
        this.client = HttpClient.newBuilder()
                .connectTimeout(timeout)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    @Override
    public Result carry(Delivery delivery) throws InterruptedException {
        byte[] fresh = new byte[Schnorr.BYTES];
        random.nextBytes(fresh);
        NostrEvent event = NostrEvent.of(delivery, target.eventKind(), secret, fresh);
        long end = System.nanoTime() + timeout.toNanos();
        NostrConnection open = null;
        try {
            CompletableFuture<NostrConnection.Ok> answer;
            if (!lock.tryLock(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                return Carrier.failed("others wait for the relay");
            }
            try {
                open = connected(end);
                answer = open.expect(event.id());
                within(open.socket().sendText(event.message(), true), end);
            } finally {
                lock.unlock();
            }
            return result(within(answer, end));
        } catch (TimeoutException _) {
            drop(open);
            return Carrier.failed("no answer within " + timeout);
        } catch (ExecutionException e) {
            drop(open);
            return Carrier.failed("not reached: " + e.getCause());
        } finally {
            if (open != null) {
                open.forget(event.id());
            }
        }
    }

    /** With the lock held. */
    private NostrConnection connected(long endNanos) throws ExecutionException, InterruptedException, TimeoutException {
        if (connection != null && connection.isOpen()) {
            return connection;
        }
        var fresh = new NostrConnection();
        CompletableFuture<WebSocket> opening =
                client.newWebSocketBuilder().connectTimeout(timeout).buildAsync(target.url(), fresh);
        try {
            fresh.opened(within(opening, endNanos));
        } catch (TimeoutException e) {
            var _ = opening.whenComplete((socket, _) -> {
                if (socket != null) {
                    socket.abort(); // it came after all, and nobody waits for it
                }
            });
            throw e;
        }
        connection = fresh;
        return fresh;
    }

    private static <T> T within(Future<T> future, long endNanos)
            throws ExecutionException, InterruptedException, TimeoutException {
        return future.get(Math.max(0, endNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    private static void drop(@Nullable NostrConnection connection) {
        if (connection != null) {
            connection.end("given up");
        }
    }

    static Result result(NostrConnection.Ok ok) {
        int colon = ok.message().indexOf(':');
        String word = colon < 0 ? "" : ok.message().substring(0, colon);
        if (ok.accepted() || word.equals("duplicate")) {
            return new Result.Sent();
        }
        return switch (word) {
            case "blocked", "invalid", "pow", "restricted", "auth-required", "mute" ->
                new Result.Refused("the relay says " + ok.message());
            default -> Carrier.failed("the relay says " + ok.message());
        };
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
