package io.skein.engine.state;

import io.skein.engine.module.TableReader;
import io.skein.engine.schema.Index;
import io.skein.engine.schema.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The rows of one table at one moment, with their indexes. Immutable. */
public final class Rows<R> implements TableReader<R> {
    private final Table<R> table;
    private final PMap<Object, Stored<R>> byKey;
    /** For each index: {@link Index#valueOf} to the keys of the rows that have it. */
    private final List<PMap<Object, PMap<Object, Boolean>>> indexes;

    private final long size;
    private final long bytes;

    private Rows(
            Table<R> table,
            PMap<Object, Stored<R>> byKey,
            List<PMap<Object, PMap<Object, Boolean>>> indexes,
            long size,
            long bytes) {
        this.table = table;
        this.byKey = byKey;
        this.indexes = indexes;
        this.size = size;
        this.bytes = bytes;
    }

    static <R> Rows<R> empty(Table<R> table) {
        return new Rows<>(
                table,
                PMap.empty(),
                table.indexes().stream()
                        .map(_ -> PMap.<Object, PMap<Object, Boolean>>empty())
                        .toList(),
                0,
                0);
    }

    public Table<R> table() {
        return table;
    }

    @Override
    public Optional<R> find(Object key) {
        table.requireKey(key);
        Stored<R> stored = byKey.get(key);
        return stored == null ? Optional.empty() : Optional.of(stored.row());
    }

    /** The row with its version, or null. */
    public @Nullable Stored<R> stored(Object key) {
        return byKey.get(key);
    }

    @Override
    public <V> List<R> where(Index<R, V> index, V value) {
        return where(index.ordinal(), value);
    }

    List<R> where(int index, Object value) {
        var rows = new ArrayList<R>();
        forEachWhere(index, value, stored -> {
            for (int i = 0; i < stored.copies(); i++) {
                rows.add(stored.row());
            }
        });
        return rows;
    }

    /** Visits what the index with this ordinal finds. */
    public void forEachWhere(int index, Object value, Consumer<Stored<R>> action) {
        PMap<Object, Boolean> keys = indexes.get(index).get(value);
        if (keys != null) {
            keys.forEach((key, _) -> action.accept(existing(key)));
        }
    }

    /** Whether one of these passes; looks no further than the first that does. */
    public boolean anyWhere(int index, Object value, Predicate<Stored<R>> test) {
        PMap<Object, Boolean> keys = indexes.get(index).get(value);
        return keys != null && keys.anyKey(key -> test.test(existing(key)));
    }

    @Override
    public List<R> all() {
        var rows = new ArrayList<R>();
        forEach(stored -> {
            for (int i = 0; i < stored.copies(); i++) {
                rows.add(stored.row());
            }
        });
        return rows;
    }

    public void forEach(Consumer<Stored<R>> action) {
        byKey.forEach((_, stored) -> action.accept(stored));
    }

    @Override
    public long size() {
        return size;
    }

    /** Number of different rows: a multiset's copies count once. */
    public int distinct() {
        return byKey.size();
    }

    /** Sum of the rows' {@link Stored#bytes}. */
    long bytes() {
        return bytes;
    }

    /**
     * The table after one operation of the transaction {@code seq}.
     *
     * @throws IllegalArgumentException if the operation does not fit what is there
     */
    @SuppressWarnings("unchecked")
    Rows<R> apply(RowOp op, long seq, int opBytes) {
        return switch (table.kind()) {
            case KEYED -> applyKeyed(op, seq, opBytes);
            case MULTISET -> {
                Object row = op.isInsert() ? op.after() : op.before();
                yield copies((R) java.util.Objects.requireNonNull(row), op.isInsert() ? 1 : -1, seq, opBytes);
            }
            case EVENT -> this;
        };
    }

    @SuppressWarnings("unchecked")
    private Rows<R> applyKeyed(RowOp op, long seq, int opBytes) {
        Stored<R> old = byKey.get(op.key());
        R after = (R) op.after();
        if ((old == null) != op.isInsert()) {
            throw new IllegalArgumentException(
                    (old == null ? "change of a row that is not in " : "insert of a row that is in ") + table);
        }
        long oldBytes = old == null ? 0 : old.bytes();
        var nextIndexes = reindexed(op.key(), old == null ? null : old.row(), after);
        if (after == null) {
            return new Rows<>(table, byKey.remove(op.key()), nextIndexes, byKey.size() - 1, bytes - oldBytes);
        }
        var next = byKey.put(op.key(), new Stored<>(after, seq, 1, opBytes));
        return new Rows<>(table, next, nextIndexes, next.size(), bytes - oldBytes + opBytes);
    }

    private Rows<R> copies(R row, int change, long seq, int opBytes) {
        Stored<R> old = byKey.get(row);
        if (old == null) {
            if (change < 0) {
                throw new IllegalArgumentException("delete of a row that is not in " + table);
            }
            var next = byKey.put(row, new Stored<>(row, seq, 1, opBytes));
            return new Rows<>(table, next, reindexed(row, null, row), size + 1, bytes + opBytes);
        }
        int copies = old.copies() + change;
        if (copies == 0) {
            return new Rows<>(table, byKey.remove(row), reindexed(row, row, null), size - 1, bytes - old.bytes());
        }
        var next = byKey.put(row, new Stored<>(row, seq, copies, old.bytes()));
        return new Rows<>(table, next, indexes, size + change, bytes);
    }

    private List<PMap<Object, PMap<Object, Boolean>>> reindexed(Object key, @Nullable R before, @Nullable R after) {
        if (indexes.isEmpty()) {
            return indexes;
        }
        var next = new ArrayList<>(indexes);
        boolean changed = false;
        for (Index<R, ?> index : table.indexes()) {
            Object from = before == null ? null : index.valueOf(before);
            Object to = after == null ? null : index.valueOf(after);
            if (java.util.Objects.equals(from, to)) {
                continue;
            }
            changed = true;
            var entries = next.get(index.ordinal());
            if (from != null) {
                entries = without(entries, from, key);
            }
            if (to != null) {
                PMap<Object, Boolean> keys = entries.get(to);
                entries = entries.put(to, (keys == null ? PMap.<Object, Boolean>empty() : keys).put(key, true));
            }
            next.set(index.ordinal(), entries);
        }
        return changed ? List.copyOf(next) : indexes;
    }

    private static PMap<Object, PMap<Object, Boolean>> without(
            PMap<Object, PMap<Object, Boolean>> entries, Object value, Object key) {
        var keys = java.util.Objects.requireNonNull(entries.get(value)).remove(key);
        return keys.isEmpty() ? entries.remove(value) : entries.put(value, keys);
    }

    private Stored<R> existing(Object key) {
        return java.util.Objects.requireNonNull(byKey.get(key), "index and rows disagree");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Rows<?> that
                && table == that.table
                && size == that.size
                && bytes == that.bytes
                && byKey.equals(that.byKey)
                && indexes.equals(that.indexes);
    }

    @Override
    public int hashCode() {
        return byKey.hashCode();
    }

    @Override
    public String toString() {
        return table.name() + byKey;
    }

    /** Puts a row back as a snapshot had it. */
    @SuppressWarnings("unchecked")
    Rows<R> restored(Object row, long version, int copies, int rowBytes) {
        R typed = (R) row;
        Object key = table.keyOf(typed);
        if (byKey.get(key) != null) {
            throw new IllegalArgumentException("the same row twice in " + table);
        }
        return new Rows<>(
                table,
                byKey.put(key, new Stored<>(typed, version, copies, rowBytes)),
                reindexed(key, null, typed),
                size + copies,
                bytes + rowBytes);
    }
}
