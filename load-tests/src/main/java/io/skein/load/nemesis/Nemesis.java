package io.skein.load.nemesis;

import io.skein.load.history.HistoryCheck;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
            Faults.all().forEach(fault -> out().println(fault.name()));
            return 0;
        }
        Path directory = Files.createDirectories(results.resolve(
                        "seed-" + seed + "-" + ProcessHandle.current().pid()))
                .toAbsolutePath();
        say("seed " + seed + ", " + nodes + " nodes, " + workspaces + " workspaces of " + (members + 1) + " members, "
                + minutes + " min; files in " + directory);
        var plan = new NemesisRun.Plan(
                seed,
                Duration.ofMillis((long) (minutes * 60_000)),
                nodes,
                workspaces,
                members,
                pauseMillis,
                faults,
                directory);
        return report(new NemesisRun(plan, this::say).run());
    }

    private int report(NemesisRun.Outcome outcome) {
        List<Long> gaps = outcome.longestGapsMillis();
        out().println();
        out().println("seed " + seed + ": " + outcome.struck().size() + " faults");
        outcome.struck().forEach(fault -> out().println("  " + fault));
        outcome.impossible().forEach(fault -> out().println("  not possible here: " + fault));
        for (Map.Entry<Room, HistoryCheck.Result> room : outcome.results().entrySet()) {
            HistoryCheck.Result result = room.getValue();
            out().printf(
                            "%s: seq %,d, %,d sessions, %s%n",
                            room.getKey().workspace(),
                            result.seq(),
                            result.sessions(),
                            result.holds()
                                    ? "holds"
                                    : "BROKEN: " + result.findings().counts());
            result.findings().examples().forEach(example -> out().println("  " + example));
        }
        outcome.complaints().forEach(complaint -> out().println("COMPLAINT: " + complaint));
        out().printf(
                        "calls: %,d accepted, %,d refused, %,d unknown%n",
                        outcome.accepted(), outcome.refused(), outcome.unknown());
        out().printf(
                        "longest wait for an accepted call, by workspace: p50 %,d ms, max %,d ms%n",
                        gaps.get(gaps.size() / 2), gaps.getLast());
        outcome.memory().forEach(part -> out().println("live on the heap, " + part));
        out().println("violations: " + outcome.violations());
        out().flush();
        return outcome.violations() == 0 ? 0 : 1;
    }

    private void say(String what) {
        out().println(LocalTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS) + "  " + what);
        out().flush();
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
