package io.skein.engine.view;

import io.skein.engine.module.Query;
import io.skein.engine.module.Viewer;
import io.skein.engine.schema.Shape;
import io.skein.engine.schema.Table;
import io.skein.engine.state.Stored;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** How a module's {@link Query} is asked: read what {@link #rows} says as any subscription, then {@link #answers} needs nothing more. */
public final class Questions {
    private Questions() {}

    /** The rows that the question is about. */
    public static <A extends Record> Subscription rows(Query<A, ?> query, Record args) {
        var tables = new TreeMap<String, Filter>();
        for (Query.Rows rows : query.scope().of(query.args().type().cast(args))) {
            if (tables.put(rows.table().name(), filter(rows.where())) != null) {
                throw new IllegalStateException("query " + query.name() + " names " + rows.table() + " twice");
            }
        }
        return new Subscription(0, tables);
    }

    private static Filter filter(Map<String, Object> where) {
        List<Filter> terms = new TreeMap<>(where)
                .entrySet().stream()
                        .<Filter>map(term -> new Filter.Compare(term.getKey(), Filter.Operator.EQUAL, term.getValue()))
                        .toList();
        return terms.isEmpty() ? new Filter.All() : new Filter.And(terms);
    }

    /**
     * The answers, made while they are read.
     *
     * @param found what the viewer sees of {@link #rows}
     * @throws io.skein.engine.module.Rejection if the module refuses to answer
     */
    public static <A extends Record, R extends Record> Iterator<R> answers(
            Query<A, R> query, Record args, Viewer viewer, List<TableRows> found) {
        Stream<R> answers =
                query.body().answer(new Question<>(query.args().type().cast(args), viewer, found));
        return answers.iterator();
    }

    private record Question<A>(A args, Viewer viewer, List<TableRows> found) implements Query.Asked<A> {
        @Override
        public <T> List<T> rows(Table<T> table) {
            for (TableRows rows : found) {
                if (rows.table() == table) {
                    return cast(table.shape(), rows.rows());
                }
            }
            throw new IllegalArgumentException("the query's scope does not name " + table);
        }

        private static <T> List<T> cast(Shape<T> shape, List<Stored<?>> stored) {
            var rows = new ArrayList<T>(stored.size());
            for (Stored<?> each : stored) {
                for (int copy = 0; copy < each.copies(); copy++) {
                    rows.add(shape.type().cast(each.row()));
                }
            }
            return rows;
        }
    }
}
