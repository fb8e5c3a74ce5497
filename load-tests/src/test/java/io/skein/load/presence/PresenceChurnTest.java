package io.skein.load.presence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.skein.load.machine.SharedPostgres;
import io.skein.load.peer.NodeNeeded;
import io.skein.load.peer.SkeinLaunch;
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
        JsonNode rounds = result().path("rounds");
        assertEquals(
                List.of("ws", "ws-ticks", "socket.io", "hocuspocus", "sharedb"),
                rounds.findValuesAsText("host"),
                out::toString);
        rounds.forEach(PresenceChurnTest::assertClean);
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
        JsonNode result = result();
        assertEquals(List.of("ws", "skein"), result.path("rounds").findValuesAsText("host"), out::toString);
        result.path("rounds").forEach(PresenceChurnTest::assertClean);
        assertEquals(List.of("ws"), result.path("ratios").findValuesAsText("other"));
        JsonNode big = result.path("big").path(0);
        assertEquals(
                List.of("arrive", "quiet 1", "churn 1", "reconnect 1"),
                big.path("phases").findValuesAsText("name"));
        for (JsonNode phase : big.path("phases")) {
            assertTrue(phase.path("rest").path("right").asBoolean(), phase::toString);
            assertTrue(phase.path("residentBytes").asLong() > 50_000_000, phase::toString);
            assertTrue(phase.path("liveHeapBytes").asLong() > 5_000_000, phase::toString);
            assertTrue(phase.path("rest").path("tickMillis").asInt() >= 50, phase::toString);
            // Twenty a second; how long the others last is not ours to say.
            boolean lasts =
                    List.of("quiet 1", "churn 1").contains(phase.path("name").asText());
            assertTrue(!lasts || phase.path("commits").path("count").asLong() > 5, phase::toString);
            assertTrue(
                    phase.path("commits").path("p99Millis").asDouble()
                            >= phase.path("commits").path("p50Millis").asDouble(),
                    phase::toString);
        }
        assertTrue(big.path("commitRatio").asDouble() > 0, big::toString);
        // P4: who never left saw nobody leave while the connections of all others broke.
        assertEquals(25, big.path("phases").path(3).path("fewestUsers").asInt(), big::toString);
        assertTrue(big.path("samples").size() >= 3, big::toString);
        assertTrue(Files.readString(results.resolve("result.md")).contains("| " + ChurnReport.SERVER_CPU + " |"));
        String page = Files.readString(results.resolve("report.html"));
        assertTrue(page.contains("<polyline") && page.contains("<rect") && !page.contains("http"), page);
    }

    private static void assertClean(JsonNode round) {
        assertTrue(round.path("clean").asBoolean(), round::toString);
        assertTrue(round.path("pairs").asLong() >= 5, round::toString);
        assertTrue(round.path("told p50 ms").asDouble() > 0, round::toString);
        assertTrue(round.path("frames per session and s").asDouble() > 1, round::toString);
    }

    private JsonNode result() throws Exception {
        return new ObjectMapper().readTree(results.resolve("result.json").toFile());
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
