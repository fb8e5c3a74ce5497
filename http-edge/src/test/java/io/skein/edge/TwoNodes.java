package io.skein.edge;

import com.typesafe.config.ConfigFactory;
import io.skein.cluster.NodeConfig;
import io.skein.edge.http.Eventually;
import io.skein.edge.node.Edge;
import io.skein.engine.Modules;
import io.skein.persistence.Endpoint;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.pekko.cluster.typed.Cluster;

/** Two nodes of one cluster in this JVM: half of the workspaces are the one's, half the other's. Both serve. */
public record TwoNodes(Edge first, Edge second) implements AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** @param name of their folders below {@code target} */
    public static TwoNodes start(String name, Modules modules) throws Exception {
        Edge first = start(name + "-first", modules, Map.of());
        try {
            var both = new TwoNodes(first, start(name + "-second", modules, beside(first, name + "-first")));
            Eventually.holds("both nodes serve", () -> isReady(both.first) && isReady(both.second));
            return both;
        } catch (IOException | RuntimeException e) {
            first.close();
            throw e;
        }
    }

    private static Edge start(String name, Modules modules, Map<String, Object> more) throws IOException {
        var settings = new HashMap<String, Object>(more);
        settings.put("skein.http.port", 0);
        settings.put("skein.presence.grace", "1s");
        settings.put("skein.http.heartbeat", "2s");
        // Who stops as the last of its cluster waits for as long, and for nobody.
        settings.put("pekko.cluster.singleton.hand-over-retry-interval", "200ms");
        settings.put("skein.data-dir", NodeFolder.of(name).toString());
        return Edge.start(NodeConfig.of(ConfigFactory.parseMap(settings)), modules);
    }

    private static Map<String, Object> beside(Edge first, String name) throws IOException {
        Endpoint database = first.node().database().endpoint();
        return Map.of(
                "skein.database.url", database.url(),
                "skein.database.user", database.user(),
                "skein.database.password", database.password(),
                "skein.cluster.environment", "local",
                "skein.cluster.seed-nodes",
                        List.of(Cluster.get(first.node().system())
                                .selfMember()
                                .address()
                                .toString()),
                "skein.auth.key", Files.readString(NodeFolder.of(name).resolve("signing-key.json")));
    }

    private static boolean isReady(Edge edge) {
        URI ready = URI.create(url(edge) + "/health/ready");
        return HTTP.sendAsync(HttpRequest.newBuilder(ready).build(), HttpResponse.BodyHandlers.discarding())
                        .join()
                        .statusCode()
                == 200;
    }

    public static String url(Edge edge) {
        return "http://127.0.0.1:" + edge.port();
    }

    @Override
    public void close() {
        second.close();
        first.close();
    }
}
