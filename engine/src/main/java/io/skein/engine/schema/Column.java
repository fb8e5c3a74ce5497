package io.skein.engine.schema;

import org.jspecify.annotations.Nullable;

/**
 * One column of a shape.
 *
 * @param name snake_case, as on every wire
 * @param javaName the record component's name, accepted on input too
 * @param key part of the primary key
 * @param secret sealed wherever it is kept, see {@link Secret}
 * @param fallback what stands in where a stored row or a caller has no value; null: a value is required
 */
public record Column(
        String name,
        String javaName,
        ColumnType type,
        boolean key,
        boolean secret,
        @Nullable Object fallback) {
    /** {@code workflowId} to {@code workflow_id}; runs of capitals stay together ({@code nodeID} to {@code node_id}). */
    static String snakeCase(String javaName) {
        return javaName.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
                .replaceAll("([A-Z])([A-Z][a-z])", "$1_$2")
                .toLowerCase(java.util.Locale.ROOT);
    }
}
