package io.skein.edge.sql;

import io.skein.engine.module.ModuleSchema;
import io.skein.engine.schema.Column;
import io.skein.engine.schema.Shape;
import io.skein.engine.view.Filter;
import io.skein.engine.view.Filter.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Parses one query by recursive descent, resolving names as it goes. */
final class Parser {
    private static final int MAX_DEPTH = 64;

    /** Comparisons and constants of one query, before anybody counts those of all. */
    private static final int MAX_CONDITIONS = 1_000;

    private static final Map<String, Operator> OPERATORS = Map.of(
            "=", Operator.EQUAL,
            "<>", Operator.NOT_EQUAL,
            "!=", Operator.NOT_EQUAL,
            "<", Operator.LESS,
            "<=", Operator.LESS_OR_EQUAL,
            ">", Operator.GREATER,
            ">=", Operator.GREATER_OR_EQUAL);

    /** What a query selects: rows of one table. */
    record Selection(String table, Filter filter) {}

    /** A table of the FROM clause, under the name that the query has for it. */
    private record Source(String name, String table, Shape<?> shape) {}

    /** A column of a source. */
    private record Reference(int source, Column column) {}

    /**
     * A condition: both parts hold. What concerns one source is kept apart from what concerns the other.
     *
     * @param parts for each source
     */
    private record Condition(List<Filter> parts) {}

    private final ModuleSchema schema;
    private final Cursor in;
    private final List<Source> sources = new ArrayList<>();
    private int depth;
    private int conditions;

    private Parser(ModuleSchema schema, List<Token> tokens) {
        this.schema = schema;
        this.in = new Cursor(tokens);
    }

    /** The one query that the tokens are. */
    static Selection query(ModuleSchema schema, List<Token> tokens) throws SqlException {
        var parser = new Parser(schema, tokens);
        Selection selection = parser.statement();
        if (parser.in.peek().kind() != Token.Kind.END) {
            throw parser.in.unexpected("the end");
        }
        return selection;
    }

    /** Queries with semicolons between them. */
    static List<Selection> script(ModuleSchema schema, List<Token> tokens) throws SqlException {
        var parser = new Parser(schema, tokens);
        var all = new ArrayList<Selection>();
        do {
            all.add(parser.statement());
        } while (parser.in.peek().kind() != Token.Kind.END);
        return all;
    }

    private Selection statement() throws SqlException {
        sources.clear();
        in.expect("SELECT");
        String selected = projection();
        in.expect("FROM");
        sources.add(source());
        List<Reference> on = in.acceptWord("INNER") || in.peek().is("JOIN") ? join() : List.of();
        Condition where = in.acceptWord("WHERE") ? or() : condition(0, new Filter.All());
        if (!in.acceptSymbol(";") && in.peek().kind() != Token.Kind.END) {
            throw in.unexpected("WHERE, AND, OR or the end");
        }
        return selection(selected, on, where);
    }

    private Selection selection(String selected, List<Reference> on, Condition where) throws SqlException {
        if (on.isEmpty()) {
            if (!selected.isEmpty()) {
                sourceNamed(selected);
            }
            return new Selection(sources.getFirst().table(), where.parts().getFirst());
        }
        if (selected.isEmpty()) {
            throw new SqlException("with a JOIN, say whose rows: SELECT t.*");
        }
        int wanted = sourceNamed(selected);
        int other = 1 - wanted;
        Reference mine = on.get(wanted);
        Reference theirs = on.get(other);
        Filter exists = new Filter.Semijoin(
                mine.column().name(),
                sources.get(other).table(),
                theirs.column().name(),
                where.parts().get(other));
        return new Selection(
                sources.get(wanted).table(), allOf(List.of(where.parts().get(wanted), exists)));
    }

    // ---- SELECT, FROM, JOIN

    /** The name before {@code .*}, or nothing. */
    private String projection() throws SqlException {
        if (in.acceptSymbol("*")) {
            return "";
        }
        String name = in.name("* or a table");
        in.expectSymbol(".");
        in.expectSymbol("*");
        return name;
    }

    private Source source() throws SqlException {
        String table = in.name("a table");
        int ordinal = schema.ordinal(table);
        if (ordinal < 0) {
            throw new SqlException("no such table: " + table);
        }
        boolean named = in.acceptWord("AS")
                || in.peek().kind() == Token.Kind.NAME
                || (in.peek().kind() == Token.Kind.WORD && !isClause(in.peek()));
        return new Source(
                named ? in.name("a name") : table, table, schema.table(ordinal).shape());
    }

    private static boolean isClause(Token token) {
        return token.is("WHERE") || token.is("JOIN") || token.is("INNER") || token.is("ON");
    }

    /** The columns that must be equal, by source. */
    private List<Reference> join() throws SqlException {
        in.expect("JOIN");
        sources.add(source());
        if (sources.get(0).name().equals(sources.get(1).name())) {
            throw new SqlException(
                    "two tables under one name: " + sources.get(0).name());
        }
        in.expect("ON");
        Reference one = column();
        in.expectSymbol("=");
        Reference two = column();
        if (one.source() == two.source()) {
            throw new SqlException("a JOIN is ON a column of each table");
        }
        if (!one.column().type().equals(two.column().type())) {
            throw new SqlException("%s is %s and %s is %s"
                    .formatted(
                            one.column().name(),
                            one.column().type().display(),
                            two.column().name(),
                            two.column().type().display()));
        }
        return one.source() == 0 ? List.of(one, two) : List.of(two, one);
    }

    // ---- WHERE

    private Condition or() throws SqlException {
        if (++depth > MAX_DEPTH) {
            throw new SqlException("a condition nested deeper than " + MAX_DEPTH);
        }
        Condition first = and();
        if (!in.peek().is("OR")) {
            depth--;
            return first;
        }
        int source = only(first);
        var any = new ArrayList<>(List.of(first.parts().get(source)));
        while (in.acceptWord("OR")) {
            Condition other = and();
            if (source != only(other)) {
                throw new SqlException("OR between conditions on two tables");
            }
            any.add(other.parts().get(source));
        }
        depth--;
        return condition(source, new Filter.Or(List.copyOf(any)));
    }

    private Condition and() throws SqlException {
        var all = new ArrayList<Condition>();
        do {
            all.add(not());
        } while (in.acceptWord("AND"));
        var parts = new ArrayList<Filter>();
        for (int i = 0; i < sources.size(); i++) {
            int source = i;
            parts.add(allOf(
                    all.stream().map(condition -> condition.parts().get(source)).toList()));
        }
        return new Condition(parts);
    }

    private Condition not() throws SqlException {
        if (in.acceptWord("NOT")) {
            if (++depth > MAX_DEPTH) {
                throw new SqlException("a condition nested deeper than " + MAX_DEPTH);
            }
            Condition inner = not();
            depth--;
            int source = only(inner);
            return condition(source, new Filter.Not(inner.parts().get(source)));
        }
        if (in.acceptSymbol("(")) {
            Condition inner = or();
            in.expectSymbol(")");
            return inner;
        }
        return comparison();
    }

    /** The source that a condition concerns. */
    private int only(Condition condition) throws SqlException {
        int found = -1;
        for (int i = 0; i < condition.parts().size(); i++) {
            if (!(condition.parts().get(i) instanceof Filter.All)) {
                if (found >= 0) {
                    throw new SqlException("OR and NOT are for conditions on one table");
                }
                found = i;
            }
        }
        return Math.max(0, found);
    }

    private Condition condition(int source, Filter filter) {
        var parts = new ArrayList<Filter>();
        for (int i = 0; i < sources.size(); i++) {
            parts.add(i == source ? filter : new Filter.All());
        }
        return new Condition(parts);
    }

    private static Filter allOf(List<Filter> filters) {
        List<Filter> narrowing = filters.stream()
                .filter(filter -> !(filter instanceof Filter.All))
                .toList();
        return switch (narrowing.size()) {
            case 0 -> new Filter.All();
            case 1 -> narrowing.getFirst();
            default -> new Filter.And(narrowing);
        };
    }

    private Condition comparison() throws SqlException {
        if (++conditions > MAX_CONDITIONS) {
            throw new SqlException("at most " + MAX_CONDITIONS + " conditions in a query");
        }
        Token first = in.peek();
        if (Literals.isLiteral(first)) {
            in.next();
            Optional<Operator> operator = operator();
            if (operator.isPresent()) {
                Reference column = column();
                return compare(column, mirrored(operator.get()), first);
            }
            return constant(first);
        }
        Reference column = column();
        if (in.acceptWord("IS")) {
            boolean negated = in.acceptWord("NOT");
            Token literal = in.peek();
            in.expect("NULL");
            return compare(column, negated ? Operator.NOT_EQUAL : Operator.EQUAL, literal);
        }
        Optional<Operator> found = operator();
        if (found.isEmpty()) {
            throw in.unexpected("a comparison");
        }
        Operator operator = found.get();
        if (Literals.isLiteral(in.peek())) {
            Token literal = in.peek();
            in.next();
            return compare(column, operator, literal);
        }
        Reference other = column();
        if (column.source() != other.source()) {
            throw new SqlException("columns of two tables are compared in ON");
        }
        if (!column.column().type().equals(other.column().type())) {
            throw new SqlException(
                    column.column().name() + " and " + other.column().name() + " are of different types");
        }
        Filter filter = new Filter.CompareColumns(
                column.column().name(), operator, other.column().name());
        return checked(column.source(), filter);
    }

    private Condition constant(Token literal) throws SqlException {
        if (literal.is("TRUE")) {
            return condition(0, new Filter.All());
        }
        if (literal.is("FALSE")) {
            return condition(0, new Filter.Not(new Filter.All()));
        }
        throw in.unexpected("a comparison");
    }

    private Condition compare(Reference column, Operator operator, Token literal) throws SqlException {
        @Nullable
        Object value =
                Literals.value(literal, column.column().type(), column.column().name());
        return checked(column.source(), new Filter.Compare(column.column().name(), operator, value));
    }

    private Condition checked(int source, Filter filter) throws SqlException {
        try {
            filter.compile(sources.get(source).shape());
        } catch (IllegalArgumentException e) {
            throw new SqlException(String.valueOf(e.getMessage()));
        }
        return condition(source, filter);
    }

    private Optional<Operator> operator() {
        Operator operator =
                in.peek().kind() == Token.Kind.SYMBOL ? OPERATORS.get(in.peek().text()) : null;
        if (operator != null) {
            in.next();
        }
        return Optional.ofNullable(operator);
    }

    /** The operator that says the same with the sides exchanged. */
    private static Operator mirrored(Operator operator) {
        return switch (operator) {
            case EQUAL, NOT_EQUAL -> operator;
            case LESS -> Operator.GREATER;
            case LESS_OR_EQUAL -> Operator.GREATER_OR_EQUAL;
            case GREATER -> Operator.LESS;
            case GREATER_OR_EQUAL -> Operator.LESS_OR_EQUAL;
        };
    }

    // ---- names

    private Reference column() throws SqlException {
        String name = in.name("a column");
        if (in.acceptSymbol(".")) {
            int source = sourceNamed(name);
            String column = in.name("a column");
            return reference(source, column)
                    .orElseThrow(() -> new SqlException(
                            "no such column: " + sources.get(source).name() + "." + column));
        }
        Optional<Reference> found = Optional.empty();
        for (int i = 0; i < sources.size(); i++) {
            Optional<Reference> here = reference(i, name);
            if (here.isPresent() && found.isPresent()) {
                throw new SqlException("whose " + name + "? Both tables have one");
            }
            found = here.isPresent() ? here : found;
        }
        return found.orElseThrow(() -> new SqlException("no such column: " + name));
    }

    private Optional<Reference> reference(int source, String column) {
        Shape<?> shape = sources.get(source).shape();
        int ordinal = shape.ordinal(column);
        return ordinal < 0
                ? Optional.empty()
                : Optional.of(new Reference(source, shape.columns().get(ordinal)));
    }

    private int sourceNamed(String name) throws SqlException {
        for (int i = 0; i < sources.size(); i++) {
            if (sources.get(i).name().equals(name)) {
                return i;
            }
        }
        throw new SqlException("no such table in FROM: " + name);
    }
}
