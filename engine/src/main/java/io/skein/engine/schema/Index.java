package io.skein.engine.schema;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Finds the rows of a table by the value of a column, or by the values of several at once.
 *
 * @param columns the columns' ordinals, one or more
 * @param ordinal this index' place among its table's
 */
@SuppressWarnings("UnusedTypeParameter") // V ties a look-up's value to the column's type
public record Index<R, V>(Table<R> table, List<Integer> columns, int ordinal) {
    public Index {
        columns = List.copyOf(columns);
    }

    /** What the index finds this row by: the column's value, or the list of them. */
    public Object valueOf(R row) {
        if (columns.size() == 1) {
            return table.shape().get(row, columns.getFirst());
        }
        var values = new ArrayList<>(columns.size());
        for (int column : columns) {
            values.add(table.shape().get(row, column));
        }
        return Collections.unmodifiableList(values);
    }

    /** Whether it answers what is asked of this column alone. */
    public boolean isOn(int column) {
        return columns.size() == 1 && columns.getFirst() == column;
    }
}
