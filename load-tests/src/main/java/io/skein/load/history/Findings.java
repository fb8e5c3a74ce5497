package io.skein.load.history;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What a history breaks, by rule, with the first few cases of each in words. Not thread-safe. */
public final class Findings {
    private static final int EXAMPLES = 5;

    private final Map<Rule, Long> counts = new EnumMap<>(Rule.class);
    private final Map<Rule, List<String>> examples = new EnumMap<>(Rule.class);

    /** Counts one case. */
    void add(Rule rule, String detail) {
        counts.merge(rule, 1L, Long::sum);
        List<String> kept = examples.computeIfAbsent(rule, _ -> new ArrayList<>());
        if (kept.size() < EXAMPLES) {
            kept.add(detail.length() > 600 ? detail.substring(0, 600) + "…" : detail);
        }
    }

    /** How many cases of all rules. */
    public long total() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** By rule; what was kept is absent. */
    public Map<Rule, Long> counts() {
        return new EnumMap<>(counts);
    }

    /** The first 5 cases of each rule, one a line, with the rule in front. */
    public List<String> examples() {
        var lines = new ArrayList<String>();
        examples.forEach((rule, cases) -> cases.forEach(detail -> lines.add(rule + ": " + detail)));
        return lines;
    }

    @Override
    public String toString() {
        return counts + "\n" + String.join("\n", examples());
    }
}
