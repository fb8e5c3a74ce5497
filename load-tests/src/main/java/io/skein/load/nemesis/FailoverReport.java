package io.skein.load.nemesis;

import io.skein.load.machine.Limits;
import io.skein.load.nemesis.FailoverRun.Way;
import io.skein.load.report.Result;
import io.skein.load.report.Result.Bound;
import io.skein.load.report.Result.Row;
import io.skein.load.report.Result.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A run of {@code failover} as a result: a row for each thing that was done. */
final class FailoverReport {
    private static final String P99 = "pause p99 ms";
    private static final String NOTICED = "noticed by clients beside";

    /** What a workspace may stand still when its node is killed, and when it goes by itself. */
    private static final Map<Way, Double> WANTED_MILLIS = Map.of(Way.KILL, 6_000.0, Way.DRAIN, 500.0);

    private FailoverReport() {}

    static Result of(FailoverRun.Plan plan, FailoverRun.Outcome outcome, String startedAt) {
        List<Row> rows = outcome.moves().entrySet().stream()
                .map(kind -> row(kind.getKey(), kind.getValue()))
                .toList();
        Stream<String> noticed = outcome.moves().entrySet().stream()
                .flatMap(kind -> kind.getValue().noticed().entrySet().stream()
                        .map(what -> "%s: clients noticed %d x %s"
                                .formatted(kind.getKey(), what.getValue(), what.getKey())));
        return new Result(
                "failover",
                plan.describe(),
                startedAt,
                Limits.machine(),
                rows,
                List.of(P99),
                rows.stream().flatMap(FailoverReport::targets).toList(),
                outcome.proofs().findings(),
                Stream.concat(noticed, outcome.proofs().notes().stream()).toList(),
                List.of(outcome.course()));
    }

    /** By workspace that moved, milliseconds without an accepted call while one was wanted. */
    private static Row row(String kind, Moves moves) {
        var figures = new LinkedHashMap<String, Double>();
        figures.put("moves", (double) moves.count());
        if (moves.count() > 0) {
            figures.put("pause p50 ms", (double) moves.percentileMillis(50));
            figures.put("pause p90 ms", (double) moves.percentileMillis(90));
            figures.put(P99, (double) moves.percentileMillis(99));
            figures.put("pause max ms", (double) moves.percentileMillis(100));
        }
        figures.put(NOTICED, (double)
                moves.noticed().values().stream().mapToInt(Integer::intValue).sum());
        return new Row("skein", kind, figures, List.of());
    }

    private static Stream<Target> targets(Row row) {
        var targets = new ArrayList<Target>();
        WANTED_MILLIS.forEach((way, millis) -> {
            if (row.phase().equals(way.label()) && !Double.isNaN(row.figure(P99))) {
                targets.add(new Target(P99 + ", " + row.phase(), row.figure(P99), Bound.AT_MOST, millis));
                targets.add(new Target(NOTICED + ", " + row.phase(), row.figure(NOTICED), Bound.AT_MOST, 0));
            }
        });
        return targets.stream();
    }
}
