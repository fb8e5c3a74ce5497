package io.skein.load.rooms;

import io.skein.load.drive.Pace;
import io.skein.load.machine.Limits;
import io.skein.load.machine.PostgresServer;
import io.skein.load.peer.NativeSkeinPeer;
import io.skein.load.peer.Surroundings;
import io.skein.load.report.Progress;
import io.skein.load.report.Result;
import io.skein.load.report.Result.Row;
import io.skein.load.report.Result.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Rooms whose members write and listen: what a scenario of this kind is asked, how it runs, and what it leaves. */
abstract class RoomScenario implements Callable<Integer> {
    @Option(names = "--workspaces", description = "how many")
    private @Nullable Integer workspaces;

    @Option(names = "--members", description = "of each workspace")
    private @Nullable Integer members;

    @Option(names = "--writers", description = "of each workspace; its other members listen")
    private @Nullable Integer writers;

    @Option(
            names = "--paces",
            split = ",",
            description =
                    "one after the other: 8 for eight updates in flight of each writer, 5000/s for a fixed rate of all"
                            + " together whatever the system does, office for people at work")
    private @Nullable List<String> paces;

    @Option(names = "--seconds", defaultValue = "15", description = "of each measured window, default ${DEFAULT-VALUE}")
    private int seconds;

    @Option(names = "--warmup", defaultValue = "15", description = "seconds before each, default ${DEFAULT-VALUE}")
    private int warmUpSeconds;

    @Option(names = "--text-bytes", defaultValue = "120", description = "length of a text, default ${DEFAULT-VALUE}")
    private int textBytes;

    @Option(names = "--peers", split = ",", description = "who runs, in turn; one may run twice, so that noise shows")
    private @Nullable List<String> peers;

    @Option(names = "--reference", description = "KEY=VALUE for the environment of the references, repeatable")
    private Map<String, String> reference = new LinkedHashMap<>();

    @Option(
            names = "--limit-seconds",
            defaultValue = "4",
            description = "of each measurement of the machine's limits, 0 for none, default ${DEFAULT-VALUE}")
    private int limitSeconds;

    @Option(
            names = "--drain",
            defaultValue = "60",
            description = "seconds in which all must have arrived at the end, default ${DEFAULT-VALUE}")
    private int drainSeconds;

    @Mixin
    private Surroundings surroundings = new Surroundings();

    @Spec
    private @Nullable CommandSpec spec;

    /**
     * What a scenario is if nothing else is asked for.
     *
     * @param paces as on the command line
     * @param peers as on the command line
     */
    record Shape(int workspaces, int members, int writers, List<String> paces, List<String> peers) {}

    abstract Shape shape();

    /** What Skein wants of itself here, as far as the systems that ran allow to say it. */
    abstract List<Target> targets(Result result);

    /** Figures that are worth a picture. */
    abstract List<String> headlines();

    /** Runs everything; 0, or 1 if a system broke its word. */
    @Override
    public Integer call() throws IOException, InterruptedException, SQLException {
        String scenario = Objects.requireNonNull(spec).name();
        Path directory = surroundings.results(scenario);
        var progress = new Progress(spec.commandLine().getOut());
        Workload work = workload();
        progress.say(work.describe());
        String startedAt = Instant.now().toString();
        try (PostgresServer postgres = surroundings.postgres(directory)) {
            var run = new RoomRun(work, postgres, progress, drainSeconds);
            var known = new Peers(surroundings.skein(), reference);
            int number = 0;
            for (String name : peers == null ? shape().peers() : peers) {
                run.round(known.named(name), directory.resolve(++number + "-" + name));
            }
            Map<String, String> machine = Limits.describe(postgres, limitSeconds, progress::say);
            Result result = result(scenario, work, startedAt, machine, run);
            result.leave(directory, progress);
            return run.findings().isEmpty() ? 0 : 1;
        }
    }

    private Result result(String scenario, Workload work, String startedAt, Map<String, String> machine, RoomRun run) {
        var untold = new Result(
                scenario,
                work.describe(),
                startedAt,
                machine,
                run.rows(),
                headlines(),
                List.of(),
                run.findings(),
                run.promises());
        return new Result(
                scenario,
                work.describe(),
                startedAt,
                machine,
                run.rows(),
                headlines(),
                targets(untold),
                run.findings(),
                run.promises());
    }

    private Workload workload() {
        Shape shape = shape();
        int people = members == null ? shape.members() : members;
        int writing = writers == null ? Math.min(people, shape.writers()) : writers;
        List<Pace> asked = (paces == null ? shape.paces() : paces)
                .stream().map(Pace::parse).toList();
        return new Workload(
                workspaces == null ? shape.workspaces() : workspaces,
                people,
                writing,
                asked,
                textBytes,
                warmUpSeconds,
                seconds);
    }

    /** The mean of a figure over a system's rounds in a phase; not a number if it did not run. */
    static double mean(Result result, String system, String phase, String figure) {
        return result.of(system, phase).stream()
                .mapToDouble((Row row) -> row.figure(figure))
                .average()
                .orElse(Double.NaN);
    }

    /** Skein over another system, as a target; none if one of them did not run. */
    static List<Target> ratio(
            Result result, String other, String phase, String figure, Result.Bound bound, double wanted) {
        double value = mean(result, NativeSkeinPeer.NAME, phase, figure) / mean(result, other, phase, figure);
        return Double.isNaN(value)
                ? List.of()
                : List.of(new Target("%s, %s, skein ÷ %s".formatted(figure, phase, other), value, bound, wanted));
    }

    /** A figure of Skein itself, as a target; none if it did not run so. */
    static List<Target> own(Result result, String phase, String figure, Result.Bound bound, double wanted) {
        double value = mean(result, NativeSkeinPeer.NAME, phase, figure);
        return Double.isNaN(value)
                ? List.of()
                : List.of(new Target("%s, %s".formatted(figure, phase), value, bound, wanted));
    }
}
