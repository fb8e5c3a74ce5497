package io.skein.edge.session;

import io.skein.cluster.SkeinSettings;
import io.skein.edge.http.Frame;
import io.skein.edge.http.Socket;
import io.skein.engine.meters.Refusals;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.relay.CallTrace;
import io.skein.engine.relay.Outbox;
import io.skein.engine.relay.Relay;
import io.skein.engine.relay.ServerMessage;
import io.skein.engine.relay.SessionFormat;
import io.skein.engine.relay.SessionPort;
import io.skein.engine.relay.WireFormat;
import io.skein.engine.trace.Tracing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * What a session has whatever its wire: a socket that is sent what the outbox has whenever it takes it, a relay that is handed the
 * session's calls in batches, and a count of the calls in flight. Lives on the socket's event loop.
 */
public final class SocketPort implements SessionPort {
    private static final AtomicLong SESSIONS = new AtomicLong();
    private static final int GOING_AWAY_SPREAD_MILLIS = 5_000;

    /** What differs between wires. */
    public interface Wire {
        /** A WebSocket message of these parts. */
        Frame frame(byte[][] parts);

        /** The code that a socket is closed with for this reason. */
        int closeCode(Refusal why);

        /** The words of the close frame. */
        String closeReason(Refusal why);
    }

    private final long number = SESSIONS.incrementAndGet();
    private final Wire wire;
    private final Function<io.skein.engine.relay.Frame, Frame> render;
    private final Outbox outbox;
    private final int maxCallsInFlight;
    private final Refusals refusals;
    private final Function<Call, Optional<Refusal>> objection;
    private final Tracing tracing;
    private final List<Relay.Request> calls = new ArrayList<>();
    private @Nullable Socket socket;
    /** Outlives the socket: a relay may meet the session when its client has gone already. */
    private @Nullable Executor loop;
    /** Whose session it is, once it has entered. */
    private @Nullable ActorRef<Relay.Command> relay;

    private int callsInFlight;

    /**
     * @param refusals counts what goes no further than here
     * @param objection why a call of the client's goes no further
     * @param tracing makes the spans of calls
     */
    public SocketPort(
            Wire wire,
            WireFormat format,
            SessionFormat own,
            SkeinSettings.Session settings,
            Refusals refusals,
            Function<Call, Optional<Refusal>> objection,
            Tracing tracing) {
        this.wire = wire;
        this.render = frame -> wire.frame(frame.parts().toArray(byte[][]::new));
        this.outbox = new Outbox(format, own, settings.frameBudgetBytes());
        this.maxCallsInFlight = settings.maxCallsInFlight();
        this.refusals = refusals;
        this.objection = objection;
        this.tracing = tracing;
    }

    /** The session's number on this node, never used again. */
    public long number() {
        return number;
    }

    /** What clients know the session by: its number, short. */
    public String name() {
        return Long.toString(number, Character.MAX_RADIX);
    }

    /** What lines of the log about this session are marked with. */
    public Map<String, String> marks(String workspace) {
        return Map.of("workspace", workspace, "session", name());
    }

    /** Whether the last word has gone out. */
    public boolean isEnded() {
        return outbox.isEnded();
    }

    // ---- the socket

    public void opened(Socket opened) {
        socket = opened;
        loop = opened.loop();
    }

    public void closed() {
        socket = null;
        outbox.forget();
        if (relay != null) {
            relay.tell(new Relay.Close(number));
        }
    }

    @Override
    public Executor eventLoop() {
        return Objects.requireNonNull(loop, "a session has a socket before it enters");
    }

    // ---- towards the relay

    /** The session is this relay's from now on. */
    public void enter(ActorRef<Relay.Command> to, Relay.Open open) {
        relay = to;
        to.tell(open);
    }

    /** Says something to the relay, after the calls so far. */
    public void tell(Relay.Command command) {
        submit();
        Objects.requireNonNull(relay, "only a session that has entered speaks").tell(command);
    }

    /**
     * Takes a call, for {@link #submit}, or refuses it.
     *
     * @param traceparent of the span that the client's call is part of; empty where it says none
     */
    public void call(long id, Call call, String traceparent) {
        Optional<Refusal> why = objection.apply(call);
        if (why.isPresent()) {
            refuseCall(id, why.get());
        } else if (callsInFlight >= maxCallsInFlight) {
            refuseCall(id, Refusal.later(ErrorCode.OVERLOADED, "too many calls of this session wait", 100));
        } else {
            callsInFlight++;
            calls.add(new Relay.Request(id, call, CallTrace.receive(tracing, name(), call.reducer(), traceparent)));
        }
    }

    /** Hands over something whose answer is an outcome, though it is no call of a reducer. */
    public void tellAsCall(long id, Relay.Command command) {
        if (callsInFlight >= maxCallsInFlight) {
            refuseCall(id, Refusal.later(ErrorCode.OVERLOADED, "too many calls of this session wait", 100));
        } else {
            callsInFlight++;
            tell(command);
        }
    }

    /** Answers a call that goes nowhere. */
    public void refuseCall(long id, Refusal refusal) {
        refusals.count(refusal.code());
        callsInFlight++; // its outcome will count as said
        say(new ServerMessage.Result(id, new Outcome.Refused(refusal, false)));
    }

    /** Answers something else than a call that goes nowhere. */
    public void refuse(long id, Refusal refusal) {
        refusals.count(refusal.code());
        say(new ServerMessage.Failed(id, refusal));
    }

    /** Hands over the calls that were taken. */
    public void submit() {
        if (!calls.isEmpty() && relay != null) {
            relay.tell(new Relay.Submit(number, List.copyOf(calls)));
            calls.clear();
        }
    }

    // ---- towards the client

    @Override
    public Outbox outbox() {
        return outbox;
    }

    public void say(ServerMessage message) {
        outbox.say(message);
    }

    @Override
    public void drain() {
        Socket open = socket;
        if (open == null) {
            return;
        }
        boolean wrote = false;
        while (open.isWritable()) {
            io.skein.engine.relay.Frame frame = outbox.poll();
            if (frame == null) {
                break;
            }
            open.write(frame.rendered(Frame.class, render));
            wrote = true;
        }
        callsInFlight -= outbox.takeResultsSaid();
        if (wrote) {
            open.flush();
        }
        if (outbox.takeBehind() && relay != null) {
            relay.tell(new Relay.Behind(number));
        }
        outbox.farewell().ifPresent(why -> open.close(wire.closeCode(why), wire.closeReason(why)));
    }

    /** Says how far the stream has come, to a client that has not heard for a while. */
    public void announcePosition() {
        outbox.announcePosition();
        drain();
    }

    /** Says this and nothing after it. */
    public void end(Refusal refusal) {
        refusals.count(refusal.code());
        outbox.end(new ServerMessage.Bye(refusal));
        drain();
    }

    /** The same at once: the socket of a client that does not read is closed, too, and what it was not sent it never gets. */
    public void cutOff(Refusal refusal) {
        end(refusal);
        Socket open = socket;
        if (open != null && !outbox.isEnded()) {
            open.close(wire.closeCode(refusal), wire.closeReason(refusal));
        }
    }

    /** The node goes away. Clients are told to come back spread out, so that the node that takes over does not meet everybody at once. */
    public void leave() {
        long retryAfter = ThreadLocalRandom.current().nextLong(GOING_AWAY_SPREAD_MILLIS);
        end(Refusal.later(ErrorCode.UNAVAILABLE, "this node is going away; come back elsewhere", 1 + retryAfter));
    }
}
