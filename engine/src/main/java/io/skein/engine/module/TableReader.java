package io.skein.engine.module;

import io.skein.engine.schema.Index;
import java.util.List;
import java.util.Optional;

/** Reads one table. */
public interface TableReader<R> {
    /** The row with this primary key (a list of the parts of a composite one); in a multiset, the row itself if it is there. */
    Optional<R> find(Object key);

    /** The rows whose indexed column has this value (a list of the values of several columns), in no particular order. Costs by its result, not by the table. */
    <V> List<R> where(Index<R, V> index, V value);

    /** Every row, a multiset's copies each. Costs by the table. */
    List<R> all();

    /** Number of rows, copies counted. */
    long size();
}
