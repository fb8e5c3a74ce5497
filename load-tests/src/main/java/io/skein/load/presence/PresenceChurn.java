package io.skein.load.presence;

import io.skein.load.machine.Limits;
import io.skein.load.machine.PostgresServer;
import io.skein.load.peer.Surroundings;
import io.skein.load.report.Markdown;
import io.skein.load.report.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** People who come and go in one room: Skein beside what one would take instead; then big rooms of Skein. */
@Command(
        name = "presence-churn",
        mixinStandardHelpOptions = true,
        description = "People who come and go in one room; Skein beside ws, Socket.IO, Hocuspocus and ShareDB. Then big"
                + " rooms of Skein.")
public final class PresenceChurn implements Callable<Integer> {
    @Option(
            names = "--peers",
            split = ",",
            defaultValue = SkeinHost.NAME + "," + NodeHost.WS + "," + NodeHost.HOCUSPOCUS + "," + NodeHost.SOCKET_IO
                    + "," + NodeHost.WS_TICKS + "," + NodeHost.SHARE_DB + "," + NodeHost.WS + "," + SkeinHost.NAME,
            description =
                    "who runs, in turn, default ${DEFAULT-VALUE}: twice, so that noise shows; none for big rooms alone")
    private List<String> peers = List.of();

    @Option(names = "--sessions", defaultValue = "200", description = "in the room, default ${DEFAULT-VALUE}")
    private int sessions;

    @Option(
            names = "--rate",
            defaultValue = "50",
            description = "pairs a second, one who comes and one who goes, default ${DEFAULT-VALUE}")
    private double rate;

    @Option(
            names = "--in-flight",
            defaultValue = "25",
            description = "pairs that not everyone was told of; further ones wait then, default ${DEFAULT-VALUE}")
    private int inFlight;

    @Option(names = "--seconds", defaultValue = "20", description = "measured, default ${DEFAULT-VALUE}")
    private int seconds;

    @Option(names = "--warmup", defaultValue = "40", description = "seconds before that, default ${DEFAULT-VALUE}")
    private int warmUpSeconds;

    @Option(
            names = "--big",
            split = ",",
            defaultValue = "2000,10000",
            description = "sessions of Skein in one room, in turn, default ${DEFAULT-VALUE}; 0 for none")
    private List<Integer> big = List.of();

    @Option(
            names = "--big-seconds",
            defaultValue = "60",
            description = "of churn in each cycle of a big room, default ${DEFAULT-VALUE}")
    private int bigSeconds;

    @Option(
            names = "--cycles",
            defaultValue = "3",
            description = "churn and everyone's reconnect in a big room, default ${DEFAULT-VALUE}")
    private int cycles;

    @Option(
            names = "--grace",
            defaultValue = "10",
            description = "seconds for which Skein shows whose connection broke, default ${DEFAULT-VALUE}")
    private int graceSeconds;

    @Option(names = "--seed", defaultValue = "1", description = "of the dice that choose who goes")
    private long seed;

    @Mixin
    private Surroundings surroundings = new Surroundings();

    @Spec
    private @Nullable CommandSpec spec;

    private final List<Round> rounds = new ArrayList<>();
    private final List<BigRound> bigRounds = new ArrayList<>();
    private final Map<String, String> skipped = new LinkedHashMap<>();

    /** Runs everything; 0, or 1 if Skein told somebody what is not true or could not run. */
    @Override
    public Integer call() throws IOException, InterruptedException, SQLException {
        Path directory = surroundings.results("presence-churn");
        var progress = new Progress(Objects.requireNonNull(spec).commandLine().getOut());
        var load = new ChurnLoad(sessions, rate, inFlight, warmUpSeconds, seconds, seed);
        progress.say(load.describe());
        String startedAt = Instant.now().toString();
        try (PostgresServer postgres = surroundings.postgres(directory)) {
            Map<String, String> machine = Limits.describe(postgres, 0, progress::say);
            try {
                run(load, new SkeinHost(surroundings.skein(), postgres, graceSeconds), directory, progress);
            } finally {
                // What has run until something failed is told too.
                ChurnReport.of(load, rounds, bigRounds, skipped, startedAt, machine)
                        .leave(directory, progress);
            }
        }
        boolean clean = rounds.stream()
                .filter(round -> round.host().equals(SkeinHost.NAME))
                .allMatch(Round::isClean);
        return clean && bigRounds.stream().allMatch(round -> round.findings().isEmpty()) ? 0 : 1;
    }

    private void run(ChurnLoad load, SkeinHost skein, Path directory, Progress progress)
            throws IOException, InterruptedException, SQLException {
        compare(new ChurnRun(load, progress), skein, directory, progress);
        var run = new BigRun(bigSeconds, cycles, graceSeconds, seed, progress);
        for (int size : big) {
            if (size > 0) {
                progress.say("%,d sessions of skein".formatted(size));
                bigRounds.add(run.round(skein, size, directory.resolve("big-" + size)));
            }
        }
    }

    private void compare(ChurnRun run, SkeinHost skein, Path directory, Progress progress)
            throws IOException, InterruptedException, SQLException {
        for (String name : peers) {
            if (name.equals("none") || skipped.containsKey(name)) {
                continue;
            }
            Path logs = directory.resolve(rounds.size() + 1 + "-" + name);
            if (name.equals(SkeinHost.NAME)) {
                add(run.round(skein, logs), progress);
            } else {
                other(run, node(name), logs, progress);
            }
        }
    }

    /** One that is not there, or does not stand it, ends nobody else's run. */
    private void other(ChurnRun run, Host host, Path logs, Progress progress)
            throws InterruptedException, SQLException {
        try {
            host.install();
            add(run.round(host, logs), progress);
        } catch (IOException | IllegalStateException e) {
            skipped.put(host.name(), String.valueOf(e.getMessage()));
            progress.say(host.name() + " is left out: " + e.getMessage());
        }
    }

    private static Host node(String name) {
        return NodeHost.ALL.stream()
                .filter(host -> host.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such system: " + name));
    }

    private void add(Round round, Progress progress) {
        rounds.add(round);
        progress.say(Markdown.line(ChurnReport.row(round), ChurnReport.LINE)
                + (round.isClean() ? "" : "  NOT CLEAN: " + round.findings()));
    }
}
