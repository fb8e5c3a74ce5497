package io.skein.engine.reducer;

import io.skein.engine.module.Refusal;
import io.skein.engine.module.Rejection;
import io.skein.engine.module.TableWriter;
import io.skein.engine.schema.Index;
import io.skein.engine.schema.Table;
import io.skein.engine.state.RowOp;
import io.skein.engine.state.Rows;
import io.skein.engine.state.Stored;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One table inside a transaction: what was there, overlaid with what the transaction changed. Dropping the draft undoes everything. A
 * multiset's row is its own key, and its change is a number of copies.
 */
final class TableDraft<R> implements TableWriter<R> {
    /** What becomes of one key. {@code copies} counts in a multiset only. */
    private final class Change {
        final @Nullable R before;

        @Nullable
        R after;

        int copies;

        Change(@Nullable R before) {
            this.before = before;
            this.after = before;
        }
    }

    private final Draft draft;
    private final int ordinal;
    private final Table<R> table;
    private final Rows<R> base;
    private final Map<Object, Change> changes = new LinkedHashMap<>();
    private final List<R> emitted = new ArrayList<>();

    /**
     * For each index, the keys of changed rows by the values that they were given; made by the first look-up among changes. A key stays under
     * a value that it has no more: reading checks.
     */
    private @Nullable List<Map<Object, Set<Object>>> changedByValue;

    private long sizeChange;

    TableDraft(Draft draft, int ordinal, Rows<R> base) {
        this.draft = draft;
        this.ordinal = ordinal;
        this.table = base.table();
        this.base = base;
    }

    @Override
    public Optional<R> find(Object key) {
        table.requireKey(key);
        return Optional.ofNullable(current(key));
    }

    private @Nullable R current(Object key) {
        Change change = changes.get(key);
        if (change != null && isMultiset()) {
            return copiesIn(key) + change.copies > 0 ? row(key) : null;
        }
        return change == null ? stored(key) : change.after;
    }

    private @Nullable R stored(Object key) {
        Stored<R> stored = base.stored(key);
        return stored == null ? null : stored.row();
    }

    @Override
    public <V> List<R> where(Index<R, V> index, V value) {
        if (changes.isEmpty()) {
            return base.where(index, value);
        }
        var rows = unchanged(base.where(index, value));
        for (Object key : changedByValue().get(index.ordinal()).getOrDefault(value, Set.of())) {
            forEachCopy(key, Objects.requireNonNull(changes.get(key)), row -> {
                if (index.valueOf(row).equals(value)) {
                    rows.add(row);
                }
            });
        }
        return rows;
    }

    private List<Map<Object, Set<Object>>> changedByValue() {
        if (changedByValue == null) {
            changedByValue = new ArrayList<>();
            table.indexes().forEach(_ -> Objects.requireNonNull(changedByValue).add(new HashMap<>()));
            changes.forEach((key, change) -> {
                if (isMultiset()) {
                    noteValues(key, row(key));
                } else if (change.after != null) {
                    noteValues(key, change.after);
                }
            });
        }
        return changedByValue;
    }

    private void noteValues(Object key, R row) {
        if (changedByValue == null) {
            return;
        }
        for (Index<R, ?> index : table.indexes()) {
            Object value = index.valueOf(row);
            changedByValue
                    .get(index.ordinal())
                    .computeIfAbsent(value, _ -> new LinkedHashSet<>())
                    .add(key);
        }
    }

    @Override
    public List<R> all() {
        if (changes.isEmpty()) {
            return base.all();
        }
        var rows = unchanged(base.all());
        changes.forEach((key, change) -> forEachCopy(key, change, rows::add));
        return rows;
    }

    private List<R> unchanged(List<R> rows) {
        var kept = new ArrayList<R>(rows.size());
        for (R row : rows) {
            if (!changes.containsKey(table.keyOf(row))) {
                kept.add(row);
            }
        }
        return kept;
    }

    private void forEachCopy(Object key, Change change, Consumer<R> action) {
        if (isMultiset()) {
            for (int i = copiesIn(key) + change.copies; i > 0; i--) {
                action.accept(row(key));
            }
        } else if (change.after != null) {
            action.accept(change.after);
        }
    }

    @Override
    public long size() {
        return base.size() + sizeChange;
    }

    @Override
    public void insert(R row) {
        R settled = table.shape().settled(row);
        Object key = table.keyOf(settled);
        if (isMultiset()) {
            copyChange(key).copies++;
            sizeChange++;
            noteValues(key, settled);
            return;
        }
        Change change = change(key);
        if (change.after != null) {
            throw rejection("row_exists", "%s already has a row %s".formatted(table, key));
        }
        set(key, change, settled);
    }

    @Override
    public void update(R row) {
        requireKeyed();
        R settled = table.shape().settled(row);
        Object key = table.keyOf(settled);
        Change change = change(key);
        if (change.after == null) {
            throw rejection("row_missing", "%s has no row %s".formatted(table, key));
        }
        set(key, change, settled);
    }

    @Override
    public void upsert(R row) {
        requireKeyed();
        R settled = table.shape().settled(row);
        Object key = table.keyOf(settled);
        set(key, change(key), settled);
    }

    private void set(Object key, Change change, R row) {
        sizeChange += change.after == null ? 1 : 0;
        change.after = row;
        noteValues(key, row);
    }

    @Override
    public boolean delete(Object key) {
        table.requireKey(key);
        if (current(key) == null) {
            return false;
        }
        if (isMultiset()) {
            copyChange(key).copies--;
            noteValues(key, row(key));
        } else {
            change(key).after = null;
        }
        sizeChange--;
        return true;
    }

    void emit(R row) {
        emitted.add(table.shape().settled(row));
        draft.countOp();
    }

    /** Adds the net effect: nothing for a row that is as it was. */
    void collect(List<RowOp> ops) {
        for (R row : emitted) {
            ops.add(new RowOp(ordinal, row, null, row));
        }
        changes.forEach((key, change) -> {
            for (int i = 0; i < Math.abs(change.copies); i++) {
                ops.add(change.copies > 0 ? new RowOp(ordinal, key, null, key) : new RowOp(ordinal, key, key, null));
            }
            if (!Objects.equals(change.before, change.after)) {
                ops.add(new RowOp(ordinal, key, change.before, change.after));
            }
        });
    }

    /** Of a keyed table. Counts each key once, however often it changes. */
    private Change change(Object key) {
        Change change = changes.get(key);
        if (change == null) {
            draft.countOp();
            change = new Change(stored(key));
            changes.put(key, change);
        }
        return change;
    }

    /** Of a multiset. Each copy that comes or goes is an operation. */
    private Change copyChange(Object row) {
        draft.countOp();
        return changes.computeIfAbsent(row, _ -> new Change(null));
    }

    private boolean isMultiset() {
        return table.kind() == Table.Kind.MULTISET;
    }

    private int copiesIn(Object key) {
        var stored = base.stored(key);
        return stored == null ? 0 : stored.copies();
    }

    private R row(Object key) {
        return table.shape().type().cast(key);
    }

    private void requireKeyed() {
        if (table.kind() != Table.Kind.KEYED) {
            throw new IllegalArgumentException(table + " has no primary key: use insert and delete");
        }
    }

    private static Rejection rejection(String reason, String message) {
        return new Rejection(Refusal.rejected(reason, message));
    }
}
