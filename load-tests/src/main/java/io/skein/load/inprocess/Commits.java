package io.skein.load.inprocess;

import com.typesafe.config.ConfigFactory;
import io.skein.cluster.NodeConfig;
import io.skein.edge.node.Node;
import io.skein.engine.Modules;
import io.skein.engine.module.Access;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Outcome;
import io.skein.load.machine.Database;
import io.skein.load.machine.PgBench;
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
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.apache.pekko.actor.PoisonPill;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Durable commits per second without sockets, beside one persist per command and beside pgbench on the same server. */
@Command(
        name = "commits",
        mixinStandardHelpOptions = true,
        description =
                "Durable commits/s in process: one hot workspace and many, beside one persist per command and pgbench.")
public final class Commits implements Callable<Integer> {
    private static final int SEED_BATCH = 50;

    @Option(
            names = "--workspaces",
            defaultValue = "1000",
            description = "workspaces in the second part (${DEFAULT-VALUE})")
    private int workspaces;

    @Option(
            names = "--hot-in-flight",
            defaultValue = "1024",
            description = "calls in flight to the hot one (${DEFAULT-VALUE})")
    private int hotInFlight;

    @Option(
            names = "--in-flight",
            defaultValue = "8",
            description = "calls in flight to each of many (${DEFAULT-VALUE})")
    private int inFlight;

    @Option(names = "--warmup", defaultValue = "20", description = "seconds before measuring (${DEFAULT-VALUE})")
    private int warmupSeconds;

    @Option(names = "--seconds", defaultValue = "15", description = "seconds measured (${DEFAULT-VALUE})")
    private int seconds;

    @Option(
            names = "--folder",
            defaultValue = "load-tests/target/commits",
            description = "where the server's data goes")
    private Path folder = Path.of("load-tests/target/commits");

    /** @param p99Micros 0 where latencies were not recorded */
    private record Rate(double perSecond, long p50Micros, long p99Micros) {
        @Override
        public String toString() {
            return "%,.0f/s, p50 %.1f ms, p99 %.1f ms".formatted(perSecond, p50Micros / 1_000.0, p99Micros / 1_000.0);
        }
    }

    @Override
    public Integer call() throws Exception {
        try (PostgresServer postgres = PostgresServer.embedded(folder.resolve("data"))) {
            Database database = postgres.create("commits");
            double pgbench = pgbench(postgres);
            Map<String, Object> overrides = Map.of(
                    "skein.database.url", database.jdbcUrl(),
                    "skein.database.user", database.user(),
                    "skein.database.password", database.password(),
                    "skein.data-dir", folder.resolve("node").toString(),
                    "pekko.loglevel", "WARNING");
            try (Node node = Node.start(NodeConfig.of(ConfigFactory.parseMap(overrides)), Modules.installed())) {
                return report(node, postgres, pgbench);
            }
        }
    }

    private int report(Node node, PostgresServer postgres, double pgbench) throws Exception {
        Rate single = measure(tally -> List.of(spawn(node, OnePersistPerCommand.driver("single", 64, tally))));
        say("one persist per command, 64 in flight: %s", single);
        seed(node, "hot");
        postgres.checkpoint();
        Rate hot = measure(tally -> List.of(spawn(node, Driver.create("hot", hotInFlight, tally))));
        say("one hot workspace, %d in flight: %s", hotInFlight, hot);
        for (int i = 0; i < workspaces; i++) {
            seed(node, "many-" + i);
        }
        postgres.checkpoint();
        Rate many = measure(tally -> IntStream.range(0, workspaces)
                .<ActorRef<?>>mapToObj(i -> spawn(node, Driver.create("many-" + i, inFlight, tally)))
                .toList());
        say("%d workspaces, %d in flight each: %s", workspaces, inFlight, many);
        double hotRatio = hot.perSecond() / single.perSecond();
        double manyRatio = many.perSecond() / pgbench;
        say("hot / one persist per command: %.1f (wanted 10); hot: wanted 30,000/s", hotRatio);
        say("many / pgbench's best: %.2f (wanted 3); many: wanted 20,000/s", manyRatio);
        boolean held = hot.perSecond() >= 30_000 && hotRatio >= 10 && many.perSecond() >= 20_000 && manyRatio >= 3;
        return held ? 0 : 1;
    }

    /** Best rate of single-row inserts; infinite, so that no ratio is claimed, where there is no pgbench. */
    private static double pgbench(PostgresServer postgres) throws Exception {
        Optional<PgBench> found = PgBench.find();
        double best = 0;
        for (int clients : new int[] {8, 32, 64, 128}) {
            if (found.isPresent()) {
                PgBench.Step step = found.get().insertSingleRows(postgres, clients, 8);
                say("pgbench, %d clients: %,.0f single-row inserts/s", clients, step.insertsPerSecond());
                best = Math.max(best, step.insertsPerSecond());
            }
        }
        return best == 0 ? Double.POSITIVE_INFINITY : best;
    }

    /** Starts drivers. */
    private interface Load {
        List<? extends ActorRef<?>> start(Driver.Tally tally);
    }

    private Rate measure(Load load) throws InterruptedException {
        var tally = new Driver.Tally(new LongAdder(), new LongAdder(), new Recorder(3));
        List<? extends ActorRef<?>> drivers = load.start(tally);
        TimeUnit.SECONDS.sleep(warmupSeconds);
        tally.latencyMicros().getIntervalHistogram();
        long before = tally.commits().sum();
        long from = System.nanoTime();
        TimeUnit.SECONDS.sleep(seconds);
        long commits = tally.commits().sum() - before;
        double elapsed = (System.nanoTime() - from) / 1e9;
        Histogram latency = tally.latencyMicros().getIntervalHistogram();
        drivers.forEach(driver -> Adapter.toClassic(driver).tell(PoisonPill.getInstance(), null));
        if (tally.refused().sum() > 0) {
            say("REFUSED: %d calls", tally.refused().sum());
        }
        return new Rate(commits / elapsed, latency.getValueAtPercentile(50), latency.getValueAtPercentile(99));
    }

    private static void seed(Node node, String id) throws Exception {
        node.engine()
                .create(id, Driver.WRITER, id, "board", Access.PRIVATE, "", Optional.empty())
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
        List<CompletableFuture<Outcome>> cards = new ArrayList<>();
        for (int i = 0; i < Driver.CARDS; i++) {
            var card = new BoardModule.AddCard("card-" + i, "a card of the load test", 0, i);
            cards.add(node.engine()
                    .call(id, Call.of(Driver.WRITER, "add_card", card))
                    .toCompletableFuture());
            if (cards.size() == SEED_BATCH) {
                CompletableFuture.allOf(cards.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
                cards.clear();
            }
        }
    }

    private static <T> ActorRef<T> spawn(Node node, org.apache.pekko.actor.typed.Behavior<T> behavior) {
        return node.system().systemActorOf(behavior, "driver-" + System.nanoTime(), Props.empty());
    }

    private static void say(String format, Object... values) {
        System.out.printf(format + "%n", values);
    }
}
