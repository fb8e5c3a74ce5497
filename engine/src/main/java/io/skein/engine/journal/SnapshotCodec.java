package io.skein.engine.journal;

import io.skein.engine.codec.ByteReader;
import io.skein.engine.codec.ByteWriter;
import io.skein.engine.codec.CorruptException;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Refusal;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Table;
import io.skein.engine.state.CallKey;
import io.skein.engine.state.HashChain;
import io.skein.engine.state.RecentCalls;
import io.skein.engine.state.Rows;
import io.skein.engine.state.WorkspaceState;
import java.util.Optional;
import java.util.function.Function;

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
 */
public final class SnapshotCodec {
    private static final int VERSION = 1;

    private SnapshotCodec() {}

    public static byte[] encode(WorkspaceState state) {
        ModuleSchema schema = state.schema();
        var out = new ByteWriter(Math.toIntExact(Math.min(1 << 30, 4096 + state.bytes() * 5 / 4)));
        out.u8(VERSION).string(schema.name()).varint(schema.version());
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
                    .raw(answer.digest().toArray())
                    .varint(answer.seq())
                    .zigzag(answer.timeMicros())
                    .u8(answer.refusal().isPresent() ? 1 : 0);
            answer.refusal().ifPresent(refusal -> GroupCodec.writeRefusal(out, refusal));
        });
    }

    /**
     * @param modules the schema of a module by its name
     * @param rememberedCalls see {@link RecentCalls#empty}
     * @throws CorruptException if the bytes are not a snapshot, or do not fit the module
     */
    public static WorkspaceState decode(byte[] bytes, Function<String, ModuleSchema> modules, int rememberedCalls) {
        var in = new ByteReader(bytes);
        int version = in.u8();
        if (version != VERSION) {
            throw new CorruptException("snapshot of version " + version + ": written by a newer Skein?");
        }
        ModuleSchema schema = modules.apply(in.string());
        in.varint(); // the module's version then: rows say themselves how many columns they have
        var restorer = new WorkspaceState.Restorer(schema, rememberedCalls);
        String workspace = in.string();
        long seq = in.varint();
        long timeMicros = in.zigzag();
        byte[] hash = in.raw(HashChain.BYTES);
        int tables = in.count();
        for (int i = 0; i < tables; i++) {
            readTable(in, schema, restorer);
        }
        readCalls(in, restorer, false);
        readCalls(in, restorer, true);
        in.requireEnd();
        return restorer.finish(workspace, seq, timeMicros, hash);
    }

    private static void readTable(ByteReader in, ModuleSchema schema, WorkspaceState.Restorer restorer) {
        String name = in.string();
        int ordinal = schema.ordinal(name);
        if (ordinal < 0) {
            throw new CorruptException("table " + name + " is not in module " + schema);
        }
        Table<?> table = schema.table(ordinal);
        int rows = in.count();
        for (int i = 0; i < rows; i++) {
            Object row = ValueCodec.readRow(in, table.shape());
            restorer.row(ordinal, row, in.varint(), Math.toIntExact(in.varint()), Math.toIntExact(in.varint()));
        }
    }

    private static void readCalls(ByteReader in, WorkspaceState.Restorer restorer, boolean younger) {
        int calls = in.count();
        for (int i = 0; i < calls; i++) {
            var caller = new RecentCalls.Caller(ValueCodec.readIdentity(in), in.string());
            Bytes digest = Bytes.of(in.raw(CallKey.DIGEST_BYTES));
            long seq = in.varint();
            long timeMicros = in.zigzag();
            Optional<Refusal> refusal = in.u8() == 0 ? Optional.empty() : Optional.of(GroupCodec.readRefusal(in));
            restorer.call(younger, caller, new RecentCalls.Answer(digest, seq, refusal, timeMicros));
        }
    }
}
