package io.skein.engine.module;

import io.skein.engine.schema.Table;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Who may see the rows of a table.
 *
 * @param minimum the least role that may see any row
 * @param rows which of them, if not all
 * @param rechecks the tables that {@code rows} reads; it can read no others
 */
public record TableRule<R>(Table<R> table, Role minimum, Optional<RowRule<R>> rows, List<Recheck<?, R>> rechecks) {
    public TableRule {
        rechecks = List.copyOf(rechecks);
    }

    /**
     * A table that the rule reads. With {@code affected}, only the rows it names are looked at again when {@code cause} changes; without, the
     * whole table is: right, and slow when it is large.
     */
    public record Recheck<C, R>(Table<C> cause, Optional<Affected<C, R>> affected) {}

    /** The rows that hang from a changed row, found through an index. */
    @FunctionalInterface
    public interface Affected<C, R> {
        Collection<R> rows(C changed, Tables tables);
    }
}
