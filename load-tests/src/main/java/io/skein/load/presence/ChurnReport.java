package io.skein.load.presence;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * The result of {@code presence-churn} as tables, Markdown, JSON and a page with pictures.
 *
 * @param skipped systems that did not run, and why
 */
record ChurnReport(ChurnLoad load, List<Round> rounds, List<BigRound> bigRounds, Map<String, String> skipped) {
    static final String SERVER_CPU = "server CPU ms per pair";

    /** What Skein has to stay below, by what a reference needs. */
    static final double WANTED = 0.25;

    private static final double MEBIBYTE = 1048576.0;

    /** A column of a table. */
    record Column<T>(String title, String format, ToDoubleFunction<T> value) {
        String of(T row) {
            return String.format(Locale.ROOT, format, value.applyAsDouble(row));
        }
    }

    static final List<Column<Round>> COLUMNS = List.of(
            new Column<>(
                    SERVER_CPU, "%.2f", round -> round.millisPerPair(round.cpu().server())),
            new Column<>(
                    "PostgreSQL CPU ms per pair",
                    "%.2f",
                    round -> round.millisPerPair(round.cpu().postgres())),
            new Column<>(
                    "client CPU ms per pair",
                    "%.2f",
                    round -> round.millisPerPair(round.cpu().client())),
            new Column<>("pairs/s", "%.1f", Round::pairsPerSecond),
            new Column<>("held back", "%,.0f", Round::heldBack),
            new Column<>("told p50 ms", "%.1f", round -> millis(round, 50)),
            new Column<>("told p99 ms", "%.1f", round -> millis(round, 99)),
            new Column<>("all told p99 ms", "%.1f", round -> round.told().done().getValueAtPercentile(99) / 1e3),
            new Column<>(
                    "frames per session and s", "%.1f", round -> round.frames().mean()),
            new Column<>("most", "%,.0f", round -> round.frames().most()),
            new Column<>("right after ms", "%.0f", round -> round.rest().millis()),
            new Column<>("RSS MiB", "%,.0f", round -> round.residentBytes() / MEBIBYTE),
            new Column<>("others CPU s", "%.1f", round -> round.cpu().others()));

    static final List<Column<BigRound.Phase>> PHASE_COLUMNS = List.of(
            new Column<>("s", "%.1f", BigRound.Phase::seconds),
            new Column<>("right after ms", "%.0f", phase -> phase.rest().millis()),
            new Column<>("tick ms", "%.0f", phase -> phase.rest().tickMillis()),
            new Column<>("ticks", "%.1f", phase -> phase.rest().ticks()),
            new Column<>("wrong pictures", "%,.0f", phase -> phase.rest().wrong()),
            new Column<>(
                    "frames per session and s", "%.2f", phase -> phase.frames().mean()),
            new Column<>("most", "%,.0f", phase -> phase.frames().most()),
            new Column<>("commits p50 ms", "%.1f", phase -> phase.commits().p50Millis()),
            new Column<>("commits p99 ms", "%.1f", phase -> phase.commits().p99Millis()),
            new Column<>("fewest users shown", "%,.0f", BigRound.Phase::fewestUsers),
            new Column<>("RSS MiB", "%,.0f", phase -> phase.residentBytes() / MEBIBYTE),
            new Column<>("live heap MiB", "%,.1f", phase -> phase.liveHeapBytes() / MEBIBYTE));

    private static double millis(Round round, double percentile) {
        return round.told().told().getValueAtPercentile(percentile) / 1e3;
    }

    /**
     * Skein beside another one.
     *
     * @param cpu its server's processor time for a pair, mean of its rounds, divided by the other's
     */
    record Ratio(String other, double cpu) {
        boolean isReached() {
            return cpu <= WANTED;
        }
    }

    /** Of Skein and every other system that ran; none if Skein did not. */
    List<Ratio> ratios() {
        var ratios = new ArrayList<Ratio>();
        List<String> others = rounds.stream()
                .map(Round::host)
                .filter(host -> !host.equals(SkeinHost.NAME))
                .distinct()
                .toList();
        if (rounds.stream().anyMatch(round -> round.host().equals(SkeinHost.NAME))) {
            others.forEach(other -> ratios.add(new Ratio(other, mean(SkeinHost.NAME) / mean(other))));
        }
        return ratios;
    }

    private double mean(String host) {
        return rounds.stream()
                .filter(round -> round.host().equals(host))
                .mapToDouble(round -> round.millisPerPair(round.cpu().server()))
                .average()
                .orElse(Double.NaN);
    }

    /** One round in a line, to be read while the next one runs. */
    static String line(Round round) {
        var line = new StringBuilder("%-12s".formatted(round.host()));
        for (int column : new int[] {0, 3, 5, 8}) {
            line.append("  ")
                    .append(COLUMNS.get(column).of(round))
                    .append(' ')
                    .append(COLUMNS.get(column).title());
        }
        return line.append(round.isClean() ? "" : "  NOT CLEAN: " + round.findings())
                .toString();
    }

    /** {@code result.md}, {@code result.json} and {@code report.html}. */
    void writeTo(Path directory) throws IOException {
        Files.writeString(directory.resolve("result.md"), markdown());
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(directory.resolve("result.json").toFile(), json());
        Files.writeString(directory.resolve("report.html"), new HtmlReport(this).page());
    }

    String markdown() {
        var text = new StringBuilder("# presence-churn\n\n")
                .append(load.describe())
                .append(".\n\n");
        if (!rounds.isEmpty()) {
            table(text, COLUMNS, rounds, Round::host);
        }
        ratios().forEach(ratio ->
                text.append("\nserver CPU for a pair, skein ÷ %s: **%.2f**%n".formatted(ratio.other(), ratio.cpu())));
        for (BigRound big : bigRounds) {
            text.append("\n%s\n\n".formatted(describe(big)));
            table(text, PHASE_COLUMNS, big.phases(), BigRound.Phase::name);
        }
        findings().forEach(finding -> text.append("\n- ").append(finding));
        skipped.forEach((host, why) -> text.append("\n- %s did not run: %s".formatted(host, why)));
        return text.append('\n').toString();
    }

    static String describe(BigRound big) {
        return "%,d sessions of skein, %.0f %% churn a minute and everyone's reconnect; a commit takes %.2f times as long while they churn; live heap at the end %.2f times what it was after the first cycle; at rest within two ticks: %s"
                .formatted(
                        big.sessions(),
                        big.percentPerMinute(),
                        big.commitRatio(),
                        big.heapGrowth(),
                        big.phases().stream().allMatch(BigRound.Phase::isInTime) ? "always" : "not always");
    }

    /** All that was wrong, by whom. */
    List<String> findings() {
        var findings = new ArrayList<String>();
        rounds.forEach(round -> round.findings().forEach(what -> findings.add(round.host() + ": " + what)));
        bigRounds.forEach(big ->
                big.findings().forEach(what -> findings.add("%,d sessions: %s".formatted(big.sessions(), what))));
        return findings;
    }

    private static <T> void table(StringBuilder text, List<Column<T>> columns, List<T> rows, Function<T, String> name) {
        text.append('|');
        columns.forEach(column -> text.append(" | ").append(column.title()));
        text.append(" |\n|---").append("|---:".repeat(columns.size())).append("|\n");
        for (T row : rows) {
            text.append("| ").append(name.apply(row));
            columns.forEach(column -> text.append(" | ").append(column.of(row)));
            text.append(" |\n");
        }
    }

    private Map<String, Object> json() {
        var json = new LinkedHashMap<String, Object>();
        json.put("load", load);
        json.put("description", load.describe());
        json.put("rounds", rounds.stream().map(ChurnReport::json).toList());
        json.put("ratios", ratios());
        json.put("big", bigRounds.stream().map(ChurnReport::json).toList());
        json.put("skipped", skipped);
        json.put("processors", Runtime.getRuntime().availableProcessors());
        json.put("java", System.getProperty("java.vm.version"));
        return json;
    }

    private static Map<String, Object> json(Round round) {
        var json = new LinkedHashMap<String, Object>();
        json.put("host", round.host());
        json.put("does", round.does());
        COLUMNS.forEach(column -> json.put(column.title(), column.value().applyAsDouble(round)));
        json.put("pairs", round.told().pairs());
        json.put("seconds", round.seconds());
        json.put("cpuSeconds", round.cpu());
        json.put("rest", round.rest());
        json.put("findings", round.findings());
        json.put("clean", round.isClean());
        return json;
    }

    private static Map<String, Object> json(BigRound big) {
        var json = new LinkedHashMap<String, Object>();
        json.put("sessions", big.sessions());
        json.put("heapGrowth", big.heapGrowth());
        json.put("commitRatio", big.commitRatio());
        json.put("phases", big.phases());
        json.put("samples", big.samples());
        json.put("findings", big.findings());
        return json;
    }
}
