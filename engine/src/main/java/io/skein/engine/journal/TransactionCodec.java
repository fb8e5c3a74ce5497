package io.skein.engine.journal;

import io.skein.engine.codec.ByteReader;
import io.skein.engine.codec.ByteWriter;
import io.skein.engine.codec.CorruptException;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Table;
import io.skein.engine.state.CallKey;
import io.skein.engine.state.RowOp;
import io.skein.engine.state.Stored;
import io.skein.engine.state.Transaction;
import io.skein.engine.state.WorkspaceState;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The canonical bytes of a transaction: what is journaled and what the hash chain covers. Version 1:
 *
 * <pre>
 * u8      1
 * varint  seq
 * zigzag  time, microseconds since 1970
 * 32      sender
 * string  reducer
 * u8      1 if a key follows, else 0
 *   string  key        16  digest
 * varint  number of tables, then for each, in the order in which the module defines them
 *   string  name
 *   varint  number of operations, then for each
 *     u8  1 insert, 2 update, 3 delete
 *     insert, update: the row (see {@link ValueCodec}); delete: the primary key as a record, or the row of a multiset
 * </pre>
 *
 * Strings are a varint length in bytes and UTF-8. Released versions stay readable for ever; golden files in the tests hold this.
 */
public final class TransactionCodec {
    private static final int VERSION = 1;
    private static final int INSERT = 1;
    private static final int UPDATE = 2;
    private static final int DELETE = 3;

    private TransactionCodec() {}

    /**
     * @throws IllegalArgumentException if a row holds what cannot be stored; the message names table and column
     */
    public static byte[] encode(ModuleSchema schema, Transaction tx) {
        var out = new ByteWriter(96 + 96 * tx.ops().size());
        out.u8(VERSION).varint(tx.seq()).zigzag(tx.timeMicros());
        ValueCodec.writeIdentity(out, tx.sender());
        out.string(tx.reducer()).u8(tx.key().isPresent() ? 1 : 0);
        tx.key().ifPresent(key -> out.string(key.text()).raw(key.digest().toArray()));
        List<RowOp> ops = tx.ops();
        out.varint(countTables(ops));
        for (int from = 0; from < ops.size(); ) {
            int to = endOfTable(ops, from);
            encodeTable(out, schema.table(ops.get(from).table()), ops.subList(from, to));
            from = to;
        }
        return out.toArray();
    }

    private static int countTables(List<RowOp> ops) {
        int tables = 0;
        for (int from = 0; from < ops.size(); from = endOfTable(ops, from)) {
            tables++;
        }
        return tables;
    }

    private static int endOfTable(List<RowOp> ops, int from) {
        int to = from + 1;
        while (to < ops.size() && ops.get(to).table() == ops.get(from).table()) {
            to++;
        }
        return to;
    }

    private static void encodeTable(ByteWriter out, Table<?> table, List<RowOp> ops) {
        out.string(table.name()).varint(ops.size());
        try {
            for (RowOp op : ops) {
                Object after = op.after();
                if (after != null) {
                    out.u8(op.isInsert() ? INSERT : UPDATE);
                    ValueCodec.writeRow(out, table.shape(), after);
                } else if (table.kind() == Table.Kind.KEYED) {
                    ValueCodec.writeKey(out.u8(DELETE), table.shape(), op.key());
                } else {
                    ValueCodec.writeRow(out.u8(DELETE), table.shape(), Objects.requireNonNull(op.before()));
                }
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(table.name() + "." + e.getMessage(), e);
        }
    }

    /**
     * Reads a transaction that follows {@code before}, from which the operations' old rows are taken.
     *
     * @throws CorruptException if the bytes are not such a transaction
     */
    public static Transaction decode(byte[] canonical, WorkspaceState before) {
        var in = new ByteReader(canonical);
        Header header = readHeader(in);
        var ops = new ArrayList<RowOp>();
        int tables = in.count();
        for (int i = 0; i < tables; i++) {
            String name = in.string();
            int ordinal = before.schema().ordinal(name);
            if (ordinal < 0) {
                throw new CorruptException("table " + name + " is not in module " + before.schema());
            }
            int count = in.count();
            for (int j = 0; j < count; j++) {
                ops.add(decodeOp(in, ordinal, before.schema().table(ordinal), before));
            }
        }
        in.requireEnd();
        return new Transaction(
                header.seq(), header.timeMicros(), header.sender(), header.reducer(), header.key(), List.copyOf(ops));
    }

    /** What precedes the operations. */
    public record Header(long seq, long timeMicros, Identity sender, String reducer, Optional<CallKey> key) {}

    /**
     * Reads the part that needs no module.
     *
     * @throws CorruptException if the bytes are not a transaction's
     */
    public static Header readHeader(ByteReader in) {
        int version = in.u8();
        if (version != VERSION) {
            throw new CorruptException("transaction of version " + version + ": written by a newer Skein?");
        }
        long seq = in.varint();
        long timeMicros = in.zigzag();
        Identity sender = ValueCodec.readIdentity(in);
        String reducer = in.string();
        Optional<CallKey> key = in.u8() == 0
                ? Optional.empty()
                : Optional.of(new CallKey(in.string(), Bytes.of(in.raw(CallKey.DIGEST_BYTES))));
        return new Header(seq, timeMicros, sender, reducer, key);
    }

    private static <R> RowOp decodeOp(ByteReader in, int ordinal, Table<R> table, WorkspaceState before) {
        int kind = in.u8();
        if (kind == DELETE && table.kind() == Table.Kind.KEYED) {
            Object key = ValueCodec.readKey(in, table.shape());
            return new RowOp(ordinal, key, existing(before, table, key), null);
        }
        R row = ValueCodec.readRow(in, table.shape());
        Object key = table.keyOf(row);
        return switch (kind) {
            case INSERT -> new RowOp(ordinal, key, null, row);
            case UPDATE -> new RowOp(ordinal, key, existing(before, table, key), row);
            case DELETE -> new RowOp(ordinal, key, row, null);
            default -> throw new CorruptException("operation " + kind);
        };
    }

    private static <R> R existing(WorkspaceState before, Table<R> table, Object key) {
        Stored<R> stored = before.rows(table).stored(key);
        if (stored == null) {
            throw new CorruptException("transaction changes row %s of %s, which does not exist".formatted(key, table));
        }
        return stored.row();
    }
}
