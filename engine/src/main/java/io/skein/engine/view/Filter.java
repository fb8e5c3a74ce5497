package io.skein.engine.view;

import io.skein.engine.codec.CorruptException;
import io.skein.engine.codec.Encoded;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.schema.ColumnType;
import io.skein.engine.schema.Shape;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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

    record And(List<Filter> all) implements Filter {}

    record Or(List<Filter> any) implements Filter {}

    record Not(Filter inner) implements Filter {}

    /**
     * The filter as a test of rows.
     *
     * @throws IllegalArgumentException if it names a column that is not there, compares it with a value of another type, or compares
     *     what has no order
     */
    default Predicate<Object> compile(Shape<?> shape) {
        return switch (this) {
            case All _ -> _ -> true;
            case Compare compare -> predicateOf(compare, shape);
            case And(var all) -> {
                var parts = compiled(all, shape);
                yield row -> firstThatIs(false, parts, row) == null;
            }
            case Or(var any) -> {
                var parts = compiled(any, shape);
                yield row -> firstThatIs(true, parts, row) != null;
            }
            case Not(var inner) -> inner.compile(shape).negate();
        };
    }

    private static List<Predicate<Object>> compiled(List<Filter> filters, Shape<?> shape) {
        return filters.stream().map(filter -> filter.compile(shape)).toList();
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
            case LESS -> ordered(compare, shape, ordinal, order -> order < 0);
            case LESS_OR_EQUAL -> ordered(compare, shape, ordinal, order -> order <= 0);
            case GREATER -> ordered(compare, shape, ordinal, order -> order > 0);
            case GREATER_OR_EQUAL -> ordered(compare, shape, ordinal, order -> order >= 0);
        };
    }

    private static @Nullable Object value(Shape<?> shape, Object row, int ordinal, boolean optional) {
        Object value = shape.get(row, ordinal);
        return optional ? ((Optional<?>) value).orElse(null) : value;
    }

    private static Predicate<Object> ordered(
            Compare compare, Shape<?> shape, int ordinal, java.util.function.IntPredicate accept) {
        ColumnType type = shape.columns().get(ordinal).type();
        boolean optional = type instanceof ColumnType.Maybe;
        var order = (type instanceof ColumnType.Maybe(var of) ? of : type).order();
        Object wanted = compare.value();
        if (wanted == null || order.isEmpty()) {
            throw new IllegalArgumentException("%s cannot be compared by %s"
                    .formatted(compare.column(), compare.operator().sign()));
        }
        Comparator<Object> comparator = order.get();
        return row -> {
            Object value = value(shape, row, ordinal, optional);
            return value != null && accept.test(comparator.compare(value, wanted));
        };
    }

    /**
     * The filter with each {@link Encoded} value read.
     *
     * @throws IllegalArgumentException if there is no such column, or the value is none of its type
     */
    default Filter decoded(Shape<?> shape) {
        return switch (this) {
            case All all -> all;
            case Compare(var column, var operator, var value)
            when value instanceof Encoded encoded -> new Compare(column, operator, decoded(shape, column, encoded));
            case Compare compare -> compare;
            case And(var all) -> new And(decoded(all, shape));
            case Or(var any) -> new Or(decoded(any, shape));
            case Not(var inner) -> new Not(inner.decoded(shape));
        };
    }

    private static List<Filter> decoded(List<Filter> filters, Shape<?> shape) {
        return filters.stream().map(filter -> filter.decoded(shape)).toList();
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
            case Compare _ -> 1;
            case And(var all) -> all.stream().mapToInt(Filter::terms).sum();
            case Or(var any) -> any.stream().mapToInt(Filter::terms).sum();
            case Not(var inner) -> inner.terms();
        };
    }
}
