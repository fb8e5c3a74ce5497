package io.skein.load.report;

import io.skein.load.report.Course.Chart;
import io.skein.load.report.Course.Point;
import io.skein.load.report.Course.Series;
import io.skein.load.report.Plots.Bar;
import io.skein.load.report.Plots.Line;
import io.skein.load.report.Result.Row;
import java.util.ArrayList;
import java.util.List;

/** One page that holds all it shows. */
public final class Page {
    private static final String END = "</body></html>\n";

    private static final String[] COLOURS = {
        "#2b7a78", "#d1495b", "#edae49", "#5d6fb5", "#8f5b9c", "#6b8e23", "#a3b1bf", "#b5651d"
    };
    private static final String SKEIN = "skein";
    private static final String OTHER = "#a3b1bf";

    private Page() {}

    private static String head(String title) {
        return """
            <!doctype html>
            <html lang='en'><head><meta charset='utf-8'><title>%1$s</title><style>
            body { font: 14px/1.5 sans-serif; max-width: 1100px; margin: 2em auto; padding: 0 1em; color: #222; }
            table { border-collapse: collapse; margin: 1em 0; font-size: 13px; }
            th, td { border: 1px solid #ccd; padding: 3px 8px; text-align: right; }
            th:first-child, td:first-child { text-align: left; }
            svg { display: block; margin: 1em 0; max-width: 100%%; height: auto; }
            .wrong { color: #b00020; }
            .reached { color: #1b6e3c; }
            </style></head><body>
            <h1>%1$s</h1>
            """.formatted(Plots.escape(title));
    }

    /** The page of a result. */
    public static String of(Result result) {
        var page = new StringBuilder(head(result.scenario()));
        paragraph(page, "", result.work() + ".");
        result.targets().forEach(target -> paragraph(page, target.reached() ? "reached" : "wrong", target.line()));
        result.findings().forEach(finding -> paragraph(page, "wrong", finding));
        for (String headline : result.headlines()) {
            page.append(Plots.bars(headline, bars(result.rows(), headline)));
        }
        result.rows().stream().map(Row::phase).distinct().forEach(phase -> perSecond(page, result.rows(), phase));
        table(page, result.rows());
        result.courses().forEach(course -> course(page, course));
        list(page, result.notes());
        list(
                page,
                result.machine().entrySet().stream()
                        .map(entry -> entry.getKey() + ": " + entry.getValue())
                        .toList());
        return page.append(END).toString();
    }

    private static void course(StringBuilder page, Course course) {
        page.append("<h2>").append(Plots.escape(course.title())).append("</h2>\n");
        for (Chart chart : course.charts()) {
            var lines = new ArrayList<Line>();
            for (Series series : chart.series()) {
                lines.add(new Line(
                        series.label(), COLOURS[lines.size() % COLOURS.length], series.dots(), series.points()));
            }
            page.append(Plots.lines(chart.title(), lines, course.spans()));
        }
        table(page, course.rows());
    }

    private static List<Bar> bars(List<Row> rows, String figure) {
        return rows.stream()
                .filter(row -> Double.isFinite(row.figure(figure)))
                .map(row ->
                        new Bar(row.title(), row.figure(figure), row.system().equals(SKEIN) ? COLOURS[0] : OTHER))
                .toList();
    }

    private static void perSecond(StringBuilder page, List<Row> rows, String phase) {
        var lines = new ArrayList<Line>();
        for (Row row : rows) {
            if (row.phase().equals(phase) && row.perSecond().size() > 1) {
                lines.add(new Line(row.system(), colour(row.system(), lines.size()), false, points(row)));
            }
        }
        if (!lines.isEmpty()) {
            page.append(Plots.lines("In each second" + (phase.isEmpty() ? "" : ", " + phase), lines, List.of()));
        }
    }

    /** Skein has one colour in all pictures. */
    private static String colour(String system, int place) {
        return system.equals(SKEIN) ? COLOURS[0] : COLOURS[1 + place % (COLOURS.length - 1)];
    }

    private static List<Point> points(Row row) {
        var points = new ArrayList<Point>();
        for (int second = 0; second < row.perSecond().size(); second++) {
            points.add(new Point(second + 1, row.perSecond().get(second)));
        }
        return points;
    }

    private static void table(StringBuilder page, List<Row> rows) {
        if (rows.isEmpty()) {
            return;
        }
        page.append("<table>\n<tr><th></th>");
        rows.forEach(
                row -> page.append("<th>").append(Plots.escape(row.title())).append("</th>"));
        page.append("</tr>\n");
        for (String figure : Markdown.figures(rows)) {
            page.append("<tr><td>").append(Plots.escape(figure)).append("</td>");
            rows.forEach(row -> page.append("<td>")
                    .append(Numbers.format(row.figure(figure)))
                    .append("</td>"));
            page.append("</tr>\n");
        }
        page.append("</table>\n");
    }

    private static void list(StringBuilder page, List<String> lines) {
        if (lines.isEmpty()) {
            return;
        }
        page.append("<ul>\n");
        lines.forEach(line -> page.append("<li>").append(Plots.escape(line)).append("</li>\n"));
        page.append("</ul>\n");
    }

    private static void paragraph(StringBuilder page, String kind, String text) {
        page.append("<p class='%s'>".formatted(kind)).append(Plots.escape(text)).append("</p>\n");
    }
}
