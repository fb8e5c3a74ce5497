package io.skein.engine.module;

import io.skein.engine.schema.Table;
import java.util.function.Function;

/**
 * The table whose new rows are to leave a workspace.
 *
 * @param outgoing what of a row leaves
 * @param settledBy the internal reducer that is called with {@link Settled} for each target
 */
public record OutboxRule<R>(Table<R> table, Function<R, Outgoing> outgoing, String settledBy) {
    /** What of this row of {@link #table} leaves. */
    public Outgoing of(Object row) {
        return outgoing.apply(table.shape().type().cast(row));
    }
}
