package io.skein.engine.view;

import io.skein.engine.module.ModuleSchema;
import io.skein.engine.schema.Column;
import io.skein.engine.schema.Index;
import io.skein.engine.schema.Shape;
import io.skein.engine.schema.Table;
import io.skein.engine.state.Committed;
import io.skein.engine.state.RowOp;
import io.skein.engine.state.Rows;
import io.skein.engine.state.Stored;
import io.skein.engine.state.WorkspaceState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one table for which there are rows in others, as {@link Filter.Semijoin} asks. A transaction costs by its own operations, and by the
 * rows that came into the selection or left it because the first or the last of their partners came or went.
 */
final class Semijoins {
    private final ModuleSchema schema;
    private final Visibility visibility;

    Semijoins(ModuleSchema schema, Visibility visibility) {
        this.schema = schema;
        this.visibility = visibility;
    }

    /**
     * Holds a filter to what can be answered without walking through tables.
     *
     * @throws IllegalArgumentException if it names a table or column that is not there, compares columns of different types, or columns
     *     without an index
     */
    static void check(ModuleSchema schema, Table<?> table, Filter filter) {
        filter.compile(table.shape(), join -> {
            int other = schema.ordinal(join.table());
            if (other < 0) {
                throw new IllegalArgumentException("no table " + join.table());
            }
            Column mine = indexed(table, join.column());
            Column theirs = indexed(schema.table(other), join.tableColumn());
            if (!mine.type().equals(theirs.type())) {
                throw new IllegalArgumentException(
                        mine.name() + " holds " + mine.type().display() + ", " + theirs.name() + " "
                                + theirs.type().display());
            }
            join.filter().compile(schema.table(other).shape()); // one join deep, and no deeper
            return _ -> true;
        });
    }

    private static Column indexed(Table<?> table, String column) {
        int ordinal = table.shape().ordinal(column);
        if (ordinal < 0) {
            throw new IllegalArgumentException("no column " + column + " in " + table);
        }
        if (!isKey(table, ordinal) && index(table, ordinal).isEmpty()) {
            throw new IllegalArgumentException("a join needs an index on " + table + "." + column);
        }
        return table.shape().columns().get(ordinal);
    }

    private static boolean isKey(Table<?> table, int column) {
        Shape<?> shape = table.shape();
        return table.kind() == Table.Kind.KEYED
                && shape.keyLength() == 1
                && shape.columns().get(column).key();
    }

    private static Optional<? extends Index<?, ?>> index(Table<?> table, int column) {
        return table.indexes().stream().filter(index -> index.isOn(column)).findFirst();
    }

    /** The test of a table's rows in one state, as an audience may look. */
    Predicate<Object> test(WorkspaceState state, Audience audience, int table, Filter filter) {
        Shape<?> shape = schema.table(table).shape();
        return filter.compile(shape, join -> {
            int other = schema.ordinal(join.table());
            int column = shape.ordinal(join.column());
            int otherColumn = schema.table(other).shape().ordinal(join.tableColumn());
            Predicate<Object> passes = join.filter().compile(schema.table(other).shape());
            return row -> exists(state, audience, other, otherColumn, shape.get(row, column), passes);
        });
    }

    private boolean exists(
            WorkspaceState state, Audience audience, int table, int column, Object value, Predicate<Object> passes) {
        return any(
                state.rows(table),
                column,
                value,
                row -> passes.test(row) && visibility.mayRead(state, audience, table, row));
    }

    /** Whether a row with a value in an indexed column passes. An empty optional is equal to nothing here, as in SQL. */
    private static <R> boolean any(Rows<R> rows, int column, Object value, Predicate<Object> test) {
        if (value.equals(Optional.empty())) {
            return false;
        }
        if (isKey(rows.table(), column)) {
            Stored<R> stored = rows.stored(value);
            return stored != null && test.test(stored.row());
        }
        int index = index(rows.table(), column).orElseThrow().ordinal();
        return rows.anyWhere(index, value, stored -> test.test(stored.row()));
    }

    /**
     * What a transaction is to somebody who looks through a join.
     *
     * @param seen what it is to them without
     */
    List<RowOp> ops(Committed committed, Audience audience, Audience.Join join, List<RowOp> seen) {
        int table = schema.ordinal(join.table());
        Predicate<Object> before = test(committed.before(), audience, table, join.filter());
        Predicate<Object> after = test(committed.after(), audience, table, join.filter());
        var ops = new ArrayList<RowOp>();
        for (Object key : concerned(committed, audience, join, table, seen)) {
            Stored<?> then = selected(committed.before(), audience, table, key, before);
            Stored<?> now = selected(committed.after(), audience, table, key, after);
            Visibility.addDifference(schema.table(table), table, key, then, now, ops);
        }
        return ops;
    }

    /** Keys of the rows that may have come, gone or changed: those of the transaction, and those whose partners came or went. */
    private Set<Object> concerned(
            Committed committed, Audience audience, Audience.Join join, int table, List<RowOp> seen) {
        Set<Object> keys = new LinkedHashSet<>();
        for (RowOp op : seen) {
            if (op.table() == table) {
                keys.add(op.key());
            }
        }
        for (Filter.Semijoin each : join.filter().semijoins()) {
            addPartners(committed, audience, table, each, seen, keys);
        }
        return keys;
    }

    private void addPartners(
            Committed committed,
            Audience audience,
            int table,
            Filter.Semijoin join,
            List<RowOp> seen,
            Set<Object> keys) {
        int other = schema.ordinal(join.table());
        Shape<?> shape = schema.table(other).shape();
        int otherColumn = shape.ordinal(join.tableColumn());
        Set<Object> values = new HashSet<>();
        for (RowOp op : seen) {
            if (op.table() == other) {
                addValue(shape, otherColumn, op.before(), values);
                addValue(shape, otherColumn, op.after(), values);
            }
        }
        if (values.isEmpty()) {
            return;
        }
        Predicate<Object> passes = join.filter().compile(shape);
        int column = schema.table(table).shape().ordinal(join.column());
        for (Object value : values) {
            boolean had = exists(committed.before(), audience, other, otherColumn, value, passes);
            boolean has = exists(committed.after(), audience, other, otherColumn, value, passes);
            if (had != has) {
                addKeys(committed.before().rows(table), column, value, keys);
                addKeys(committed.after().rows(table), column, value, keys);
            }
        }
    }

    private static void addValue(Shape<?> shape, int column, @Nullable Object row, Set<Object> values) {
        if (row != null) {
            values.add(shape.get(row, column));
        }
    }

    private static <R> void addKeys(Rows<R> rows, int column, Object value, Set<Object> keys) {
        Table<R> table = rows.table();
        any(rows, column, value, row -> {
            keys.add(table.keyOf(table.shape().type().cast(row)));
            return false; // and on to the next
        });
    }

    private @Nullable Stored<?> selected(
            WorkspaceState state, Audience audience, int table, Object key, Predicate<Object> test) {
        Stored<?> stored = state.rows(table).stored(key);
        return stored != null && visibility.mayRead(state, audience, table, stored.row()) && test.test(stored.row())
                ? stored
                : null;
    }
}
