package io.skein.engine.module;

/** Reads and changes one table inside a transaction, which sees its own changes. */
public interface TableWriter<R> extends TableReader<R> {
    /** Adds a row; rejects with reason {@code row_exists} if its key is taken. */
    void insert(R row);

    /** Replaces the row with the same key; rejects with reason {@code row_missing} if there is none. Not for multisets. */
    void update(R row);

    /** Inserts or updates. Not for multisets. */
    void upsert(R row);

    /** Removes the row with this key, or one copy of this row in a multiset; false if there was none. */
    boolean delete(Object key);
}
