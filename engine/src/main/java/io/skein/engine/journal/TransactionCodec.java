package io.skein.engine.journal;

import io.skein.engine.codec.ByteReader;
import io.skein.engine.codec.ByteWriter;
import io.skein.engine.codec.CorruptException;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import io.skein.engine.schema.Table;
import io.skein.engine.state.CallKey;
import io.skein.engine.state.Committed;
import io.skein.engine.state.RowOp;
import io.skein.engine.state.Stored;
import io.skein.engine.state.Transaction;
import io.skein.engine.state.WorkspaceState;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
 * varint  number of tables with operations, then for each, in the order in which the module defined them
 *   string  name
 *   varint  number of operations, at least 1, then for each
 *     u8  1 insert, 2 update, 3 delete
 *     insert, update: the row (see {@link ValueCodec}); delete: the primary key as a record, or the row of a multiset
 * </pre>
 *
 * Strings are a varint length in bytes and UTF-8. Released versions stay readable for ever; golden files in the tests hold this.
 */
public final class TransactionCodec {
    private static final int VERSION = 1;
    static final int INSERT = 1;
    static final int UPDATE = 2;
    static final int DELETE = 3;

    private TransactionCodec() {}

    /**
     * Encodes a transaction and applies it: the way of a decision.
     *
     * @param answer what its reducer told the caller
     * @throws IllegalArgumentException if a row holds what cannot be stored; the message names table and column
     */
    public static Committed commit(WorkspaceState before, Transaction tx, @Nullable Json answer) {
        var opBytes = new int[tx.ops().size()];
        return before.apply(tx, encode(before.schema(), tx, opBytes), opBytes, answer);
    }

    /**
     * Decodes a transaction and applies it: the way of recovery.
     *
     * @param answer what its reducer told the caller, as far as that was kept
     * @throws CorruptException if the bytes are not those of a transaction that follows {@code before}
     */
    public static Committed replay(WorkspaceState before, byte[] canonical, @Nullable Json answer) {
        var reader = new TransactionReader(new ByteReader(canonical), before.schema(), of(before));
        Transaction tx = reader.read();
        try {
            return before.apply(tx, canonical, reader.opBytes(), answer);
        } catch (IllegalArgumentException e) {
            throw new CorruptException(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Reads a transaction that follows {@code before}, from which the operations' old rows are taken.
     *
     * @throws CorruptException if the bytes are not such a transaction
     */
    public static Transaction decode(byte[] canonical, WorkspaceState before) {
        return decode(new ByteReader(canonical), before.schema(), of(before));
    }

    /** What rows were before a transaction changed or deleted them, asked for in the order of its operations. */
    public interface OldRows {
        /**
         * @throws CorruptException if there is no such row
         */
        <R> R row(Table<R> table, Object key);
    }

    /** The rows that a workspace has. */
    private static OldRows of(WorkspaceState state) {
        return new OldRows() {
            @Override
            public <R> R row(Table<R> table, Object key) {
                Stored<R> stored = state.rows(table).stored(key);
                if (stored == null) {
                    throw new CorruptException("change of a row that is not in " + table);
                }
                return stored.row();
            }
        };
    }

    /**
     * As {@link #decode(byte[], WorkspaceState)}, with the old rows from elsewhere.
     *
     * @param canonical the transaction's bytes and nothing else
     */
    public static Transaction decode(ByteReader canonical, ModuleSchema schema, OldRows before) {
        return new TransactionReader(canonical, schema, before).read();
    }

    /**
     * @throws IllegalArgumentException if a row holds what cannot be stored; the message names table and column
     */
    public static byte[] encode(ModuleSchema schema, Transaction tx) {
        return encode(schema, tx, new int[tx.ops().size()]);
    }

    /** @param opBytes gets the number of bytes of each operation */
    private static byte[] encode(ModuleSchema schema, Transaction tx, int[] opBytes) {
        return ByteWriter.collect(out -> encode(out, schema, tx, opBytes));
    }

    private static void encode(ByteWriter out, ModuleSchema schema, Transaction tx, int[] opBytes) {
        out.u8(VERSION).varint(tx.seq()).zigzag(tx.timeMicros());
        ValueCodec.writeIdentity(out, tx.sender());
        out.string(tx.reducer()).flag(tx.key().isPresent());
        if (tx.key().isPresent()) {
            CallKey key = tx.key().get();
            out.string(key.text()).raw(key.digest());
        }
        List<RowOp> ops = tx.ops();
        out.varint(countTables(ops));
        for (int from = 0; from < ops.size(); ) {
            int to = endOfTable(ops, from);
            encodeTable(out, schema.table(ops.get(from).table()), ops, from, to, opBytes);
            from = to;
        }
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

    private static void encodeTable(ByteWriter out, Table<?> table, List<RowOp> ops, int from, int to, int[] opBytes) {
        out.string(table.name()).varint(to - from);
        try {
            for (int i = from; i < to; i++) {
                int start = out.size();
                encodeOp(out, table, ops.get(i));
                opBytes[i] = out.size() - start;
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(table.name() + "." + e.getMessage(), e);
        }
    }

    private static void encodeOp(ByteWriter out, Table<?> table, RowOp op) {
        Object after = op.after();
        if (after != null) {
            ValueCodec.writeRow(out.u8(op.isInsert() ? INSERT : UPDATE), table.shape(), after);
        } else if (table.kind() == Table.Kind.KEYED) {
            ValueCodec.writeKey(out.u8(DELETE), table.shape(), op.key());
        } else {
            ValueCodec.writeRow(out.u8(DELETE), table.shape(), Objects.requireNonNull(op.before()));
        }
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
        return new Header(seq, timeMicros, sender, reducer, in.flag() ? Optional.of(readKey(in)) : Optional.empty());
    }

    public static CallKey readKey(ByteReader in) {
        String text = in.string();
        Bytes digest = in.value(CallKey.DIGEST_BYTES);
        try {
            return new CallKey(text, digest);
        } catch (IllegalArgumentException e) {
            throw new CorruptException(String.valueOf(e.getMessage()), e);
        }
    }
}
