package io.skein.engine.workspace;

import io.skein.engine.codec.ByteWriter;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.membership.SystemTables;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.reducer.CallCodec;
import io.skein.engine.schema.Table;
import io.skein.engine.state.RowOp;
import io.skein.engine.view.TableRows;
import io.skein.engine.view.ViewCodec;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The bytes of what a workspace tells other nodes; {@link DownstreamReader} reads them. Not stored anywhere: both ends are of one release, or of two
 * that follow each other. Tables are named once, when a link begins, and are numbers from then on; a row that several audiences see is
 * written once.
 *
 * <pre>
 * message   u8 kind, then
 *   1 enlisted         string epoch, varint seq, tables, string owner
 *   2 entered          varint session, role, audience, varint seq, varint since
 *   3 denied           varint session, refusal
 *   4 published        varint n, transactions; varint n, for each: varint number, outcome, varint at
 *   5 snapshot taken   varint request, varint seq
 *   6 snapshot rows    varint request, flag last, varint n, for each: varint subscription, varint table, varint rows,
 *                      for each: row, varint version, varint copies, varint bytes
 *   7 snapshot failed  varint request
 *   8 found            tables, row of skein_workspace, role, varint seq, 32 hash
 *   9 history          audience, varint after, varint n, for each: header, varint bytes, ops, order
 *   10 signalled       32 from, string name, string payload, 0 | 1 role | 2 32 identity
 *   11 traced          as 4, then varint n, for each: varint seq, string traceparent; only where every node of the cluster reads it
 * tables    string module, varint n, names in order of their numbers
 * header    varint seq, zigzag time, 32 sender, string reducer, 32 hash
 * tx        header, varint bytes, ops, varint n, for each: audience, order;
 *           varint n, for each: 32 identity, role, flag audience?, (audience), order
 * ops       varint n, for each: varint table, u8 1 before + 2 after, rows
 * order     which of the ops, in order: 0 all | 1, varint n, their numbers from 0
 * </pre>
 */
final class DownstreamWriter {
    private final ModuleSchema schema;
    private final Function<ActorRef<Workspace.Command>, String> names;

    /** @param names of actors, for other nodes */
    DownstreamWriter(ModuleSchema schema, Function<ActorRef<Workspace.Command>, String> names) {
        this.schema = schema;
        this.names = names;
    }

    byte[] write(Downstream message) {
        return ByteWriter.collect(out -> write(out, message));
    }

    private void write(ByteWriter out, Downstream message) {
        switch (message) {
            case Downstream.Enlisted(var epoch, var seq, var _, var _, var owner) -> {
                out.u8(1).string(epoch).varint(seq);
                writeTables(out);
                out.string(names.apply(owner));
            }
            case Downstream.Entered(var session, var role, var audience, var seq, var since) -> {
                out.u8(2).varint(session);
                ViewCodec.writeRole(out, role);
                ViewCodec.write(out, audience);
                out.varint(seq).varint(since);
            }
            case Downstream.Denied(var session, var refusal) ->
                CallCodec.writeRefusal(out.u8(3).varint(session), refusal);
            case Downstream.Published published -> {
                write(out.u8(published.traced().isEmpty() ? 4 : 11), published);
                writeTraced(out, published.traced());
            }
            case Downstream.SnapshotTaken(var request, var seq) ->
                out.u8(5).varint(request).varint(seq);
            case Downstream.SnapshotRows rows -> write(out.u8(6), rows);
            case Downstream.SnapshotFailed(var request) -> out.u8(7).varint(request);
            case Downstream.Found(var about, var role, var seq, var hash) -> {
                writeTables(out.u8(8));
                ValueCodec.writeRow(out, SystemTables.WORKSPACE.shape(), about);
                ViewCodec.writeRole(out, role);
                out.varint(seq).raw(hash);
            }
            case Downstream.History history -> write(out.u8(9), history);
            case Downstream.Signalled(var signal) -> SignalCodec.write(out.u8(10), signal);
        }
    }

    private void writeTables(ByteWriter out) {
        out.string(schema.name()).varint(schema.version()).varint(schema.tableCount());
        schema.rules().forEach(rule -> out.string(rule.table().name()));
    }

    private void write(ByteWriter out, Downstream.Published published) {
        out.varint(published.transactions().size());
        published.transactions().forEach(tx -> write(out, tx));
        out.varint(published.results().size());
        for (Downstream.Result result : published.results()) {
            CallCodec.writeOutcome(out.varint(result.number()), result.outcome());
            out.varint(result.at());
        }
    }

    private static void writeTraced(ByteWriter out, List<Downstream.Traced> traced) {
        if (!traced.isEmpty()) {
            out.varint(traced.size());
            traced.forEach(one -> out.varint(one.seq()).string(one.trace()));
        }
    }

    private void write(ByteWriter out, Downstream.Tx tx) {
        write(out, tx.header());
        out.varint(tx.bytes());
        var ops = new Ops();
        tx.visible().values().forEach(ops::add);
        tx.changes().forEach(change -> ops.add(change.visible()));
        ops.write(out);
        out.varint(tx.visible().size());
        for (Map.Entry<io.skein.engine.view.Audience, List<RowOp>> visible :
                tx.visible().entrySet()) {
            ViewCodec.write(out, visible.getKey());
            ops.writeOrder(out, visible.getValue());
        }
        out.varint(tx.changes().size());
        for (Downstream.RoleChange change : tx.changes()) {
            ValueCodec.writeIdentity(out, change.identity());
            ViewCodec.writeRole(out, change.role());
            out.flag(change.audience().isPresent());
            change.audience().ifPresent(audience -> ViewCodec.write(out, audience));
            ops.writeOrder(out, change.visible());
        }
    }

    private void write(ByteWriter out, Downstream.History history) {
        ViewCodec.write(out, history.audience());
        out.varint(history.after()).varint(history.entries().size());
        for (Downstream.Entry entry : history.entries()) {
            write(out, entry.header());
            out.varint(entry.bytes());
            var ops = new Ops();
            ops.add(entry.visible());
            ops.write(out);
            ops.writeOrder(out, entry.visible());
        }
    }

    private static void write(ByteWriter out, TxHeader header) {
        out.varint(header.seq()).zigzag(header.timeMicros());
        ValueCodec.writeIdentity(out, header.sender());
        out.string(header.reducer()).raw(header.hash());
    }

    private void write(ByteWriter out, Downstream.SnapshotRows message) {
        out.varint(message.request()).flag(message.last()).varint(message.rows().size());
        for (TableRows rows : message.rows()) {
            Table<?> table = rows.table();
            out.varint(rows.subscription())
                    .varint(schema.ordinal(table))
                    .varint(rows.rows().size());
            rows.rows().forEach(stored -> {
                ValueCodec.writeRow(out, table.shape(), stored.row());
                out.varint(stored.version()).varint(stored.copies()).varint(stored.bytes());
            });
        }
    }

    /** The operations of a transaction, each once, in the order in which they are first seen. */
    private final class Ops {
        private final IdentityHashMap<RowOp, Integer> numbers = new IdentityHashMap<>();
        private final List<RowOp> distinct = new java.util.ArrayList<>();

        void add(List<RowOp> ops) {
            for (RowOp op : ops) {
                if (numbers.putIfAbsent(op, distinct.size()) == null) {
                    distinct.add(op);
                }
            }
        }

        void write(ByteWriter out) {
            out.varint(distinct.size());
            for (RowOp op : distinct) {
                var shape = schema.table(op.table()).shape();
                Object before = op.before();
                Object after = op.after();
                out.varint(op.table()).u8((before == null ? 0 : 1) + (after == null ? 0 : 2));
                if (before != null) {
                    ValueCodec.writeRow(out, shape, before);
                }
                if (after != null) {
                    ValueCodec.writeRow(out, shape, after);
                }
            }
        }

        void writeOrder(ByteWriter out, List<RowOp> ops) {
            boolean all = ops.size() == distinct.size();
            for (int i = 0; all && i < ops.size(); i++) {
                all = number(ops.get(i)) == i;
            }
            if (all) {
                out.u8(0);
            } else {
                out.u8(1).varint(ops.size());
                ops.forEach(op -> out.varint(number(op)));
            }
        }

        private int number(RowOp op) {
            return Objects.requireNonNull(numbers.get(op));
        }
    }
}
