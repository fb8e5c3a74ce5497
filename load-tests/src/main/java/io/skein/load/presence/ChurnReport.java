package io.skein.load.presence;

import io.skein.load.report.Compare;
import io.skein.load.report.Result;
import io.skein.load.report.Result.Bound;
import io.skein.load.report.Result.Row;
import io.skein.load.report.Result.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The rounds of {@code presence-churn} as a result; a big room is a course of it. */
final class ChurnReport {
    static final String SERVER_CPU = "server CPU ms per pair";
    static final String PAIRS_PER_SECOND = "pairs/s";
    static final String TOLD_P50 = "told p50 ms";
    static final String FRAMES = "frames per session and s";
    static final String PAIRS = "pairs";
    private static final String RIGHT_AFTER = "right after ms";
    private static final String RESIDENT = "server resident MiB";

    /** What a line says while the next round runs. */
    static final List<String> LINE = List.of(SERVER_CPU, PAIRS_PER_SECOND, TOLD_P50, FRAMES);

    /** What Skein has to stay below, by what a reference needs. */
    private static final double WANTED = 0.25;

    private static final double MEBIBYTE = 1024 * 1024;

    private ChurnReport() {}

    /**
     * Of what has run.
     *
     * @param machine what it ran on
     * @param skipped systems that did not run, and why
     */
    static Result of(
            ChurnLoad load,
            List<Round> rounds,
            List<BigRound> big,
            Map<String, String> skipped,
            String startedAt,
            Map<String, String> machine) {
        List<Row> rows = rounds.stream().map(ChurnReport::row).toList();
        return new Result(
                "presence-churn",
                load.describe(),
                startedAt,
                machine,
                rows,
                List.of(SERVER_CPU),
                Stream.concat(ratios(rows).stream(), big.stream().flatMap(BigReport::targets))
                        .toList(),
                findings(rounds, big),
                notes(rounds, skipped),
                big.stream().map(BigReport::course).toList());
    }

    /** One system, once. */
    static Row row(Round round) {
        var figures = new LinkedHashMap<String, Double>();
        figures.put(SERVER_CPU, round.millisPerPair(round.cpu().server()));
        figures.put(
                "PostgreSQL CPU ms per pair", round.millisPerPair(round.cpu().postgres()));
        figures.put("client CPU ms per pair", round.millisPerPair(round.cpu().client()));
        figures.put(PAIRS_PER_SECOND, round.pairsPerSecond());
        figures.put(PAIRS, (double) round.told().pairs());
        figures.put("held back", (double) round.heldBack());
        figures.put(TOLD_P50, round.told().told().getValueAtPercentile(50) / 1e3);
        figures.put("told p99 ms", round.told().told().getValueAtPercentile(99) / 1e3);
        figures.put("all told p99 ms", round.told().done().getValueAtPercentile(99) / 1e3);
        figures.put(FRAMES, round.frames().mean());
        figures.put("frames in a second, most", round.frames().most());
        figures.put(RIGHT_AFTER, round.rest().millis());
        figures.put(RESIDENT, round.residentBytes() / MEBIBYTE);
        figures.put("others CPU s", round.cpu().others());
        return new Row(round.host(), "", figures, round.pairsBySecond());
    }

    /** Skein beside every other system that ran: the means of their rounds; none if Skein did not run. */
    private static List<Target> ratios(List<Row> rows) {
        var ratios = new ArrayList<Target>();
        double skein = mean(rows, SkeinHost.NAME);
        rows.stream()
                .map(Row::system)
                .filter(other -> !other.equals(SkeinHost.NAME) && !Double.isNaN(skein))
                .distinct()
                .forEach(other -> ratios.add(new Target(
                        "%s, skein ÷ %s".formatted(SERVER_CPU, other),
                        skein / mean(rows, other),
                        Bound.AT_MOST,
                        WANTED)));
        return ratios;
    }

    private static double mean(List<Row> rows, String system) {
        return Compare.mean(
                rows.stream().filter(row -> row.system().equals(system)).toList(), SERVER_CPU);
    }

    /** All that was wrong, by whom. */
    private static List<String> findings(List<Round> rounds, List<BigRound> big) {
        var findings = new ArrayList<String>();
        rounds.forEach(round -> round.findings().forEach(what -> findings.add(round.host() + ": " + what)));
        big.forEach(room ->
                room.findings().forEach(what -> findings.add("%s: %s".formatted(BigReport.title(room), what))));
        return findings;
    }

    private static List<String> notes(List<Round> rounds, Map<String, String> skipped) {
        Stream<String> ran =
                rounds.stream().map(round -> round.host() + ": " + round.does()).distinct();
        Stream<String> didNot =
                skipped.entrySet().stream().map(host -> "%s did not run: %s".formatted(host.getKey(), host.getValue()));
        return Stream.concat(ran, didNot).toList();
    }
}
