package io.skein.load.nemesis;

import io.skein.load.nemesis.FailoverRun.Way;
import io.skein.load.report.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
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
        var plan = new FailoverRun.Plan(seed, ways, rounds, nodes, workspaces, members, pauseMillis, directory);
        var progress = new Progress(spec.commandLine().getOut());
        progress.sayNow(plan.describe() + "; files in " + directory);
        String startedAt = Instant.now().toString();
        FailoverRun.Outcome outcome = new FailoverRun(plan, progress::sayNow, progress::second).run();
        FailoverReport.of(plan, outcome, startedAt).leave(directory, progress);
        progress.say("violations: " + outcome.proofs().violations());
        return outcome.proofs().violations() == 0 ? 0 : 1;
    }
}
