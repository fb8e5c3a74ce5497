package io.skein.edge.sql;

import io.skein.engine.module.ModuleSchema;
import io.skein.engine.view.Filter;
import io.skein.engine.view.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Queries of one module, as subscriptions:
 *
 * <pre>
 * SELECT * | t.*  FROM t [[AS] name]
 *   [[INNER] JOIN u [[AS] name] ON t.a = u.b]
 *   [WHERE condition]
 * condition   comparisons, TRUE and FALSE under AND, OR, NOT and parentheses
 * comparison  column (= | &lt;&gt; | != | &lt; | &lt;= | &gt; | &gt;=) literal or column of the same table; column IS [NOT] NULL
 * literal     12, -1.5e3, TRUE, FALSE, NULL, 'text', '2026-01-31T12:00:00Z', 0x1f, X'1f'
 * </pre>
 *
 * Columns go by either spelling, {@code created_at} or {@code createdAt}. With a join one names the table whose rows one wants: these are the
 * rows for which there is one in the other table. Several queries over one table in one subscription are one: a row is in it or not.
 */
public final class SqlQueries {
    /** Characters of the queries of one subscription, or of a script. */
    public static final int MAX_CHARACTERS = 64 << 10;

    private final ModuleSchema schema;
    private final int maxTerms;

    /**
     * @param maxTerms comparisons in one subscription
     */
    public SqlQueries(ModuleSchema schema, int maxTerms) {
        this.schema = schema;
        this.maxTerms = maxTerms;
    }

    /**
     * The rows that any of these queries selects.
     *
     * @throws SqlException if one of them cannot be understood, or they are too much
     */
    public Subscription subscription(long number, List<String> queries) throws SqlException {
        SortedMap<String, Filter> tables = new TreeMap<>();
        int terms = 0;
        long characters = 0;
        for (String sql : queries) {
            characters += sql.length();
            if (characters > MAX_CHARACTERS) {
                throw new SqlException("at most " + MAX_CHARACTERS + " characters in the queries of a subscription");
            }
            Parser.Selection selection = Parser.query(schema, Lexer.tokens(sql));
            terms += Math.max(1, selection.filter().terms());
            if (terms > maxTerms) {
                throw new SqlException("at most " + maxTerms + " comparisons in a subscription");
            }
            tables.merge(selection.table(), selection.filter(), SqlQueries::either);
        }
        return new Subscription(number, tables);
    }

    /**
     * The statements of a script, with semicolons between them; each is a subscription, numbered from 0.
     *
     * @throws SqlException if one of them cannot be understood, or they are too much
     */
    public List<Subscription> script(String sql) throws SqlException {
        if (sql.length() > MAX_CHARACTERS) {
            throw new SqlException("a script has at most " + MAX_CHARACTERS + " characters");
        }
        var statements = new ArrayList<Subscription>();
        int terms = 0;
        for (Parser.Selection selection : Parser.script(schema, Lexer.tokens(sql))) {
            terms += Math.max(1, selection.filter().terms());
            if (terms > maxTerms) {
                throw new SqlException("at most " + maxTerms + " comparisons in a script");
            }
            statements.add(Subscription.of(statements.size(), Map.of(selection.table(), selection.filter())));
        }
        return statements;
    }

    private static Filter either(Filter one, Filter other) {
        if (one instanceof Filter.All || other instanceof Filter.All) {
            return new Filter.All();
        }
        return new Filter.Or(List.of(one, other));
    }
}
