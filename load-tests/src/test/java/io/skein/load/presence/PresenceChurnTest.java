package io.skein.load.presence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.load.machine.SharedPostgres;
import io.skein.load.peer.NodeNeeded;
import io.skein.load.peer.SkeinLaunch;
import io.skein.load.report.Course;
import io.skein.load.report.Result;
import io.skein.load.report.Result.Row;
import io.skein.load.report.Result.Target;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The whole command on small numbers, against a real Skein and the real servers of Node's world. */
class PresenceChurnTest {
    @TempDir
    private Path results = Path.of("");

    private final StringWriter out = new StringWriter();

    @BeforeEach
    void needsNode() {
        NodeNeeded.here();
    }

    @Test
    void everySystemTellsEveryoneOfEveryone() throws Exception {
        assertEquals(
                0,
                run("--peers=ws,ws-ticks,socket.io,hocuspocus,sharedb", "--big=0", "--warmup=0", "--seconds=1"),
                out::toString);
        Result result = result();
        assertEquals(
                List.of("ws", "ws-ticks", "socket.io", "hocuspocus", "sharedb"),
                result.rows().stream().map(Row::system).toList(),
                out::toString);
        assertClean(result);
        assertEquals(List.of(), result.targets(), "without Skein there is nothing to say of it");
    }

    @Test
    void comparesAndDrawsWhatItSaw() throws Exception {
        assertEquals(
                0,
                run(
                        "--peers=ws,skein",
                        "--warmup=1",
                        "--seconds=2",
                        "--big=25",
                        "--big-seconds=3",
                        "--cycles=1",
                        "--grace=2"),
                out::toString);
        Result result = result();
        assertEquals(
                List.of("ws", "skein"), result.rows().stream().map(Row::system).toList(), out::toString);
        assertClean(result);
        assertEquals(
                List.of("server CPU ms per pair, skein ÷ ws"),
                result.targets().stream()
                        .map(Target::title)
                        .filter(title -> title.contains("÷ ws"))
                        .toList());
        Course big = result.courses().getFirst();
        assertEquals(
                List.of("arrive", "quiet 1", "churn 1", "reconnect 1"),
                big.rows().stream().map(Row::phase).toList());
        big.rows().forEach(PresenceChurnTest::assertRight);
        assertTrue(ratio(result, "commits p50, while") > 0, out::toString);
        // P4: who never left saw nobody leave while the connections of all others broke.
        assertEquals(25, big.rows().getLast().figure(BigReport.FEWEST), out::toString);
        assertTrue(big.charts().getFirst().series().getFirst().points().size() >= 3, big::toString);
        assertTrue(Files.readString(results.resolve("result.md")).contains("| " + ChurnReport.SERVER_CPU + " |"));
        String page = Files.readString(results.resolve("report.html"));
        assertTrue(page.contains("<polyline") && page.contains("<circle") && page.contains("churn 1"), page);
        assertFalse(page.contains("http"), page);
    }

    private static void assertRight(Row phase) {
        assertEquals(0, phase.figure(BigReport.WRONG), phase::toString);
        assertTrue(phase.figure(BigReport.RESIDENT) > 50, phase::toString);
        assertTrue(phase.figure(BigReport.HEAP) > 5, phase::toString);
        assertTrue(phase.figure(BigReport.TICK) >= 50, phase::toString);
        // Twenty a second; how long the others last is not ours to say.
        boolean lasts = List.of("quiet 1", "churn 1").contains(phase.phase());
        assertTrue(!lasts || phase.figure(BigReport.COMMITS) > 5, phase::toString);
        assertTrue(phase.figure(BigReport.COMMITS_P99) >= phase.figure(BigReport.COMMITS_P50), phase::toString);
    }

    private static double ratio(Result result, String title) {
        return result.targets().stream()
                .filter(target -> target.title().startsWith(title))
                .mapToDouble(Target::value)
                .findFirst()
                .orElseThrow();
    }

    private void assertClean(Result result) {
        assertEquals(List.of(), result.findings(), out::toString);
        for (Row row : result.rows()) {
            assertTrue(row.figure(ChurnReport.PAIRS) >= 5, row::toString);
            assertTrue(row.figure(ChurnReport.TOLD_P50) > 0, row::toString);
            assertTrue(row.figure(ChurnReport.FRAMES) > 1, row::toString);
        }
    }

    private Result result() throws Exception {
        return Result.read(results.resolve("result.json"));
    }

    private int run(String... more) {
        var arguments = new ArrayList<>(List.of("--sessions=10", "--rate=10", "--seed=7"));
        arguments.add("--db-url=" + SharedPostgres.server().maintenance().url());
        arguments.add("--results=" + results);
        arguments.add("--skein=" + SkeinLaunch.command());
        arguments.addAll(List.of(more));
        return new CommandLine(new PresenceChurn())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(out))
                .execute(arguments.toArray(String[]::new));
    }
}
