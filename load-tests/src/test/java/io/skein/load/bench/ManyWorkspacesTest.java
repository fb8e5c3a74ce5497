package io.skein.load.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.skein.load.machine.SharedPostgres;
import io.skein.load.peer.FakeSkein;
import io.skein.load.peer.NodeNeeded;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The whole command on small numbers; a stand-in speaks the native wire where the server would. */
class ManyWorkspacesTest {
    @TempDir
    private Path results = Path.of("");

    @Test
    void comparesAndWritesWhatItSaw() throws Exception {
        NodeNeeded.here();
        assertEquals(0, run("NONE", "--order", "ws-postgres,skein,ws-postgres"));
        JsonNode result =
                new ObjectMapper().readTree(results.resolve("result.json").toFile());
        assertEquals(
                List.of("ws-postgres", "skein", "ws-postgres"),
                result.path("rounds").findValuesAsText("peer"));
        for (JsonNode round : result.path("rounds")) {
            assertTrue(round.path("updates/s").asDouble() > 10, round::toString);
            assertTrue(round.path("clean").asBoolean(), round::toString);
        }
        assertTrue(result.path("ratios").path("updates/s, skein ÷ ws-postgres").asDouble() > 0, result::toString);
        assertTrue(Files.readString(results.resolve("result.md")).contains("| updates/s |"));
    }

    @Test
    void failsWhenAnUpdateIsLost() throws Exception {
        assertEquals(1, run("DROP", "--order", "skein"));
        JsonNode round = new ObjectMapper()
                .readTree(results.resolve("result.json").toFile())
                .path("rounds")
                .path(0);
        assertTrue(round.path("violationsByKind").path("LOST").asLong() > 0, round::toString);
        assertTrue(Files.readString(results.resolve("result.md")).contains("LOST: member "));
    }

    private int run(String mistake, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--workspaces=2",
                "--members=3",
                "--in-flight=2",
                "--warmup=1",
                "--seconds=1",
                "--limit-seconds=0",
                "--drain=2"));
        arguments.add("--db-url=" + SharedPostgres.server().maintenance().url());
        arguments.add("--results=" + results);
        arguments.add("--skein=" + standIn(mistake));
        arguments.addAll(List.of(more));
        StringWriter out = new StringWriter();
        return new CommandLine(new ManyWorkspaces())
                .setOut(new PrintWriter(out))
                .execute(arguments.toArray(String[]::new));
    }

    private static String standIn(String mistake) {
        return String.join(
                " ",
                System.getProperty("java.home") + "/bin/java",
                "-Dfake.mistake=" + mistake,
                "-cp",
                System.getProperty("java.class.path"),
                FakeSkein.class.getName());
    }
}
