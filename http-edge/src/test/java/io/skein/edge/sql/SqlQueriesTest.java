package io.skein.edge.sql;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.skein.engine.Modules;
import io.skein.engine.module.Definition;
import io.skein.engine.module.Module;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Table;
import io.skein.engine.view.Filter;
import io.skein.engine.view.Filter.Compare;
import io.skein.engine.view.Filter.Operator;
import io.skein.engine.view.Subscription;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlQueriesTest {
    enum Color {
        RED,
        GREEN
    }

    record Item(
            @Key String id,
            int number,
            long bigNumber,
            double real,
            boolean done,
            Bytes raw,
            Identity owner,
            Instant createdAt,
            Color color,
            Json json,
            Optional<String> label,
            String groupId,
            List<Integer> numbers) {}

    record Group(@Key String id, String name, Identity owner) {}

    record Loose(String groupId) {}

    private static final Table<Item> ITEMS = Table.of("item", Item.class);
    private static final Table<Group> GROUPS = Table.of("group", Group.class);

    private static final class Shop implements Module {
        @Override
        public void define(Definition module) {
            module.name("shop");
            module.table(ITEMS);
            module.table(GROUPS);
            module.table(Table.of("loose", Loose.class));
        }
    }

    private static final ModuleSchema SCHEMA = Modules.schemaOf(new Shop());
    private static final SqlQueries QUERIES = new SqlQueries(SCHEMA, 20);
    private static final Filter ALL = new Filter.All();

    private static Filter filter(String condition) throws SqlException {
        Subscription read = QUERIES.subscription(3, List.of("SELECT * FROM item WHERE " + condition));
        return requireNonNull(read.tables().get("item"));
    }

    private static String message(String sql) {
        return requireNonNull(assertThrows(SqlException.class, () -> QUERIES.subscription(1, List.of(sql)))
                .getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT * FROM item",
                "select item.* from item;",
                "SELECT * FROM \"item\"",
                "SELECT \"item\".* FROM \"item\" WHERE TRUE",
                "SELECT i.* FROM item AS i",
                "SELECT i.* FROM item i WHERE NOT FALSE AND TRUE"
            })
    void aWholeTable(String sql) throws SqlException {
        Filter filter =
                requireNonNull(QUERIES.subscription(3, List.of(sql)).tables().get("item"));
        assertEquals(true, filter.compile(ITEMS.shape()).test(item("a")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "number = 12|12",
                "number = -7|-7",
                "number = +7|7",
                "number = 1e3|1000",
                "number = 12.0|12",
                "real = 1|1.0",
                "real = -1.5e3|-1500.0",
                "real = .5|0.5",
                "done = TRUE|true",
                "done = false|false",
                "id = 'it''s'|it's",
                "color = 'GREEN'|GREEN",
                "label = 'x'|x",
                "\"item\".\"number\" = 1|1",
                "item.number = 1|1"
            })
    void literals(String condition, String value) throws SqlException {
        assertEquals(value, String.valueOf(((Compare) filter(condition)).value()));
    }

    @Test
    void literalsOfOtherTypes() throws SqlException {
        String hex = "c2".repeat(32);
        assertEquals(compare("owner", Identity.parse(hex)), filter("owner = 0x" + hex));
        assertEquals(compare("owner", Identity.parse(hex)), filter("owner = X'" + hex + "'"));
        assertEquals(compare("owner", Identity.parse(hex)), filter("owner = '0x" + hex + "'"));
        assertEquals(compare("raw", Bytes.of((byte) 1, (byte) 0xff)), filter("raw = 0x01FF"));
        assertEquals(compare("json", Json.parse("[1]")), filter("json = '[ 1 ]'"));
        assertEquals(
                compare("created_at", Instant.parse("2023-11-14T22:13:20Z")),
                filter("created_at = '2023-11-14T22:13:20.000000Z'"));
        assertEquals(
                compare("created_at", Instant.parse("2023-11-14T21:13:20Z")),
                filter("createdAt = '2023-11-14T22:13:20+01:00'"));
        assertEquals(compare("big_number", Long.MAX_VALUE), filter("bigNumber = 9223372036854775807"));
        assertEquals(new Compare("label", Operator.EQUAL, null), filter("label = NULL"));
        assertEquals(new Compare("label", Operator.NOT_EQUAL, null), filter("label IS NOT NULL"));
    }

    private static Filter compare(String column, Object value) {
        return new Compare(column, Operator.EQUAL, value);
    }

    @ParameterizedTest
    @CsvSource({
        "=,EQUAL",
        "<>,NOT_EQUAL",
        "!=,NOT_EQUAL",
        "<,LESS",
        "<=,LESS_OR_EQUAL",
        ">,GREATER",
        ">=,GREATER_OR_EQUAL"
    })
    void comparisons(String sign, Operator operator) throws SqlException {
        assertEquals(new Compare("number", operator, 1), filter("number" + sign + "1"));
        assertEquals(new Filter.CompareColumns("id", operator, "group_id"), filter("id " + sign + " item.groupId"));
    }

    @Test
    void aLiteralMayStandFirst() throws SqlException {
        assertEquals(new Compare("number", Operator.GREATER, 1), filter("1 < number"));
        assertEquals(new Compare("number", Operator.LESS_OR_EQUAL, 1), filter("1 >= number"));
    }

    @Test
    void andBindsCloserThanOr_andNotCloserThanBoth() throws SqlException {
        var one = new Compare("number", Operator.EQUAL, 1);
        var done = new Compare("done", Operator.EQUAL, true);
        var red = new Compare("color", Operator.EQUAL, Color.RED);
        assertEquals(
                new Filter.Or(List.of(one, new Filter.And(List.of(new Filter.Not(done), red)))),
                filter("number = 1 OR NOT done = TRUE AND color = 'RED'"));
        assertEquals(
                new Filter.And(List.of(new Filter.Or(List.of(one, done)), red)),
                filter("((number = 1) OR (done = TRUE)) AND (color = 'RED')"));
    }

    @Test
    void aSemijoin_fromEitherSide() throws SqlException {
        var named = new Compare("name", Operator.EQUAL, "g");
        var done = new Compare("done", Operator.EQUAL, true);
        assertEquals(
                Map.of("item", new Filter.And(List.of(done, new Filter.Semijoin("group_id", "group", "id", named)))),
                QUERIES.subscription(
                                1,
                                List.of("SELECT \"item\".* FROM \"group\" JOIN \"item\" ON \"group\".\"id\" ="
                                        + " \"item\".\"group_id\" WHERE (\"group\".\"name\" = 'g') AND"
                                        + " (\"item\".\"done\" = TRUE)"))
                        .tables());
        assertEquals(
                Map.of("group", new Filter.Semijoin("id", "item", "group_id", ALL)),
                QUERIES.subscription(1, List.of("SELECT g.* FROM \"group\" g INNER JOIN item i ON i.groupId = g.id"))
                        .tables());
    }

    @Test
    void severalQueriesOverOneTableAreOne() throws SqlException {
        Subscription read = QUERIES.subscription(
                1,
                List.of(
                        "SELECT * FROM item WHERE number = 1",
                        "SELECT * FROM \"group\"",
                        "SELECT * FROM item WHERE number = 2"));
        assertEquals(
                Map.of(
                        "group",
                        ALL,
                        "item",
                        new Filter.Or(List.of(
                                new Compare("number", Operator.EQUAL, 1), new Compare("number", Operator.EQUAL, 2)))),
                read.tables());
        assertEquals(
                ALL,
                QUERIES.subscription(1, List.of("SELECT * FROM item WHERE number = 1", "SELECT * FROM item"))
                        .tables()
                        .get("item"));
    }

    @Test
    void aScriptIsSeveralStatements() throws SqlException {
        List<Subscription> read = QUERIES.script("SELECT * FROM item; SELECT * FROM item WHERE done = TRUE;");
        assertEquals(2, read.size());
        assertEquals(1, read.get(1).number());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "SELECT * FROM bad|no such table: bad",
                "SELECT * FROM Item|no such table: Item",
                "SELECT * FROM item WHERE nope = 1|no such column: nope",
                "SELECT * FROM item WHERE other.id = 'x'|no such table in FROM: other",
                "SELECT * FROM item WHERE number = 'one'|number is int: \"one\" at 34 is none",
                "SELECT * FROM item WHERE number = 1.5|number is int: \"1.5\" at 34 is none",
                "SELECT * FROM item WHERE number = 2147483648|number is int: \"2147483648\" at 34 is none",
                "SELECT * FROM item WHERE big_number = 1e999999999|big_number is long: \"1e999999999\" at 38 is none",
                "SELECT * FROM item WHERE big_number = 1e-999999999|big_number is long: \"1e-999999999\" at 38 is none",
                "SELECT * FROM item WHERE number = NULL|number is never NULL",
                "SELECT * FROM item WHERE numbers = 1|numbers is list<int>: \"1\" at 35 is none",
                "SELECT * FROM item WHERE raw < 0x00|raw cannot be compared by <",
                "SELECT * FROM item WHERE label < NULL|nothing is less or greater than null: label",
                "SELECT * FROM item WHERE owner = 0xab|owner is identity: \"ab\" at 33 is none",
                "SELECT * FROM item ORDER BY id|WHERE, AND, OR or the end was expected, not \"BY\" at 25",
                "SELECT id FROM item|. was expected, not \"FROM\" at 10",
                "SELECT * FROM item WHERE|a column was expected, not the end",
                "SELECT * FROM item WHERE (number = 1|) was expected, not the end",
                "SELECT * FROM item WHERE id = 'x|the quote at 30 is not closed",
                "SELECT * FROM item WHERE id # 1|what is '#' at 28?",
                "SELECT * FROM item LIMIT 5|WHERE, AND, OR or the end was expected, not \"5\" at 25",
                "DELETE FROM item|SELECT was expected, not \"DELETE\" at 0",
                "SELECT * FROM item JOIN \"group\" ON item.group_id = \"group\".id|with a JOIN, say whose rows: SELECT"
                        + " t.*",
                "SELECT item.* FROM item JOIN \"group\" ON id = \"group\".id|whose id? Both tables have one",
                "SELECT item.* FROM item JOIN \"group\" ON item.number = \"group\".id|number is int and id is string",
                "SELECT * FROM item; SELECT * FROM item|the end was expected, not \"SELECT\" at 20",
                "|SELECT was expected, not the end"
            })
    void whatCannotBeUnderstoodIsNamed(String sql, String message) {
        assertEquals(message, message(sql == null ? "" : sql));
    }

    @Test
    void conditionsOverBothTablesOfAJoin() {
        String join = "SELECT item.* FROM item JOIN \"group\" ON item.group_id = \"group\".id WHERE ";
        assertEquals("OR between conditions on two tables", message(join + "number = 1 OR name = 'g'"));
        assertEquals("columns of two tables are compared in ON", message(join + "item.owner = \"group\".owner"));
    }

    @Test
    void V3_aLongConditionIsNoDeepOne() throws SqlException {
        String constants = "FALSE" + " OR FALSE".repeat(900);
        assertEquals(0, filter(constants).terms());
        assertEquals(0, filter(constants.replace("OR", "AND")).terms());
        assertEquals(
                "at most 1000 conditions in a query",
                message("SELECT * FROM item WHERE FALSE" + " OR FALSE".repeat(5_000)));
    }

    @Test
    void tooMuchIsRefused() {
        assertEquals(
                "at most 20 comparisons in a subscription",
                message("SELECT * FROM item WHERE number = 1" + " OR number = 1".repeat(20)));
        assertEquals(
                "a condition nested deeper than 64",
                message("SELECT * FROM item WHERE " + "(".repeat(100) + "number = 1" + ")".repeat(100)));
        assertEquals(
                "a condition nested deeper than 64",
                message("SELECT * FROM item WHERE " + "NOT ".repeat(100) + "done = TRUE"));
        assertEquals(
                "at most 65536 characters in the queries of a subscription",
                message("SELECT * FROM item WHERE id = '" + "x".repeat(SqlQueries.MAX_CHARACTERS) + "'"));
    }

    private static Item item(String id) {
        return new Item(
                id,
                1,
                1,
                1,
                true,
                Bytes.EMPTY,
                Identity.SYSTEM,
                Instant.EPOCH,
                Color.RED,
                Json.NULL,
                Optional.empty(),
                "g",
                List.of());
    }
}
