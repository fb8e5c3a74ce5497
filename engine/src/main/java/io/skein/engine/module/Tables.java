package io.skein.engine.module;

import io.skein.engine.schema.Table;

/** Reads a workspace's tables as of one moment. */
public interface Tables {
    /**
     * @throws IllegalArgumentException if the module does not define the table, or it is an event table
     */
    <R> TableReader<R> in(Table<R> table);
}
