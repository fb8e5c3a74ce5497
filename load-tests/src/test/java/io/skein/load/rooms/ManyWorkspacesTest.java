package io.skein.load.rooms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.load.machine.SharedPostgres;
import io.skein.load.peer.FakeSkein;
import io.skein.load.peer.NodeNeeded;
import io.skein.load.report.Result;
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
        assertEquals(0, run("NONE", "--peers", "ws-postgres,skein,ws-postgres"));
        Result result = Result.read(results.resolve("result.json"));
        assertEquals(
                List.of("ws-postgres", "skein", "ws-postgres"),
                result.rows().stream()
                        .filter(row -> row.phase().equals("2 in flight"))
                        .map(Result.Row::system)
                        .toList());

        for (Result.Row row : result.rows()) {
            assertTrue(row.figure(Figures.UPDATES) > 10, row::toString);
        }
        assertEquals(List.of(), result.findings());
        assertTrue(Files.readString(results.resolve("result.md")).contains("| updates/s |"));
        assertTrue(Files.readString(results.resolve("report.html")).contains("<svg"));
    }

    @Test
    void failsWhenAnUpdateIsLost() throws Exception {
        assertEquals(1, run("DROP", "--peers", "skein"));
        Result result = Result.read(results.resolve("result.json"));
        assertTrue(result.findings().stream().anyMatch(finding -> finding.contains("LOST: member ")), result::toString);
        assertTrue(Files.readString(results.resolve("result.md")).contains("LOST: member "));
    }

    private int run(String mistake, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--workspaces=2",
                "--members=3",
                "--paces=2",
                "--warmup=0",
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
