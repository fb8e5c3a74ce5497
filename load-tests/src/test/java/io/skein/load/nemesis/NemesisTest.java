package io.skein.load.nemesis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.load.history.HistoryCheck;
import io.skein.load.report.Plots;
import io.skein.load.report.Result;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes and PostgreSQL as processes, each in a network namespace where that is possible, broken by a seed. */
class NemesisTest {
    private static final long SEED = 1;
    private static final PrintStream OUT = System.out;

    @TempDir
    private Path directory = Path.of("");

    @Test
    void threeNodesKeepEveryRuleWhileTheyAreBroken() throws Exception {
        // A killed PostgreSQL is DurabilityTest's.
        var faults = List.of("kill-oldest", "partition-database", "rolling-upgrade");
        var said = new ArrayList<String>();
        var plan = new NemesisRun.Plan(SEED, Duration.ZERO, 3, 3, 3, 150, faults, directory);
        NemesisRun.Outcome outcome = new NemesisRun(plan, said::add, (part, second, accepted) -> {}).run();
        // What a machine does not allow is told, not passed over.
        said.forEach(OUT::println);
        assertEquals(List.of(), outcome.proofs().findings(), () -> outcome.proofs() + "\n" + String.join("\n", said));
        assertEquals(
                faults.size(),
                outcome.strikes().size() + outcome.impossible().size(),
                () -> outcome.strikes() + " " + outcome.impossible());
        assertTrue(outcome.proofs().sum(HistoryCheck.Result::accepted) > 150, said::toString);
        assertTold(NemesisReport.of(plan, outcome, "2026-01-01T00:00:00Z"), outcome.strikes());
    }

    /** A row for the whole and one for each fault, and a picture of the time with all of them in it. */
    private static void assertTold(Result result, List<NemesisRun.Strike> strikes) {
        assertEquals(1 + strikes.size(), result.rows().size(), result::toString);
        List<String> parts = result.courses().getFirst().spans().stream()
                .map(Plots.Span::label)
                .toList();
        strikes.forEach(strike -> assertTrue(parts.contains(strike.fault()), parts::toString));
    }
}
