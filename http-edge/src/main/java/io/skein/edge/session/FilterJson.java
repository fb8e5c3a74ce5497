package io.skein.edge.session;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.skein.edge.json.BadJson;
import io.skein.edge.json.Members;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.schema.ColumnType;
import io.skein.engine.schema.Shape;
import io.skein.engine.schema.Table;
import io.skein.engine.view.Filter;
import io.skein.engine.view.Subscription;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads what somebody asks for: tables, and filters in prefix form such as {@code ["and", ["=", "column", 1], …]}. */
public final class FilterJson {
    private static final int MAX_TABLES = 256;

    private final ModuleSchema schema;
    private final int maxTerms;

    /**
     * @param maxTerms comparisons in all filters of one subscription
     */
    public FilterJson(ModuleSchema schema, int maxTerms) {
        this.schema = schema;
        this.maxTerms = maxTerms;
    }

    /** Reads {@code [{"table":…,"where":…}, …]} or {@code ["*"]}. */
    public Subscription tables(JsonParser in, long number) throws IOException, BadJson {
        SortedMap<String, Filter> tables = new TreeMap<>();
        Members.array(in, MAX_TABLES, parser -> {
            if (parser.currentToken() == JsonToken.VALUE_STRING) {
                everything(parser, tables);
            } else {
                table(parser, tables);
            }
            return tables;
        });
        int terms = tables.values().stream().mapToInt(Filter::terms).sum();
        if (terms > maxTerms) {
            throw BadJson.tooLarge("at most " + maxTerms + " comparisons in a subscription, not " + terms);
        }
        return new Subscription(number, tables);
    }

    private void everything(JsonParser parser, SortedMap<String, Filter> tables) throws IOException, BadJson {
        if (!Members.string(parser).equals("*")) {
            throw Members.wrong(parser, "\"*\" or an object with a table");
        }
        schema.rules().forEach(rule -> tables.put(rule.table().name(), new Filter.All()));
    }

    private void table(JsonParser parser, SortedMap<String, Filter> tables) throws IOException, BadJson {
        var name = new String[1];
        var filter = new Filter[] {new Filter.All()};
        Members.object(parser, (member, value) -> {
            switch (member) {
                case "table" -> name[0] = Members.string(value);
                case "where" -> filter[0] = read(value, tableOf(value, name[0]).shape());
                default -> throw Members.unknown(member, value);
            }
        });
        Table<?> table = tableOf(parser, name[0]);
        tables.merge(table.name(), filter[0], FilterJson::either);
    }

    private static Filter either(Filter one, Filter other) {
        return one instanceof Filter.All || other instanceof Filter.All
                ? new Filter.All()
                : new Filter.Or(List.of(one, other));
    }

    private Table<?> tableOf(JsonParser parser, @org.jspecify.annotations.Nullable String name) throws BadJson {
        if (name == null) {
            throw Members.wrong(parser, "\"table\" before \"where\"");
        }
        int ordinal = schema.ordinal(name);
        if (ordinal < 0) {
            throw BadJson.unexpected("no table \"" + (name.length() > 64 ? name.substring(0, 64) : name) + "\"");
        }
        return schema.table(ordinal);
    }

    private static Filter read(JsonParser parser, Shape<?> shape) throws IOException, BadJson {
        if (parser.currentToken() != JsonToken.START_ARRAY || parser.nextToken() != JsonToken.VALUE_STRING) {
            throw Members.wrong(parser, "a filter such as [\"=\",\"column\",1]");
        }
        String operator = parser.getText();
        return switch (operator) {
            case "and" -> new Filter.And(rest(parser, shape));
            case "or" -> new Filter.Or(rest(parser, shape));
            case "not" -> {
                List<Filter> inner = rest(parser, shape);
                if (inner.size() != 1) {
                    throw Members.wrong(parser, "one filter in \"not\"");
                }
                yield new Filter.Not(inner.getFirst());
            }
            default -> compare(parser, shape, operator);
        };
    }

    private static List<Filter> rest(JsonParser parser, Shape<?> shape) throws IOException, BadJson {
        var filters = new ArrayList<Filter>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            filters.add(read(parser, shape));
        }
        return filters;
    }

    private static Filter compare(JsonParser parser, Shape<?> shape, String sign) throws IOException, BadJson {
        Filter.Operator operator = Filter.Operator.ofSign(sign)
                .orElseThrow(() -> Members.wrong(parser, "one of = != < <= > >= and or not"));
        parser.nextToken();
        int ordinal = shape.ordinal(Members.string(parser));
        if (ordinal < 0) {
            throw Members.wrong(parser, "the name of a column");
        }
        parser.nextToken();
        ColumnType type = shape.columns().get(ordinal).type();
        boolean optional = type instanceof ColumnType.Maybe;
        ColumnType inner = type instanceof ColumnType.Maybe(var of) ? of : type;
        Object value =
                optional && parser.currentToken() == JsonToken.VALUE_NULL ? null : RowJson.readValue(parser, inner);
        if (parser.nextToken() != JsonToken.END_ARRAY) {
            throw Members.wrong(parser, "the end of a comparison");
        }
        var filter = new Filter.Compare(shape.columns().get(ordinal).name(), operator, value);
        try {
            filter.compile(shape);
        } catch (IllegalArgumentException e) {
            throw BadJson.unexpected(String.valueOf(e.getMessage()));
        }
        return filter;
    }
}
