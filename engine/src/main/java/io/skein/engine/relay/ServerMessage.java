package io.skein.engine.relay;

import io.skein.engine.module.Refusal;
import io.skein.engine.module.Role;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import io.skein.engine.view.TableDelta;
import io.skein.engine.workspace.TxHeader;
import java.util.List;
import java.util.Optional;

/** What a session says to its client, whatever the wire. A {@link SessionFormat} turns it into bytes. */
public sealed interface ServerMessage {
    /** The session is open. {@code id} is that of the client's request. */
    record Welcome(
            long id,
            String session,
            Identity identity,
            Role role,
            String workspace,
            String module,
            String epoch,
            long seq)
            implements ServerMessage {}

    /**
     * Everything that the view sees.
     *
     * @param reason why it comes unasked or in place of a tail; empty for a fresh session
     */
    record Snapshot(long seq, String view, String reason, EncodedRows rows) implements ServerMessage {}

    /** The session goes on after {@code seq}. */
    record Resumed(long seq, String view) implements ServerMessage {}

    /** These subscriptions are part of the view from {@code seq} on; their rows are those at that place. */
    record Subscribed(long id, List<Long> subscriptions, long seq, String view, EncodedRows rows)
            implements ServerMessage {}

    /**
     * A subscription is no part of the view after {@code seq}.
     *
     * @param rows what it held there, if that was asked for
     */
    record Unsubscribed(long id, long subscription, long seq, String view, Optional<EncodedRows> rows)
            implements ServerMessage {}

    /** A transaction that is for this session alone; all others are encoded once for their view. */
    record Tx(TxHeader header, List<TableDelta> deltas) implements ServerMessage {}

    /** The stream has come this far, without anything to see. */
    record Position(long seq) implements ServerMessage {}

    /** What came of a call. */
    record Result(long id, Outcome outcome, CallTrace trace) implements ServerMessage {
        /** Of one that is not traced, or of what is answered as a call is. */
        public Result(long id, Outcome outcome) {
            this(id, outcome, CallTrace.NONE);
        }
    }

    record Signalled(Identity from, String name, Json payload) implements ServerMessage {}

    /** From {@code seq} on the session has another role. */
    record RoleChanged(long seq, Role role, String view) implements ServerMessage {}

    /** A request could not be understood or done. {@code id} is -1 if it is unknown. */
    record Failed(long id, Refusal refusal) implements ServerMessage {}

    record Pong(long id) implements ServerMessage {}

    /** Something that only this session's wire says, in its bytes. */
    record Own(List<byte[]> parts) implements ServerMessage {}

    /** The last message. */
    record Bye(Refusal refusal) implements ServerMessage {}
}
