package io.skein.engine.journal;

import io.skein.engine.codec.ByteReader;
import io.skein.engine.codec.ByteWriter;
import io.skein.engine.codec.CorruptException;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Refusal;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import io.skein.engine.schema.Table;
import io.skein.engine.state.CallKey;
import io.skein.engine.state.HashChain;
import io.skein.engine.state.RecentCalls;
import io.skein.engine.state.Rows;
import io.skein.engine.state.WorkspaceState;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a whole workspace, from which recovery starts. Version 1:
 *
 * <pre>
 * u8      1
 * string  module          varint  its version
 * string  workspace       varint  seq     zigzag  time     32  hash
 * varint  number of stored tables, then for each
 *   string  name          varint  number of rows, then for each: row, varint version, varint copies, varint bytes
 * twice (older, then younger remembered calls)
 *   varint  number, then for each: 32 sender, string key, 16 digest, varint seq, zigzag time, u8 1 and a refusal, or 0
 * </pre>
 *
 * Version 2 is written where an answer or a refusal's details are remembered, and only there: the last byte of a call has 2 added to it where one
 * of them follows, a string.
 */
public final class SnapshotCodec {
    private static final int VERSION = 1;
    private static final int WITH_ANSWERS = 2;
    private static final int REFUSED = 1;
    private static final int SAID = 2;

    /** What a row's version and sizes take, and what a remembered call mostly takes: growing costs a copy of everything. */
    private static final int ROW_EXTRA_BYTES = 8;

    private static final int CALL_BYTES = 96;

    private SnapshotCodec() {}

    public static byte[] encode(WorkspaceState state) {
        ModuleSchema schema = state.schema();
        var out = new ByteWriter(capacity(state));
        out.u8(state.calls().hasAnswers() ? WITH_ANSWERS : VERSION)
                .string(schema.name())
                .varint(schema.version());
        out.string(state.workspace())
                .varint(state.seq())
                .zigzag(state.timeMicros())
                .raw(state.hash());
        out.varint(
                schema.rules().stream().filter(rule -> !rule.table().isEvent()).count());
        for (int i = 0; i < schema.tableCount(); i++) {
            if (!schema.table(i).isEvent()) {
                writeTable(out, state.rows(i));
            }
        }
        writeCalls(out, state.calls(), false);
        writeCalls(out, state.calls(), true);
        return out.toArray();
    }

    private static int capacity(WorkspaceState state) {
        long bytes = 4096
                + state.bytes()
                + state.rowCount() * ROW_EXTRA_BYTES
                + (long) state.calls().size() * CALL_BYTES;
        return Math.toIntExact(Math.min(1 << 30, bytes));
    }

    private static <R> void writeTable(ByteWriter out, Rows<R> rows) {
        out.string(rows.table().name()).varint(rows.distinct());
        rows.forEach(stored -> {
            ValueCodec.writeRow(out, rows.table().shape(), stored.row());
            out.varint(stored.version()).varint(stored.copies()).varint(stored.bytes());
        });
    }

    private static void writeCalls(ByteWriter out, RecentCalls calls, boolean younger) {
        out.varint(calls.size(younger));
        calls.forEach(younger, (caller, answer) -> {
            ValueCodec.writeIdentity(out, caller.sender());
            out.string(caller.key())
                    .fixed64(answer.digestHigh())
                    .fixed64(answer.digestLow())
                    .varint(answer.seq())
                    .zigzag(answer.timeMicros())
                    .u8((answer.refusal().isPresent() ? REFUSED : 0)
                            + (answer.said().isPresent() ? SAID : 0));
            answer.refusal().ifPresent(refusal -> GroupCodec.writeRefusal(out, refusal));
            answer.said().ifPresent(json -> out.string(json.text()));
        });
    }

    /**
     * @param modules the schema of a module by its name
     * @param rememberedCalls see {@link RecentCalls#empty}
     * @throws CorruptException if the bytes are not a snapshot, or do not fit the module
     */
    public static WorkspaceState decode(
            byte[] bytes, Function<String, @Nullable ModuleSchema> modules, int rememberedCalls) {
        var in = new ByteReader(bytes);
        int version = in.u8();
        if (version != VERSION && version != WITH_ANSWERS) {
            throw new CorruptException("snapshot of version " + version + ": written by a newer Skein?");
        }
        String module = in.string();
        ModuleSchema schema = modules.apply(module);
        if (schema == null) {
            throw new CorruptException("snapshot of module " + module + ", which is not here");
        }
        in.varint31(); // the module's version then: rows say themselves how many columns they have
        var restorer = new WorkspaceState.Restorer(schema, rememberedCalls);
        String workspace = in.string();
        long seq = in.varint();
        long timeMicros = in.zigzag();
        byte[] hash = in.raw(HashChain.BYTES);
        try {
            var seen = new boolean[schema.tableCount()];
            for (int tables = in.count(); tables > 0; tables--) {
                readTable(in, schema, seq, seen, restorer);
            }
            int kinds = version == WITH_ANSWERS ? REFUSED + SAID : REFUSED;
            readCalls(in, restorer, false, kinds);
            readCalls(in, restorer, true, kinds);
        } catch (IllegalArgumentException e) {
            throw new CorruptException(String.valueOf(e.getMessage()), e);
        }
        in.requireEnd();
        return restorer.finish(workspace, seq, timeMicros, hash);
    }

    private static void readTable(
            ByteReader in, ModuleSchema schema, long seq, boolean[] seen, WorkspaceState.Restorer restorer) {
        String name = in.string();
        int ordinal = schema.ordinal(name);
        if (ordinal < 0 || schema.table(ordinal).isEvent() || seen[ordinal]) {
            throw new CorruptException("table " + name + " is not in module " + schema + ", or is there twice");
        }
        seen[ordinal] = true;
        Table<?> table = schema.table(ordinal);
        for (int rows = in.count(); rows > 0; rows--) {
            Object row = ValueCodec.readRow(in, table.shape());
            long version = in.varint();
            int copies = in.varint31();
            if (version < 1 || version > seq || copies < 1 || (copies > 1 && table.kind() == Table.Kind.KEYED)) {
                throw new CorruptException("%d copies of version %d in %s".formatted(copies, version, name));
            }
            restorer.row(ordinal, row, version, copies, in.varint31());
        }
    }

    private static void readCalls(ByteReader in, WorkspaceState.Restorer restorer, boolean younger, int kinds) {
        for (int calls = in.count(); calls > 0; calls--) {
            Identity sender = ValueCodec.readIdentity(in);
            CallKey key = TransactionCodec.readKey(in);
            long seq = in.varint();
            long timeMicros = in.zigzag();
            int kind = in.u8();
            if (kind > kinds) {
                throw new CorruptException("remembered call of kind " + kind);
            }
            Refusal refusal = (kind & REFUSED) == 0 ? null : GroupCodec.readRefusal(in);
            Json said = (kind & SAID) == 0 ? null : new Json(in.string());
            if (refusal != null && said != null) {
                refusal = refusal.withDetails(said);
            }
            restorer.call(
                    younger,
                    new RecentCalls.Caller(sender, key.text()),
                    RecentCalls.Answer.of(key, seq, refusal, refusal == null ? said : null, timeMicros));
        }
    }
}
