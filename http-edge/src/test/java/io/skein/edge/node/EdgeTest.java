package io.skein.edge.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.skein.cluster.NodeConfig;
import io.skein.edge.NodeFolder;
import io.skein.edge.http.Eventually;
import io.skein.engine.Modules;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole node's beginning and end. */
class EdgeTest {
    @TempDir
    private static Path folder;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static Edge start(String name, String stopDelay) throws IOException {
        Map<String, Object> overrides = Map.of(
                "skein.data-dir",
                NodeFolder.at(folder.resolve(name)).toString(),
                "skein.http.port",
                0,
                "skein.http.stop-delay",
                stopDelay,
                // Who stops as the last of its cluster waits for as long, and for nobody.
                "pekko.cluster.singleton.hand-over-retry-interval",
                "200ms");
        return Edge.start(NodeConfig.of(ConfigFactory.parseMap(overrides)), Modules.installed());
    }

    private HttpResponse<String> ask(int port, String path) {
        try {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private boolean refusesConnections(int port) {
        try {
            ask(port, "/health/alive");
            return false;
        } catch (UncheckedIOException e) {
            return e.getCause() instanceof ConnectException;
        }
    }

    @Test
    void L2_a_node_says_that_it_is_ready_and_then_that_it_stops_before_it_does() throws Exception {
        Edge edge = start("stopping", "3s");
        int port = edge.port();
        assertEquals(200, ask(port, "/health/alive").statusCode());
        Eventually.holds("it is ready", () -> ask(port, "/health/ready").statusCode() == 200);
        assertEquals(200, ask(port, "/health/startup").statusCode());

        var closing = CompletableFuture.runAsync(edge::close);
        Eventually.holds(
                "it says that it stops", () -> ask(port, "/health/ready").body().contains("stopping"));
        assertEquals(200, ask(port, "/health/alive").statusCode(), "others are still served");
        assertFalse(closing.isDone());
        closing.get(60, TimeUnit.SECONDS);
        Eventually.holds("the port is closed", () -> refusesConnections(port));
    }

    @Test
    void the_page_runs_no_style_or_script_but_its_own() throws Exception {
        Edge edge = start("page", "0s");
        try {
            var page = ask(edge.port(), "/");
            String policy = page.headers().firstValue("content-security-policy").orElse("");
            assertTrue(policy.contains("default-src 'self'"), policy);
            assertFalse(policy.contains("unsafe"), policy);
            assertFalse(page.body().contains("style="), "an inline style would not be applied");
            assertFalse(page.body().matches("(?s).*<(style|script)>.*"));
        } finally {
            edge.close();
        }
    }

    @Test
    void a_database_that_is_away_makes_a_node_unready_and_leaves_it_alive() throws Exception {
        Edge edge = start("database", "0s");
        try {
            Eventually.holds(
                    "it is ready", () -> ask(edge.port(), "/health/ready").statusCode() == 200);
            edge.node().database().close();
            Eventually.holds(
                    "it misses the database",
                    () -> ask(edge.port(), "/health/ready").body().contains("the database does not answer"));
            assertEquals(503, ask(edge.port(), "/health/ready").statusCode());
            assertEquals(200, ask(edge.port(), "/health/alive").statusCode());
            assertEquals(200, ask(edge.port(), "/health/startup").statusCode());
        } finally {
            edge.close();
        }
    }
}
