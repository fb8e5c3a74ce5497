package io.skein.engine.schema;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A table of a module: a name, a record class, and what kind of thing its rows are. Tables are constants of a module class; they hold
 * no rows themselves.
 */
public final class Table<R> {
    /** How rows are told apart and how long they live. */
    public enum Kind {
        /** One row for each primary key. */
        KEYED,
        /** Any number of equal rows. */
        MULTISET,
        /** Rows are sent to those who may see them when the transaction commits, journaled, and never stored. */
        EVENT
    }

    private final String name;
    private final Shape<R> shape;
    private final Kind kind;
    private final List<Index<R, ?>> indexes = new ArrayList<>();
    private volatile boolean sealed;

    private Table(String name, Shape<R> shape, Kind kind) {
        if (!name.matches("[a-z][a-z0-9_]{0,62}")) {
            throw new IllegalArgumentException(
                    "table name '" + name + "': lower-case letters, digits and underscores, at most 63");
        }
        for (Column column : shape.columns()) {
            if (Shape.holdsSecrets(column.type())) {
                throw new IllegalArgumentException(name + "." + column.name()
                        + ": a row's secrets are columns of its own, not of a record inside it");
            }
        }
        this.name = name;
        this.shape = shape;
        this.kind = kind;
    }

    /** A table whose rows stay: keyed if {@code row} has {@link Key} components, a multiset if not. */
    public static <R extends Record> Table<R> of(String name, Class<R> row) {
        Shape<R> shape = Shape.of(row);
        return new Table<>(name, shape, shape.hasKey() ? Kind.KEYED : Kind.MULTISET);
    }

    /** A table of transient signals. */
    public static <R extends Record> Table<R> event(String name, Class<R> row) {
        return new Table<>(name, Shape.of(row), Kind.EVENT);
    }

    /**
     * Adds an index for look-ups by equality on one column; call it beside the table's declaration.
     *
     * @param value the column's Java type (boxed)
     * @throws IllegalArgumentException if there is no such column or it holds another type
     * @throws IllegalStateException if a module has the table already
     */
    public <V> Index<R, V> index(String column, Class<V> value) {
        int ordinal = indexable(column);
        var type = shape.columns().get(ordinal).type();
        if (type.javaType() != value) {
            throw new IllegalArgumentException(name + "." + column + " holds " + type.display());
        }
        return add(List.of(ordinal));
    }

    /**
     * Adds an index for look-ups by equality on several columns at once, such as those that would be a multiset's key. What to look up is the
     * list of their values, in this order.
     *
     * @throws IllegalArgumentException if there are fewer than two columns, or not all of these
     * @throws IllegalStateException if a module has the table already
     */
    public Index<R, List<Object>> index(List<String> columns) {
        if (columns.size() < 2) {
            throw new IllegalArgumentException("an index on several columns of " + name + " has two or more");
        }
        return add(columns.stream().map(this::indexable).toList());
    }

    private int indexable(String column) {
        int ordinal = shape.ordinal(column);
        if (ordinal < 0 || kind == Kind.EVENT) {
            throw new IllegalArgumentException("no index on " + name + "." + column);
        }
        var type = shape.columns().get(ordinal).type();
        if (type == ColumnType.Scalar.DOUBLE || type.equals(new ColumnType.Maybe(ColumnType.Scalar.DOUBLE))) {
            throw new IllegalArgumentException(name + "." + column + ": doubles are not for look-ups by equality");
        }
        return ordinal;
    }

    private <V> Index<R, V> add(List<Integer> columns) {
        if (sealed) {
            throw new IllegalStateException("make indexes on " + name + " beside the table");
        }
        var index = new Index<R, V>(this, columns, indexes.size());
        indexes.add(index);
        return index;
    }

    public String name() {
        return name;
    }

    public Shape<R> shape() {
        return shape;
    }

    public Kind kind() {
        return kind;
    }

    public boolean isEvent() {
        return kind == Kind.EVENT;
    }

    public List<Index<R, ?>> indexes() {
        return Collections.unmodifiableList(indexes);
    }

    /** Says that a module has the table: workspaces have its indexes from their start, and no other ones later. */
    public void seal() {
        sealed = true;
    }

    /** What tells rows apart inside the table: the primary key, or the row itself in a multiset. */
    public Object keyOf(R row) {
        return kind == Kind.KEYED ? shape.key(row) : row;
    }

    /**
     * A look-up by a value of another type than the key's would find nothing, and say nothing.
     *
     * @throws IllegalArgumentException if this can be no {@link #keyOf} of any row
     */
    public void requireKey(Object key) {
        if (kind == Kind.KEYED ? !shape.isKey(key) : !shape.type().isInstance(key)) {
            throw new IllegalArgumentException("not a key of " + name + ": " + key);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
