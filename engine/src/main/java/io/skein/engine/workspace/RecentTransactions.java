package io.skein.engine.workspace;

import io.skein.engine.codec.ByteReader;
import io.skein.engine.codec.ByteWriter;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.journal.TransactionCodec;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.schema.Table;
import io.skein.engine.state.Committed;
import io.skein.engine.state.HashChain;
import io.skein.engine.state.RowOp;
import io.skein.engine.state.Transaction;
import io.skein.engine.view.Visibility;
import java.util.List;

/**
 * The last transactions of a workspace, for relays that come late. Where rules look at rows, what somebody saw can only be told from the workspace
 * on both sides of a transaction, so these are kept; elsewhere the transaction's bytes do, with the rows that it changed as they were.
 */
final class RecentTransactions {
    /**
     * One of them.
     *
     * @param bytes its canonical length
     * @param moves whether it may have changed somebody's role
     */
    record Remembered(TxHeader header, int bytes, boolean moves, Visibility.Lens lens) {}

    private final ModuleSchema schema;
    private final Visibility visibility;
    private final RecentLog<Remembered> whole;
    /** An entry: canonical bytes with their length, 32 of the hash, then the old row of each operation that has one and does not say it. */
    private final ByteLog packed;

    RecentTransactions(ModuleSchema schema, Visibility visibility, WorkspaceSettings settings) {
        this.schema = schema;
        this.visibility = visibility;
        this.whole = new RecentLog<>(settings, Remembered::bytes);
        this.packed = new ByteLog(settings.recentTransactions(), settings.recentBytes());
    }

    /** Takes in what was decided, which is when its rows are in the processor's cache. Nobody may hear of it before it is durable. */
    void add(Committed committed) {
        if (schema.hasRowRules()) {
            whole.add(new Remembered(
                    TxHeader.of(committed),
                    committed.canonical().length,
                    Audiences.mayMove(schema, committed.transaction()),
                    visibility.lens(committed)));
        } else {
            packed.add(out -> write(out, committed));
        }
    }

    private void write(ByteWriter out, Committed committed) {
        out.bytes(committed.canonical()).raw(committed.hash());
        for (RowOp op : committed.transaction().ops()) {
            Table<?> table = schema.table(op.table());
            Object before = op.before();
            if (before != null && table.kind() == Table.Kind.KEYED) {
                ValueCodec.writeRow(out, table.shape(), before);
            }
        }
    }

    /** Those up to this {@code seq}, oldest first. */
    List<Remembered> upTo(long seq) {
        List<Remembered> all = whole.all();
        packed.forEach(in -> all.add(read(in)));
        while (!all.isEmpty() && all.getLast().header().seq() > seq) {
            all.removeLast();
        }
        return all;
    }

    private Remembered read(ByteReader in) {
        int bytes = in.count();
        ByteReader canonical = in.part(bytes);
        var hash = in.value(HashChain.BYTES);
        Transaction tx = TransactionCodec.decode(canonical, schema, new TransactionCodec.OldRows() {
            @Override
            public <R> R row(Table<R> table, Object key) {
                return ValueCodec.readRow(in, table.shape());
            }
        });
        var header = new TxHeader(tx.seq(), tx.timeMicros(), tx.sender(), tx.reducer(), hash);
        return new Remembered(header, bytes, Audiences.mayMove(schema, tx), visibility.lens(tx.ops()));
    }
}
