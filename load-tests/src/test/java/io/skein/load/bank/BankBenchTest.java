package io.skein.load.bank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.skein.load.machine.SharedPostgres;
import io.skein.load.peer.NodeNeeded;
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
class BankBenchTest {
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
        JsonNode result = result();
        assertEquals(
                List.of("rpc-postgres", "skein", "rpc-postgres-function"),
                result.path("turns").findValuesAsText("bank"));
        for (JsonNode turn : result.path("turns")) {
            long accepted = turn.path("acceptedInAll").asLong();
            assertTrue(accepted > 20, turn::toString);
            assertTrue(accepted > turn.path("acceptedInWindow").asLong(), turn::toString);
            assertTrue(turn.path("calls/s").asDouble() > 0, turn::toString);
            assertTrue(turn.path("p50 ms").asDouble() > 0, turn::toString);
            assertTrue(turn.path("refused").asLong() > 5, turn::toString);
            assertTrue(turn.path("clean").asBoolean(), turn::toString);
        }
        assertEquals(2, result.path("ratios").size());
        assertTrue(Files.readString(results.resolve("result.md")).contains("| calls/s |"));
    }

    private JsonNode result() throws Exception {
        return new ObjectMapper().readTree(results.resolve("result.json").toFile());
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
        arguments.add("--skein=" + System.getProperty("java.home") + "/bin/java -XX:TieredStopAtLevel=1 -cp "
                + System.getProperty("java.class.path") + " io.skein.edge.Main serve");
        return new CommandLine(new BankBench())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(out))
                .execute(arguments.toArray(String[]::new));
    }
}
