package io.skein.engine.reducer;

import io.skein.engine.codec.Encoded;

/** What a caller takes for granted (rule V2); if it is not so, the call is a conflict. */
public sealed interface Expectation {
    /** Nothing was committed after this {@code seq}. */
    record AtSeq(long seq) implements Expectation {}

    /**
     * A row was last written by this {@code seq}; 0: there is no such row.
     *
     * @param key the primary key, or the list of a composite one's parts, or the {@link Encoded} form of either
     */
    record RowVersion(String table, Object key, long version) implements Expectation {}
}
