package io.skein.engine.state;

import org.jspecify.annotations.Nullable;

/**
 * What a transaction did to one row, or to one copy of a row in a multiset. An insert has no {@code before}, a delete no {@code
 * after}, an update both; a row of an event table is an insert that is never stored.
 *
 * @param table ordinal in the module's schema
 * @param key what tells the row apart in its table
 */
public record RowOp(
        int table,
        Object key,
        @Nullable Object before,
        @Nullable Object after) {
    public RowOp {
        if (before == null && after == null) {
            throw new IllegalArgumentException("an operation has a row before, after, or both");
        }
    }

    public boolean isInsert() {
        return before == null;
    }

    public boolean isDelete() {
        return after == null;
    }
}
