package io.skein.edge.spacetime;

import io.skein.engine.relay.EncodedRows;
import io.skein.engine.relay.WireFormat;
import io.skein.engine.schema.Table;
import io.skein.engine.state.RowOp;
import io.skein.engine.state.Stored;
import io.skein.engine.view.Subscription;
import io.skein.engine.view.TableDelta;
import io.skein.engine.view.TableRows;
import io.skein.engine.view.View;
import io.skein.engine.workspace.TxHeader;
import java.util.List;
import java.util.Objects;

/**
 * What sessions of the SpacetimeDB wire share. A transaction is a {@code TransactionUpdate}; its caller gets the same bytes in a {@code
 * ReducerResult}. Frames are never compressed: clients decode compressed ones out of order.
 */
final class SpacetimeFormat implements WireFormat {
    static final byte TRANSACTION_UPDATE = 4;

    /** What a frame begins with: the tag of no compression. */
    private static final byte[] RAW = {0};

    /** Version 3: as many messages in a frame as there are. */
    static final SpacetimeFormat V3 = new SpacetimeFormat(Integer.MAX_VALUE);

    /** Version 2: one message is a frame. */
    static final SpacetimeFormat V2 = new SpacetimeFormat(1);

    private static final int SMALL = 256;

    private final Framing framing;

    private SpacetimeFormat(int maxMessages) {
        this.framing = Framing.prefixed(RAW, maxMessages);
    }

    @Override
    public Framing framing() {
        return framing;
    }

    /** There is no word for rows in place of those that a set has. */
    @Override
    public boolean restarts() {
        return false;
    }

    @Override
    public byte[] transaction(TxHeader header, List<TableDelta> deltas) {
        return update(deltas);
    }

    /** A {@code TransactionUpdate}. */
    static byte[] update(List<TableDelta> deltas) {
        var out = new BsatnWriter(SMALL);
        out.u8(TRANSACTION_UPDATE);
        int sets = out.hole();
        int setCount = 0;
        int at = 0;
        while (at < deltas.size()) {
            long set = deltas.get(at).subscription();
            out.u32(set);
            int tables = out.hole();
            int tableCount = 0;
            while (at < deltas.size() && deltas.get(at).subscription() == set) {
                table(out, deltas.get(at++));
                tableCount++;
            }
            out.patch(tables, tableCount);
            setCount++;
        }
        out.patch(sets, setCount);
        return out.toArray();
    }

    private static void table(BsatnWriter out, TableDelta delta) {
        Table<?> table = delta.table();
        Bsatn type = Bsatn.of(table.shape());
        out.string(table.name()).u32(1);
        if (table.isEvent()) {
            var events = new RowList(type, delta.ops().size());
            delta.ops().forEach(op -> events.add(Objects.requireNonNull(op.after())));
            events.writeTo(out.u8(1));
            return;
        }
        var inserts = new RowList(type, delta.ops().size());
        var deletes = new RowList(type, delta.ops().size());
        for (RowOp op : delta.ops()) {
            if (op.after() != null) {
                inserts.add(op.after());
            }
            if (op.before() != null) {
                deletes.add(op.before());
            }
        }
        inserts.writeTo(out.u8(0));
        deletes.writeTo(out);
    }

    @Override
    public EncodedRows snapshot(View view, List<TableRows> rows) {
        throw new UnsupportedOperationException("sessions of this wire do not start over");
    }

    /** For each subscription its {@code QueryRows}. */
    @Override
    public EncodedRows subscription(View view, List<TableRows> rows) {
        return new EncodedRows(view.subscriptions().stream()
                .map(Subscription::number)
                .map(number -> queryRows(rows.stream()
                        .filter(table -> table.subscription() == number)
                        .toList()))
                .toArray(byte[][]::new));
    }

    static byte[] queryRows(List<TableRows> tables) {
        var out = new BsatnWriter(SMALL);
        out.u32(tables.size());
        for (TableRows table : tables) {
            var list = new RowList(Bsatn.of(table.table().shape()), table.rows().size());
            for (Stored<?> stored : table.rows()) {
                for (int copy = 0; copy < stored.copies(); copy++) {
                    list.add(stored.row());
                }
            }
            list.writeTo(out.string(table.table().name()));
        }
        return out.toArray();
    }
}
