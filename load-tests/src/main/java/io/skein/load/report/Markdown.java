package io.skein.load.report;

import io.skein.load.report.Result.Row;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A result as a text that is read in a terminal as well as on a page. */
public final class Markdown {
    private Markdown() {}

    /** The whole of it. */
    public static String of(Result result) {
        var text = new StringBuilder("# ").append(result.scenario()).append("\n\n");
        text.append(result.work()).append(".\n\n");
        table(text, result.rows());
        for (Course course : result.courses()) {
            if (!course.rows().isEmpty()) {
                text.append("\n## ").append(course.title()).append("\n\n");
                table(text, course.rows());
            }
        }
        result.targets().forEach(target -> text.append("\n- ").append(target.line()));
        result.findings().forEach(finding -> text.append("\n- WRONG: ").append(finding));
        text.append('\n');
        result.notes().forEach(note -> text.append("\n- ").append(note));
        result.machine()
                .forEach((what, value) ->
                        text.append("\n- ").append(what).append(": ").append(value));
        return text.append('\n').toString();
    }

    /** One row in a line, to be read while the next one runs. */
    public static String line(Row row, List<String> figures) {
        var line = new StringBuilder("%-34s".formatted(row.title()));
        for (String figure : figures) {
            line.append("  ")
                    .append(Numbers.format(row.figure(figure)))
                    .append(' ')
                    .append(figure);
        }
        return line.toString();
    }

    /** Figures downwards, systems to the right. */
    private static void table(StringBuilder text, List<Row> rows) {
        if (rows.isEmpty()) {
            return;
        }
        text.append('|');
        rows.forEach(row -> text.append(" | ").append(row.title()));
        text.append(" |\n|---").append("|---:".repeat(rows.size())).append("|\n");
        for (String figure : figures(rows)) {
            text.append("| ").append(figure);
            rows.forEach(row -> text.append(" | ").append(Numbers.format(row.figure(figure))));
            text.append(" |\n");
        }
    }

    static Set<String> figures(List<Row> rows) {
        var figures = new LinkedHashSet<String>();
        rows.forEach(row -> figures.addAll(row.figures().keySet()));
        return figures;
    }
}
