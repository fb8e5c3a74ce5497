package io.skein.load.presence;

import io.skein.load.report.Course;
import io.skein.load.report.Course.Chart;
import io.skein.load.report.Course.Look;
import io.skein.load.report.Course.Point;
import io.skein.load.report.Course.Series;
import io.skein.load.report.Plots.Span;
import io.skein.load.report.Result.Bound;
import io.skein.load.report.Result.Row;
import io.skein.load.report.Result.Target;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;

/** A big room of Skein as a part of a result. */
final class BigReport {
    static final String WRONG = "wrong pictures";
    static final String COMMITS = "commits";
    static final String COMMITS_P50 = "commits p50 ms";
    static final String COMMITS_P99 = "commits p99 ms";
    static final String FEWEST = "fewest users shown";
    static final String RESIDENT = "server resident MiB";
    static final String HEAP = "alive on the heap MiB";
    static final String TICK = "tick ms";
    private static final String TICKS = "right after, ticks";
    private static final String FRAMES = "frames per session and s";

    /** What a line says of a phase while the next one runs. */
    static final List<String> LINE = List.of("s", TICKS, FRAMES, COMMITS_P50, COMMITS_P99, RESIDENT, HEAP);

    /** Rule P3. */
    private static final double WANTED_TICKS = 2;
    /** What a commit may take while they churn, by what it takes while nobody does. */
    private static final double WANTED_COMMITS = 1.2;

    private static final double MEBIBYTE = 1024 * 1024;

    private BigReport() {}

    static String title(BigRound big) {
        return "%,d sessions of skein".formatted(big.sessions());
    }

    /** What Skein wants of itself, as far as the phases that ran allow to say it. */
    static Stream<Target> targets(BigRound big) {
        String where = ", " + title(big);
        return Stream.of(
                        new Target(
                                "commits p50, while %.0f %% come and go in a minute ÷ while nobody does%s"
                                        .formatted(BigRun.PERCENT_PER_MINUTE, where),
                                big.commitRatio(),
                                Bound.AT_MOST,
                                WANTED_COMMITS),
                        new Target(
                                "ticks until all are right, most" + where,
                                big.mostTicks(),
                                Bound.AT_MOST,
                                WANTED_TICKS),
                        new Target(
                                "alive on the heap, last cycle ÷ first" + where,
                                big.heapGrowth(),
                                Bound.AT_MOST,
                                BigRun.MOST_GROWTH))
                .filter(target -> !Double.isNaN(target.value()));
    }

    static Course course(BigRound big) {
        List<Look> looks = big.looks();
        List<Span> spans = Course.spans(looks);
        return new Course(
                title(big),
                big.phases().stream().map(BigReport::row).toList(),
                spans,
                List.of(
                        new Chart(
                                "Server memory, MiB",
                                List.of(
                                        Series.of("resident", looks, Timeline.RESIDENT),
                                        new Series("alive on the heap after a collection", true, heaps(big, spans)))),
                        Chart.of("Sessions that are in", looks, Timeline.SESSIONS),
                        Chart.of("Frames a second, all sessions together", looks, Timeline.FRAMES),
                        new Chart(
                                "Frames in one second",
                                List.of(
                                        Series.of(Timeline.MEAN_FRAMES, looks, Timeline.MEAN_FRAMES),
                                        Series.of(Timeline.MOST_FRAMES, looks, Timeline.MOST_FRAMES))),
                        Chart.of("Processors in use by the server", looks, Timeline.PROCESSORS)));
    }

    static Row row(BigRound.Phase phase) {
        var figures = new LinkedHashMap<String, Double>();
        figures.put("s", phase.seconds());
        figures.put("right after ms", phase.rest().millis());
        figures.put(TICK, (double) phase.rest().tickMillis());
        figures.put(TICKS, phase.rest().ticks());
        figures.put(WRONG, (double) phase.rest().wrong());
        figures.put(FRAMES, phase.frames().mean());
        figures.put("frames in a second, most", phase.frames().most());
        figures.put(COMMITS, (double) phase.commits().count());
        figures.put(COMMITS_P50, phase.commits().p50Millis());
        figures.put(COMMITS_P99, phase.commits().p99Millis());
        figures.put(FEWEST, (double) phase.fewestUsers());
        figures.put(RESIDENT, phase.residentBytes() / MEBIBYTE);
        figures.put(HEAP, phase.liveHeapBytes() / MEBIBYTE);
        return new Row(SkeinHost.NAME, phase.name(), figures, List.of());
    }

    /** What lived there at the end of each phase. */
    private static List<Point> heaps(BigRound big, List<Span> spans) {
        return big.phases().stream()
                .flatMap(phase -> spans.stream()
                        .filter(span -> span.label().equals(phase.name()))
                        .map(span -> new Point(span.to(), phase.liveHeapBytes() / MEBIBYTE)))
                .toList();
    }
}
