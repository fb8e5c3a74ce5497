package io.skein.load.bench;

import io.skein.load.drive.Fleet;
import io.skein.load.drive.Pace;
import io.skein.load.drive.Window;
import io.skein.load.machine.Database;
import io.skein.load.machine.PostgresServer;
import io.skein.load.machine.ProcessorTime;
import io.skein.load.peer.NativeSkeinPeer;
import io.skein.load.peer.Peer;
import io.skein.load.peer.Repository;
import io.skein.load.peer.WsPostgresPeer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Many workspaces whose members all write: Skein beside what one would write instead, on one PostgreSQL. */
@Command(
        name = "many-workspaces",
        mixinStandardHelpOptions = true,
        description = "Many workspaces whose members all write; Skein beside a Node server with PostgreSQL.")
public final class ManyWorkspaces implements Callable<Integer> {
    private static final int JOIN_SECONDS = 120;
    /** The server refuses more than that from one session. */
    private static final int OPEN_LOOP_IN_FLIGHT = 256;

    @Option(names = "--workspaces", defaultValue = "100", description = "default ${DEFAULT-VALUE}")
    private int workspaces;

    @Option(names = "--members", defaultValue = "5", description = "of each workspace, default ${DEFAULT-VALUE}")
    private int members;

    @Option(names = "--in-flight", defaultValue = "8", description = "updates of each member, default ${DEFAULT-VALUE}")
    private int inFlight;

    @Option(names = "--rate", description = "updates/s of all members together, open loop; default: closed loop")
    private @Nullable Double rate;

    @Option(names = "--seconds", defaultValue = "20", description = "measured, default ${DEFAULT-VALUE}")
    private int seconds;

    @Option(names = "--warmup", defaultValue = "20", description = "seconds before that, default ${DEFAULT-VALUE}")
    private int warmUpSeconds;

    @Option(names = "--text-bytes", defaultValue = "120", description = "length of a text, default ${DEFAULT-VALUE}")
    private int textBytes;

    @Option(
            names = "--order",
            split = ",",
            defaultValue = WsPostgresPeer.NAME + "," + NativeSkeinPeer.NAME + "," + WsPostgresPeer.NAME + ","
                    + WsPostgresPeer.PLAIN,
            description = "who runs, in turn, default ${DEFAULT-VALUE}: the reference twice, so that noise shows")
    private List<String> order = List.of();

    @Option(
            names = "--db-url",
            description = "postgres://user:password@host:port/db instead of a PostgreSQL of our own")
    private @Nullable String databaseUrl;

    @Option(names = "--skein", split = " ", description = "how Skein is started, default: ./skein dev")
    private List<String> skeinLaunch = NativeSkeinPeer.LAUNCH;

    @Option(names = "--reference", description = "KEY=VALUE for the environment of the reference, repeatable")
    private Map<String, String> reference = new LinkedHashMap<>();

    @Option(
            names = "--limit-seconds",
            defaultValue = "4",
            description = "of each pgbench step, 0 for none, default ${DEFAULT-VALUE}")
    private int limitSeconds;

    @Option(
            names = "--drain",
            defaultValue = "60",
            description = "seconds in which all must have arrived at the end, default ${DEFAULT-VALUE}")
    private int drainSeconds;

    @Option(names = "--results", description = "where to write, default load-tests/target/many-workspaces/<time>")
    private @Nullable Path results;

    @Spec
    private @Nullable CommandSpec spec;

    /** Runs everything; 0, or 1 if a system broke its word. */
    @Override
    public Integer call() throws IOException, InterruptedException, SQLException {
        Path directory = Repository.results(results, "many-workspaces");
        Pace pace = rate == null ? new Pace.Closed(inFlight) : new Pace.Open(rate, OPEN_LOOP_IN_FLIGHT);
        Workload workload = new Workload(workspaces, members, pace, textBytes, warmUpSeconds, seconds);
        say(workload.describe());
        try (PostgresServer postgres = databaseUrl == null
                ? PostgresServer.embedded(directory.resolve("postgres"))
                : PostgresServer.external(databaseUrl)) {
            OptionalLong postmaster = postgres.postmaster();
            List<Round> rounds = new ArrayList<>();
            for (String name : order) {
                Round round = round(
                        peer(name), workload, postgres, postmaster, directory.resolve(rounds.size() + 1 + "-" + name));
                rounds.add(round);
                say(Report.line(round));
            }
            Limits.@Nullable Result limits =
                    limitSeconds == 0 ? null : Limits.measure(postgres, limitSeconds, this::say);
            Report report = new Report(workload, rounds, limits, postgres.settings(), reference);
            report.writeTo(directory);
            say(report.markdown());
            say("written to " + directory);
            return rounds.stream().allMatch(round -> round.verdict().isClean()) ? 0 : 1;
        }
    }

    private Round round(Peer peer, Workload workload, PostgresServer postgres, OptionalLong postmaster, Path directory)
            throws IOException, InterruptedException, SQLException {
        Files.createDirectories(directory);
        Database database = postgres.create("load");
        try (Peer.Running running = peer.start(database, workload.workspaces(), workload.members(), directory);
                Fleet fleet = Fleet.join(
                        running.wire(), running.seats(), workload.pace(), workload.textBytes(), JOIN_SECONDS)) {
            postgres.checkpoint();
            fleet.start();
            fleet.run(workload.warmUpSeconds());
            ProcessHandle process = running.process().handle();
            ProcessorTime before = ProcessorTime.now(process, postmaster);
            Window window = fleet.run(workload.seconds());
            ProcessorTime cpu = ProcessorTime.now(process, postmaster).since(before);
            Fleet.Verdict verdict = fleet.finish(drainSeconds);
            running.process().requireAlive();
            return new Round(peer.name(), window, cpu, verdict);
        } finally {
            postgres.drop("load");
        }
    }

    private Peer peer(String name) {
        return switch (name) {
            case WsPostgresPeer.NAME -> WsPostgresPeer.best(reference);
            case WsPostgresPeer.PLAIN -> WsPostgresPeer.plain(reference);
            case NativeSkeinPeer.NAME -> new NativeSkeinPeer(skeinLaunch);
            default -> throw new IllegalArgumentException("no such system: " + name);
        };
    }

    private void say(String text) {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        out.println(text);
        out.flush();
    }
}
