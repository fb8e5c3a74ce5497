package io.skein.load.bank;

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
import java.util.function.ToDoubleFunction;

/** The result of {@code bank} as a table, as Markdown and as JSON. */
final class BankReport {
    private static final List<Column> COLUMNS = List.of(
            new Column("calls/s", "%,.0f", turn -> turn.window().perSecond()),
            new Column("p50 ms", "%.1f", turn -> turn.window().latencyMillis(50)),
            new Column("p99 ms", "%.1f", turn -> turn.window().latencyMillis(99)),
            new Column("max ms", "%.1f", turn -> turn.window().latencyMillis(100)),
            new Column(
                    "server CPU s per 1,000",
                    "%.3f",
                    turn -> turn.perThousand(turn.cpu().server())),
            new Column(
                    "PostgreSQL CPU s per 1,000",
                    "%.3f",
                    turn -> turn.perThousand(turn.cpu().postgres())),
            new Column(
                    "clients CPU s per 1,000",
                    "%.3f",
                    turn -> turn.perThousand(turn.cpu().client())),
            new Column("others CPU s", "%.1f", turn -> turn.cpu().others()),
            new Column("refused", "%,.0f", turn -> turn.totals().refused()));

    private final Load load;
    private final List<Turn> turns;
    private final Map<String, String> postgres;
    private final Map<String, String> reference;

    /**
     * Of turns that have been taken.
     *
     * @param postgres settings of the server
     * @param reference what was set for the reference
     */
    BankReport(Load load, List<Turn> turns, Map<String, String> postgres, Map<String, String> reference) {
        this.load = load;
        this.turns = List.copyOf(turns);
        this.postgres = postgres;
        this.reference = reference;
    }

    private record Column(String title, String format, ToDoubleFunction<Turn> value) {
        String of(Turn turn) {
            return String.format(Locale.ROOT, format, value.applyAsDouble(turn));
        }
    }

    /**
     * Skein beside a reference in one round.
     *
     * @param calls its calls per second, divided by the reference's
     * @param cpu the processor time of server and PostgreSQL for a call, divided by the reference's
     */
    record Ratio(int round, String choice, String reference, double calls, double cpu) {}

    /** One turn in a line, to be read while the next one runs. */
    static String line(Turn turn) {
        StringBuilder line = new StringBuilder("%-8s  %-21s".formatted(turn.choice(), turn.bank()));
        for (Column column : COLUMNS.subList(0, 3)) {
            line.append("  ").append(column.of(turn)).append(' ').append(column.title());
        }
        return line.append(turn.isClean() ? "" : "  NOT CLEAN: " + wrong(turn)).toString();
    }

    private static List<String> wrong(Turn turn) {
        var wrong = new ArrayList<>(turn.findings());
        turn.totals().refusals().forEach((text, count) -> wrong.add("refused %,d times: %s".formatted(count, text)));
        return wrong;
    }

    /** Both files, {@code result.md} and {@code result.json}. */
    void writeTo(Path directory) throws IOException {
        Files.writeString(directory.resolve("result.md"), markdown());
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(directory.resolve("result.json").toFile(), json());
    }

    String markdown() {
        StringBuilder text =
                new StringBuilder("# bank\n\n").append(load.describe()).append(".\n\n| round | accounts | bank");
        COLUMNS.forEach(column -> text.append(" | ").append(column.title()));
        text.append(" |\n|---:|---|---").append("|---:".repeat(COLUMNS.size())).append("|\n");
        for (Turn turn : turns) {
            text.append("| %d | %s | %s".formatted(turn.round(), turn.choice(), turn.bank()));
            COLUMNS.forEach(column -> text.append(" | ").append(column.of(turn)));
            text.append(" |\n");
        }
        for (Ratio ratio : ratios()) {
            text.append("\nround %d, %s, skein ÷ %s: calls/s **%.2f**, server + PostgreSQL CPU for a call %.2f\n"
                    .formatted(ratio.round(), ratio.choice(), ratio.reference(), ratio.calls(), ratio.cpu()));
        }
        for (Turn turn : turns) {
            wrong(turn)
                    .forEach(what -> text.append(
                            "\n- round %d, %s, %s: %s".formatted(turn.round(), turn.choice(), turn.bank(), what)));
        }
        return text.append("\n\nPostgreSQL: %s; reference: %s\n".formatted(postgres, reference))
                .toString();
    }

    /** Of every round, Skein beside each reference that was in it. */
    List<Ratio> ratios() {
        var ratios = new ArrayList<Ratio>();
        for (Turn skein : turns) {
            for (Turn other : turns) {
                if (skein.bank().equals(SkeinBank.NAME)
                        && !other.bank().equals(SkeinBank.NAME)
                        && skein.round() == other.round()
                        && skein.exponent() == other.exponent()) {
                    ratios.add(new Ratio(
                            skein.round(),
                            skein.choice(),
                            other.bank(),
                            skein.window().perSecond() / other.window().perSecond(),
                            serverSide(skein) / serverSide(other)));
                }
            }
        }
        return ratios;
    }

    private static double serverSide(Turn turn) {
        return turn.perThousand(turn.cpu().server() + turn.cpu().postgres());
    }

    private Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("load", load);
        json.put("description", load.describe());
        json.put("turns", turns.stream().map(BankReport::json).toList());
        json.put("ratios", ratios());
        json.put("postgres", postgres);
        json.put("reference", reference);
        json.put("processors", Runtime.getRuntime().availableProcessors());
        json.put("java", System.getProperty("java.vm.version"));
        return json;
    }

    private static Map<String, Object> json(Turn turn) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("round", turn.round());
        json.put("choice", turn.choice());
        json.put("bank", turn.bank());
        COLUMNS.forEach(column -> json.put(column.title(), column.value().applyAsDouble(turn)));
        json.put("cpuSeconds", turn.cpu());
        json.put("acceptedInWindow", turn.window().accepted());
        json.put("acceptedInAll", turn.totals().accepted());
        json.put("refusals", turn.totals().refusals());
        json.put("findings", turn.findings());
        json.put("clean", turn.isClean());
        return json;
    }
}
