package io.skein.edge.api;

import com.typesafe.config.ConfigFactory;
import io.skein.cluster.NodeConfig;
import io.skein.edge.NodeFolder;
import io.skein.edge.node.Edge;
import io.skein.engine.Modules;
import io.skein.modules.board.BoardModule;
import io.skein.modules.diagrams.DiagramsModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** A whole node with an embedded PostgreSQL in {@code target/}: one for all tests of a JVM, started by the first that needs it. */
final class RunningEdge {
    private RunningEdge() {}

    private static final class Holder {
        static final Edge INSTANCE = start();

        private static Edge start() {
            Map<String, Object> overrides = Map.of(
                    "skein.data-dir",
                    NodeFolder.of("test-edge").toString(),
                    "skein.http.port",
                    0,
                    "skein.http.max-body-bytes",
                    "64KiB",
                    "skein.http.max-import-bytes",
                    "1MiB",
                    "skein.http.max-imports",
                    3,
                    "skein.history.past-states",
                    16);
            try {
                Edge edge = Edge.start(
                        NodeConfig.of(ConfigFactory.parseMap(overrides)),
                        new Modules(List.of(new BoardModule(), new DiagramsModule(), new LabModule())));
                Runtime.getRuntime().addShutdownHook(new Thread(edge::close, "test-edge-stop"));
                return edge;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static Edge get() {
        return Holder.INSTANCE;
    }
}
