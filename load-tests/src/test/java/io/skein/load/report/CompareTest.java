package io.skein.load.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.load.report.Course.Chart;
import io.skein.load.report.Course.Look;
import io.skein.load.report.Course.Point;
import io.skein.load.report.Course.Series;
import io.skein.load.report.Plots.Span;
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
    void coursesOfOneTitleAreComparedPartByPart() throws Exception {
        Path before = writeCourse("before", "2,000 sessions", 50);
        Path after = writeCourse("after", "2,000 sessions", 25);
        assertEquals(0, compare(before, after), out::toString);
        assertTrue(
                out.toString().contains("| 2,000 sessions: skein, churn 1 | frames | 50 | 25 | 0.500 |"),
                out::toString);
    }

    @Test
    void aCourseIsShownOverItsTimeWithItsParts() throws Exception {
        writeCourse("a", "2,000 sessions", 50);
        String page = Files.readString(folder.resolve("a").resolve("report.html"));
        assertTrue(page.contains("<h2>2,000 sessions</h2>"), page);
        assertTrue(page.contains("<title>quiet 1</title>") && page.contains("<title>churn 1</title>"), page);
        assertTrue(page.contains("<polyline") && page.contains("<circle"), page);
        assertTrue(Files.readString(folder.resolve("a").resolve("result.md")).contains("## 2,000 sessions"));
    }

    @Test
    void aResultOfBeforeThereWereCoursesIsRead() throws Exception {
        Path old = Files.writeString(folder.resolve("old.json"), """
            {"scenario": "fan-out", "work": "w", "startedAt": "2026-01-01T00:00:00Z", "machine": {}, "rows": [],
             "headlines": [], "targets": [], "findings": [], "notes": []}\
            """);
        assertEquals(List.of(), Result.read(old).courses());
    }

    @Test
    void looksOfOnePartAreOneSpanUntilAnotherBegins() {
        assertEquals(
                List.of(new Span("a", 0, 2), new Span("b", 2, 3), new Span("a", 3, 4)),
                Course.spans(List.of(look(1, "a"), look(2, "a"), look(3, "b"), look(4, "a"))));
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

    private Path writeCourse(String name, String title, double frames) throws Exception {
        Path directory = Files.createDirectories(folder.resolve(name));
        List<Look> looks = List.of(look(1, "quiet 1"), look(2, "quiet 1"), look(3, "churn 1"));
        var course = new Course(
                title,
                List.of(new Row("skein", "churn 1", Map.of("frames", frames), List.of())),
                Course.spans(looks),
                List.of(new Chart(
                        "Memory",
                        List.of(
                                Series.of("resident", looks, "value"),
                                new Series("live", true, List.of(new Point(3, 1)))))));
        new Result(
                        "presence-churn",
                        "w",
                        "2026-01-01T00:00:00Z",
                        Map.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(course))
                .writeTo(directory);
        return directory.resolve("result.json");
    }

    private static Look look(double seconds, String part) {
        return new Look(seconds, part, Map.of("value", seconds));
    }

    private int compare(Path before, Path after) {
        return new CommandLine(new Compare())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(out, true))
                .execute(before.toString(), after.toString());
    }
}
