package io.skein.engine.journal;

import io.skein.engine.codec.ByteReader;
import io.skein.engine.codec.CorruptException;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.schema.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * A transaction as its canonical bytes alone tell it: what history shows and projections follow, without the state before it.
 *
 * @param changes grouped by table, in the order of the module that wrote them
 */
public record RecordedTransaction(TransactionCodec.Header header, List<RowChange> changes) {

    /**
     * Reads a transaction. Tables that the schema does not know are passed over: a module may have dropped them since.
     *
     * @param wanted which tables to read, by their ordinals; others are passed over
     * @throws CorruptException if the bytes are not a transaction's, or a row does not fit its table
     */
    public static RecordedTransaction read(byte[] canonical, ModuleSchema schema, IntPredicate wanted) {
        var in = new ByteReader(canonical);
        TransactionCodec.Header header = TransactionCodec.readHeader(in);
        var changes = new ArrayList<RowChange>();
        for (int tables = in.count(); tables > 0; tables--) {
            int ordinal = schema.ordinal(in.string());
            boolean read = ordinal >= 0 && wanted.test(ordinal);
            for (int ops = in.count(); ops > 0; ops--) {
                int kind = in.u8();
                if (read) {
                    changes.add(readChange(in, kind, ordinal, schema.table(ordinal)));
                } else {
                    ValueCodec.skip(in);
                }
            }
        }
        in.requireEnd();
        return new RecordedTransaction(header, List.copyOf(changes));
    }

    private static <R> RowChange readChange(ByteReader in, int kind, int ordinal, Table<R> table) {
        if (kind == TransactionCodec.DELETE && table.kind() == Table.Kind.KEYED) {
            Object key = ValueCodec.readKey(in, table.shape());
            return new RowChange(ordinal, RowChange.Kind.DELETE, key, null);
        }
        R row = ValueCodec.readRow(in, table.shape());
        Object key = table.keyOf(row);
        return switch (kind) {
            case TransactionCodec.INSERT -> new RowChange(ordinal, RowChange.Kind.INSERT, key, row);
            case TransactionCodec.UPDATE -> new RowChange(ordinal, RowChange.Kind.UPDATE, key, row);
            case TransactionCodec.DELETE -> new RowChange(ordinal, RowChange.Kind.DELETE, key, null);
            default -> throw new CorruptException("operation " + kind);
        };
    }
}
