package io.skein.load.check;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts faults by kind and keeps the first few in words. Not thread-safe. */
public final class Violations {
    private static final int EXAMPLES = 20;

    private final Map<Fault, Long> counts = new EnumMap<>(Fault.class);
    private final List<String> examples = new ArrayList<>();

    /** Counts one fault; {@code detail} says where. */
    public void add(Fault fault, String detail) {
        counts.merge(fault, 1L, Long::sum);
        if (examples.size() < EXAMPLES) {
            examples.add(fault + ": " + detail);
        }
    }

    /** How many faults of all kinds. */
    public long total() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** How many faults of one kind. */
    public long count(Fault fault) {
        return counts.getOrDefault(fault, 0L);
    }

    /** By kind; kinds that did not occur are absent. */
    public Map<Fault, Long> counts() {
        return new EnumMap<>(counts);
    }

    /** The first 20 faults in words. */
    public List<String> examples() {
        return List.copyOf(examples);
    }

    @Override
    public String toString() {
        return counts + " " + examples;
    }
}
