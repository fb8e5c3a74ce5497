package io.skein.engine.view;

import io.skein.engine.schema.ColumnType;
import io.skein.engine.schema.Shape;
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
     * @param value of the column's Java type (of what an optional column holds), or null for an empty optional
     */
    record Compare(
            String column, Operator operator, @Nullable Object value) implements Filter {}

    record And(List<Filter> all) implements Filter {}

    record Or(List<Filter> any) implements Filter {}

    record Not(Filter inner) implements Filter {}

    /**
     * The filter as a test of rows.
     *
     * @throws IllegalArgumentException if it names a column that is not there or compares what has no order
     */
    default Predicate<Object> compile(Shape<?> shape) {
        return switch (this) {
            case All _ -> _ -> true;
            case Compare compare -> predicateOf(compare, shape);
            case And(var all) -> {
                var parts = all.stream().map(part -> part.compile(shape)).toList();
                yield row -> parts.stream().allMatch(part -> part.test(row));
            }
            case Or(var any) -> {
                var parts = any.stream().map(part -> part.compile(shape)).toList();
                yield row -> parts.stream().anyMatch(part -> part.test(row));
            }
            case Not(var inner) -> inner.compile(shape).negate();
        };
    }

    private static Predicate<Object> predicateOf(Compare compare, Shape<?> shape) {
        int ordinal = shape.ordinal(compare.column());
        if (ordinal < 0) {
            throw new IllegalArgumentException("no column " + compare.column());
        }
        ColumnType type = shape.columns().get(ordinal).type();
        boolean optional = type instanceof ColumnType.Maybe;
        Object wanted = compare.value();
        if (wanted == null && !optional) {
            throw new IllegalArgumentException(compare.column() + " is never null");
        }
        return switch (compare.operator()) {
            case EQUAL -> row -> Objects.equals(value(shape, row, ordinal, optional), wanted);
            case NOT_EQUAL -> row -> !Objects.equals(value(shape, row, ordinal, optional), wanted);
            case LESS -> ordered(compare, shape, ordinal, optional, order -> order < 0);
            case LESS_OR_EQUAL -> ordered(compare, shape, ordinal, optional, order -> order <= 0);
            case GREATER -> ordered(compare, shape, ordinal, optional, order -> order > 0);
            case GREATER_OR_EQUAL -> ordered(compare, shape, ordinal, optional, order -> order >= 0);
        };
    }

    private static @Nullable Object value(Shape<?> shape, Object row, int ordinal, boolean optional) {
        Object value = shape.get(row, ordinal);
        return optional ? ((Optional<?>) value).orElse(null) : value;
    }

    @SuppressWarnings("unchecked")
    private static Predicate<Object> ordered(
            Compare compare, Shape<?> shape, int ordinal, boolean optional, java.util.function.IntPredicate accept) {
        if (!(compare.value() instanceof Comparable<?> comparable)) {
            throw new IllegalArgumentException("%s cannot be compared by %s"
                    .formatted(compare.column(), compare.operator().sign()));
        }
        var wanted = (Comparable<Object>) comparable;
        return row -> {
            Object value = value(shape, row, ordinal, optional);
            return value != null && accept.test(Integer.signum(wanted.compareTo(value)) * -1);
        };
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
