package io.skein.load.nemesis;

import io.skein.load.history.HistoryCheck;
import io.skein.load.nemesis.FailoverRun.Way;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How long workspaces stand still when a node goes, and when one comes. */
@Command(
        name = "failover",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Takes nodes away from a cluster under load and gives them back, again and again; says how long the"
                    + " workspaces that moved stood still and what clients noticed. Ends with 1 if a rule is broken.")
public final class Failover implements Callable<Integer> {
    @Option(names = "--ways", split = ",", description = "kill, drain (default: both in turn)")
    private List<Way> ways = List.of(Way.KILL, Way.DRAIN);

    @Option(names = "--rounds", description = "of each way (default: ${DEFAULT-VALUE})")
    private int rounds = 20;

    @Option(names = "--seed", description = "decides nodes and work (default: by the clock)")
    private long seed = System.currentTimeMillis() % 1_000_000;

    @Option(names = "--nodes", description = "of the cluster (default: ${DEFAULT-VALUE})")
    private int nodes = 3;

    @Option(names = "--workspaces", description = "default: ${DEFAULT-VALUE}")
    private int workspaces = 24;

    @Option(names = "--members", description = "of each workspace beside its owner (default: ${DEFAULT-VALUE})")
    private int members = 2;

    @Option(names = "--pause", description = "milliseconds between calls of a client (default: ${DEFAULT-VALUE})")
    private int pauseMillis = 150;

    @Option(names = "--results", description = "for histories and logs (default: ${DEFAULT-VALUE})")
    private Path results = Path.of("load-tests/target/failover");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        Path directory = Files.createDirectories(results.resolve(
                        "seed-" + seed + "-" + ProcessHandle.current().pid()))
                .toAbsolutePath();
        say("seed " + seed + ", " + nodes + " nodes, " + workspaces + " workspaces of " + (members + 1)
                + " members; files in " + directory);
        var plan = new FailoverRun.Plan(seed, ways, rounds, nodes, workspaces, members, pauseMillis, directory);
        return report(new FailoverRun(plan, this::say).run());
    }

    private int report(FailoverRun.Outcome outcome) {
        out().println();
        out().println("seed " + seed
                + ", by workspace that moved, milliseconds without an accepted call while one was wanted:");
        outcome.pauses().forEach((kind, pauses) -> out().printf("  %-14s %s%n", kind, pauses));
        out().println(outcome.troubles().isEmpty() ? "clients noticed nothing else" : "what clients noticed beside:");
        outcome.troubles().forEach((what, times) -> out().println("  " + times + " x " + what));
        long violations = 0;
        for (Map.Entry<Room, HistoryCheck.Result> room : outcome.results().entrySet()) {
            violations += room.getValue().findings().total();
            room.getValue()
                    .findings()
                    .examples()
                    .forEach(example -> out().println(room.getKey().workspace() + " BROKEN: " + example));
        }
        outcome.complaints().forEach(complaint -> out().println("COMPLAINT: " + complaint));
        violations += outcome.complaints().size();
        out().println("violations: " + violations);
        out().flush();
        return violations == 0 ? 0 : 1;
    }

    private void say(String what) {
        out().println(LocalTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS) + "  " + what);
        out().flush();
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
