package io.skein.load.inprocess;

import com.typesafe.config.ConfigFactory;
import io.skein.cluster.NodeConfig;
import io.skein.edge.node.Node;
import io.skein.engine.Modules;
import io.skein.engine.module.Access;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.view.Filter;
import io.skein.engine.view.Subscription;
import io.skein.engine.workspace.ReadAnswer;
import io.skein.load.machine.Database;
import io.skein.load.machine.PostgresServer;
import io.skein.modules.board.BoardModule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How long it takes until a workspace with a long history answers, on a node that has just started. */
@Command(
        name = "cold-open",
        mixinStandardHelpOptions = true,
        description = "Opens a workspace with many transactions behind it on a fresh node, with and without stored"
                + " snapshots.")
public final class ColdOpen implements Callable<Integer> {
    private static final int BATCH = 500;
    private static final double WANTED_MILLIS = 1_000;

    @Option(names = "--transactions", defaultValue = "100000", description = "behind the workspace (${DEFAULT-VALUE})")
    private int transactions;

    @Option(names = "--cards", defaultValue = "1000", description = "rows that they leave (${DEFAULT-VALUE})")
    private int cards;

    @Option(
            names = "--folder",
            defaultValue = "load-tests/target/cold-open",
            description = "where the server's data goes")
    private Path folder = Path.of("load-tests/target/cold-open");

    @Override
    public Integer call() throws Exception {
        try (PostgresServer postgres = PostgresServer.embedded(folder.resolve("data"))) {
            double with = openMillis(postgres.create("with_snapshots"), 1_000);
            double without = openMillis(postgres.create("without_snapshots"), Integer.MAX_VALUE);
            System.out.printf(
                    "%,d transactions, %,d rows: first answer after %.0f ms with snapshots (wanted: under %.0f), %.0f"
                            + " ms without%n",
                    transactions, cards, with, WANTED_MILLIS, without);
            return with < WANTED_MILLIS ? 0 : 1;
        }
    }

    private double openMillis(Database database, int snapshotMinTransactions) throws Exception {
        Map<String, Object> overrides = Map.of(
                "skein.database.url", database.jdbcUrl(),
                "skein.database.user", database.user(),
                "skein.database.password", database.password(),
                "skein.data-dir", folder.resolve("node").toString(),
                "skein.workspace.snapshot-min-transactions", snapshotMinTransactions,
                "pekko.loglevel", "WARNING");
        NodeConfig config = NodeConfig.of(ConfigFactory.parseMap(overrides));
        try (Node node = Node.start(config, Modules.installed())) {
            fill(node);
        }
        try (Node node = Node.start(config, Modules.installed())) {
            read(node, "other"); // sharding is up; what is measured is the workspace
            long from = System.nanoTime();
            ReadAnswer answer = read(node, "cold");
            double millis = (System.nanoTime() - from) / 1e6;
            if (!(answer instanceof ReadAnswer.Found found) || found.seq() < transactions) {
                throw new IllegalStateException("the workspace is not what was written: " + answer);
            }
            return millis;
        }
    }

    private void fill(Node node) throws Exception {
        for (String id : List.of("cold", "other")) {
            node.engine()
                    .create(id, Driver.WRITER, id, "board", Access.PRIVATE, "", Optional.empty())
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS);
        }
        List<CompletableFuture<Outcome>> calls = new ArrayList<>();
        for (int i = 0; i < transactions; i++) {
            String card = "card-" + i % cards;
            Call call = i < cards
                    ? Call.of(Driver.WRITER, "add_card", new BoardModule.AddCard(card, "a card of the load test", 0, i))
                    : Call.of(Driver.WRITER, "move_card", new BoardModule.MoveCard(card, i % 10, i));
            calls.add(node.engine().call("cold", call).toCompletableFuture());
            if (calls.size() == BATCH) {
                CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
                calls.clear();
            }
        }
        CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
    }

    private static ReadAnswer read(Node node, String id) throws Exception {
        var cards = Subscription.of(1, Map.of("card", new Filter.All()));
        return node.engine()
                .read(id, Driver.WRITER, List.of(cards))
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
    }
}
