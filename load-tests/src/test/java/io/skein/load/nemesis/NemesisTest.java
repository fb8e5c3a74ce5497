package io.skein.load.nemesis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
        NemesisRun.Outcome outcome = new NemesisRun(plan, said::add).run();
        // What a machine does not allow is told, not passed over.
        said.forEach(OUT::println);
        assertEquals(List.of(), outcome.complaints(), said::toString);
        outcome.results()
                .values()
                .forEach(result -> assertTrue(result.holds(), () -> result + "\n" + String.join("\n", said)));
        assertEquals(
                faults.size(),
                outcome.struck().size() + outcome.impossible().size(),
                () -> outcome.struck() + " " + outcome.impossible());
        assertTrue(outcome.accepted() > 150, () -> "only " + outcome.accepted() + " calls were accepted");
    }
}
