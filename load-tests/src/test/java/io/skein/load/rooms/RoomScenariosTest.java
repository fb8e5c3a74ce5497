package io.skein.load.rooms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.load.machine.SharedPostgres;
import io.skein.load.peer.NodeNeeded;
import io.skein.load.peer.SkeinLaunch;
import io.skein.load.report.Result;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Scenarios in rooms on small numbers, against a real Skein and the real servers of Node's world. */
class RoomScenariosTest {
    @TempDir
    private Path results = Path.of("");

    private final StringWriter out = new StringWriter();

    @BeforeEach
    void needsNode() {
        NodeNeeded.here();
    }

    @Test
    void everySystemDoesTheWorkOfEveryPace() throws Exception {
        assertEquals(0, run(new MixedOffice(), "--peers=ws,hocuspocus,skein", "--paces=60/s,2,office"), out::toString);
        Result result = Result.read(results.resolve("result.json"));
        assertEquals(9, result.rows().size(), result::toString);
        for (Result.Row row : result.rows()) {
            // All three of a room hear what one of them writes.
            double updates = row.figure(Figures.UPDATES);
            assertEquals(3 * updates, row.figure(Figures.DELIVERIES), updates + 60, row::toString);
            assertTrue(updates > 0 || row.phase().startsWith("office"), row::toString);
        }
        Result.Row skein = result.of("skein", "2 in flight").getFirst();
        assertTrue(skein.figure(Figures.JOURNAL_P99) > 0, skein::toString);
        assertTrue(skein.figure("server CPU s") > 0, skein::toString);
    }

    @Test
    void oneWritesAndAllOthersListen() throws Exception {
        assertEquals(0, run(new FanOut(), "--workspaces=1", "--members=12", "--peers=ws", "--paces=4"), out::toString);
        Result.Row row = Result.read(results.resolve("result.json")).rows().getFirst();
        double updates = row.figure(Figures.UPDATES);
        assertTrue(updates > 50, row::toString);
        assertEquals(12 * updates, row.figure(Figures.DELIVERIES), updates, row::toString);
    }

    @Test
    void aSystemThatIsNotThereIsNamedWithThoseThatAre() {
        assertEquals(1, run(new HotWorkspace(), "--peers=carrier-pigeon"));
        assertTrue(out.toString().contains("no such system: carrier-pigeon; there are "), out::toString);
        assertTrue(out.toString().contains(", skein, "), out::toString);
    }

    @Test
    void aPaceThatIsNoneIsSaid() {
        assertEquals(1, run(new HotWorkspace(), "--peers=ws", "--paces=fast"));
        assertTrue(
                out.toString().contains("neither in flight (8), nor a rate (5000/s), nor office: fast"), out::toString);
    }

    private int run(RoomScenario scenario, String... more) {
        var arguments = new ArrayList<>(List.of(
                "--workspaces=2", "--members=3", "--warmup=0", "--seconds=1", "--limit-seconds=0", "--drain=10"));
        arguments.add("--db-url=" + SharedPostgres.server().maintenance().url());
        arguments.add("--results=" + results);
        arguments.add("--skein=" + SkeinLaunch.command());
        List<String> instead = List.of(more);
        arguments.removeIf(argument ->
                instead.stream().anyMatch(other -> other.startsWith(argument.substring(0, argument.indexOf('=') + 1))));
        arguments.addAll(instead);
        return new CommandLine(scenario)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(out))
                .execute(arguments.toArray(String[]::new));
    }
}
