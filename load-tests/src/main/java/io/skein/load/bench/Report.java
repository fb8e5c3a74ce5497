package io.skein.load.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.skein.load.check.Violations;
import io.skein.load.drive.Window;
import io.skein.load.machine.ProcessorTime;
import io.skein.load.peer.NativeSkeinPeer;
import io.skein.load.peer.WsPostgresPeer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The result of {@code many-workspaces} as a table, as Markdown and as JSON. */
final class Report {
    private static final Column UPDATES =
            new Column("updates/s", "%,.0f", round -> round.window().updatesPerSecond());
    private static final Column ACK_P50 =
            new Column("ack p50 ms", "%.1f", round -> round.window().latencyMillis(50));
    private static final Column ACK_P99 =
            new Column("ack p99 ms", "%.1f", round -> round.window().latencyMillis(99));
    private static final List<Column> COLUMNS = List.of(
            UPDATES,
            new Column("deliveries/s", "%,.0f", round -> round.window().deliveriesPerSecond()),
            ACK_P50,
            ACK_P99,
            new Column("ack max ms", "%.1f", round -> round.window().latencyMillis(100)),
            new Column(
                    "updates/frame",
                    "%.1f",
                    round -> (double) round.window().deliveries()
                            / Math.max(1, round.window().frames())),
            new Column("server CPU s", "%.1f", round -> round.cpu().server()),
            new Column("PostgreSQL CPU s", "%.1f", round -> round.cpu().postgres()),
            new Column("client CPU s", "%.1f", round -> round.cpu().client()),
            new Column("others CPU s", "%.1f", round -> round.cpu().others()),
            new Column("server + PostgreSQL CPU ms per 1,000", "%.1f", Round::serverMillisPerThousand),
            new Column("refused", "%,.0f", round -> refused(round.window())),
            new Column(
                    "violations", "%,.0f", round -> round.verdict().violations().total()),
            new Column("unanswered", "%,.0f", round -> round.verdict().unanswered()));

    private final Workload workload;
    private final List<Round> rounds;
    private final Limits.@Nullable Result limits;
    private final Map<String, String> postgres;
    private final Map<String, String> reference;

    Report(
            Workload workload,
            List<Round> rounds,
            Limits.@Nullable Result limits,
            Map<String, String> postgres,
            Map<String, String> reference) {
        this.workload = workload;
        this.rounds = List.copyOf(rounds);
        this.limits = limits;
        this.postgres = postgres;
        this.reference = reference;
    }

    private record Column(String title, String format, ToDoubleFunction<Round> value) {
        String of(Round round) {
            return String.format(Locale.ROOT, format, value.applyAsDouble(round));
        }
    }

    /** One round in a line, to be read while the next one runs. */
    static String line(Round round) {
        StringBuilder line = new StringBuilder("%-12s".formatted(round.peer()));
        for (Column column : COLUMNS.subList(0, 5)) {
            line.append("  ").append(column.of(round)).append(' ').append(column.title());
        }
        if (!round.verdict().isClean()) {
            line.append("  NOT CLEAN: ").append(round.verdict());
        }
        return line.toString();
    }

    /** Both files, {@code result.md} and {@code result.json}. */
    void writeTo(Path directory) throws IOException {
        Files.writeString(directory.resolve("result.md"), markdown());
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(directory.resolve("result.json").toFile(), json());
    }

    String markdown() {
        StringBuilder text = new StringBuilder("# many-workspaces\n\n")
                .append(workload.describe())
                .append(".\n\n|");
        rounds.forEach(round -> text.append(" | ").append(round.peer()));
        text.append(" |\n|---").append("|---:".repeat(rounds.size())).append("|\n");
        for (Column column : COLUMNS) {
            text.append("| ").append(column.title());
            rounds.forEach(round -> text.append(" | ").append(column.of(round)));
            text.append(" |\n");
        }
        ratios().forEach((title, ratio) -> text.append("\n%s: **%.2f**\n".formatted(title, ratio)));
        for (Round round : rounds) {
            round.verdict()
                    .violations()
                    .examples()
                    .forEach(example -> text.append("\n- ").append(example));
        }
        if (limits != null) {
            text.append("\nSingle-row inserts, one commit each (%s): best %,.0f/s with %d clients\n"
                    .formatted(
                            limits.program(),
                            limits.best().insertsPerSecond(),
                            limits.best().clients()));
        }
        return text.append("\nPostgreSQL: ").append(postgres).append("\n").toString();
    }

    /** Skein over the mean of a reference's rounds, and how far the rounds of one system lie apart. */
    private Map<String, Double> ratios() {
        Map<String, Double> ratios = new LinkedHashMap<>();
        List<Round> skein = of(NativeSkeinPeer.NAME);
        for (String reference : List.of(WsPostgresPeer.NAME, WsPostgresPeer.PLAIN)) {
            List<Round> other = of(reference);
            if (!skein.isEmpty() && !other.isEmpty()) {
                String title = ", skein ÷ " + reference;
                ratios.put("updates/s" + title, mean(skein, UPDATES) / mean(other, UPDATES));
                ratios.put("ack p50" + title, mean(skein, ACK_P50) / mean(other, ACK_P50));
                ratios.put("ack p99" + title, mean(skein, ACK_P99) / mean(other, ACK_P99));
            }
            if (other.size() > 1) {
                DoubleSummaryStatistics rates =
                        other.stream().mapToDouble(UPDATES.value()).summaryStatistics();
                ratios.put("updates/s, fastest ÷ slowest round of " + reference, rates.getMax() / rates.getMin());
            }
        }
        if (limits != null && !skein.isEmpty()) {
            ratios.put(
                    "updates/s, skein ÷ single-row inserts",
                    mean(skein, UPDATES) / limits.best().insertsPerSecond());
        }
        return ratios;
    }

    private Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("workload", workload);
        json.put("description", workload.describe());
        json.put("rounds", rounds.stream().map(Report::json).toList());
        json.put("ratios", ratios());
        if (limits != null) {
            json.put("limits", limits);
        }
        json.put("postgres", postgres);
        json.put("reference", reference);
        json.put("processors", Runtime.getRuntime().availableProcessors());
        json.put("java", System.getProperty("java.vm.version"));
        return json;
    }

    private static Map<String, Object> json(Round round) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("peer", round.peer());
        COLUMNS.forEach(column -> json.put(column.title(), column.value().applyAsDouble(round)));
        json.put("updatesInEachSecond", round.window().perSecond());
        json.put("refusedByCode", round.window().refused());
        json.put("overdue", round.window().overdue());
        ProcessorTime cpu = round.cpu();
        json.put("cpuSeconds", cpu);
        Violations violations = round.verdict().violations();
        json.put("violationsByKind", violations.counts());
        json.put("violationExamples", violations.examples());
        json.put("clean", round.verdict().isClean());
        return json;
    }

    private List<Round> of(String peer) {
        return rounds.stream().filter(round -> round.peer().equals(peer)).toList();
    }

    private static double mean(List<Round> rounds, Column column) {
        return rounds.stream().mapToDouble(column.value()).average().orElseThrow();
    }

    private static double refused(Window window) {
        return window.refused().values().stream().mapToLong(Long::longValue).sum();
    }
}
