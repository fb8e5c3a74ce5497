package io.skein.edge.rooms;

import io.skein.cluster.SkeinSettings;
import io.skein.edge.auth.Permit;
import io.skein.edge.auth.Permits;
import io.skein.edge.auth.Scope;
import io.skein.edge.auth.Verification;
import io.skein.edge.auth.Verification.Verified;
import io.skein.edge.http.Frame;
import io.skein.edge.http.Socket;
import io.skein.edge.session.Entrance;
import io.skein.edge.session.SocketPort;
import io.skein.engine.meters.Refusals;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Role;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.relay.EncodedRows;
import io.skein.engine.relay.Relay;
import io.skein.engine.relay.ServerMessage;
import io.skein.engine.schema.Bytes;
import io.skein.engine.trace.Tracing;
import io.skein.engine.view.Filter;
import io.skein.engine.view.Subscription;
import io.skein.engine.workspace.RateLimit;
import io.skein.modules.rooms.RoomsModule;
import io.skein.modules.rooms.yjs.Lib0Reader;
import io.skein.modules.rooms.yjs.MalformedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * One document on one socket. What the client sends of it is appended to the room and acknowledged once it is durable; what others append
 * comes from the relay. Lives on the socket's event loop.
 */
final class RoomSession {
    private static final List<Subscription> ALL =
            List.of(Subscription.of(1, Map.of(RoomsModule.UPDATES.name(), new Filter.All())));

    /** Two heartbeats and more before a token expires its client is asked for another. */
    private static final Duration ASK_BEFORE = Duration.ofSeconds(45);

    private final Dialect dialect;
    private final Socket socket;
    private final SocketPort port;
    private final OwnAwareness awareness;
    private final Catchup catchup;
    private final Runnable settled;
    /** What came before the session was in; nothing is read from the socket then, so it is what one read brought. */
    private final List<byte[]> early = new ArrayList<>();

    private String workspace = "";
    /** From the moment that the caller is known. */
    private @Nullable Permit permit;

    private boolean in;
    private boolean over;

    /**
     * @param socket what the session writes to, and closes when it is over
     * @param refusals counts what goes no further than here
     * @param settled told when fewer updates are on their way
     */
    RoomSession(
            Dialect dialect,
            Socket socket,
            SkeinSettings.Session settings,
            Refusals refusals,
            Tracing tracing,
            Runnable settled) {
        this.dialect = dialect;
        this.socket = socket;
        this.settled = settled;
        this.catchup = new Catchup(dialect, socket.loop(), new Catchup.Ways() {
            @Override
            public void say(byte[] message) {
                RoomSession.this.say(List.of(message));
            }

            @Override
            public void append(long id, byte[] update) {
                RoomSession.this.append(id, update);
            }
        });
        var replies = new RoomReplies(dialect, listener());
        this.port = new SocketPort(
                new Wire(), new RoomFormat(dialect), replies, settings, refusals, _ -> Optional.empty(), tracing);
        port.opened(socket);
        this.awareness = new OwnAwareness(
                socket.loop(),
                new RateLimit(settings.signalsPerSecond(), settings.signalBurst()),
                request -> port.tell(new Relay.Present(port.number(), 0, request, false)));
    }

    private RoomReplies.Listener listener() {
        return new RoomReplies.Listener() {
            @Override
            public void became(Role role) {
                socket.loop().execute(RoomSession.this::entered);
            }

            @Override
            public List<byte[]> document(EncodedRows rows) {
                return catchup.document(rows);
            }

            @Override
            public List<byte[]> settled(long call, Outcome outcome) {
                List<byte[]> said = catchup.settled(call, outcome);
                settled.run();
                return said;
            }

            @Override
            public boolean follows() {
                return catchup.follows();
            }

            @Override
            public void follow(byte[] message) {
                catchup.follow(message);
            }
        };
    }

    private final class Wire implements SocketPort.Wire {
        @Override
        public Frame frame(byte[][] parts) {
            return Frame.binary(parts);
        }

        /**
         * As the clients' own servers number them: 4400 to 4499 is final, others are not. Whose token has expired on the way comes back, with
         * another one.
         */
        @Override
        public int closeCode(Refusal why) {
            return switch (why.code()) {
                case UNAUTHENTICATED -> in && why.reason().equals(Verification.Refused.EXPIRED) ? 4503 : 4401;
                case FORBIDDEN -> 4403;
                case NOT_FOUND -> 4404;
                case TOO_LARGE -> 1009;
                case INTERNAL -> 1011;
                case OVERLOADED, UNAVAILABLE, RATE_LIMITED -> 4503;
                case INVALID_ARGS, REJECTED, CONFLICT, KEY_CONFLICT, STALE_CURSOR -> 4400;
            };
        }

        @Override
        public String closeReason(Refusal why) {
            return why.code().wire() + ": " + why.message();
        }
    }

    // ---- coming and going

    /** The caller is known, and this is where they want to go. */
    void enter(Verified who, String room, Entrance entrance, Permits permits) {
        if (over) {
            return;
        }
        workspace = room;
        permit = permits.open(who, socket.loop(), port::cutOff);
        switch (entrance) {
            case Entrance.Open(var relay, var _) -> {
                var open = new Relay.Open(
                        port.number(), port.name(), 0, port, who.identity(), ALL, true, Optional.empty());
                port.enter(relay, open);
                awareness.watch(dialect);
            }
            case Entrance.Shut(var why) -> port.end(why);
        }
    }

    /** There is no way in. */
    void refuse(Refusal why) {
        port.end(why);
    }

    /** A fresh token takes the place of the one that there was. */
    void renew(Verified who) {
        if (in && !over) {
            permit().renew(who, Scope.read(workspace)).ifPresent(this::notRenewed);
        }
    }

    /** The token that there was goes on counting, as long as it does. */
    void notRenewed(Refusal why) {
        if (in && !over) {
            dialect.failed(why).forEach(message -> say(List.of(message)));
        }
    }

    private void entered() {
        if (!in && !over) {
            in = true;
            early.forEach(this::message);
            early.clear();
            readComplete();
            settled.run();
        }
    }

    /** Whether what the client says can be dealt with. */
    boolean isIn() {
        return in || over;
    }

    /** How many updates are not durable yet. */
    int inFlight() {
        return catchup.inFlight();
    }

    /** The client is done with this document; it does not come back in a moment. */
    void leave() {
        if (in) {
            awareness.leave();
        }
        closed();
    }

    /** The socket is gone. */
    void closed() {
        if (!over) {
            over = true;
            awareness.end();
            catchup.end();
            port.closed();
            if (permit != null) {
                permit.close();
            }
        }
    }

    /** The node goes away. */
    void nodeLeaves() {
        port.leave();
    }

    void end(Refusal why) {
        port.end(why);
    }

    // ---- the socket

    void readComplete() {
        port.submit();
        port.drain();
    }

    void drain() {
        port.drain();
    }

    void heartbeat() {
        if (in) {
            dialect.alive().forEach(message -> say(List.of(message)));
            if (permit().left().compareTo(ASK_BEFORE) < 0) {
                dialect.askForToken().forEach(message -> say(List.of(message)));
            }
        }
        port.drain();
    }

    private void say(List<byte[]> message) {
        port.say(new ServerMessage.Own(message));
        socket.loop().execute(port::drain);
    }

    // ---- messages

    /** A message, without what a frame begins with. */
    void message(byte[] message) {
        if (over || port.isEnded() || (permit != null && permit.isOver())) {
            return;
        }
        if (!in) {
            early.add(message);
            return;
        }
        try {
            handle(new Lib0Reader(message));
        } catch (MalformedException e) {
            port.end(Refusal.of(ErrorCode.INVALID_ARGS, "not a message: " + e.getMessage()));
        }
    }

    private void handle(Lib0Reader in) throws MalformedException {
        int type = (int) Math.min(in.number(), Integer.MAX_VALUE);
        switch (type) {
            case Dialect.SYNC -> catchup.heard((int) Math.min(in.number(), Integer.MAX_VALUE), in.byteArray(), true);
            case Dialect.SYNC_REPLY ->
                catchup.heard((int) Math.min(in.number(), Integer.MAX_VALUE), in.byteArray(), false);
            case Dialect.AWARENESS -> said(in.byteArray());
            case Dialect.QUERY_AWARENESS -> awareness.refresh();
            case Dialect.STATELESS -> {} // nobody here listens
            default -> throw new MalformedException("there is no message of type " + type);
        }
    }

    /** These wires have no word that it was refused. */
    private void said(byte[] people) throws MalformedException {
        if (permit().lack(Scope.tell(workspace)).isEmpty()) {
            awareness.said(people);
        }
    }

    private void append(long id, byte[] update) {
        var args = new RoomsModule.AppendUpdate(Bytes.of(update));
        permit().lack(new Scope(Scope.Kind.CALL, workspace, RoomsModule.APPEND))
                .ifPresentOrElse(
                        lack -> port.refuseCall(id, lack),
                        () -> port.call(
                                id,
                                Call.of(permit().identity(), RoomsModule.APPEND, args)
                                        .ofSize(update.length),
                                ""));
    }

    private Permit permit() {
        return Objects.requireNonNull(permit, "who is in has a permit");
    }

    /** What one message may have: an update of the largest size, and what stands around it. */
    static OptionalInt maxMessageBytes() {
        return OptionalInt.of(RoomsModule.MAX_UPDATE_BYTES + (Rooms.MAX_NAME_BYTES << 1));
    }
}
