package io.skein.edge.abuse;

import com.typesafe.config.ConfigFactory;
import io.skein.cluster.NodeConfig;
import io.skein.edge.NodeFolder;
import io.skein.edge.node.Edge;
import io.skein.engine.Modules;
import io.skein.engine.meters.Meter;
import io.skein.engine.module.Access;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.schema.Identity;
import io.skein.modules.board.BoardModule;
import io.skein.modules.rooms.RoomsModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A node with narrow limits that takes this machine for a proxy, so that a test may come from any address: one for all tests of a JVM. */
final class GuardedNode {
    static final int CONNECTIONS = 4;
    static final int SESSIONS = 3;
    static final int IDENTITIES = 5;
    static final int WORKSPACES = 6;
    static final int INVITES_OF_IDENTITY = 4;
    static final int INVITES_OF_ADDRESS = 7;
    static final int TOKENS = 3;

    private GuardedNode() {}

    /** Somebody with a token, who cost nobody's pace. */
    record Who(Identity identity, String token) {}

    private static final class Holder {
        static final Edge INSTANCE = start();

        private static Edge start() {
            var settings = new HashMap<String, Object>(Map.of(
                    "skein.data-dir",
                    NodeFolder.of("abuse-edge").toString(),
                    "skein.http.port",
                    0,
                    "skein.http.trusted-proxies",
                    List.of("127.0.0.1"),
                    "skein.limits.connections-of-address",
                    CONNECTIONS,
                    "skein.limits.sessions-of-identity",
                    SESSIONS));
            pace(settings, "identities-of-address", IDENTITIES);
            pace(settings, "workspaces-of-identity", WORKSPACES);
            pace(settings, "invites-of-identity", INVITES_OF_IDENTITY);
            pace(settings, "invites-of-address", INVITES_OF_ADDRESS);
            pace(settings, "tokens-of-identity", TOKENS);
            try {
                Edge edge = Edge.start(
                        NodeConfig.of(ConfigFactory.parseMap(settings)),
                        new Modules(List.of(new BoardModule(), new RoomsModule())));
                Runtime.getRuntime().addShutdownHook(new Thread(edge::close, "abuse-edge-stop"));
                return edge;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void pace(Map<String, Object> settings, String name, int atOnce) {
            settings.put("skein.limits." + name + ".at-once", atOnce);
            settings.put("skein.limits." + name + ".a-minute", 1);
        }
    }

    static Edge edge() {
        return Holder.INSTANCE;
    }

    static Who somebody() {
        var issued = edge().auth().issuer().issue(UUID.randomUUID().toString());
        return new Who(issued.says().identity(), issued.token());
    }

    /** A new workspace, made past the guard. */
    static String workspace(Who owner, Access access) {
        String id = "w-" + UUID.randomUUID();
        Outcome outcome = edge().node()
                .engine()
                .create(id, owner.identity(), id, "board", access, "owner", Optional.empty())
                .toCompletableFuture()
                .join();
        if (!(outcome instanceof Outcome.Accepted)) throw new AssertionError("no workspace: " + outcome);
        return id;
    }

    /** How often this limit has refused somebody. */
    static long limited(String limit) {
        return count("skein_limited_total", new Meter.Label("limit", limit));
    }

    /** What a counter has. */
    static long count(String name, Meter.Label... labels) {
        return edge().node().engine().meters().all().stream()
                .filter(meter -> meter.name().equals(name) && meter.labels().equals(List.of(labels)))
                .map(Meter.Counter.class::cast)
                .findFirst()
                .orElseThrow()
                .count();
    }
}
