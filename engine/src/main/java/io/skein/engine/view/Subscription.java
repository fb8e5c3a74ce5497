package io.skein.engine.view;

import io.skein.engine.module.ModuleSchema;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A set of rows that a session asked for under a number of its own choice.
 *
 * @param number unsigned 32 bits
 * @param tables the filter of each table, by name
 */
public record Subscription(long number, SortedMap<String, Filter> tables) {
    public Subscription {
        tables = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(tables));
    }

    public static Subscription of(long number, Map<String, Filter> tables) {
        return new Subscription(number, new TreeMap<>(tables));
    }

    /**
     * The subscription with each filter's values as the schema has them.
     *
     * @throws IllegalArgumentException if a table or column is unknown, or a value is none of its column's type
     */
    public Subscription decoded(ModuleSchema schema) {
        var decoded = new TreeMap<String, Filter>();
        tables.forEach((table, filter) -> decoded.put(table, filter.decoded(schema, table)));
        return new Subscription(number, decoded);
    }
}
