package io.skein.engine.testing;

import io.skein.engine.module.ModuleSchema;
import io.skein.engine.schema.Table;
import io.skein.engine.state.RowOp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a client holds that started from rows and applied deltas (rules O3, M3). Strict where a real client is not: what cannot be applied
 * is an error.
 */
public final class FoldedRows {
    private final ModuleSchema schema;
    /** By table; keyed tables map a key to its row, multisets a row to its number of copies. */
    private final List<Map<Object, Object>> tables = new ArrayList<>();

    public FoldedRows(ModuleSchema schema) {
        this.schema = schema;
        for (int i = 0; i < schema.tableCount(); i++) {
            tables.add(new HashMap<>());
        }
    }

    /** Puts a row in that was there from the start. */
    public void put(int table, Object key, Object row, int copies) {
        Map<Object, Object> rows = tables.get(table);
        rows.put(key, kind(table) == Table.Kind.MULTISET ? (Integer) copies : row);
    }

    /**
     * @throws AssertionError if the operation does not fit what is there
     */
    public void apply(RowOp op) {
        switch (kind(op.table())) {
            case KEYED -> applyKeyed(op);
            case MULTISET -> applyCopy(op);
            case EVENT -> require(op.isInsert(), op, "changes an event");
        }
    }

    private void applyKeyed(RowOp op) {
        Map<Object, Object> rows = tables.get(op.table());
        require(Objects.equals(rows.get(op.key()), op.before()), op, "finds " + rows.get(op.key()));
        if (op.after() == null) {
            rows.remove(op.key());
        } else {
            rows.put(op.key(), op.after());
        }
    }

    private void applyCopy(RowOp op) {
        Map<Object, Object> rows = tables.get(op.table());
        int copies = (Integer) rows.getOrDefault(op.key(), 0);
        require(op.isInsert() || op.isDelete(), op, "updates a multiset");
        require(op.isInsert() || copies > 0, op, "finds no copy");
        if (copies == 1 && op.isDelete()) {
            rows.remove(op.key());
        } else {
            rows.put(op.key(), copies + (op.isInsert() ? 1 : -1));
        }
    }

    private void require(boolean condition, RowOp op, String message) {
        if (!condition) {
            throw new AssertionError(
                    "%s in table %s %s".formatted(op, schema.table(op.table()).name(), message));
        }
    }

    private Table.Kind kind(int table) {
        return schema.table(table).kind();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FoldedRows that && tables.equals(that.tables);
    }

    @Override
    public int hashCode() {
        return tables.hashCode();
    }

    /** The first difference, for people; empty if there is none. */
    public String differenceTo(FoldedRows other) {
        for (int i = 0; i < tables.size(); i++) {
            Map<Object, Object> here = tables.get(i);
            Map<Object, Object> there = other.tables.get(i);
            for (Object key : here.keySet()) {
                if (!Objects.equals(here.get(key), there.get(key))) {
                    return "table %s, key %s: %s against %s"
                            .formatted(schema.table(i).name(), key, here.get(key), there.get(key));
                }
            }
            for (Object key : there.keySet()) {
                if (!here.containsKey(key)) {
                    return "table %s, key %s: nothing against %s"
                            .formatted(schema.table(i).name(), key, there.get(key));
                }
            }
        }
        return "";
    }
}
