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
                Tuple.of(1, nested));
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
