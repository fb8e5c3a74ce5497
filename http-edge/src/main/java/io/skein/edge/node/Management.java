package io.skein.edge.node;

import io.skein.cluster.SkeinSettings;
import io.skein.edge.http.HttpServer;
import io.skein.edge.http.HttpSettings;
import io.skein.edge.http.Router;
import io.skein.edge.metrics.MetricsRoute;
import io.skein.engine.meters.Meters;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The port for those who look after a node: probes and metrics. It has a thread of its own, so that it answers while clients keep theirs busy, and is open
 * until the node has stopped. Nobody has to say who they are, and nothing can be changed there.
 */
final class Management implements AutoCloseable {
    /** Probes and a few metrics systems; enough for each to be late a few times. */
    private static final int MAX_CONNECTIONS = 64;

    private static final int MAX_HEADER_BYTES = 8 << 10;
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final HttpServer server;

    private Management(HttpServer server) {
        this.server = server;
    }

    /** @throws IOException if the port cannot be had */
    static Management start(SkeinSettings.Management settings, Health health, Meters meters) throws IOException {
        meters.gauge(
                "skein_ready",
                "1 if this node was ready when it was last asked, a moment ago; otherwise 0.",
                health::told);
        Router.Builder router = Router.builder(0);
        health.addTo(router);
        new MetricsRoute(meters, health::look).addTo(router);
        return new Management(HttpServer.start(httpSettings(settings), router.build()));
    }

    private static HttpSettings httpSettings(SkeinSettings.Management settings) {
        HttpSettings usual = HttpSettings.DEFAULT;
        return new HttpSettings(
                settings.host(),
                settings.port(),
                1,
                MAX_CONNECTIONS,
                MAX_HEADER_BYTES,
                MAX_HEADER_BYTES,
                usual.requestTimeout(),
                usual.answerTimeout(),
                usual.idleTimeout(),
                usual.writeHighBytes(),
                List.of(),
                usual.socket());
    }

    /** The port it listens on. */
    int port() {
        return server.port();
    }

    @Override
    public void close() {
        CompletionStage<Void> stopped = server.stop(GRACE);
        stopped.toCompletableFuture().join();
    }
}
