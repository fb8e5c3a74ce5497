package io.skein.engine.schema;

/**
 * Finds the rows of a table by one column's value.
 *
 * @param column the column's ordinal
 * @param ordinal this index' place among its table's
 */
public record Index<R, V>(Table<R> table, int column, int ordinal) {}
