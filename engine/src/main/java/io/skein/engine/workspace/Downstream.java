package io.skein.engine.workspace;

import io.skein.engine.membership.SystemTables;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Role;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Identity;
import io.skein.engine.state.RowOp;
import io.skein.engine.view.Audience;
import io.skein.engine.view.TableRows;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;

/** What a workspace tells its relays and readers. Only durable facts, in order; only rows that somebody at the relay may see. */
public sealed interface Downstream {
    /**
     * The relay is known; from the next transaction after {@code seq} on it hears everything.
     *
     * @param moduleVersion that the owner has
     * @param owner where to send to, and whom to watch
     */
    record Enlisted(String epoch, long seq, String module, int moduleVersion, ActorRef<Workspace.Command> owner)
            implements Downstream {}

    /** A session is in, with what its role was at {@code seq}, the last one published. */
    record Entered(long session, Role role, Audience audience, long seq, long since) implements Downstream {}

    /** A session may not be here. */
    record Denied(long session, Refusal refusal) implements Downstream {}

    /**
     * A group became durable.
     *
     * @param transactions may be empty
     * @param results of calls that came through this relay
     * @param traced those transactions whose calls are traced
     */
    record Published(List<Tx> transactions, List<Result> results, List<Traced> traced) implements Downstream {
        /** One of which nothing is traced. */
        public Published(List<Tx> transactions, List<Result> results) {
            this(transactions, results, List.of());
        }
    }

    /** The state is fixed whose rows {@link SnapshotRows} will bring; it is the one after all that was published before this. */
    record SnapshotTaken(long request, long seq) implements Downstream {}

    /**
     * Rows of a view at the {@code seq} of {@link SnapshotTaken}, or of {@link Found}.
     *
     * @param request the relay's number for it; 0 to a reader
     * @param rows of a table's first piece, the rest may follow in others
     * @param last whether these are all
     */
    record SnapshotRows(long request, List<TableRows> rows, boolean last) implements Downstream {}

    /** The rows that {@link SnapshotTaken} announced cannot be had: evaluating the view failed. */
    record SnapshotFailed(long request) implements Downstream {}

    /**
     * What a reader asked for; the rows follow as {@link SnapshotRows}.
     *
     * @param about the workspace's own row
     * @param role of the viewer
     */
    record Found(SystemTables.Workspace about, Role role, long seq, Bytes hash) implements Downstream {}

    /**
     * What the workspace remembers of its recent transactions, as one audience sees them.
     *
     * @param after the transactions are those after this {@code seq}, without a gap up to the last one published
     */
    record History(Audience audience, long after, List<Entry> entries) implements Downstream {}

    /** To be passed to those it is for. */
    record Signalled(Signal signal) implements Downstream {}

    /** One transaction as one audience sees it. */
    record Entry(TxHeader header, List<RowOp> visible, int bytes) {}

    /**
     * One transaction.
     *
     * @param visible for each audience at the relay, what it sees; possibly nothing
     * @param bytes its canonical length, the measure for bounds
     */
    record Tx(TxHeader header, Map<Audience, List<RowOp>> visible, List<RoleChange> changes, int bytes) {}

    /**
     * An identity's role changed with this transaction.
     *
     * @param audience what it is from now on; empty: it has to go
     * @param visible what this transaction is to it in place of what its old audience sees
     */
    record RoleChange(Identity identity, Role role, Optional<Audience> audience, List<RowOp> visible) {}

    /**
     * A transaction whose call is traced.
     *
     * @param trace W3C's {@code traceparent} of the span in which it became durable
     */
    record Traced(long seq, String trace) {}

    /**
     * What came of a call.
     *
     * @param at the outcome belongs after this {@code seq}
     */
    record Result(long number, Outcome outcome, long at) {}
}
