package io.skein.load.nemesis;

import io.skein.load.history.HistoryCheck;
import io.skein.load.machine.Limits;
import io.skein.load.nemesis.NemesisRun.Strike;
import io.skein.load.report.Result;
import io.skein.load.report.Result.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A run of {@code nemesis} as a result: a row for all of it, and one for each fault. */
final class NemesisReport {
    private static final String LONGEST = "longest wait of a workspace, max ms";
    private static final String MEDIAN = "longest wait of a workspace, p50 ms";

    private NemesisReport() {}

    static Result of(NemesisRun.Plan plan, NemesisRun.Outcome outcome, String startedAt) {
        var rows = new ArrayList<Row>();
        rows.add(whole(outcome));
        outcome.strikes().stream()
                .collect(Collectors.groupingBy(Strike::fault, LinkedHashMap::new, Collectors.toList()))
                .forEach((fault, strikes) -> rows.add(row(fault, strikes)));
        var notes = new ArrayList<String>();
        outcome.strikes().forEach(strike -> notes.add(strike.toString()));
        outcome.impossible().forEach(fault -> notes.add("not possible here: " + fault));
        outcome.memory().forEach(part -> notes.add("live on the heap, " + part));
        notes.addAll(outcome.proofs().notes());
        return new Result(
                "nemesis",
                plan.describe(),
                startedAt,
                Limits.machine(),
                rows,
                List.of(LONGEST),
                List.of(),
                outcome.proofs().findings(),
                notes,
                List.of(outcome.course()));
    }

    private static Row whole(NemesisRun.Outcome outcome) {
        Proofs proofs = outcome.proofs();
        var figures = new LinkedHashMap<String, Double>();
        figures.put("faults", (double) outcome.strikes().size());
        figures.put("calls accepted", (double) proofs.sum(HistoryCheck.Result::accepted));
        figures.put("calls refused", (double) proofs.sum(HistoryCheck.Result::refused));
        figures.put("calls unknown", (double) proofs.sum(HistoryCheck.Result::unknown));
        waits(figures, outcome.longestGapsMillis());
        return new Row("skein", "whole run", figures, List.of());
    }

    /** All times that a fault came together. */
    private static Row row(String fault, List<Strike> strikes) {
        var figures = new LinkedHashMap<String, Double>();
        figures.put("faults", (double) strikes.size());
        figures.put(
                "calls accepted", strikes.stream().mapToDouble(Strike::accepted).sum());
        waits(
                figures,
                strikes.stream()
                        .flatMap(strike -> strike.gapsMillis().stream())
                        .sorted()
                        .toList());
        return new Row("skein", fault, figures, List.of());
    }

    /** @param gapsMillis ascending */
    private static void waits(Map<String, Double> figures, List<Long> gapsMillis) {
        figures.put(MEDIAN, (double) gapsMillis.get(gapsMillis.size() / 2));
        figures.put(LONGEST, (double) gapsMillis.getLast());
    }
}
