package io.skein.load.sessions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.load.machine.SharedPostgres;
import io.skein.load.peer.SkeinLaunch;
import io.skein.load.report.Result;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Scenarios of sessions on small numbers, against a real Skein. */
class SessionScenariosTest {
    @TempDir
    private Path results = Path.of("");

    private final StringWriter out = new StringWriter();

    @Test
    void idleSessionsAreThereWhileOthersWork() throws Exception {
        Result result = run(new IdleSessions(), "--workspaces=12", "--sessions=20", "--rate=30");
        assertEquals(2, result.rows().size(), out::toString);
        assertTrue(result.rows().get(1).figure("updates/s") > 10, out::toString);
        assertEquals(3, result.targets().size(), out::toString);
    }

    @Test
    void R1_R2_afterTheStormAllAreCurrentFromTheirCursorsOrFromASnapshot() throws Exception {
        Result result = run(new ReconnectStorm(), "--workspaces=2", "--sessions=30", "--rate=30");
        Result.Row resumed = result.of("skein", "with cursors").getFirst();
        assertEquals(30, resumed.figure("resumed"), out::toString);
        assertEquals(0, resumed.figure("snapshots told"), out::toString);
        Result.Row anew = result.of("skein", "without").getFirst();
        assertEquals(0, anew.figure("resumed"), out::toString);
        assertEquals(30, anew.figure("snapshots told"), out::toString);
        assertTrue(anew.figure("s until all are current") > 0, out::toString);
        assertTrue(anew.figure("snapshots asked of owners") <= 2, out::toString);
    }

    @Test
    void L1_whoStopsReadingHearsAllInTheEnd() throws Exception {
        Result result = run(new SlowConsumers(), "--sessions=4", "--slow=2", "--rate=50");
        assertEquals(3, result.rows().size(), out::toString);
        assertEquals(0, result.rows().getLast().figure("connections ended by the server"), out::toString);
    }

    private Result run(SessionScenario scenario, String... more) throws Exception {
        var arguments = new ArrayList<>(List.of(more));
        arguments.addAll(List.of("--warmup=0", "--seconds=1"));
        arguments.add("--db-url=" + SharedPostgres.server().maintenance().url());
        arguments.add("--results=" + results);
        arguments.add("--skein=" + SkeinLaunch.command());
        int status = new CommandLine(scenario)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(out))
                .execute(arguments.toArray(String[]::new));
        assertEquals(0, status, out::toString);
        return Result.read(results.resolve("result.json"));
    }
}
