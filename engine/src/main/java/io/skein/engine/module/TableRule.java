package io.skein.engine.module;

import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Table;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
     *
     * @param used all that the rule uses of a row of {@code cause}, if that is not the whole row: a change that leaves it as it was concerns nobody
     * @param whose whose view a row of {@code cause} decides about, if it is not everybody's
     */
    public record Recheck<C, R>(
            Table<C> cause,
            Optional<Affected<C, R>> affected,
            Optional<Function<C, Object>> used,
            Optional<Function<C, Identity>> whose) {
        /** Whether a change of a row of {@code cause} can change what this viewer sees. */
        public boolean concerns(Viewer viewer, @Nullable C before, @Nullable C after) {
            if (used.isPresent() && before != null && after != null) {
                return !used.get().apply(before).equals(used.get().apply(after));
            }
            return whose.isEmpty() || isOf(viewer, before) || isOf(viewer, after);
        }

        private boolean isOf(Viewer viewer, @Nullable C row) {
            return row != null && whose.orElseThrow().apply(row).equals(viewer.identity());
        }
    }

    /** The rows that hang from a changed row, found through an index. */
    @FunctionalInterface
    public interface Affected<C, R> {
        Collection<R> rows(C changed, Tables tables);
    }
}
