package io.skein.engine.view;

import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.RowRule;
import io.skein.engine.module.TableReader;
import io.skein.engine.module.TableRule;
import io.skein.engine.module.Tables;
import io.skein.engine.module.Unquoted;
import io.skein.engine.module.Viewer;
import io.skein.engine.schema.Table;
import io.skein.engine.state.Committed;
import io.skein.engine.state.RowOp;
import io.skein.engine.state.Rows;
import io.skein.engine.state.Stored;
import io.skein.engine.state.WorkspaceState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides, on the owner node, what of a workspace an audience may see (rules M2, M3). The fold of {@link #ops} over a history equals {@link
 * #mayRead} over its end; a property test holds this.
 */
public final class Visibility {
    private static final Logger LOG = LoggerFactory.getLogger(Visibility.class);

    private final ModuleSchema schema;
    private final boolean strict;
    private final Semijoins joins;
    private final List<Set<Table<?>>> readable;
    /** Tables whose rule has failed: each is logged once, because a rule that fails does so for every row and viewer. */
    private final Set<String> failed = ConcurrentHashMap.newKeySet();

    /** A row whose rule fails is hidden. */
    public Visibility(ModuleSchema schema) {
        this(schema, false);
    }

    private Visibility(ModuleSchema schema, boolean strict) {
        this.schema = schema;
        this.strict = strict;
        this.joins = new Semijoins(schema, this);
        this.readable = schema.rules().stream()
                .map(rule -> {
                    Set<Table<?>> tables = new LinkedHashSet<>();
                    rule.rechecks().forEach(recheck -> tables.add(recheck.cause()));
                    return tables;
                })
                .toList();
    }

    /** For tests: a rule that fails throws. */
    public static Visibility strict(ModuleSchema schema) {
        return new Visibility(schema, true);
    }

    /** The test of a filter that may look at other tables, in one state. */
    Predicate<Object> test(WorkspaceState state, Audience audience, int table, Filter filter) {
        return joins.test(state, audience, table, filter);
    }

    /** Whether the audience may see this row of this table in this state. */
    public boolean mayRead(WorkspaceState state, Audience audience, int table, Object row) {
        return audience.role().atLeast(schema.rule(table).minimum())
                && passes(schema.rule(table), table, state, audience.viewer(), row);
    }

    private <R> boolean passes(TableRule<R> rule, int ordinal, WorkspaceState state, Viewer viewer, Object row) {
        if (rule.rows().isEmpty()) {
            return true;
        }
        RowRule<R> rows = rule.rows().get();
        R typed = rule.table().shape().type().cast(row);
        try {
            return rows.mayRead(viewer, typed, new RuleTables(state, readable.get(ordinal)));
        } catch (RuntimeException | StackOverflowError | AssertionError | LinkageError e) {
            ruleFailed(rule.table(), e);
            return false;
        }
    }

    /** A workspace with a faulty rule must not fall with every transaction: it shows too little, and says so. */
    private void ruleFailed(Table<?> table, Throwable failure) {
        if (strict) {
            throw new IllegalStateException("the visibility rule of table " + table + " failed", failure);
        }
        if (failed.add(table.name())) {
            LOG.error(
                    "the visibility rule of table {} of {} failed; it hides what it fails for",
                    table,
                    schema,
                    Unquoted.of(failure));
        }
    }

    /**
     * What a transaction is to an audience. Costs by the transaction's operations and the rows they concern.
     *
     * @return grouped by table, in the schema's order; the transaction's own list if the audience sees all of it
     */
    public List<RowOp> ops(Committed committed, Audience audience) {
        if (audience.join().isPresent()) {
            return joins.ops(committed, audience, audience.join().get(), ops(committed, audience.direct()));
        }
        List<RowOp> all = committed.transaction().ops();
        if (!schema.hasRowRules()) {
            return byRole(all, audience);
        }
        var changed = new boolean[schema.tableCount()];
        for (RowOp op : all) {
            changed[op.table()] = true;
        }
        var visible = new ArrayList<RowOp>();
        for (int table = 0; table < changed.length; table++) {
            TableRule<?> rule = schema.rule(table);
            if (!audience.role().atLeast(rule.minimum())) {
                continue;
            }
            if (rule.rows().isPresent() && !rule.table().isEvent()) {
                addRuled(committed, audience, table, rule, changed, visible);
            } else if (changed[table] && rule.rows().isEmpty()) {
                addOwn(all, table, visible);
            } else if (changed[table]) {
                addEvents(committed, audience, table, visible);
            }
        }
        return visible;
    }

    /** One transaction, for whoever may look at it later. */
    @FunctionalInterface
    public interface Lens {
        /** See {@link Visibility#ops}. */
        List<RowOp> ops(Audience audience);

        /** Whether this audience can still be told: not through a join, where the workspace on both sides is gone. */
        default boolean covers(Audience audience) {
            return true;
        }
    }

    /**
     * {@link #ops} for later. Keeps the workspace on both sides of the transaction only if rules look at rows: these states hold about as
     * much again as the transaction, and live long enough to be copied by every collection.
     */
    public Lens lens(Committed committed) {
        if (schema.hasRowRules()) {
            return audience -> ops(committed, audience);
        }
        return lens(committed.transaction().ops());
    }

    /** {@link #lens(Committed)} of what is known of a transaction where no rule looks at rows. */
    public Lens lens(List<RowOp> all) {
        return new Lens() {
            @Override
            public List<RowOp> ops(Audience audience) {
                return byRole(all, audience);
            }

            @Override
            public boolean covers(Audience audience) {
                return audience.join().isEmpty();
            }
        };
    }

    private List<RowOp> byRole(List<RowOp> all, Audience audience) {
        for (RowOp op : all) {
            if (!audience.role().atLeast(schema.rule(op.table()).minimum())) {
                return all.stream()
                        .filter(each -> audience.role()
                                .atLeast(schema.rule(each.table()).minimum()))
                        .toList();
            }
        }
        return all;
    }

    private static void addOwn(List<RowOp> all, int table, List<RowOp> visible) {
        for (RowOp op : all) {
            if (op.table() == table) {
                visible.add(op);
            }
        }
    }

    private void addEvents(Committed committed, Audience audience, int table, List<RowOp> visible) {
        for (RowOp op : committed.transaction().ops()) {
            if (op.table() == table
                    && mayRead(committed.after(), audience, table, Objects.requireNonNull(op.after()))) {
                visible.add(op);
            }
        }
    }

    /** Looks at the rows that changed, and at those whose visibility can have changed with a row elsewhere. */
    private <R> void addRuled(
            Committed committed,
            Audience audience,
            int table,
            TableRule<R> rule,
            boolean[] changed,
            List<RowOp> visible) {
        var keys = new LinkedHashSet<Object>();
        if (changed[table]) {
            for (RowOp op : committed.transaction().ops()) {
                if (op.table() == table) {
                    keys.add(op.key());
                }
            }
        }
        for (TableRule.Recheck<?, R> recheck : rule.rechecks()) {
            if (changed[schema.ordinal(recheck.cause())]) {
                addAffectedOrAll(committed, audience.viewer(), rule.table(), recheck, keys);
            }
        }
        for (Object key : keys) {
            addDifference(committed, audience, audience, table, key, visible);
        }
    }

    private <C, R> void addAffectedOrAll(
            Committed committed, Viewer viewer, Table<R> table, TableRule.Recheck<C, R> recheck, Set<Object> keys) {
        if (recheck.affected().isPresent()) {
            try {
                addAffected(
                        committed, viewer, table, recheck, recheck.affected().get(), keys);
                return;
            } catch (RuntimeException | StackOverflowError | AssertionError | LinkageError e) {
                ruleFailed(table, e);
            }
        }
        addAllKeys(committed, table, keys);
    }

    private <C, R> void addAffected(
            Committed committed,
            Viewer viewer,
            Table<R> table,
            TableRule.Recheck<C, R> recheck,
            TableRule.Affected<C, R> affected,
            Set<Object> keys) {
        Class<C> type = recheck.cause().shape().type();
        int cause = schema.ordinal(recheck.cause());
        for (RowOp op : committed.transaction().ops()) {
            if (op.table() != cause || !recheck.concerns(viewer, cast(type, op.before()), cast(type, op.after()))) {
                continue;
            }
            BiConsumer<@Nullable Object, WorkspaceState> look = (row, state) -> {
                if (row != null) {
                    Collection<R> rows = affected.rows(type.cast(row), state);
                    rows.forEach(each -> keys.add(table.keyOf(each)));
                }
            };
            look.accept(op.before(), committed.before());
            look.accept(op.after(), committed.after());
            look.accept(op.before(), committed.after());
        }
    }

    private static <C> @Nullable C cast(Class<C> type, @Nullable Object row) {
        return row == null ? null : type.cast(row);
    }

    private static <R> void addAllKeys(Committed committed, Table<R> table, Set<Object> keys) {
        committed.before().rows(table).forEach(stored -> keys.add(table.keyOf(stored.row())));
        committed.after().rows(table).forEach(stored -> keys.add(table.keyOf(stored.row())));
    }

    /** Adds what changes for one key from what {@code from} saw before to what {@code to} sees after. */
    private void addDifference(
            Committed committed, @Nullable Audience from, Audience to, int table, Object key, List<RowOp> visible) {
        Stored<?> before = from == null ? null : seen(committed.before(), from, table, key);
        Stored<?> after = seen(committed.after(), to, table, key);
        addDifference(schema.table(table), table, key, before, after, visible);
    }

    /** Adds what makes of the copies of a row that were there those that are. */
    static void addDifference(
            Table<?> of,
            int table,
            Object key,
            @Nullable Stored<?> before,
            @Nullable Stored<?> after,
            List<RowOp> visible) {
        if (of.kind() == Table.Kind.MULTISET) {
            int copies = (after == null ? 0 : after.copies()) - (before == null ? 0 : before.copies());
            for (int i = Math.abs(copies); i > 0; i--) {
                visible.add(copies > 0 ? new RowOp(table, key, null, key) : new RowOp(table, key, key, null));
            }
            return;
        }
        Object rowBefore = before == null ? null : before.row();
        Object rowAfter = after == null ? null : after.row();
        if (!Objects.equals(rowBefore, rowAfter)) {
            visible.add(new RowOp(table, key, rowBefore, rowAfter));
        }
    }

    private @Nullable Stored<?> seen(WorkspaceState state, Audience audience, int table, Object key) {
        Stored<?> stored = state.rows(table).stored(key);
        return stored != null && mayRead(state, audience, table, stored.row()) ? stored : null;
    }

    /**
     * What a transaction is to somebody who was audience {@code from} before it and is {@code to} after it: what became visible is
     * inserted, what became invisible deleted. Costs by the tables whose visibility differs.
     *
     * @param from null if nothing was seen before
     */
    public List<RowOp> transition(Committed committed, @Nullable Audience from, Audience to) {
        var visible = new ArrayList<RowOp>();
        for (int table = 0; table < schema.tableCount(); table++) {
            TableRule<?> rule = schema.rule(table);
            boolean sawTable = from != null && from.role().atLeast(rule.minimum());
            boolean seesTable = to.role().atLeast(rule.minimum());
            if (rule.table().isEvent()) {
                addEvents(committed, to, table, visible);
            } else if (sawTable && seesTable && rule.rows().isEmpty()) {
                addOwn(committed.transaction().ops(), table, visible);
            } else if (sawTable || seesTable) {
                var keys = new LinkedHashSet<Object>();
                addAllKeys(committed, rule.table(), keys);
                for (Object key : keys) {
                    addDifference(committed, from, to, table, key, visible);
                }
            }
        }
        return visible;
    }

    /** A rule's look at other tables: only at those it said it reads, because only their changes make the engine look again. */
    private record RuleTables(WorkspaceState state, Set<Table<?>> readable) implements Tables {
        @Override
        public <R> TableReader<R> in(Table<R> table) {
            if (!readable.contains(table)) {
                throw new IllegalStateException(
                        "a visibility rule reads %s without saying so; add .reading(%s)".formatted(table, table));
            }
            Rows<R> rows = state.rows(table);
            return rows;
        }
    }
}
