package io.skein.engine.everything;

import io.skein.engine.membership.SystemTables;
import io.skein.engine.module.Role;
import io.skein.engine.schema.Column;
import io.skein.engine.schema.ColumnType;
import io.skein.engine.schema.Table;
import io.skein.engine.view.Filter;
import io.skein.engine.view.Subscription;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/** Random subscriptions to the tables of an {@link EverythingModule}. */
final class Filters {
    private static final List<Table<?>> TABLES = List.of(
            EverythingModule.THINGS,
            EverythingModule.CELLS,
            EverythingModule.TALLIES,
            EverythingModule.NOTES,
            EverythingModule.CREWS,
            EverythingModule.WHISPERS,
            EverythingModule.MUTED,
            EverythingModule.PINGS,
            EverythingModule.AUDITS,
            EverythingModule.METERS,
            SystemTables.MEMBER,
            SystemTables.INVITE);

    private Filters() {}

    static Arbitrary<List<Subscription>> subscriptions() {
        return tables().list().ofMinSize(1).ofMaxSize(3).map(all -> {
            var subscriptions = new ArrayList<Subscription>();
            for (Map<String, Filter> tables : all) {
                subscriptions.add(Subscription.of(subscriptions.size() + 7L, tables));
            }
            return subscriptions;
        });
    }

    private static Arbitrary<Map<String, Filter>> tables() {
        Arbitrary<Map.Entry<String, Filter>> entry =
                Arbitraries.of(TABLES).flatMap(table -> filters(table).map(filter -> Map.entry(table.name(), filter)));
        return entry.list().ofMinSize(1).ofMaxSize(4).map(entries -> {
            var tables = new HashMap<String, Filter>();
            entries.forEach(each -> tables.put(each.getKey(), each.getValue()));
            return tables;
        });
    }

    private static Arbitrary<Filter> filters(Table<?> table) {
        List<Join> joins = JOINS.stream().filter(join -> join.table() == table).toList();
        return joins.isEmpty()
                ? plain(table)
                : Arbitraries.frequencyOf(
                        Tuple.of(2, plain(table)),
                        Tuple.of(1, Arbitraries.of(joins).flatMap(Filters::joined)));
    }

    /** Columns by which two tables can be joined. */
    private record Join(Table<?> table, String column, Table<?> other, String otherColumn) {}

    private static final List<Join> JOINS = List.of(
            new Join(EverythingModule.THINGS, "number", EverythingModule.WHISPERS, "pitch"),
            new Join(EverythingModule.THINGS, "number", EverythingModule.NOTES, "id"),
            new Join(EverythingModule.TALLIES, "word", EverythingModule.MUTED, "word"),
            new Join(EverythingModule.WHISPERS, "pitch", EverythingModule.THINGS, "number"),
            new Join(EverythingModule.NOTES, "id", EverythingModule.THINGS, "number"));

    /** A join by itself, with or without a condition over there, under NOT, or beside a condition over here. */
    private static Arbitrary<Filter> joined(Join join) {
        Arbitrary<Filter> exists = plain(join.other())
                .map(filter -> new Filter.Semijoin(join.column(), join.other().name(), join.otherColumn(), filter));
        return Combinators.combine(
                        exists, plain(join.table()), Arbitraries.integers().between(0, 3))
                .as((there, here, how) -> switch (how) {
                    case 0 -> there;
                    case 1 -> new Filter.And(List.of(here, there));
                    case 2 -> new Filter.Or(List.of(here, there));
                    default -> new Filter.Not(there);
                });
    }

    private static Arbitrary<Filter> plain(Table<?> table) {
        Arbitrary<Filter> compare = Arbitraries.of(table.shape().columns()).flatMap(Filters::compare);
        Arbitrary<List<Filter>> several = compare.list().ofMinSize(0).ofMaxSize(3);
        Arbitrary<Filter> not = compare.map(Filter.Not::new);
        Arbitrary<Filter> and = several.map(Filter.And::new);
        Arbitrary<Filter> or = several.map(Filter.Or::new);
        Arbitrary<Filter> nested =
                Combinators.combine(or, not).as((left, right) -> new Filter.And(List.of(left, right)));
        return Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.just(new Filter.All())),
                Tuple.of(4, compare),
                Tuple.of(1, not),
                Tuple.of(2, and),
                Tuple.of(2, or),
                Tuple.of(1, nested),
                Tuple.of(1, columns(table)));
    }

    /** A column against another of its type; itself, if there is no other. */
    private static Arbitrary<Filter> columns(Table<?> table) {
        List<Column> all = table.shape().columns();
        return Arbitraries.of(all).flatMap(one -> {
            Class<?> held = one.type() instanceof ColumnType.Maybe(var of)
                    ? of.javaType()
                    : one.type().javaType();
            Arbitrary<Filter.Operator> operators = Comparable.class.isAssignableFrom(held)
                    ? Arbitraries.of(Filter.Operator.class)
                    : Arbitraries.of(Filter.Operator.EQUAL, Filter.Operator.NOT_EQUAL);
            List<Column> others = all.stream()
                    .filter(other -> other.type().equals(one.type()))
                    .toList();
            return Combinators.combine(operators, Arbitraries.of(others))
                    .as((operator, other) -> new Filter.CompareColumns(one.name(), operator, other.name()));
        });
    }

    private static Arbitrary<Filter> compare(Column column) {
        boolean optional = column.type() instanceof ColumnType.Maybe;
        ColumnType type = column.type() instanceof ColumnType.Maybe(var of) ? of : column.type();
        Object value = sample(column.name(), type, 0);
        boolean ordered = value instanceof Comparable<?>;
        Arbitrary<Filter.Operator> operators = ordered
                ? Arbitraries.of(Filter.Operator.class)
                : Arbitraries.of(Filter.Operator.EQUAL, Filter.Operator.NOT_EQUAL);
        return Combinators.combine(operators, Arbitraries.integers().between(optional ? -1 : 0, 3))
                .as((operator, number) -> {
                    @Nullable Object wanted = number < 0 ? null : sample(column.name(), type, number);
                    return new Filter.Compare(column.name(), wanted == null ? Filter.Operator.EQUAL : operator, wanted);
                });
    }

    /** A value that rows may have in this column. */
    private static Object sample(String column, ColumnType type, int number) {
        var thing = EverythingModule.thing("t" + number, number, Action.PEOPLE.get(number));
        return switch (type) {
            case ColumnType.Scalar scalar ->
                switch (scalar) {
                    case BOOL -> number % 2 == 0;
                    case INT -> number;
                    case LONG -> column.equals("id") ? (Object) (long) number : thing.big();
                    case UINT -> number - 2;
                    case ULONG -> number - 2L;
                    case DOUBLE -> thing.real();
                    case STRING -> text(column, number);
                    case BYTES -> thing.bytes();
                    case INSTANT -> thing.at();
                    case IDENTITY -> thing.owner();
                    case JSON -> thing.json();
                };
            case ColumnType.Enumeration enumeration ->
                enumeration.type() == Role.class ? List.of(Role.values()).get(number + 1) : thing.color();
            case ColumnType.Many _ ->
                switch (column) {
                    case "points" -> thing.points();
                    case "counts" -> EverythingModule.meter(0, number).counts();
                    case "colors" -> List.of(EverythingModule.Color.BLUE, EverythingModule.Color.RED);
                    default -> thing.numbers();
                };
            case ColumnType.Nested _ -> thing.point();
            case ColumnType.Maybe _ -> throw new IllegalArgumentException(column);
        };
    }

    private static String text(String column, int number) {
        return switch (column) {
            case "id" -> "t" + number;
            case "word" -> "w" + number;
            case "crew", "name" -> "c" + number;
            case "y" -> "y" + number;
            case "value" -> "v" + number;
            case "label" -> "label " + number;
            case "text" -> "text " + number;
            default -> "x";
        };
    }
}
