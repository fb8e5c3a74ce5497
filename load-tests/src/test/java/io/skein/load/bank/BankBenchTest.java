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
import java.util.Map;
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

    @Test
    void comparesAndFindsTheBooksRight() throws Exception {
        var out = new StringWriter();
        assertEquals(0, run(out, "--accounts=9000", "--zipf=1.5", "--banks=rpc-postgres,skein,rpc-postgres-function"), out::toString);
        JsonNode result = result();
        assertEquals(
                List.of("rpc-postgres", "skein", "rpc-postgres-function"),
                result.path("turns").findValuesAsText("bank"));
        for (JsonNode turn : result.path("turns")) {
            assertTrue(turn.path("calls/s").asDouble() > 10, turn::toString);
            assertTrue(turn.path("acceptedInAll").asLong() > turn.path("acceptedInWindow").asLong(), turn::toString);
            assertTrue(turn.path("p50 ms").asDouble() > 0, turn::toString);
        }
        assertEquals(2, result.path("ratios").size());
        assertTrue(Files.readString(results.resolve("result.md")).contains("| calls/s |"));
    }

    /** Nobody gets a second 1: most transfers are refused, and what is told of the others is still right. */
    @Test
    void whoHasNothingGivesNothing() throws Exception {
        var out = new StringWriter();
        assertEquals(0, run(out, "--accounts=50", "--balance=1", "--zipf=0", "--banks=skein,rpc-postgres,rpc-postgres-function"), out::toString);
        for (JsonNode turn : result().path("turns")) {
            assertTrue(turn.path("refused").asLong() > 10, turn::toString);
            for (String text : turn.path("refusals").propertyStream().map(Map.Entry::getKey).toList()) {
                assertTrue(text.contains("insufficient_balance"), text);
            }
        }
    }

    private JsonNode result() throws Exception {
        return new ObjectMapper().readTree(results.resolve("result.json").toFile());
    }

    private int run(StringWriter out, String... more) {
        var arguments = new ArrayList<>(List.of(
                "--connections=2", "--in-flight=4", "--clients=2", "--warmup=1", "--seconds=1", "--rounds=1", "--seed=7"));
        arguments.add("--db-url=" + SharedPostgres.server().maintenance().url());
        arguments.add("--results=" + results);
        arguments.add("--skein=" + System.getProperty("java.home") + "/bin/java -XX:TieredStopAtLevel=1 -cp "
                + System.getProperty("java.class.path") + " io.skein.edge.Main serve");
        arguments.addAll(List.of(more));
        return new CommandLine(new BankBench())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(out))
                .execute(arguments.toArray(String[]::new));
    }
}
