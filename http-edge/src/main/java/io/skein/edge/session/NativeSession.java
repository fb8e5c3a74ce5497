package io.skein.edge.session;

import io.skein.cluster.SkeinSettings;
import io.skein.edge.http.Frame;
import io.skein.edge.http.Socket;
import io.skein.edge.http.SocketHandler;
import io.skein.edge.json.Json;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Refusal;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.relay.Outbox;
import io.skein.engine.relay.Relay;
import io.skein.engine.relay.Relays;
import io.skein.engine.relay.ServerMessage;
import io.skein.engine.relay.SessionPort;
import io.skein.engine.relay.WireFormat;
import io.skein.engine.runtime.Engine;
import io.skein.engine.schema.Identity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket of the native wire: reads the client's messages, hands calls to the relay, and sends what its outbox has whenever the socket
 * takes it. Lives on the socket's event loop.
 */
public final class NativeSession implements SocketHandler, SessionPort {
    private static final AtomicLong SESSIONS = new AtomicLong();
    private static final int GOING_AWAY_SPREAD_MILLIS = 5_000;

    /** What all sessions of a node share. */
    public record Shared(
            Engine engine, WireFormat format, Json json, SkeinSettings.Session settings, Duration helloTimeout) {}

    private final Shared shared;
    private final String workspace;
    private final Identity identity;
    private final long number = SESSIONS.incrementAndGet();
    private final Outbox outbox;
    private final RateLimit rate;
    private final List<Relay.Request> calls = new ArrayList<>();
    /** Frames of the one read that may be under way before the workspace is known. */
    private final List<byte[]> early = new ArrayList<>();

    private @Nullable Socket socket;
    private @Nullable ActorRef<Relay.Command> relay;
    private @Nullable NativeRequests requests;
    private int callsInFlight;
    private boolean greeted;

    public NativeSession(Shared shared, String workspace, Identity identity) {
        this.shared = shared;
        this.workspace = workspace;
        this.identity = identity;
        this.outbox = new Outbox(shared.format(), shared.settings().frameBudgetBytes());
        this.rate = new RateLimit(
                shared.settings().messagesPerSecond(), shared.settings().messageBurst());
    }

    // ---- the socket

    @Override
    public void opened(Socket opened) {
        socket = opened;
        opened.setReading(false); // nothing can be read before it is known what module this is
        CompletableFuture.delayedExecutor(shared.helloTimeout().toMillis(), TimeUnit.MILLISECONDS, opened.loop())
                .execute(this::requireHello);
        CompletionStage<Relays.Found> found = shared.engine().relay(workspace);
        found.thenCompose(this::describe).whenCompleteAsync(this::described, opened.loop());
    }

    /** A relay, and what its workspace is; or why not. */
    private record Attached(ActorRef<Relay.Command> relay, Relay.Description description) {}

    private CompletionStage<Attached> describe(Relays.Found found) {
        return switch (found) {
            case Relays.Found.Here(var here) ->
                shared.engine().describe(here).thenApply(description -> new Attached(here, description));
            case Relays.Found.Refused(var refusal) -> CompletableFuture.failedStage(new RefusedException(refusal));
        };
    }

    /** Carries a refusal through a stage. */
    private static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        final transient Refusal refusal;

        RefusedException(Refusal refusal) {
            super(refusal.message(), null, false, false);
            this.refusal = refusal;
        }
    }

    private void described(@Nullable Attached attached, @Nullable Throwable failure) {
        Socket open = socket;
        if (open == null) {
            return;
        }
        if (attached != null && attached.description() instanceof Relay.Description.Known(ModuleSchema schema, var _)) {
            relay = attached.relay();
            requests = new NativeRequests(
                    shared.json(),
                    schema,
                    identity,
                    shared.settings().maxFilterTerms(),
                    shared.settings().maxSubscriptions(),
                    shared.settings().maxSignalBytes());
            early.forEach(this::message);
            early.clear();
            readComplete();
            open.setReading(true);
        } else {
            end(refusal(attached, failure));
        }
    }

    private static Refusal refusal(@Nullable Attached attached, @Nullable Throwable failure) {
        if (attached != null && attached.description() instanceof Relay.Description.Unknown(var refusal)) {
            return refusal;
        }
        Throwable cause = failure != null && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof RefusedException refused
                ? refused.refusal
                : Refusal.later(ErrorCode.UNAVAILABLE, "the workspace cannot be reached now", 1_000);
    }

    @Override
    public void message(byte[] frame) {
        if (outbox.isEnded()) {
            return;
        }
        if (requests == null) {
            early.add(frame); // a read may already be under way when reading is turned off; the hello is in it
            return;
        }
        for (ClientMessage message : requests.read(frame)) {
            if (rate.take()) {
                handle(message);
            } else {
                refuse(message, Refusal.later(ErrorCode.RATE_LIMITED, "too many messages", rate.waitMillis()));
            }
        }
    }

    @Override
    public void readComplete() {
        if (!calls.isEmpty() && relay != null) {
            relay.tell(new Relay.Submit(number, List.copyOf(calls)));
            calls.clear();
        }
        drain();
    }

    @Override
    public void writable() {
        drain();
    }

    @Override
    public void heartbeat() {
        outbox.announcePosition();
        drain();
    }

    @Override
    public void tooLarge(Socket from, String limit) {
        end(Refusal.of(ErrorCode.TOO_LARGE, limit));
    }

    @Override
    public void leave(Socket leaving) {
        // Spread out, so that the node that takes over does not meet everybody at once.
        long retryAfter = ThreadLocalRandom.current().nextLong(GOING_AWAY_SPREAD_MILLIS);
        end(Refusal.later(ErrorCode.UNAVAILABLE, "this node is going away; come back elsewhere", 1 + retryAfter));
    }

    @Override
    public void closed(int code) {
        socket = null;
        if (relay != null && greeted) {
            relay.tell(new Relay.Close(number));
        }
    }

    // ---- messages

    private void handle(ClientMessage message) {
        if (!greeted && !(message instanceof ClientMessage.Hello) && !(message instanceof ClientMessage.Bad)) {
            refuse(message, Refusal.of(ErrorCode.INVALID_ARGS, "the first message is a hello"));
            return;
        }
        ActorRef<Relay.Command> to = Objects.requireNonNull(relay);
        switch (message) {
            case ClientMessage.Hello hello -> hello(hello, to);
            case ClientMessage.Subscribe(var id, var added) -> to.tell(new Relay.Subscribe(number, id, added));
            case ClientMessage.Unsubscribe(var id, var gone) -> to.tell(new Relay.Unsubscribe(number, id, gone));
            case ClientMessage.Request request -> call(request);
            case ClientMessage.Emit(var id, var name, var payload, var target) ->
                to.tell(new Relay.Emit(number, id, name, payload, target));
            case ClientMessage.Ping(var id) -> outbox.say(new ServerMessage.Pong(id));
            case ClientMessage.Bad bad -> refuse(bad, bad.refusal());
        }
    }

    private void hello(ClientMessage.Hello hello, ActorRef<Relay.Command> to) {
        if (greeted) {
            refuse(hello, Refusal.of(ErrorCode.INVALID_ARGS, "a session says hello once"));
            return;
        }
        greeted = true;
        to.tell(new Relay.Open(
                number,
                Long.toString(number, 36),
                hello.id(),
                this,
                identity,
                hello.subscriptions().orElse(List.of()),
                hello.subscriptions().isPresent(),
                hello.resume()));
    }

    private void call(ClientMessage.Request request) {
        if (callsInFlight >= shared.settings().maxCallsInFlight()) {
            refuse(request, Refusal.later(ErrorCode.OVERLOADED, "too many calls of this session wait", 100));
        } else {
            callsInFlight++;
            calls.add(new Relay.Request(request.id(), request.call()));
        }
    }

    private void refuse(ClientMessage message, Refusal refusal) {
        boolean isCall =
                message instanceof ClientMessage.Request || (message instanceof ClientMessage.Bad bad && bad.call());
        if (isCall) {
            callsInFlight++; // its outcome will count as said
            outbox.say(new ServerMessage.Result(message.id(), new Outcome.Refused(refusal, false)));
        } else {
            outbox.say(new ServerMessage.Failed(message.id(), refusal));
        }
    }

    // ---- sending

    @Override
    public Executor eventLoop() {
        return Objects.requireNonNull(socket, "an open session has a socket").loop();
    }

    @Override
    public Outbox outbox() {
        return outbox;
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
            open.write(
                    frame.rendered(Frame.class, from -> Frame.text(from.parts().toArray(byte[][]::new))));
            wrote = true;
        }
        callsInFlight -= outbox.takeResultsSaid();
        if (wrote) {
            open.flush();
        }
        if (outbox.takeBehind() && relay != null) {
            relay.tell(new Relay.Behind(number));
        }
        outbox.farewell().ifPresent(refusal -> close(open, refusal));
    }

    private void close(Socket open, Refusal refusal) {
        int code = switch (refusal.code()) {
            case FORBIDDEN, UNAUTHENTICATED, RATE_LIMITED, NOT_FOUND -> 1008;
            case TOO_LARGE -> 1009;
            case INTERNAL -> 1011;
            case OVERLOADED, UNAVAILABLE -> 1013;
            case INVALID_ARGS, REJECTED, CONFLICT, KEY_CONFLICT, STALE_CURSOR -> 1008;
        };
        open.close(code, refusal.code().wire());
    }

    private void end(Refusal refusal) {
        outbox.end(new ServerMessage.Bye(refusal));
        drain();
    }

    private void requireHello() {
        if (!greeted && socket != null) {
            end(Refusal.of(
                    ErrorCode.INVALID_ARGS,
                    "no hello within " + shared.helloTimeout().toSeconds() + " s"));
        }
    }
}
