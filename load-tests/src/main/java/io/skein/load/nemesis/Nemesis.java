package io.skein.load.nemesis;

import io.skein.load.report.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A cluster of real processes that is broken by a seed while clients work; the rules have to hold all the same. */
@Command(
        name = "nemesis",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Breaks a cluster on purpose and proves what its clients were told; ends with 1 if a rule is broken.")
public final class Nemesis implements Callable<Integer> {
    @Option(names = "--seed", description = "decides faults and work (default: by the clock)")
    private long seed = System.currentTimeMillis() % 1_000_000;

    @Option(names = "--minutes", description = "how long things go on breaking (default: ${DEFAULT-VALUE})")
    private double minutes = 10;

    @Option(names = "--nodes", description = "of the cluster (default: ${DEFAULT-VALUE})")
    private int nodes = 3;

    @Option(names = "--workspaces", description = "default: ${DEFAULT-VALUE}")
    private int workspaces = 6;

    @Option(names = "--members", description = "of each workspace beside its owner (default: ${DEFAULT-VALUE})")
    private int members = 4;

    @Option(names = "--pause", description = "milliseconds between calls of a client (default: ${DEFAULT-VALUE})")
    private int pauseMillis = 250;

    @Option(names = "--faults", split = ",", description = "only these, with commas between them; see --list")
    private List<String> faults = List.of();

    @Option(names = "--list", description = "names all faults and ends")
    private boolean list;

    @Option(names = "--results", description = "for histories and logs (default: ${DEFAULT-VALUE})")
    private Path results = Path.of("load-tests/target/nemesis");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        if (list) {
            Faults.all().forEach(fault -> spec.commandLine().getOut().println(fault.name()));
            spec.commandLine().getOut().flush();
            return 0;
        }
        Path directory = Files.createDirectories(results.resolve(
                        "seed-" + seed + "-" + ProcessHandle.current().pid()))
                .toAbsolutePath();
        var plan = new NemesisRun.Plan(
                seed,
                Duration.ofMillis((long) (minutes * 60_000)),
                nodes,
                workspaces,
                members,
                pauseMillis,
                faults,
                directory);
        var progress = new Progress(spec.commandLine().getOut());
        progress.sayNow(plan.describe() + "; files in " + directory);
        String startedAt = Instant.now().toString();
        NemesisRun.Outcome outcome = new NemesisRun(plan, progress::sayNow, progress::second).run();
        NemesisReport.of(plan, outcome, startedAt).leave(directory, progress);
        progress.say("violations: " + outcome.proofs().violations());
        return outcome.proofs().violations() == 0 ? 0 : 1;
    }
}
