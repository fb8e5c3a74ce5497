package io.skein.edge.rooms;

import io.skein.cluster.SkeinSettings;
import io.skein.edge.auth.Permits;
import io.skein.edge.auth.Verification.Verified;
import io.skein.edge.guard.Address;
import io.skein.edge.http.Frame;
import io.skein.edge.http.ProblemException;
import io.skein.edge.http.Socket;
import io.skein.edge.http.SocketHandler;
import io.skein.engine.meters.Refusals;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.trace.Tracing;
import io.skein.engine.workspace.RateLimit;
import io.skein.modules.rooms.yjs.Lib0Reader;
import io.skein.modules.rooms.yjs.MalformedException;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket of a Yjs client. Its first message says what it speaks: y-websocket begins with a zero, which is the type of its sync messages;
 * Hocuspocus begins with the length of a document's name. Clients are slowed down by not reading from them: these wires have no word for {@code
 * rate_limited} that would make a client send again what it sent too fast.
 */
final class RoomConnection implements SocketHandler {
    /** What all sockets of a node share. */
    record Shared(
            Rooms rooms,
            SkeinSettings.Session settings,
            Duration helloTimeout,
            Permits permits,
            Refusals refusals,
            Tracing tracing) {}

    /** Who a client is. */
    interface Caller {
        /** Who opened the socket. */
        CompletionStage<Verified> opener();

        /** Who shows this token, or ticket. */
        CompletionStage<Verified> holder(String token);

        /** Where the client comes from. */
        Address address();
    }

    /** As the clients' own server has it. */
    private static final int MAX_DOCUMENTS = 100;

    private static final int LEAVING_SPREAD_MILLIS = 3_000;
    private static final byte PING = 9;
    private static final byte PONG = 10;
    private static final Frame PING_FRAME = Frame.binary(new byte[] {PING});
    private static final Frame PONG_FRAME = Frame.binary(new byte[] {PONG});
    private static final int TIMED_OUT = 4408;

    private final Shared shared;
    private final String path;
    private final Caller caller;
    private final RateLimit rate;
    private final Map<String, RoomSession> sessions = new LinkedHashMap<>();
    /** Documents that were refused. What a client sent of them behind its token says nothing. */
    private final Set<String> refused = new HashSet<>();

    private @Nullable Socket socket;
    private boolean heard;
    private boolean hocuspocus;
    private boolean reading = true;
    /** Whether the client is made to wait because it was too fast. */
    private boolean braked;

    /** @param path what stands behind {@code /rooms/}: the room's name, for clients of y-websocket */
    RoomConnection(Shared shared, String path, Caller caller) {
        this.shared = shared;
        this.path = path;
        this.caller = caller;
        this.rate = new RateLimit(
                shared.settings().messagesPerSecond(), shared.settings().messageBurst());
    }

    // ---- the socket

    @Override
    public void opened(Socket opened) {
        socket = opened;
        later(shared.helloTimeout().toMillis(), () -> {
            if (!heard) {
                opened.close(TIMED_OUT, "nothing was said");
            }
        });
    }

    private void later(long millis, Runnable task) {
        Socket open = Objects.requireNonNull(socket);
        CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, open.loop())
                .execute(() -> {
                    if (socket != null) {
                        task.run();
                    }
                });
    }

    @Override
    public void message(byte[] frame) {
        if (!rate.take() && !braked) {
            braked = true;
            later(rate.waitMillis(), () -> {
                braked = false;
                regulate();
            });
        }
        if (!heard) {
            heard = true;
            hocuspocus = frame.length > 0 && frame[0] != 0;
        }
        try {
            if (hocuspocus) {
                addressed(frame);
            } else {
                alone(frame);
            }
        } catch (MalformedException e) {
            end(Refusal.of(ErrorCode.INVALID_ARGS, "not a message: " + e.getMessage()));
        }
        regulate();
    }

    /** Fewer updates are on their way. */
    private void settled() {
        if (!reading) {
            regulate();
        }
    }

    /** Reads from the client unless it is too fast, somebody is being let in, or much that it sent is not durable yet. */
    private void regulate() {
        Socket open = socket;
        if (open != null) {
            int inFlight = 0;
            boolean allIn = true;
            for (RoomSession session : sessions.values()) {
                inFlight += session.inFlight();
                allIn &= session.isIn();
            }
            boolean read = !braked && allIn && inFlight < shared.settings().maxCallsInFlight() / 2;
            if (read != reading) {
                reading = read;
                open.setReading(read);
            }
        }
    }

    @Override
    public void readComplete() {
        all().forEach(RoomSession::readComplete);
    }

    @Override
    public void writable() {
        all().forEach(RoomSession::drain);
    }

    @Override
    public void heartbeat() {
        all().forEach(RoomSession::heartbeat);
        Socket open = socket;
        if (hocuspocus && open != null && open.isWritable()) {
            open.write(PING_FRAME);
        }
    }

    @Override
    public void tooLarge(Socket from, String limit) {
        end(Refusal.of(ErrorCode.TOO_LARGE, limit));
    }

    /** These clients come back at once, all of them: so that not everybody does so in the same moment, they are sent away one by one. */
    @Override
    public void leave(Socket leaving) {
        later(ThreadLocalRandom.current().nextLong(LEAVING_SPREAD_MILLIS), () -> {
            all().forEach(RoomSession::nodeLeaves);
            leaving.close(1012, "this node is going away");
        });
    }

    @Override
    public void closed(int code) {
        socket = null;
        all().forEach(RoomSession::closed);
        sessions.clear();
    }

    /** Ends everything. */
    private void end(Refusal why) {
        all().forEach(session -> session.end(why));
        Socket open = socket;
        if (open != null) {
            open.close(4400, why.code().wire() + ": " + why.message());
        }
    }

    /** A session that ends takes itself out. */
    private List<RoomSession> all() {
        return List.copyOf(sessions.values());
    }

    // ---- y-websocket

    private void alone(byte[] frame) {
        RoomSession session = sessions.get("");
        if (session == null) {
            Socket open = Objects.requireNonNull(socket);
            session = new RoomSession(
                    new Dialect.YWebsocket(),
                    open,
                    shared.settings(),
                    shared.refusals(),
                    shared.tracing(),
                    this::settled);
            sessions.put("", session);
            letIn(session, path, caller.opener());
        }
        session.message(frame);
    }

    // ---- Hocuspocus

    private void addressed(byte[] frame) throws MalformedException {
        if (frame.length == 1 && (frame[0] == PING || frame[0] == PONG)) {
            if (frame[0] == PING) {
                Socket open = Objects.requireNonNull(socket);
                open.write(PONG_FRAME);
                open.flush();
            }
            return;
        }
        var in = new Lib0Reader(frame);
        String address = in.string();
        RoomSession session = sessions.get(address);
        byte[] message = in.rest();
        if (session == null) {
            begin(address, message);
        } else if (message.length > 0 && message[0] == Dialect.CLOSE) {
            sessions.remove(address);
            session.leave();
        } else if (message.length > 0 && message[0] == Dialect.AUTH) {
            renew(session, message);
        } else {
            session.message(message);
        }
    }

    /** The first frame of a document shows a token; one that does not is from somebody who has none. */
    private void begin(String address, byte[] message) throws MalformedException {
        if (message.length > 0 && message[0] == Dialect.CLOSE) {
            return;
        }
        var in = new Lib0Reader(message);
        boolean shows = in.number() == Dialect.AUTH && in.number() == 0;
        if (!shows && refused.contains(address)) {
            return;
        }
        var dialect = new Dialect.Hocuspocus(address);
        if (sessions.size() >= MAX_DOCUMENTS) {
            var refusal = Refusal.of(ErrorCode.TOO_LARGE, "a socket carries at most " + MAX_DOCUMENTS + " documents");
            Socket open = Objects.requireNonNull(socket);
            dialect.over(refusal, false).forEach(denied -> open.write(Frame.binary(dialect.prefix(), denied)));
            open.flush();
            return;
        }
        var session = new RoomSession(
                dialect,
                new DocumentSocket(address),
                shared.settings(),
                shared.refusals(),
                shared.tracing(),
                this::settled);
        sessions.put(address, session);
        int nul = address.indexOf('\0');
        String name = nul < 0 ? address : address.substring(0, nul);
        String token = shows ? in.string() : "";
        letIn(session, name, token.isEmpty() ? caller.opener() : caller.holder(token));
        if (!shows) {
            session.message(message);
        }
    }

    /** A token of somebody who is in already: the session was asked for another, or the client brings one by itself. */
    private void renew(RoomSession session, byte[] message) throws MalformedException {
        var in = new Lib0Reader(message);
        in.number();
        if (in.number() == 0) {
            Socket open = Objects.requireNonNull(socket);
            caller.holder(in.string())
                    .<Runnable>thenApply(who -> () -> session.renew(who))
                    .exceptionally(failure -> () -> session.notRenewed(refusal(failure)))
                    .thenAcceptAsync(Runnable::run, open.loop());
        }
    }

    /** What a document's session has of the socket: where it closes it, others may go on. */
    private final class DocumentSocket implements Socket {
        private final String address;
        private final Socket whole = Objects.requireNonNull(socket);

        DocumentSocket(String address) {
            this.address = address;
        }

        @Override
        public Executor loop() {
            return whole.loop();
        }

        @Override
        public boolean isWritable() {
            return whole.isWritable();
        }

        @Override
        public void write(Frame frame) {
            whole.write(frame);
        }

        @Override
        public void flush() {
            whole.flush();
        }

        /** Reading is for the whole socket. */
        @Override
        public void setReading(boolean reading) {}

        /** A client comes back by itself when the socket closes, and not when a document does. */
        @Override
        public void close(int code, String reason) {
            RoomSession session = sessions.remove(address);
            if (session != null) {
                session.closed();
            }
            boolean isFinal = code >= 4400 && code < 4500;
            if (!isFinal || refused.size() == MAX_DOCUMENTS) {
                whole.close(code, reason);
            }
            refused.add(address);
            regulate();
        }
    }

    // ---- who it is

    private void letIn(RoomSession session, String room, CompletionStage<Verified> verified) {
        Socket open = Objects.requireNonNull(socket);
        verified.thenCompose(who -> shared.rooms()
                        .enter(room, who, caller.address())
                        .<Runnable>thenApply(entrance ->
                                () -> session.enter(who, Rooms.workspace(room), entrance, shared.permits())))
                .exceptionally(failure -> () -> session.refuse(refusal(failure)))
                .thenAcceptAsync(Runnable::run, open.loop());
    }

    private static Refusal refusal(Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
        return cause instanceof ProblemException problem
                ? problem.problem().refusal()
                : Refusal.later(ErrorCode.UNAVAILABLE, "the room cannot be reached now", 1_000);
    }
}
