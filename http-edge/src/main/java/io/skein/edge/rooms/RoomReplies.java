package io.skein.edge.rooms;

import io.skein.engine.module.Role;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.relay.EncodedRows;
import io.skein.engine.relay.ServerMessage;
import io.skein.engine.relay.SessionFormat;
import java.util.List;

/** What one session of a room is told of its own. Most of it is for the session to decide, which hears of each message while it is made. */
final class RoomReplies implements SessionFormat {
    /** Decides what to say. What it gives is one message, or none. */
    interface Listener {
        /** The session is in, or has another role now. */
        void became(Role role);

        /** The document is there, for the first time or because the session has fallen behind. */
        List<byte[]> document(EncodedRows rows);

        List<byte[]> settled(long call, Outcome outcome);

        /** Whether it wants to know what of others goes out. */
        boolean follows();

        /** What others appended goes out: a message of the sync protocol. */
        void follow(byte[] message);
    }

    private final Dialect dialect;
    private final Listener listener;
    private boolean in;

    RoomReplies(Dialect dialect, Listener listener) {
        this.dialect = dialect;
        this.listener = listener;
    }

    @Override
    public List<byte[]> encode(ServerMessage message) {
        return switch (message) {
            case ServerMessage.Welcome welcome -> {
                in = true;
                yield became(welcome.role());
            }
            case ServerMessage.RoleChanged changed -> became(changed.role());
            case ServerMessage.Snapshot snapshot -> listener.document(snapshot.rows());
            case ServerMessage.Tx(var _, var deltas) -> List.of(RoomFormat.update(deltas));
            case ServerMessage.Result(var id, var outcome, var _) -> listener.settled(id, outcome);
            case ServerMessage.Failed(var _, var refusal) -> dialect.failed(refusal);
            case ServerMessage.Own(var parts) -> parts;
            case ServerMessage.Bye(var refusal) -> dialect.over(refusal, in);
            case ServerMessage.Resumed _,
                    ServerMessage.Subscribed _,
                    ServerMessage.Unsubscribed _,
                    ServerMessage.Position _,
                    ServerMessage.Signalled _,
                    ServerMessage.Pong _ -> List.of();
        };
    }

    @Override
    public boolean follows() {
        return listener.follows();
    }

    @Override
    public void follow(byte[] transaction) {
        listener.follow(transaction);
    }

    private List<byte[]> became(Role role) {
        listener.became(role);
        return dialect.entered(role.atLeast(Role.EDITOR));
    }
}
