package io.skein.load.presence;

import io.skein.load.report.Page;
import io.skein.load.report.Plots;
import io.skein.load.report.Plots.Bar;
import io.skein.load.report.Plots.Line;
import io.skein.load.report.Plots.Point;
import io.skein.load.report.Plots.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** One page that holds all it shows. */
final class HtmlReport {
    private static final String SKEIN = "#2b7a78";
    private static final String OTHER = "#a3b1bf";
    private static final String SECOND = "#d1495b";
    private static final double MEBIBYTE = 1048576.0;

    private final ChurnReport report;

    HtmlReport(ChurnReport report) {
        this.report = report;
    }

    String page() {
        var page = new StringBuilder(Page.head("presence-churn"));
        if (!report.rounds().isEmpty()) {
            comparison(page);
        }
        report.bigRounds().forEach(big -> big(page, big));
        report.findings().forEach(what -> paragraph(page, "wrong", what));
        report.skipped().forEach((host, why) -> paragraph(page, "skipped", host + " did not run: " + why));
        return page.append(Page.END).toString();
    }

    private void comparison(StringBuilder page) {
        page.append("<h2>People who come and go</h2>\n");
        paragraph(page, "", report.load().describe() + ".");
        page.append(Plots.bars(
                "Server CPU, ms for one who comes and one who goes",
                report.rounds().stream()
                        .map(round -> new Bar(
                                round.host(),
                                round.millisPerPair(round.cpu().server()),
                                round.host().equals(SkeinHost.NAME) ? SKEIN : OTHER))
                        .toList()));
        for (ChurnReport.Ratio ratio : report.ratios()) {
            paragraph(
                    page,
                    "",
                    String.format(
                            Locale.ROOT,
                            "skein ÷ %s: %.2f (%s %.2f)",
                            ratio.other(),
                            ratio.cpu(),
                            ratio.isReached() ? "at most" : "more than",
                            ChurnReport.WANTED));
        }
        table(page, ChurnReport.COLUMNS, report.rounds(), Round::host);
        page.append("<ul>\n");
        report.rounds().stream()
                .map(round -> round.host() + ": " + round.does())
                .distinct()
                .forEach(line -> page.append("<li>").append(Plots.escape(line)).append("</li>\n"));
        page.append("</ul>\n");
    }

    private static void big(StringBuilder page, BigRound big) {
        page.append("<h2>")
                .append(String.format(Locale.ROOT, "%,d sessions", big.sessions()))
                .append("</h2>\n");
        paragraph(page, "", ChurnReport.describe(big) + ".");
        List<Span> spans = spans(big);
        page.append(Plots.lines(
                "Server memory, MiB",
                List.of(
                        line(big, "resident", SKEIN, sample -> sample.residentBytes() / MEBIBYTE),
                        new Line("alive on the heap after a collection", SECOND, true, heaps(big, spans))),
                spans));
        page.append(Plots.lines(
                "Sessions that are in", List.of(line(big, "sessions", SKEIN, Timeline.Sample::sessions)), spans));
        page.append(Plots.lines(
                "Frames a second, all sessions together",
                List.of(line(big, "frames/s", SKEIN, Timeline.Sample::framesPerSecond)),
                spans));
        page.append(Plots.lines(
                "Frames in one second, of the session that heard most, and of all in the mean",
                List.of(
                        line(big, "most", SECOND, Timeline.Sample::mostFrames),
                        line(big, "mean", SKEIN, sample -> sample.framesPerSecond() / Math.max(1, sample.sessions()))),
                spans));
        page.append(Plots.lines(
                "Processors in use by the server",
                List.of(line(big, "server", SKEIN, Timeline.Sample::serverCpu)),
                spans));
        table(page, ChurnReport.PHASE_COLUMNS, big.phases(), BigRound.Phase::name);
    }

    private static Line line(BigRound big, String label, String stroke, ToDoubleFunction<Timeline.Sample> value) {
        return new Line(
                label,
                stroke,
                false,
                big.samples().stream()
                        .map(sample -> new Point(sample.seconds(), value.applyAsDouble(sample)))
                        .toList());
    }

    /** Samples of the same phase, one after the other. */
    private static List<Span> spans(BigRound big) {
        var spans = new ArrayList<Span>();
        double from = 0;
        for (Timeline.Sample sample : big.samples()) {
            if (!spans.isEmpty() && spans.getLast().label().equals(sample.phase())) {
                from = spans.removeLast().from();
            }
            spans.add(new Span(sample.phase(), from, sample.seconds()));
            from = sample.seconds();
        }
        return spans;
    }

    private static List<Point> heaps(BigRound big, List<Span> spans) {
        var heaps = new ArrayList<Point>();
        for (BigRound.Phase phase : big.phases()) {
            spans.stream()
                    .filter(span -> span.label().equals(phase.name()))
                    .forEach(span -> heaps.add(new Point(span.to(), phase.liveHeapBytes() / MEBIBYTE)));
        }
        return heaps;
    }

    private static <T> void table(
            StringBuilder page, List<ChurnReport.Column<T>> columns, List<T> rows, Function<T, String> name) {
        page.append("<table>\n<tr><th></th>");
        columns.forEach(column ->
                page.append("<th>").append(Plots.escape(column.title())).append("</th>"));
        page.append("</tr>\n");
        for (T row : rows) {
            page.append("<tr><td>").append(Plots.escape(name.apply(row))).append("</td>");
            columns.forEach(column -> page.append("<td>").append(column.of(row)).append("</td>"));
            page.append("</tr>\n");
        }
        page.append("</table>\n");
    }

    private static void paragraph(StringBuilder page, String kind, String text) {
        page.append("<p class='%s'>".formatted(kind)).append(Plots.escape(text)).append("</p>\n");
    }
}
