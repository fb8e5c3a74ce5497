package io.skein.load.bank;

import io.skein.load.report.Compare;
import io.skein.load.report.Result;
import io.skein.load.report.Result.Bound;
import io.skein.load.report.Result.Row;
import io.skein.load.report.Result.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The turns of {@code transfer} as a result. */
final class BankReport {
    static final String CALLS = "calls/s";
    static final String P50 = "p50 ms";
    static final String P99 = "p99 ms";
    /** What a line says while the next turn runs. */
    static final List<String> LINE = List.of(CALLS, P50, P99);

    /** Published for SpacetimeDB: 279,024 calls/s against 9,904 of Node with PostgreSQL (see docs/benchmarks.md). */
    private static final double WANTED_UNIFORM = 28;

    private static final double WANTED_SKEWED = 100;

    private BankReport() {}

    /**
     * Of turns that have been taken.
     *
     * @param machine what it ran on
     * @param reference what was set for the reference
     */
    static Result of(
            Load load, List<Turn> turns, String startedAt, Map<String, String> machine, Map<String, String> reference) {
        List<Row> rows = turns.stream().map(BankReport::row).toList();
        return new Result(
                "transfer",
                load.describe() + (reference.isEmpty() ? "" : "; reference with " + reference),
                startedAt,
                machine,
                rows,
                List.of(CALLS, P99),
                targets(turns, rows),
                turns.stream().flatMap(turn -> wrong(turn).stream()).toList(),
                List.of(
                        "skein: acknowledged when it is durable in PostgreSQL, checked, and numbered",
                        "rpc-postgres, rpc-postgres-function: acknowledged when the transaction is committed"));
    }

    /** One turn; its phase is how accounts were chosen. */
    static Row row(Turn turn) {
        var figures = new LinkedHashMap<String, Double>();
        figures.put(CALLS, turn.window().perSecond());
        figures.put(P50, turn.window().latencyMillis(50));
        figures.put(P99, turn.window().latencyMillis(99));
        figures.put("max ms", turn.window().latencyMillis(100));
        figures.put("server CPU s per 1,000", turn.perThousand(turn.cpu().server()));
        figures.put("PostgreSQL CPU s per 1,000", turn.perThousand(turn.cpu().postgres()));
        figures.put("clients CPU s per 1,000", turn.perThousand(turn.cpu().client()));
        figures.put("others CPU s", turn.cpu().others());
        figures.put("accepted in the window", (double) turn.window().accepted());
        figures.put("accepted in all", (double) turn.totals().accepted());
        figures.put("refused", (double) turn.totals().refused());
        return new Row(turn.bank(), turn.choice(), figures, List.of());
    }

    /** A bank that refused nothing but those who have too little, and whose books are right, did nothing wrong. */
    static List<String> wrong(Turn turn) {
        if (turn.isClean()) {
            return List.of();
        }
        String where = "round %d, %s, %s: ".formatted(turn.round(), turn.choice(), turn.bank());
        var wrong = new ArrayList<String>();
        turn.findings().forEach(finding -> wrong.add(where + finding));
        turn.totals()
                .refusals()
                .forEach((text, count) -> wrong.add(where + "refused %,d times: %s".formatted(count, text)));
        if (turn.totals().accepted() == 0) {
            wrong.add(where + "nothing was accepted");
        }
        return wrong;
    }

    /** The mean of Skein's rounds over that of the reference's, for each way in which accounts were chosen. */
    private static List<Target> targets(List<Turn> turns, List<Row> rows) {
        var targets = new ArrayList<Target>();
        turns.stream().map(Turn::exponent).distinct().forEach(exponent -> {
            double ratio = mean(turns, rows, SkeinBank.NAME, exponent) / mean(turns, rows, RpcBank.NAME, exponent);
            if (!Double.isNaN(ratio)) {
                String choice = exponent == 0 ? "uniform" : "zipf " + exponent;
                targets.add(new Target(
                        "%s, %s, skein ÷ %s".formatted(CALLS, choice, RpcBank.NAME),
                        ratio,
                        Bound.AT_LEAST,
                        exponent == 0 ? WANTED_UNIFORM : WANTED_SKEWED));
            }
        });
        return targets;
    }

    private static double mean(List<Turn> turns, List<Row> rows, String bank, double exponent) {
        var its = new ArrayList<Row>();
        for (int i = 0; i < turns.size(); i++) {
            if (turns.get(i).bank().equals(bank) && turns.get(i).exponent() == exponent) {
                its.add(rows.get(i));
            }
        }
        return Compare.mean(its, CALLS);
    }
}
