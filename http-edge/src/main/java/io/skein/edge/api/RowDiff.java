package io.skein.edge.api;

import io.skein.engine.schema.Table;
import io.skein.engine.state.Stored;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is other in a table at a later moment.
 *
 * @param inserted rows that were not there; of a table without a key as often as there are more copies
 * @param updated rows of the same key with other content; none without a key
 * @param deleted rows that are not there any more; of a table without a key as often as there are fewer copies
 */
record RowDiff(List<Object> inserted, List<Update> updated, List<Object> deleted) {
    /** A row that became another. */
    record Update(Object before, Object after) {}

    /** Of two states of one table. A row that was written and is as it was is not other. */
    static RowDiff of(Table<?> table, List<Stored<?>> before, List<Stored<?>> after) {
        boolean keyed = table.kind() == Table.Kind.KEYED;
        var gone = new LinkedHashMap<Object, Stored<?>>();
        before.forEach(stored -> gone.put(key(table, stored.row()), stored));
        var diff = new RowDiff(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (Stored<?> now : after) {
            Stored<?> then = gone.remove(key(table, now.row()));
            if (then == null) {
                diff.inserted.addAll(Collections.nCopies(now.copies(), now.row()));
            } else if (!keyed) {
                diff.inserted.addAll(Collections.nCopies(Math.max(0, now.copies() - then.copies()), now.row()));
                diff.deleted.addAll(Collections.nCopies(Math.max(0, then.copies() - now.copies()), now.row()));
            } else if (!then.row().equals(now.row())) {
                diff.updated.add(new Update(then.row(), now.row()));
            }
        }
        for (Map.Entry<Object, Stored<?>> left : gone.entrySet()) {
            diff.deleted.addAll(Collections.nCopies(
                    left.getValue().copies(), left.getValue().row()));
        }
        return diff;
    }

    @SuppressWarnings("unchecked") // the rows are the table's
    private static Object key(Table<?> table, Object row) {
        return table.kind() == Table.Kind.KEYED ? ((Table<Object>) table).keyOf(row) : row;
    }

    boolean isEmpty() {
        return inserted.isEmpty() && updated.isEmpty() && deleted.isEmpty();
    }
}
