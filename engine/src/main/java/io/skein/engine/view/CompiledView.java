package io.skein.engine.view;

import io.skein.engine.module.ModuleSchema;
import io.skein.engine.schema.Index;
import io.skein.engine.schema.Shape;
import io.skein.engine.schema.Table;
import io.skein.engine.state.RowOp;
import io.skein.engine.state.Rows;
import io.skein.engine.state.Stored;
import io.skein.engine.state.WorkspaceState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A view made ready for evaluation: of a transaction it costs by the transaction's own operations, of a snapshot by the rows that an index
 * or the table offers.
 */
public final class CompiledView {
    /**
     * One table of one subscription.
     *
     * @param filter narrows what an audience sees; with a join, that is done already
     * @param join how the audience looks, if not straight
     */
    private record Part(
            long subscription,
            int table,
            boolean everything,
            Predicate<Object> filter,
            Filter source,
            Optional<Audience.Join> join) {}

    private final View view;
    private final ModuleSchema schema;
    private final List<Part> parts = new ArrayList<>();

    /**
     * @throws IllegalArgumentException if a table or column is unknown
     */
    public CompiledView(ModuleSchema schema, View view) {
        this.schema = schema;
        this.view = view;
        for (Subscription subscription : view.subscriptions()) {
            for (Map.Entry<String, Filter> entry : subscription.tables().entrySet()) {
                int ordinal = schema.ordinal(entry.getKey());
                if (ordinal < 0) {
                    throw new IllegalArgumentException("no table " + entry.getKey());
                }
                parts.add(part(schema, subscription.number(), ordinal, entry.getValue()));
            }
        }
    }

    private static Part part(ModuleSchema schema, long subscription, int ordinal, Filter filter) {
        Table<?> table = schema.table(ordinal);
        if (filter.semijoins().isEmpty()) {
            boolean everything = filter instanceof Filter.All;
            return new Part(subscription, ordinal, everything, filter.compile(table.shape()), filter, Optional.empty());
        }
        Semijoins.check(schema, table, filter);
        var join = new Audience.Join(table.name(), filter);
        return new Part(subscription, ordinal, true, _ -> true, filter, Optional.of(join));
    }

    public View view() {
        return view;
    }

    /** Everything that an owner has to tell apart for this view: who looks, and through which joins. */
    public List<Audience> audiences() {
        var audiences = new ArrayList<Audience>();
        audiences.add(view.audience());
        audiences.addAll(view.joins());
        return audiences;
    }

    /** As {@link #evaluate(List, Function)}, for a view without joins. */
    public List<TableDelta> evaluate(List<RowOp> visible) {
        return evaluate(visible, join -> {
            throw new IllegalArgumentException("a view with joins, and nothing of " + join);
        });
    }

    /**
     * What the operations that an audience sees are to this view: an update across a filter's boundary becomes an insert or a delete.
     *
     * @param visible grouped by table
     * @param joined what the audience sees through each join
     */
    public List<TableDelta> evaluate(List<RowOp> visible, Function<Audience.Join, List<RowOp>> joined) {
        if (visible.isEmpty()) {
            return List.of(); // what is seen through a join comes and goes with rows that are seen
        }
        int[] ends = new int[schema.tableCount()];
        int[] starts = ranges(visible, ends);
        var deltas = new ArrayList<TableDelta>();
        for (Part part : parts) {
            List<RowOp> ops = part.join().isPresent()
                    ? joined.apply(part.join().get())
                    : narrow(part, visible.subList(starts[part.table()], ends[part.table()]));
            if (!ops.isEmpty()) {
                deltas.add(new TableDelta(part.subscription(), schema.table(part.table()), ops));
            }
        }
        return deltas;
    }

    /** Where each table's operations begin and end, so that a subscription costs by its own tables. */
    private static int[] ranges(List<RowOp> grouped, int[] ends) {
        var starts = new int[ends.length];
        for (int i = 0; i < grouped.size(); i++) {
            int table = grouped.get(i).table();
            if (ends[table] == 0) {
                starts[table] = i;
            }
            ends[table] = i + 1;
        }
        return starts;
    }

    private static List<RowOp> narrow(Part part, List<RowOp> ops) {
        if (part.everything() || ops.isEmpty()) {
            return ops;
        }
        var seen = new ArrayList<RowOp>();
        for (RowOp op : ops) {
            RowOp narrowed = narrow(op, part.filter());
            if (narrowed != null) {
                seen.add(narrowed);
            }
        }
        return seen;
    }

    /** The part of an operation that concerns rows for which {@code test} holds; null if there is none. */
    static @Nullable RowOp narrow(RowOp op, Predicate<Object> test) {
        boolean before = op.before() != null && test.test(op.before());
        boolean after = op.after() != null && test.test(op.after());
        if (before == !op.isInsert() && after == !op.isDelete()) {
            return op;
        }
        return before || after
                ? new RowOp(op.table(), op.key(), before ? op.before() : null, after ? op.after() : null)
                : null;
    }

    /** All rows of the view at one state; tables without a row are there too, event tables are not. */
    public List<TableRows> snapshot(WorkspaceState state, Visibility visibility) {
        var snapshot = new ArrayList<TableRows>(parts.size());
        for (Part part : parts) {
            if (!schema.table(part.table()).isEvent()) {
                snapshot.add(
                        new TableRows(part.subscription(), schema.table(part.table()), rows(part, state, visibility)));
            }
        }
        return snapshot;
    }

    private List<Stored<?>> rows(Part part, WorkspaceState state, Visibility visibility) {
        var found = new ArrayList<Stored<?>>();
        if (view.audience().role().atLeast(schema.rule(part.table()).minimum())) {
            Predicate<Object> test = part.join().isEmpty()
                    ? part.filter()
                    : visibility.test(state, view.audience(), part.table(), part.source());
            collect(
                    state.rows(part.table()),
                    part.source(),
                    test,
                    row -> visibility.mayRead(state, view.audience(), part.table(), row),
                    found);
        }
        return found;
    }

    private static <R> void collect(
            Rows<R> rows, Filter source, Predicate<Object> filter, Predicate<Object> visible, List<Stored<?>> found) {
        java.util.function.Consumer<Stored<R>> take = stored -> {
            if (filter.test(stored.row()) && visible.test(stored.row())) {
                found.add(stored);
            }
        };
        Optional<IndexedTerm> term = indexedTerm(rows.table(), source);
        if (term.isPresent()) {
            rows.forEachWhere(term.get().index(), term.get().value(), take);
        } else {
            rows.forEach(take);
        }
    }

    /** An equality that must hold and that an index answers. */
    private record IndexedTerm(int index, Object value) {}

    private static Optional<IndexedTerm> indexedTerm(Table<?> table, Filter filter) {
        return switch (filter) {
            case Filter.Compare(var column, var operator, var value)
            when operator == Filter.Operator.EQUAL && value != null ->
                indexOn(table, column)
                        .map(index -> new IndexedTerm(index.ordinal(), indexed(table.shape(), index, value)));
            case Filter.And(var all) ->
                all.stream().flatMap(part -> indexedTerm(table, part).stream()).findFirst();
            case Filter.Compare _,
                    Filter.CompareColumns _,
                    Filter.Semijoin _,
                    Filter.All _,
                    Filter.Or _,
                    Filter.Not _ -> Optional.empty();
        };
    }

    private static Optional<? extends Index<?, ?>> indexOn(Table<?> table, String column) {
        int ordinal = table.shape().ordinal(column);
        return table.indexes().stream().filter(index -> index.isOn(ordinal)).findFirst();
    }

    /** An index on an optional column holds optionals. */
    private static Object indexed(Shape<?> shape, Index<?, ?> index, Object value) {
        return shape.columns().get(index.columns().getFirst()).type() instanceof io.skein.engine.schema.ColumnType.Maybe
                ? Optional.of(value)
                : value;
    }
}
