package io.skein.engine.journal;

import io.skein.engine.state.RowOp;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction did to one row, as far as its own bytes say it: not what the row was before.
 *
 * @param table ordinal in the module's schema
 * @param key what tells the row apart in its table; of a multiset, the row itself
 * @param after the row, unless it was deleted
 */
public record RowChange(
        int table, Kind kind, Object key, @Nullable Object after) {
    /** An insert, an update, or a delete. */
    public enum Kind {
        INSERT,
        UPDATE,
        DELETE
    }

    public RowChange {
        if ((kind == Kind.DELETE) != (after == null)) {
            throw new IllegalArgumentException("a row is there after " + kind + ", or is not");
        }
    }

    /** The same change where more is known. */
    public static RowChange of(RowOp op) {
        Kind kind = op.isInsert() ? Kind.INSERT : op.isDelete() ? Kind.DELETE : Kind.UPDATE;
        return new RowChange(op.table(), kind, op.key(), op.after());
    }

    /** The row after an insert or an update. */
    public Object row() {
        return Objects.requireNonNull(after, "a deleted row");
    }
}
