package io.skein.engine.journal;

import io.skein.engine.codec.ByteReader;
import io.skein.engine.codec.CorruptException;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.schema.Table;
import io.skein.engine.state.RowOp;
import io.skein.engine.state.Transaction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads the canonical bytes of one transaction; see {@link TransactionCodec}. */
final class TransactionReader {
    private final ByteReader in;
    private final ModuleSchema schema;
    private final TransactionCodec.OldRows before;
    private final List<RowOp> ops = new ArrayList<>();
    private int[] opBytes = new int[4];

    TransactionReader(ByteReader in, ModuleSchema schema, TransactionCodec.OldRows before) {
        this.in = in;
        this.schema = schema;
        this.before = before;
    }

    /** How many bytes each operation takes; known once it has been read. Possibly longer than there are operations. */
    int[] opBytes() {
        return opBytes;
    }

    Transaction read() {
        TransactionCodec.Header header = TransactionCodec.readHeader(in);
        var seen = new boolean[schema.tableCount()];
        for (int tables = in.count(); tables > 0; tables--) {
            int ordinal = readTable();
            if (seen[ordinal]) {
                throw new CorruptException("table " + schema.table(ordinal) + " twice");
            }
            seen[ordinal] = true;
            readOps(ordinal);
        }
        in.requireEnd();
        return new Transaction(
                header.seq(), header.timeMicros(), header.sender(), header.reducer(), header.key(), List.copyOf(ops));
    }

    private int readTable() {
        String name = in.string();
        int ordinal = schema.ordinal(name);
        if (ordinal < 0) {
            throw new CorruptException("table " + name + " is not in module " + schema);
        }
        return ordinal;
    }

    private void readOps(int ordinal) {
        int count = in.count();
        if (count == 0) {
            throw new CorruptException("table " + schema.table(ordinal) + " without an operation");
        }
        for (int i = 0; i < count; i++) {
            int start = in.position();
            RowOp op = readOp(ordinal, schema.table(ordinal));
            if (ops.size() == opBytes.length) {
                opBytes = Arrays.copyOf(opBytes, 2 * opBytes.length);
            }
            opBytes[ops.size()] = in.position() - start;
            ops.add(op);
        }
    }

    private <R> RowOp readOp(int ordinal, Table<R> table) {
        int kind = in.u8();
        requireKind(table.kind(), kind);
        if (kind == TransactionCodec.DELETE && table.kind() == Table.Kind.KEYED) {
            Object key = ValueCodec.readKey(in, table.shape());
            return new RowOp(ordinal, key, before.row(table, key), null);
        }
        R row = ValueCodec.readRow(in, table.shape());
        Object key = table.keyOf(row);
        return switch (kind) {
            case TransactionCodec.INSERT -> new RowOp(ordinal, key, null, row);
            case TransactionCodec.UPDATE -> new RowOp(ordinal, key, before.row(table, key), row);
            default -> new RowOp(ordinal, key, row, null);
        };
    }

    private static void requireKind(Table.Kind table, int kind) {
        boolean known = kind >= TransactionCodec.INSERT && kind <= TransactionCodec.DELETE;
        boolean fits = switch (table) {
            case KEYED -> true;
            case MULTISET -> kind != TransactionCodec.UPDATE;
            case EVENT -> kind == TransactionCodec.INSERT;
        };
        if (!known || !fits) {
            throw new CorruptException("operation " + kind);
        }
    }
}
