package io.skein.edge.http;

import io.skein.edge.guard.Guard;
import io.skein.edge.guard.Proxies;
import io.skein.engine.meters.Meters;
import io.skein.engine.trace.Tracing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A server with a test's routes on a free port of the loopback interface. */
public final class TestServer implements AutoCloseable {
    public static final int MAX_BODY_BYTES = 1 << 20;

    private final HttpServer server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private TestServer(HttpServer server) {
        this.server = server;
    }

    public static TestServer start(Consumer<Router.Builder> routes) {
        return start(new TestSettings(), routes);
    }

    public static TestServer start(TestSettings settings, Consumer<Router.Builder> routes) {
        return start(settings, Guard.none(), routes);
    }

    public static TestServer start(TestSettings settings, Guard guard, Consumer<Router.Builder> routes) {
        return start(settings, new Gate(guard, Proxies.NONE, Optional.empty()), routes);
    }

    static TestServer start(TestSettings settings, Gate gate, Consumer<Router.Builder> routes) {
        Router.Builder router = Router.builder(MAX_BODY_BYTES);
        routes.accept(router);
        try {
            return new TestServer(HttpServer.start(
                    settings.build(), router.build(), new HttpCounters(new Meters()), gate, Tracing.OFF));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public HttpServer server() {
        return server;
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    public URI socketUri(String path) {
        return URI.create("ws://127.0.0.1:" + server.port() + path);
    }

    public HttpClient client() {
        return client;
    }

    public RawClient raw() throws IOException {
        return new RawClient(server.port());
    }

    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(20));
    }

    public HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    /** Stops without grace. */
    @Override
    public void close() {
        client.shutdownNow();
        server.stop(Duration.ZERO)
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }
}
