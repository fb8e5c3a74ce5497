package io.skein.engine.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import io.skein.engine.schema.Shape;
import io.skein.engine.schema.Unsigned;
import io.skein.engine.view.Filter.And;
import io.skein.engine.view.Filter.Compare;
import io.skein.engine.view.Filter.Not;
import io.skein.engine.view.Filter.Operator;
import io.skein.engine.view.Filter.Or;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FilterTest {
    enum Color {
        RED,
        GREEN
    }

    record Row(
            int number,
            long big,
            String text,
            boolean flag,
            Color color,
            Bytes bytes,
            Json json,
            Identity who,
            Optional<Integer> maybe,
            List<String> list) {}

    private static final Shape<Row> SHAPE = Shape.of(Row.class);

    private static Row row(int number, Optional<Integer> maybe) {
        return new Row(number, 7, "b", true, Color.GREEN, Bytes.EMPTY, Json.NULL, Identity.SYSTEM, maybe, List.of("x"));
    }

    private static boolean matches(Filter filter, Row row) {
        return filter.compile(SHAPE).test(row);
    }

    private static Filter number(Operator operator, int value) {
        return new Compare("number", operator, value);
    }

    @ParameterizedTest
    @EnumSource
    void operators_compareTheColumnWithTheValue(Operator operator) {
        for (int value = 0; value < 3; value++) {
            int order = Integer.compare(1, value);
            boolean expected = switch (operator) {
                case EQUAL -> order == 0;
                case NOT_EQUAL -> order != 0;
                case LESS -> order < 0;
                case LESS_OR_EQUAL -> order <= 0;
                case GREATER -> order > 0;
                case GREATER_OR_EQUAL -> order >= 0;
            };
            assertEquals(expected, matches(number(operator, value), row(1, Optional.empty())), operator + " " + value);
        }
    }

    record Meter(
            @Unsigned int id,
            @Unsigned long total,
            @Unsigned Optional<Integer> peak) {}

    @Test
    void unsignedNumbers_areComparedWithoutTheirSign() {
        var meter = new Meter(-1, Long.MIN_VALUE, Optional.of(Integer.MIN_VALUE));
        for (Filter filter : List.of(
                new Compare("id", Operator.GREATER, 1),
                new Compare("id", Operator.EQUAL, -1),
                new Compare("total", Operator.GREATER_OR_EQUAL, Long.MAX_VALUE),
                new Compare("total", Operator.LESS, -1L),
                new Compare("peak", Operator.GREATER, Integer.MAX_VALUE),
                new Compare("peak", Operator.LESS_OR_EQUAL, -1))) {
            assertEquals(true, filter.compile(Shape.of(Meter.class)).test(meter), filter.toString());
        }
    }

    @Test
    void emptyOptionals_equalNullAlone() {
        Row empty = row(1, Optional.empty());
        Row full = row(1, Optional.of(3));
        assertEquals(true, matches(new Compare("maybe", Operator.EQUAL, null), empty));
        assertEquals(false, matches(new Compare("maybe", Operator.EQUAL, null), full));
        assertEquals(true, matches(new Compare("maybe", Operator.NOT_EQUAL, null), full));
        assertEquals(true, matches(new Compare("maybe", Operator.NOT_EQUAL, 3), empty));
        assertEquals(true, matches(new Compare("maybe", Operator.EQUAL, 3), full));
        assertEquals(true, matches(new Compare("maybe", Operator.LESS, 4), full));
        for (Operator operator :
                List.of(Operator.LESS, Operator.LESS_OR_EQUAL, Operator.GREATER, Operator.GREATER_OR_EQUAL)) {
            assertEquals(false, matches(new Compare("maybe", operator, 3), empty), operator.sign());
        }
    }

    @Test
    void connectives_areThoseOfLogic() {
        Filter yes = number(Operator.EQUAL, 1);
        Filter no = number(Operator.EQUAL, 2);
        Row row = row(1, Optional.empty());
        assertEquals(true, matches(new And(List.of(yes, yes)), row));
        assertEquals(false, matches(new And(List.of(yes, no)), row));
        assertEquals(true, matches(new And(List.of()), row));
        assertEquals(true, matches(new Or(List.of(no, yes)), row));
        assertEquals(false, matches(new Or(List.of(no, no)), row));
        assertEquals(false, matches(new Or(List.of()), row));
        assertEquals(true, matches(new Not(no), row));
        assertEquals(true, matches(new Filter.All(), row));
        assertEquals(4, new And(List.of(yes, new Or(List.of(no, yes)), new Not(no), new Filter.All())).terms());
    }

    private static void refused(String column, Operator operator, @Nullable Object value) {
        var filter = new Compare(column, operator, value);
        assertThrows(IllegalArgumentException.class, () -> filter.compile(SHAPE), filter.toString());
    }

    /** A mistake is found when the view is made, and not on the owner node when a row comes by. */
    @Test
    void comparisonsThatMakeNoSense_areRefusedAtOnce() {
        refused("nothing", Operator.EQUAL, 1);
        refused("number", Operator.EQUAL, null);
        refused("number", Operator.LESS, null);
        refused("number", Operator.LESS, "1");
        refused("number", Operator.EQUAL, 1L);
        refused("big", Operator.GREATER, 1);
        refused("text", Operator.LESS, 1);
        refused("color", Operator.LESS, "RED");
        refused("maybe", Operator.LESS, "1");
        refused("maybe", Operator.LESS, null);
        refused("bytes", Operator.LESS, Bytes.EMPTY);
        refused("json", Operator.LESS, Json.NULL);
        refused("list", Operator.LESS, List.of("x"));
        refused("who", Operator.EQUAL, "0");
    }
}
