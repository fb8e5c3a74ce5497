package io.skein.load.report;

import io.skein.load.report.Result.Row;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Two results beside each other: each figure of each system and phase, and the ratio. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description = "Two results of a scenario: every figure, before and after, and the ratio.")
public final class Compare implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "BEFORE", description = "a result.json")
    private Path before = Path.of("");

    @Parameters(index = "1", paramLabel = "AFTER", description = "a result.json of the same scenario")
    private Path after = Path.of("");

    @Spec
    private @Nullable CommandSpec spec;

    /** Prints the table; 0, or 2 if the two are of different scenarios or cannot be read. */
    @Override
    public Integer call() {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try {
            Result old = Result.read(before);
            Result now = Result.read(after);
            if (!old.scenario().equals(now.scenario())) {
                err.println("one is of " + old.scenario() + ", the other of " + now.scenario());
                return 2;
            }
            out.print(table(old, now));
            out.flush();
            return 0;
        } catch (IOException e) {
            err.println("not a result: " + e.getMessage());
            return 2;
        }
    }

    static String table(Result old, Result now) {
        var text = new StringBuilder("# ").append(now.scenario()).append("\n\n");
        text.append("before: ")
                .append(old.startedAt())
                .append(", ")
                .append(old.work())
                .append('\n');
        text.append("after:  ")
                .append(now.startedAt())
                .append(", ")
                .append(now.work())
                .append("\n\n");
        text.append("| | figure | before | after | after ÷ before |\n|---|---|---:|---:|---:|\n");
        rows(text, "", old.rows(), now.rows());
        for (Course course : now.courses()) {
            old.courses().stream()
                    .filter(other -> other.title().equals(course.title()))
                    .forEach(other -> rows(text, course.title() + ": ", other.rows(), course.rows()));
        }
        return text.toString();
    }

    private static void rows(StringBuilder text, String where, List<Row> old, List<Row> now) {
        now.stream()
                .map(Row::title)
                .distinct()
                .forEach(title -> system(text, where + title, titled(old, title), titled(now, title)));
    }

    private static List<Row> titled(List<Row> rows, String title) {
        return rows.stream().filter(row -> row.title().equals(title)).toList();
    }

    /** Several rounds of one system count with their mean. */
    private static void system(StringBuilder text, String title, List<Row> old, List<Row> now) {
        if (old.isEmpty()) {
            return;
        }
        for (String figure : Markdown.figures(now)) {
            double was = mean(old, figure);
            double is = mean(now, figure);
            text.append("| ")
                    .append(title)
                    .append(" | ")
                    .append(figure)
                    .append(" | ")
                    .append(Numbers.format(was))
                    .append(" | ")
                    .append(Numbers.format(is))
                    .append(" | ")
                    .append(was == 0 ? "–" : Numbers.format(is / was))
                    .append(" |\n");
        }
    }

    /** Of the rows that have the figure; not a number if none has. */
    public static double mean(List<Row> rows, String figure) {
        return rows.stream()
                .mapToDouble(row -> row.figure(figure))
                .filter(Double::isFinite)
                .average()
                .orElse(Double.NaN);
    }
}
