package io.skein.load.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.load.report.Result.Bound;
import io.skein.load.report.Result.Row;
import io.skein.load.report.Result.Target;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Results that were written and read again, and two of them beside each other. */
class CompareTest {
    @TempDir
    private Path folder = Path.of("");

    private final StringWriter out = new StringWriter();

    @Test
    void severalRoundsOfOneSystemCountWithTheirMean() throws Exception {
        Path before = write("before", "fan-out", 100, 300);
        Path after = write("after", "fan-out", 400);
        assertEquals(0, compare(before, after), out::toString);
        assertTrue(out.toString().contains("| skein, 8 in flight | updates/s | 200 | 400 | 2 |"), out::toString);
    }

    @Test
    void differentScenariosAreNotCompared() throws Exception {
        assertEquals(2, compare(write("a", "fan-out", 1), write("b", "transfer", 1)));
        assertTrue(out.toString().contains("one is of fan-out, the other of transfer"), out::toString);
    }

    @Test
    void whatIsNoResultIsSaid() throws Exception {
        Path other = Files.writeString(folder.resolve("other.json"), "[1]");
        assertEquals(2, compare(other, other));
        assertTrue(out.toString().contains("not a result: "), out::toString);
    }

    @Test
    void thePageHoldsAllItShows() throws Exception {
        write("a", "fan-out", 1, 2);
        String page = Files.readString(folder.resolve("a").resolve("report.html"));
        assertTrue(page.contains("<svg") && page.contains("1 &lt; 2"), page);
        assertFalse(page.contains("http:") || page.contains("https:") || page.contains("<script"), page);
    }

    @Test
    void aTargetIsReachedOnItsSide() {
        assertTrue(new Target("t", 2, Bound.AT_LEAST, 1.5).reached());
        assertFalse(new Target("t", 2, Bound.AT_MOST, 1.5).reached());
        assertFalse(new Target("t", Double.NaN, Bound.AT_MOST, 1.5).reached(), "what was not measured is not reached");
    }

    private Path write(String name, String scenario, double... rates) throws Exception {
        Path directory = Files.createDirectories(folder.resolve(name));
        List<Row> rows = Arrays.stream(rates)
                .mapToObj(rate -> new Row("skein", "8 in flight", Map.of("updates/s", rate), List.of(1L, 2L)))
                .toList();
        new Result(
                        scenario,
                        "1 < 2",
                        "2026-01-01T00:00:00Z",
                        Map.of(),
                        rows,
                        List.of("updates/s"),
                        List.of(new Target("t", 1, Bound.AT_LEAST, 1)),
                        List.of(),
                        List.of())
                .writeTo(directory);
        return directory.resolve("result.json");
    }

    private int compare(Path before, Path after) {
        return new CommandLine(new Compare())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(out, true))
                .execute(before.toString(), after.toString());
    }
}
