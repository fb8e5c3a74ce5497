package io.skein.engine.view;

import io.skein.engine.codec.CorruptException;
import io.skein.engine.codec.Encoded;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.schema.ColumnType;
import io.skein.engine.schema.Shape;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of a table somebody asked for. An empty optional column is equal to {@code null} alone, and neither less nor greater than
 * anything.
 */
public sealed interface Filter {
    /** How a column relates to a value. */
    enum Operator {
        EQUAL("="),
        NOT_EQUAL("!="),
        LESS("<"),
        LESS_OR_EQUAL("<="),
        GREATER(">"),
        GREATER_OR_EQUAL(">=");

        private final String sign;

        Operator(String sign) {
            this.sign = sign;
        }

        public String sign() {
            return sign;
        }

        /** Whether it holds between two values that compare so. */
        boolean accepts(int order) {
            return switch (this) {
                case EQUAL -> order == 0;
                case NOT_EQUAL -> order != 0;
                case LESS -> order < 0;
                case LESS_OR_EQUAL -> order <= 0;
                case GREATER -> order > 0;
                case GREATER_OR_EQUAL -> order >= 0;
            };
        }

        /** The operator with this sign, if there is one. */
        public static Optional<Operator> ofSign(String sign) {
            for (Operator operator : values()) {
                if (operator.sign.equals(sign)) {
                    return Optional.of(operator);
                }
            }
            return Optional.empty();
        }
    }

    /** Every row. */
    record All() implements Filter {}

    /**
     * A column against a constant.
     *
     * @param column snake_case name
     * @param value of the column's Java type (of what an optional column holds), or such a one's {@link Encoded} form, or null for an
     *     empty optional
     */
    record Compare(
            String column, Operator operator, @Nullable Object value) implements Filter {}

    /**
     * A column against another of the same type in the same row.
     *
     * @param column snake_case name
     */
    record CompareColumns(String column, Operator operator, String other) implements Filter {}

    /**
     * Rows for which there is one in another table, visible to whoever asks. Only an owner can tell, see {@link Semijoins}; it needs an index or a
     * primary key on both columns.
     *
     * @param column of this table
     * @param table the other one
     * @param tableColumn whose value there is the same
     * @param filter what else must hold there
     */
    record Semijoin(String column, String table, String tableColumn, Filter filter) implements Filter {}

    record And(List<Filter> all) implements Filter {}

    record Or(List<Filter> any) implements Filter {}

    record Not(Filter inner) implements Filter {}

    /**
     * The filter as a test of rows.
     *
     * @throws IllegalArgumentException if it names a column that is not there, compares it with a value of another type, compares
     *     what has no order, or looks at other tables
     */
    default Predicate<Object> compile(Shape<?> shape) {
        return compile(shape, join -> {
            throw new IllegalArgumentException("rows alone do not say what is in " + join.table());
        });
    }

    /**
     * The same where other tables can be looked at.
     *
     * @param joins makes a test of rows of one that looks there
     */
    default Predicate<Object> compile(Shape<?> shape, Function<Semijoin, Predicate<Object>> joins) {
        return switch (this) {
            case All _ -> _ -> true;
            case Compare compare -> predicateOf(compare, shape);
            case CompareColumns columns -> predicateOf(columns, shape);
            case Semijoin join -> joins.apply(join);
            case And(var all) -> {
                var parts = compiled(all, shape, joins);
                yield row -> firstThatIs(false, parts, row) == null;
            }
            case Or(var any) -> {
                var parts = compiled(any, shape, joins);
                yield row -> firstThatIs(true, parts, row) != null;
            }
            case Not(var inner) -> inner.compile(shape, joins).negate();
        };
    }

    private static List<Predicate<Object>> compiled(
            List<Filter> filters, Shape<?> shape, Function<Semijoin, Predicate<Object>> joins) {
        return filters.stream().map(filter -> filter.compile(shape, joins)).toList();
    }

    /** Where this filter looks at other tables; empty for most. */
    default List<Semijoin> semijoins() {
        return switch (this) {
            case All _, Compare _, CompareColumns _ -> List.of();
            case Semijoin join -> List.of(join);
            case And(var all) ->
                all.stream().flatMap(part -> part.semijoins().stream()).toList();
            case Or(var any) ->
                any.stream().flatMap(part -> part.semijoins().stream()).toList();
            case Not(var inner) -> inner.semijoins();
        };
    }

    private static Predicate<Object> predicateOf(CompareColumns columns, Shape<?> shape) {
        int one = shape.ordinal(columns.column());
        int two = shape.ordinal(columns.other());
        if (one < 0 || two < 0) {
            throw new IllegalArgumentException("no column " + (one < 0 ? columns.column() : columns.other()));
        }
        ColumnType type = shape.columns().get(one).type();
        if (!type.equals(shape.columns().get(two).type())) {
            throw new IllegalArgumentException(columns.column() + " and " + columns.other() + " hold different things");
        }
        boolean optional = type instanceof ColumnType.Maybe;
        Operator operator = columns.operator();
        if (operator == Operator.EQUAL || operator == Operator.NOT_EQUAL) {
            boolean wanted = operator == Operator.EQUAL;
            return row -> shape.get(row, one).equals(shape.get(row, two)) == wanted;
        }
        Comparator<Object> order = order(columns.column(), operator, type);
        return row -> {
            Object left = value(shape, row, one, optional);
            Object right = value(shape, row, two, optional);
            return left != null && right != null && operator.accepts(order.compare(left, right));
        };
    }

    private static @Nullable Predicate<Object> firstThatIs(boolean wanted, List<Predicate<Object>> parts, Object row) {
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i).test(row) == wanted) {
                return parts.get(i);
            }
        }
        return null;
    }

    private static Predicate<Object> predicateOf(Compare compare, Shape<?> shape) {
        int ordinal = shape.ordinal(compare.column());
        if (ordinal < 0) {
            throw new IllegalArgumentException("no column " + compare.column());
        }
        ColumnType type = shape.columns().get(ordinal).type();
        boolean optional = type instanceof ColumnType.Maybe;
        Class<?> javaType = type instanceof ColumnType.Maybe(var of) ? of.javaType() : type.javaType();
        Object wanted = compare.value();
        if (wanted == null && !optional) {
            throw new IllegalArgumentException(compare.column() + " is never null");
        }
        if (wanted != null && !javaType.isInstance(wanted)) {
            throw new IllegalArgumentException(compare.column() + " holds " + type.display());
        }
        return switch (compare.operator()) {
            case EQUAL -> row -> Objects.equals(value(shape, row, ordinal, optional), wanted);
            case NOT_EQUAL -> row -> !Objects.equals(value(shape, row, ordinal, optional), wanted);
            case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL -> {
                Comparator<Object> order = order(compare.column(), compare.operator(), type);
                if (wanted == null) {
                    throw new IllegalArgumentException("nothing is less or greater than null: " + compare.column());
                }
                yield row -> {
                    Object value = value(shape, row, ordinal, optional);
                    return value != null && compare.operator().accepts(order.compare(value, wanted));
                };
            }
        };
    }

    private static @Nullable Object value(Shape<?> shape, Object row, int ordinal, boolean optional) {
        Object value = shape.get(row, ordinal);
        return optional ? ((Optional<?>) value).orElse(null) : value;
    }

    /** How values of a column stand to one another. */
    private static Comparator<Object> order(String column, Operator operator, ColumnType type) {
        return (type instanceof ColumnType.Maybe(var of) ? of : type)
                .order()
                .orElseThrow(() ->
                        new IllegalArgumentException("%s cannot be compared by %s".formatted(column, operator.sign())));
    }

    /**
     * The filter of a table with each {@link Encoded} value read.
     *
     * @throws IllegalArgumentException if there is no such table or column, or the value is none of its type
     */
    default Filter decoded(ModuleSchema schema, String table) {
        int ordinal = schema.ordinal(table);
        if (ordinal < 0) {
            throw new IllegalArgumentException("no table " + table);
        }
        return decoded(schema, schema.table(ordinal).shape());
    }

    private Filter decoded(ModuleSchema schema, Shape<?> shape) {
        return switch (this) {
            case All all -> all;
            case Compare(var column, var operator, var value)
            when value instanceof Encoded encoded -> new Compare(column, operator, decoded(shape, column, encoded));
            case Compare compare -> compare;
            case CompareColumns columns -> columns;
            case Semijoin(var column, var table, var tableColumn, var filter) ->
                new Semijoin(column, table, tableColumn, filter.decoded(schema, table));
            case And(var all) -> new And(decoded(schema, all, shape));
            case Or(var any) -> new Or(decoded(schema, any, shape));
            case Not(var inner) -> new Not(inner.decoded(schema, shape));
        };
    }

    private static List<Filter> decoded(ModuleSchema schema, List<Filter> filters, Shape<?> shape) {
        return filters.stream().map(filter -> filter.decoded(schema, shape)).toList();
    }

    private static Object decoded(Shape<?> shape, String column, Encoded value) {
        int ordinal = shape.ordinal(column);
        if (ordinal < 0) {
            throw new IllegalArgumentException("no column " + column);
        }
        ColumnType type = shape.columns().get(ordinal).type();
        try {
            return ValueCodec.readValue(value.reader(), type instanceof ColumnType.Maybe(var of) ? of : type);
        } catch (CorruptException e) {
            throw new IllegalArgumentException(column + " holds " + type.display(), e);
        }
    }

    /** Number of comparisons: what the limit on filters counts. */
    default int terms() {
        return switch (this) {
            case All _ -> 0;
            case Compare _, CompareColumns _ -> 1;
            case Semijoin(var _, var _, var _, var filter) -> 1 + filter.terms();
            case And(var all) -> all.stream().mapToInt(Filter::terms).sum();
            case Or(var any) -> any.stream().mapToInt(Filter::terms).sum();
            case Not(var inner) -> inner.terms();
        };
    }
}
