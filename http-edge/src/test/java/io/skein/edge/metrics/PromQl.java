package io.skein.edge.metrics;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads an expression of Prometheus' query language, as far as our rules use it, and keeps the names of the metrics in it. What it does not know it
 * refuses, so that a slip of the pen is found where there is no promtool.
 */
public final class PromQl {
    private static final Pattern TOKEN = Pattern.compile("\\s*(?:"
            + "(?<number>\\d+(?:\\.\\d+)?(?![\\w.]))"
            + "|(?<duration>(?:\\d+(?:ms|[smhdwy]))+)"
            + "|(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)"
            + "|(?<text>\"(?:[^\"\\\\]|\\\\.)*\")"
            + "|(?<sign>=~|!~|!=|==|>=|<=|[-+*/%^(){}\\[\\],=<>:]))");
    private static final Set<String> AGGREGATIONS = Set.of("sum", "max", "min", "avg", "count", "topk");
    private static final Set<String> FUNCTIONS = Set.of("rate", "increase", "histogram_quantile", "absent");
    private static final Set<String> OF_A_RANGE = Set.of("rate", "increase");
    /** The weakest first. */
    private static final List<Set<String>> OPERATORS = List.of(
            Set.of("or"),
            Set.of("and", "unless"),
            Set.of("==", "!=", "<=", "<", ">=", ">"),
            Set.of("+", "-"),
            Set.of("*", "/", "%"));

    private record Token(String kind, String text) {}

    private static final Token END = new Token("end", "");

    private final String source;
    private final Matcher tokens;
    private final Set<String> metrics = new TreeSet<>();
    private Token next = END;
    /** Of {@link #next}, in the source. */
    private int end;

    private PromQl(String source) {
        this.source = source.strip();
        this.tokens = TOKEN.matcher(this.source);
        advance();
    }

    /** @throws IllegalArgumentException if it is no expression */
    public static Set<String> metricsOf(String expression) {
        var parser = new PromQl(expression);
        parser.binary(0);
        if (!parser.next.equals(END)) {
            throw parser.unexpected();
        }
        return Collections.unmodifiableSet(parser.metrics);
    }

    private void binary(int level) {
        if (level == OPERATORS.size()) {
            operand();
            return;
        }
        binary(level + 1);
        while (OPERATORS.get(level).contains(next.text()) && !next.kind().equals("text")) {
            advance();
            if (next.text().equals("on") || next.text().equals("ignoring")) {
                advance();
                labels();
            }
            binary(level + 1);
        }
    }

    private void operand() {
        switch (next.kind()) {
            case "number" -> advance();
            case "name" -> named(take("name"));
            default -> {
                expect("(");
                binary(0);
                expect(")");
            }
        }
    }

    private void named(String name) {
        if (AGGREGATIONS.contains(name)) {
            aggregation();
        } else if (FUNCTIONS.contains(name)) {
            expect("(");
            arguments(OF_A_RANGE.contains(name));
        } else if (next.text().equals("(")) {
            throw new IllegalArgumentException("no function " + name + " in " + source);
        } else {
            selector(name, false);
        }
    }

    private void aggregation() {
        if (next.text().equals("by") || next.text().equals("without")) {
            advance();
            labels();
        }
        expect("(");
        arguments(false);
    }

    private void arguments(boolean range) {
        if (range) {
            selector(take("name"), true);
        } else {
            binary(0);
            while (next.text().equals(",")) {
                advance();
                binary(0);
            }
        }
        expect(")");
    }

    private void selector(String metric, boolean range) {
        if (!metric.equals(metric.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException(metric + " is no metric, in " + source);
        }
        metrics.add(metric);
        if (next.text().equals("{")) {
            advance();
            while (!next.text().equals("}")) {
                take("name");
                if (!Set.of("=", "!=", "=~", "!~").contains(next.text())) {
                    throw unexpected();
                }
                advance();
                take("text");
                if (!next.text().equals("}")) {
                    expect(",");
                }
            }
            expect("}");
        }
        if (range) {
            expect("[");
            take("duration");
            expect("]");
        }
    }

    private void labels() {
        expect("(");
        take("name");
        while (next.text().equals(",")) {
            advance();
            take("name");
        }
        expect(")");
    }

    private String take(String kind) {
        if (!next.kind().equals(kind)) {
            throw unexpected();
        }
        String text = next.text();
        advance();
        return text;
    }

    private void expect(String sign) {
        if (!next.text().equals(sign)) {
            throw unexpected();
        }
        advance();
    }

    private void advance() {
        if (end == source.length()) {
            next = END;
            return;
        }
        if (!tokens.region(end, source.length()).lookingAt()) {
            throw new IllegalArgumentException("not understood: " + source.substring(end) + " in " + source);
        }
        end = tokens.end();
        for (String kind : List.of("number", "duration", "name", "text", "sign")) {
            if (tokens.group(kind) != null) {
                next = new Token(kind, tokens.group(kind));
            }
        }
    }

    private IllegalArgumentException unexpected() {
        return new IllegalArgumentException(
                "not expected: '" + next.text() + "' before " + source.substring(end) + " in " + source);
    }
}
