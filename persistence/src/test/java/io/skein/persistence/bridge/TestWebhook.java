package io.skein.persistence.bridge;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** An HTTP server on loopback that answers with the status that a test tells it, or hangs until the test is over. */
final class TestWebhook implements AutoCloseable {
    /** What came. {@code signature} is empty where there was none. */
    record Received(String key, String signature, String body) {}

    /** Instead of a status: no answer. */
    static final int HANG = 0;

    private final HttpServer server;
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile Function<Received, Integer> status = _ -> 204;

    TestWebhook() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::hear);
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook?x=1");
    }

    void status(Function<Received, Integer> next) {
        status = next;
    }

    /** All that came, whatever was answered. */
    List<Received> received() {
        return List.copyOf(received);
    }

    private void hear(HttpExchange exchange) throws IOException {
        var headers = exchange.getRequestHeaders();
        String signature = headers.getFirst("Skein-Signature");
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        var one = new Received(headers.getFirst("Idempotency-Key"), signature == null ? "" : signature, body);
        received.add(one);
        int answer = status.apply(one);
        if (answer == HANG) {
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return;
        }
        exchange.getResponseHeaders().add("Location", "http://127.0.0.1:1/elsewhere");
        exchange.sendResponseHeaders(answer, -1);
        exchange.close();
    }

    @Override
    public void close() {
        over.countDown();
        server.stop(0);
    }
}
