package io.skein.load.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What came of one run of a scenario.
 *
 * @param work what was asked of every system, in a sentence
 * @param startedAt ISO 8601
 * @param machine what it ran on, and the limits that were measured beside it
 * @param rows one for each system and phase, in the order in which they ran
 * @param headlines figures that are worth a picture
 * @param findings what a system did that it promises not to do; none in a good run
 * @param notes what to know about the systems, such as what their acknowledgement means
 * @param courses what went on for long, over the time; none in most scenarios
 */
public record Result(
        String scenario,
        String work,
        String startedAt,
        Map<String, String> machine,
        List<Row> rows,
        List<String> headlines,
        List<Target> targets,
        List<String> findings,
        List<String> notes,
        List<Course> courses) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** One that was written before there were courses has none. */
    public Result {
        courses = Objects.requireNonNullElse(courses, List.of());
    }

    /** Without courses. */
    public Result(
            String scenario,
            String work,
            String startedAt,
            Map<String, String> machine,
            List<Row> rows,
            List<String> headlines,
            List<Target> targets,
            List<String> findings,
            List<String> notes) {
        this(scenario, work, startedAt, machine, rows, headlines, targets, findings, notes, List.of());
    }

    /**
     * One system in one phase.
     *
     * @param figures by name with unit, such as {@code ack p99 ms}; the same for all rows
     * @param perSecond what was done in each second of the phase, to be drawn
     */
    public record Row(String system, String phase, Map<String, Double> figures, List<Long> perSecond) {
        /** The figure of that name; not a number if there is none. */
        public double figure(String name) {
            return figures.getOrDefault(name, Double.NaN);
        }

        /** System and phase. */
        public String title() {
            return phase.isEmpty() ? system : system + ", " + phase;
        }
    }

    /** On which side of what is wanted a value has to be. */
    public enum Bound {
        AT_LEAST,
        AT_MOST
    }

    /** What Skein wants of itself, most often a ratio to another system of the same run. */
    public record Target(String title, double value, Bound bound, double wanted) {
        /** Whether it is so. */
        @JsonProperty
        public boolean reached() {
            return bound == Bound.AT_LEAST ? value >= wanted : value <= wanted;
        }

        /** In a line. */
        public String line() {
            return "%s: %s (%s %s) %s"
                    .formatted(
                            title,
                            Numbers.format(value),
                            bound == Bound.AT_LEAST ? "at least" : "at most",
                            Numbers.format(wanted),
                            reached() ? "reached" : "MISSED");
        }
    }

    /** Rows of one system, or of one system in one phase where {@code phase} is given. */
    public List<Row> of(String system, String phase) {
        return rows.stream()
                .filter(row -> row.system().equals(system)
                        && (phase.isEmpty() || row.phase().equals(phase)))
                .toList();
    }

    /** Writes it, and says what came of it. */
    public void leave(Path directory, Progress progress) throws IOException {
        writeTo(directory);
        progress.say(Markdown.of(this));
        progress.say("written to " + directory + ", with pictures: report.html");
    }

    /** Writes {@code result.json}, {@code result.md} and {@code report.html}. */
    public void writeTo(Path directory) throws IOException {
        JSON.writeValue(directory.resolve("result.json").toFile(), this);
        Files.writeString(directory.resolve("result.md"), Markdown.of(this));
        Files.writeString(directory.resolve("report.html"), Page.of(this));
    }

    /**
     * Reads a {@code result.json}.
     *
     * @throws IOException if it is none
     */
    public static Result read(Path file) throws IOException {
        return JSON.copy()
                .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false)
                .readValue(file.toFile(), Result.class);
    }
}
