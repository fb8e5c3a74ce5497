package io.skein.edge.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.ConfigFactory;
import io.skein.cluster.NodeConfig;
import io.skein.edge.NodeFolder;
import io.skein.edge.node.Edge;
import io.skein.engine.Modules;
import io.skein.engine.module.Access;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.schema.Identity;
import io.skein.modules.board.BoardModule;
import io.skein.modules.flow.FlowModule;
import io.skein.persistence.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.cluster.typed.Cluster;

/** One node for all tests of a JVM, with a PostgreSQL of its own below {@code target/}. */
final class TestNode {
    static final ObjectMapper JSON = new ObjectMapper();
    static final HttpClient HTTP = HttpClient.newHttpClient();

    private static final AtomicInteger WORKSPACES = new AtomicInteger();
    private static final String RUN = Long.toString(System.currentTimeMillis(), 36);

    private TestNode() {}

    private static final class Running {
        static final Edge EDGE = start("wire-node", Map.of());

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(EDGE::close, "wire-node-stop"));
        }
    }

    static Edge edge() {
        return Running.EDGE;
    }

    static int port() {
        return edge().port();
    }

    /** A node with a data directory of this name; {@code settings} are above the defaults. */
    static Edge start(String name, Map<String, Object> settings) {
        return start(name, settings, List.of(new BoardModule(), new FlowModule(), new NotesModule()));
    }

    /** The same with other modules. */
    static Edge start(String name, Map<String, Object> settings, List<io.skein.engine.module.Module> modules) {
        var all = new HashMap<String, Object>(Map.of(
                "skein.http.port",
                0,
                "skein.http.heartbeat",
                "1s",
                "skein.data-dir",
                dataDir(name).toString(),
                "skein.relay.linger",
                "1s",
                // Who stops as the last of its cluster waits for as long, and for nobody.
                "pekko.cluster.singleton.hand-over-retry-interval",
                "200ms"));
        all.putAll(settings);
        try {
            return Edge.start(NodeConfig.of(ConfigFactory.parseMap(all)), new Modules(modules));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Another node of the cluster of {@code first}, which was started under {@code firstName} and holds their database. */
    static Edge startBeside(Edge first, String firstName, String name) throws IOException {
        return startBeside(first, firstName, name, Map.of());
    }

    /** The same with more settings above the defaults. */
    static Edge startBeside(Edge first, String firstName, String name, Map<String, Object> settings)
            throws IOException {
        Endpoint database = first.node().database().endpoint();
        String seed = Cluster.get(first.node().system()).selfMember().address().toString();
        var all = new HashMap<String, Object>(Map.of(
                "skein.database.url", database.url(),
                "skein.database.user", database.user(),
                "skein.database.password", database.password(),
                "skein.cluster.environment", "local",
                "skein.cluster.seed-nodes", List.of(seed),
                "skein.auth.key", Files.readString(dataDir(firstName).resolve("signing-key.json"))));
        all.putAll(settings);
        return start(name, all);
    }

    static Path dataDir(String name) {
        return NodeFolder.of(name);
    }

    /** Somebody with a token. */
    record Who(Identity identity, String token) {}

    static Who somebody() {
        return somebody(port());
    }

    static Who somebody(int port) {
        try {
            var response = HTTP.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/identity"))
                            .POST(HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            JsonNode body = JSON.readTree(response.body());
            return new Who(
                    Identity.parse(body.get("identity").asText()),
                    body.get("token").asText());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static String freshName() {
        return "w-" + RUN + "-" + WORKSPACES.incrementAndGet();
    }

    /** A new workspace of this module, owned by {@code owner}. */
    static String workspace(Who owner, String module, Access access) {
        String id = freshName();
        create(edge(), id, owner, module, access);
        return id;
    }

    static void create(Edge edge, String id, Who owner, String module, Access access) {
        try {
            Outcome outcome = edge.node()
                    .engine()
                    .create(id, owner.identity(), id, module, access, "owner", Optional.empty())
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
            if (!(outcome instanceof Outcome.Accepted)) {
                throw new AssertionError("no workspace: " + outcome);
            }
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new AssertionError("no workspace", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
