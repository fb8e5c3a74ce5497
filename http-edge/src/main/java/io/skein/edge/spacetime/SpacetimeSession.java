package io.skein.edge.spacetime;

import io.skein.cluster.SkeinSettings;
import io.skein.edge.auth.Authenticator.Guest;
import io.skein.edge.auth.Permit;
import io.skein.edge.auth.Permits;
import io.skein.edge.auth.Scope;
import io.skein.edge.guard.Address;
import io.skein.edge.guard.Guard;
import io.skein.edge.http.Frame;
import io.skein.edge.http.Socket;
import io.skein.edge.http.SocketHandler;
import io.skein.edge.session.Entrance;
import io.skein.edge.session.SocketPort;
import io.skein.edge.sql.SqlException;
import io.skein.edge.sql.SqlQueries;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.PresenceRule;
import io.skein.engine.module.Reducer;
import io.skein.engine.module.Refusal;
import io.skein.engine.reducer.Call;
import io.skein.engine.relay.Relay;
import io.skein.engine.relay.ServerMessage;
import io.skein.engine.runtime.Engine;
import io.skein.engine.schema.Identity;
import io.skein.engine.view.Subscription;
import io.skein.engine.workspace.RateLimit;
import io.skein.engine.workspace.ReadAnswer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket of the SpacetimeDB wire: reads the client's messages and hands them to the relay. Lives on the socket's event loop. A message
 * that cannot be read ends the connection, as there is no telling where the next one begins; all else is answered by its request's number.
 */
final class SpacetimeSession implements SocketHandler {
    /** Queries of one session that wait for their rows. */
    private static final int MAX_ONE_OFF_QUERIES = 16;

    private static final int MAX_NAME = 128;

    /** What all sessions of a node share. */
    record Shared(Engine engine, SkeinSettings.Session settings, Permits permits, Guard guard, InstantSource clock) {}

    private static final SocketPort.Wire WIRE = new SocketPort.Wire() {
        @Override
        public Frame frame(byte[][] parts) {
            return Frame.binary(parts);
        }

        @Override
        public int closeCode(Refusal why) {
            return switch (why.code()) {
                case NOT_FOUND, UNAVAILABLE -> 1001;
                case FORBIDDEN, UNAUTHENTICATED -> 1008;
                case TOO_LARGE -> 1009;
                case OVERLOADED, RATE_LIMITED -> 1013;
                case INTERNAL, INVALID_ARGS, REJECTED, CONFLICT, KEY_CONFLICT, STALE_CURSOR -> 1011;
            };
        }

        @Override
        public String closeReason(Refusal why) {
            return SpacetimeReplies.text(why);
        }
    };

    private final Shared shared;
    private final String workspace;
    private final Guest guest;
    /** Worked out once: it is a hash of what the token says. */
    private final Identity identity;

    private final Address address;
    private final Entrance.Open entrance;
    private final SpacetimeReplies replies;
    private final SocketPort port;
    private final RateLimit rate;
    private final SqlQueries queries;
    private final PresenceTable presence;
    /** Frames of the one read that may be under way before the session is in. */
    private final List<byte[]> early = new ArrayList<>();

    private boolean in;
    private int oneOffQueries;
    private @Nullable Socket socket;
    private @Nullable Permit permit;

    SpacetimeSession(
            Shared shared,
            String workspace,
            Guest guest,
            Entrance.Open entrance,
            ConnectionId connection,
            SpacetimeFormat format,
            Address address) {
        this.shared = shared;
        this.workspace = workspace;
        this.guest = guest;
        this.identity = guest.identity();
        this.address = address;
        this.entrance = entrance;
        this.replies = new SpacetimeReplies(connection, guest.token(), shared.clock(), listener());
        this.port = new SocketPort(
                WIRE,
                format,
                replies,
                shared.settings(),
                shared.engine().relayCounters().atSession(),
                call -> shared.guard().call(address, call),
                shared.engine().tracing());
        this.rate = new RateLimit(
                shared.settings().messagesPerSecond(), shared.settings().messageBurst());
        this.queries = new SqlQueries(entrance.schema(), shared.settings().maxFilterTerms());
        var signals = new RateLimit(
                shared.settings().signalsPerSecond(), shared.settings().signalBurst());
        this.presence = new PresenceTable(entrance.schema().presence(), format, port, signals);
    }

    /** What is to be done about a message comes behind it. */
    private SpacetimeReplies.Listener listener() {
        return new SpacetimeReplies.Listener() {
            @Override
            public void welcomed() {
                port.eventLoop().execute(SpacetimeSession.this::welcomed);
            }

            @Override
            public void applied(long set) {
                port.eventLoop().execute(() -> presence.applied(set));
            }

            @Override
            public void failed(long set) {
                port.eventLoop().execute(() -> presence.dropped(set));
            }
        };
    }

    // ---- the socket

    @Override
    public void opened(Socket opened) {
        socket = opened;
        port.opened(opened);
        permit = shared.permits().open(guest.who(), opened.loop(), port::cutOff);
        opened.setReading(false); // nobody is answered before the session is in
        port.enter(
                entrance.relay(),
                new Relay.Open(
                        port.number(),
                        Long.toString(port.number(), 36),
                        0,
                        port,
                        identity,
                        List.of(),
                        false,
                        Optional.empty()));
    }

    /** What the client has said meanwhile comes now. */
    private void welcomed() {
        in = true;
        presence.entered();
        early.forEach(this::message);
        early.clear();
        readComplete();
        Socket open = socket;
        if (open != null) {
            open.setReading(true);
        }
    }

    @Override
    public void message(byte[] frame) {
        if (permit().isOver()) {
            return;
        }
        if (!in) {
            early.add(frame); // a read may be under way when reading is turned off
            return;
        }
        var bytes = new BsatnReader(frame);
        try {
            do {
                if (port.isEnded()) {
                    return;
                }
                Request request = Request.read(bytes);
                if (rate.take()) {
                    handle(request);
                } else {
                    refuse(request, Refusal.later(ErrorCode.RATE_LIMITED, "too many messages", rate.waitMillis()));
                }
            } while (!bytes.isAtEnd());
        } catch (BsatnException e) {
            port.end(Refusal.of(ErrorCode.INVALID_ARGS, "not a message: " + e.getMessage()));
        }
    }

    @Override
    public void readComplete() {
        port.submit();
        port.drain();
    }

    @Override
    public void writable() {
        port.drain();
    }

    @Override
    public void tooLarge(Socket from, String limit) {
        port.end(Refusal.of(ErrorCode.TOO_LARGE, limit));
    }

    @Override
    public void leave(Socket leaving) {
        port.leave();
    }

    @Override
    public Map<String, String> marks() {
        return port.marks(workspace);
    }

    @Override
    public void closed(int code) {
        socket = null;
        port.closed();
        permit().close();
    }

    private Permit permit() {
        return Objects.requireNonNull(permit, "a session has a permit once its socket is open");
    }

    // ---- messages

    private void handle(Request request) {
        switch (request) {
            case Request.Subscribe(var id, var set) -> subscribe(id, set);
            case Request.SubscribeBatch(var id, var sets) -> subscribe(id, sets);
            case Request.Unsubscribe(var id, var set, var rows) -> {
                presence.dropped(set);
                port.tell(new Relay.Unsubscribe(port.number(), replies.unapply(id, set), set, rows));
            }
            case Request.OneOffQuery(var id, var query) -> query(id, query);
            case Request.CallReducer call -> call(call);
            case Request.CallProcedure(var id, var name) -> say(List.of(replies.noProcedure(id, shown(name))));
        }
    }

    private void refuse(Request request, Refusal refusal) {
        switch (request) {
            case Request.Subscribe(var id, var set) ->
                say(List.of(SpacetimeReplies.subscriptionError(id, set.number(), refusal)));
            case Request.SubscribeBatch(var id, var sets) ->
                say(List.of(SpacetimeReplies.batchError(
                        id,
                        sets.stream()
                                .map(set -> new SpacetimeReplies.BadSet(set.number(), refusal))
                                .toList())));
            case Request.Unsubscribe(var id, var set, var _) ->
                say(List.of(SpacetimeReplies.subscriptionError(id, set, refusal)));
            case Request.OneOffQuery(var id, var _) -> say(SpacetimeReplies.oneOff(id, refusal));
            case Request.CallReducer call -> port.refuseCall(call.id(), refusal);
            case Request.CallProcedure(var id, var name) -> say(List.of(replies.noProcedure(id, shown(name))));
        }
    }

    private void say(List<byte[]> parts) {
        port.say(new ServerMessage.Own(parts));
    }

    // ---- rows

    private void subscribe(long request, Request.QuerySet set) {
        try {
            Subscription wanted = subscription(set, 1);
            port.tell(new Relay.Subscribe(port.number(), replies.apply(request, set.number()), List.of(wanted)));
        } catch (SqlException e) {
            say(List.of(SpacetimeReplies.subscriptionError(request, set.number(), invalid(e))));
        }
    }

    private void subscribe(long request, List<Request.QuerySet> sets) {
        var good = new ArrayList<Subscription>();
        var bad = new ArrayList<SpacetimeReplies.BadSet>();
        var numbers = new HashSet<Long>();
        for (Request.QuerySet set : sets) {
            try {
                Subscription wanted = subscription(set, good.size() + 1);
                if (numbers.add(set.number())) {
                    good.add(wanted);
                }
            } catch (SqlException e) {
                bad.add(new SpacetimeReplies.BadSet(set.number(), invalid(e)));
            }
        }
        if (good.isEmpty()) {
            say(List.of(SpacetimeReplies.batchError(request, bad)));
        } else {
            List<Long> asked = good.stream().map(Subscription::number).toList();
            port.tell(new Relay.Subscribe(port.number(), replies.applyAll(request, asked, bad), good));
        }
    }

    /** @param added how many sets come with this one, itself included */
    private Subscription subscription(Request.QuerySet set, int added) throws SqlException {
        if (replies.hasSet(set.number())) {
            throw new SqlException("query set " + set.number() + " is there already");
        }
        if (replies.setCount() + added > shared.settings().maxSubscriptions()) {
            throw new SqlException("at most " + shared.settings().maxSubscriptions() + " query sets in a session");
        }
        Subscription wanted = queries.subscription(set.number(), set.queries());
        presence.check(wanted);
        return wanted;
    }

    private static Refusal invalid(SqlException e) {
        return Refusal.of(ErrorCode.INVALID_ARGS, String.valueOf(e.getMessage()));
    }

    private void query(long request, String sql) {
        Socket open = Objects.requireNonNull(socket);
        try {
            Subscription wanted = queries.subscription(0, List.of(sql));
            if (oneOffQueries >= MAX_ONE_OFF_QUERIES) {
                say(SpacetimeReplies.oneOff(
                        request, Refusal.later(ErrorCode.OVERLOADED, "too many queries of this session wait", 100)));
                return;
            }
            oneOffQueries++;
            shared.engine()
                    .read(workspace, identity, List.of(wanted))
                    .exceptionally(_ -> new ReadAnswer.Refused(
                            Refusal.later(ErrorCode.UNAVAILABLE, "there was no answer in time", 1_000)))
                    .thenApply(answer -> encoded(request, answer))
                    .thenAcceptAsync(this::answer, open.loop());
        } catch (SqlException e) {
            say(SpacetimeReplies.oneOff(request, invalid(e)));
        }
    }

    private static List<byte[]> encoded(long request, ReadAnswer answer) {
        return switch (answer) {
            case ReadAnswer.Found found -> SpacetimeReplies.oneOff(request, SpacetimeFormat.queryRows(found.rows()));
            case ReadAnswer.Refused(var refusal) -> SpacetimeReplies.oneOff(request, refusal);
        };
    }

    private void answer(List<byte[]> message) {
        oneOffQueries--;
        say(message);
        port.drain();
    }

    // ---- calls

    private void call(Request.CallReducer request) {
        ModuleSchema schema = entrance.schema();
        Reducer<?> reducer = request.reducer().length() > MAX_NAME ? null : schema.reducer(request.reducer());
        if (reducer == null || reducer.internal()) {
            port.refuseCall(
                    request.id(), Refusal.of(ErrorCode.NOT_FOUND, "no such reducer: " + shown(request.reducer())));
            return;
        }
        Optional<Refusal> lack = permit().lack(Scope.call(workspace, reducer));
        if (lack.isPresent()) {
            port.refuseCall(request.id(), lack.get());
            return;
        }
        try {
            int bytes = request.args().remaining();
            Object args = Bsatn.of(reducer.args()).read(request.args());
            if (!request.args().isAtEnd()) {
                throw new BsatnException(request.args().remaining() + " bytes behind the last argument");
            }
            if (args instanceof PresenceRule.SetState state && presence.isCall(reducer.name())) {
                presence.call(request.id(), state);
                return;
            }
            Call call = Call.of(identity, reducer.name(), args).ofSize(bytes);
            port.call(request.id(), call.by(permit().who().origin(address)), "");
        } catch (BsatnException | IllegalArgumentException e) {
            // The latter is what a record of the module says that does not take these values.
            port.refuseCall(
                    request.id(),
                    Refusal.of(ErrorCode.INVALID_ARGS, "arguments of " + reducer.name() + ": " + e.getMessage()));
        }
    }

    private static String shown(String name) {
        return name.length() > MAX_NAME ? name.substring(0, MAX_NAME) + "…" : name;
    }
}
