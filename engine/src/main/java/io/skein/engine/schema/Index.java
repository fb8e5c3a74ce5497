package io.skein.engine.schema;

/**
 * Finds the rows of a table by one column's value.
 *
 * @param column the column's ordinal
 * @param ordinal this index' place among its table's
 */
@SuppressWarnings("UnusedTypeParameter") // V ties a look-up's value to the column's type
public record Index<R, V>(Table<R> table, int column, int ordinal) {}
