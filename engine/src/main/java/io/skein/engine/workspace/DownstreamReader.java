package io.skein.engine.workspace;

import io.skein.engine.Modules;
import io.skein.engine.codec.ByteReader;
import io.skein.engine.codec.CorruptException;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.membership.SystemTables;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Role;
import io.skein.engine.reducer.CallCodec;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Table;
import io.skein.engine.state.HashChain;
import io.skein.engine.state.RowOp;
import io.skein.engine.state.Stored;
import io.skein.engine.view.Audience;
import io.skein.engine.view.TableRows;
import io.skein.engine.view.ViewCodec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link DownstreamWriter} wrote, on one link, with the module as this node has it. What is in tables that this node does not know is
 * passed over.
 */
final class DownstreamReader {
    private final Modules modules;
    private final Function<String, ActorRef<Workspace.Command>> actors;
    private @Nullable ModuleSchema schema;
    private int moduleVersion;
    /** This node's tables by the writer's numbers; -1: not known here. */
    private int[] ordinals = {};

    /** @param actors by the names that other nodes have for them */
    DownstreamReader(Modules modules, Function<String, ActorRef<Workspace.Command>> actors) {
        this.modules = modules;
        this.actors = actors;
    }

    /**
     * @throws CorruptException if the bytes are no message, or its rows do not fit the module as this node has it
     */
    Downstream read(byte[] bytes) {
        var in = new ByteReader(bytes);
        Downstream message = read(in);
        in.requireEnd();
        return message;
    }

    private Downstream read(ByteReader in) {
        int kind = in.u8();
        return switch (kind) {
            case 1 -> {
                String epoch = in.string();
                long seq = in.varint();
                String module = readTables(in);
                yield new Downstream.Enlisted(epoch, seq, module, moduleVersion, actors.apply(in.string()));
            }
            case 2 ->
                new Downstream.Entered(in.varint(), ViewCodec.readRole(in), readAudience(in), in.varint(), in.varint());
            case 3 -> new Downstream.Denied(in.varint(), CallCodec.readRefusal(in));
            case 4 -> readPublished(in, false);
            case 5 -> new Downstream.SnapshotTaken(in.varint(), in.varint());
            case 6 -> readRows(in);
            case 7 -> new Downstream.SnapshotFailed(in.varint());
            case 8 -> {
                readTables(in);
                var about = ValueCodec.readKnownColumns(in, SystemTables.WORKSPACE.shape());
                yield new Downstream.Found(about, ViewCodec.readRole(in), in.varint(), in.value(HashChain.BYTES));
            }
            case 9 -> readHistory(in);
            case 10 -> new Downstream.Signalled(SignalCodec.read(in));
            case 11 -> readPublished(in, true);
            default -> throw new CorruptException("message " + kind + ": written by a newer Skein?");
        };
    }

    private String readTables(ByteReader in) {
        String module = in.string();
        moduleVersion = in.varint31();
        schema = modules.find(module).orElse(null);
        ordinals = new int[in.count()];
        for (int i = 0; i < ordinals.length; i++) {
            String name = in.string();
            ordinals[i] = schema == null ? -1 : schema.ordinal(name);
        }
        return module;
    }

    private Downstream readPublished(ByteReader in, boolean isTraced) {
        int transactions = in.count();
        var read = new ArrayList<Downstream.Tx>(transactions);
        for (int i = 0; i < transactions; i++) {
            read.add(readTx(in));
        }
        int count = in.count();
        var results = new ArrayList<Downstream.Result>(count);
        for (int i = 0; i < count; i++) {
            results.add(new Downstream.Result(in.varint(), CallCodec.readOutcome(in), in.varint()));
        }
        return new Downstream.Published(read, results, isTraced ? readTraced(in) : List.of());
    }

    private static List<Downstream.Traced> readTraced(ByteReader in) {
        int count = in.count();
        var traced = new ArrayList<Downstream.Traced>(count);
        for (int i = 0; i < count; i++) {
            traced.add(new Downstream.Traced(in.varint(), in.string()));
        }
        return traced;
    }

    private Downstream.Tx readTx(ByteReader in) {
        TxHeader header = readHeader(in);
        int bytes = in.varint31();
        List<@Nullable RowOp> ops = readOps(in);
        int audiences = in.count();
        var visible = new LinkedHashMap<Audience, List<RowOp>>();
        for (int i = 0; i < audiences; i++) {
            visible.put(readAudience(in), readOrder(in, ops));
        }
        int count = in.count();
        var changes = new ArrayList<Downstream.RoleChange>(count);
        for (int i = 0; i < count; i++) {
            Identity identity = ValueCodec.readIdentity(in);
            Role role = ViewCodec.readRole(in);
            Optional<Audience> audience = in.flag() ? Optional.of(readAudience(in)) : Optional.empty();
            changes.add(new Downstream.RoleChange(identity, role, audience, readOrder(in, ops)));
        }
        return new Downstream.Tx(header, visible, changes, bytes);
    }

    private Downstream readHistory(ByteReader in) {
        Audience audience = readAudience(in);
        long after = in.varint();
        int count = in.count();
        var entries = new ArrayList<Downstream.Entry>(count);
        for (int i = 0; i < count; i++) {
            TxHeader header = readHeader(in);
            int bytes = in.varint31();
            List<@Nullable RowOp> ops = readOps(in);
            entries.add(new Downstream.Entry(header, readOrder(in, ops), bytes));
        }
        return new Downstream.History(audience, after, entries);
    }

    private static TxHeader readHeader(ByteReader in) {
        return new TxHeader(
                in.varint(), in.zigzag(), ValueCodec.readIdentity(in), in.string(), in.value(HashChain.BYTES));
    }

    private List<@Nullable RowOp> readOps(ByteReader in) {
        int count = in.count();
        var ops = new ArrayList<@Nullable RowOp>(count);
        for (int i = 0; i < count; i++) {
            int table = ordinal(in.varint31());
            int rows = in.u8();
            if (table < 0) {
                for (int skipped = Integer.bitCount(rows); skipped > 0; skipped--) {
                    ValueCodec.skip(in);
                }
                ops.add(null);
            } else {
                ops.add(readOp(in, table, rows, schema().table(table)));
            }
        }
        return ops;
    }

    private static <R> RowOp readOp(ByteReader in, int ordinal, int rows, Table<R> table) {
        R before = (rows & 1) == 0 ? null : ValueCodec.readKnownColumns(in, table.shape());
        R after = (rows & 2) == 0 ? null : ValueCodec.readKnownColumns(in, table.shape());
        R any = after == null ? before : after;
        if (any == null) {
            throw new CorruptException("an operation without a row");
        }
        return new RowOp(ordinal, table.keyOf(any), before, after);
    }

    private static List<RowOp> readOrder(ByteReader in, List<@Nullable RowOp> ops) {
        boolean some = in.flag();
        int count = some ? in.count() : ops.size();
        var order = new ArrayList<RowOp>(count);
        for (int i = 0; i < count; i++) {
            int number = some ? in.varint31() : i;
            if (number >= ops.size()) {
                throw new CorruptException("operation " + number + " of " + ops.size());
            }
            RowOp op = ops.get(number);
            if (op != null) {
                order.add(op);
            }
        }
        return order;
    }

    private Downstream readRows(ByteReader in) {
        long request = in.varint();
        boolean last = in.flag();
        int count = in.count();
        var tables = new ArrayList<TableRows>(count);
        for (int i = 0; i < count; i++) {
            long subscription = in.varint();
            int table = ordinal(in.varint31());
            int rows = in.count();
            if (table < 0) {
                throw new CorruptException("rows of a table that nobody here can have asked for");
            }
            tables.add(readRows(in, subscription, rows, schema().table(table)));
        }
        return new Downstream.SnapshotRows(request, tables, last);
    }

    private static <R> TableRows readRows(ByteReader in, long subscription, int count, Table<R> table) {
        var rows = new ArrayList<Stored<?>>(count);
        for (int i = 0; i < count; i++) {
            R row = ValueCodec.readKnownColumns(in, table.shape());
            rows.add(new Stored<>(row, in.varint(), in.varint31(), in.varint31()));
        }
        return new TableRows(subscription, table, rows);
    }

    private int ordinal(int number) {
        if (number >= ordinals.length) {
            throw new CorruptException("table " + number + " of " + ordinals.length);
        }
        return ordinals[number];
    }

    private Audience readAudience(ByteReader in) {
        Audience audience = ViewCodec.readAudience(in);
        return audience.join().isEmpty() ? audience : audience.decoded(schema());
    }

    private ModuleSchema schema() {
        return Objects.requireNonNull(schema);
    }
}
