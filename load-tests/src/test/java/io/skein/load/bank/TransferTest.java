package io.skein.load.bank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.load.machine.SharedPostgres;
import io.skein.load.peer.NodeNeeded;
import io.skein.load.peer.SkeinLaunch;
import io.skein.load.report.Result;
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

/** The whole command on small numbers: the SpacetimeDB SDK against a real Skein, and the reference. */
class TransferTest {
    @TempDir
    private Path results = Path.of("");

    @BeforeEach
    void needsNode() {
        NodeNeeded.here();
    }

    /** More accounts than the server makes at once, and so little on them that many transfers are refused: what clients are told is right all the same. */
    @Test
    void comparesAndFindsTheBooksRight() throws Exception {
        var out = new StringWriter();
        assertEquals(0, run(out), out::toString);
        Result result = Result.read(results.resolve("result.json"));
        assertEquals(
                List.of("rpc-postgres", "skein", "rpc-postgres-function"),
                result.rows().stream().map(Result.Row::system).toList());
        for (Result.Row turn : result.rows()) {
            assertEquals("zipf 1.5", turn.phase());
            assertTrue(turn.figure("accepted in all") > 20, turn::toString);
            assertTrue(turn.figure("accepted in all") > turn.figure("accepted in the window"), turn::toString);
            assertTrue(turn.figure("calls/s") > 0, turn::toString);
            assertTrue(turn.figure("p50 ms") > 0, turn::toString);
            assertTrue(turn.figure("refused") > 5, turn::toString);
        }
        assertEquals(List.of(), result.findings());
        assertEquals(1, result.targets().size(), result::toString);
        assertTrue(Files.readString(results.resolve("result.md")).contains("| calls/s |"));
    }

    private int run(StringWriter out) {
        var arguments = new ArrayList<>(List.of(
                "--accounts=9000",
                "--balance=1",
                "--zipf=1.5",
                "--banks=rpc-postgres,skein,rpc-postgres-function",
                "--connections=2",
                "--in-flight=4",
                "--clients=2",
                "--warmup=1",
                "--seconds=1",
                "--rounds=1",
                "--seed=7"));
        arguments.add("--db-url=" + SharedPostgres.server().maintenance().url());
        arguments.add("--results=" + results);
        arguments.add("--skein=" + SkeinLaunch.command());
        arguments.add("--limit-seconds=0");
        return new CommandLine(new Transfer())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(out))
                .execute(arguments.toArray(String[]::new));
    }
}
