package io.skein.edge.session;

import io.skein.cluster.SkeinSettings;
import io.skein.edge.auth.Authenticator;
import io.skein.edge.auth.Permits;
import io.skein.edge.auth.Verification.Verified;
import io.skein.edge.guard.Address;
import io.skein.edge.guard.Guard;
import io.skein.edge.http.Frame;
import io.skein.edge.http.Socket;
import io.skein.edge.http.SocketHandler;
import io.skein.edge.json.Json;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.relay.PresenceRequest;
import io.skein.engine.relay.Relay;
import io.skein.engine.relay.ServerMessage;
import io.skein.engine.runtime.Engine;
import io.skein.engine.workspace.RateLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket of the native wire: reads the client's messages and hands them to the relay. Lives on the socket's event loop.
 */
public final class NativeSession implements SocketHandler {
    /** What all sessions of a node share. */
    public record Shared(
            Engine engine,
            NativeFormat format,
            Json json,
            SkeinSettings.Session settings,
            Duration helloTimeout,
            Authenticator authenticator,
            Permits permits,
            Guard guard) {}

    private static final SocketPort.Wire WIRE = new SocketPort.Wire() {
        @Override
        public Frame frame(byte[][] parts) {
            return Frame.text(parts);
        }

        @Override
        public int closeCode(Refusal why) {
            return switch (why.code()) {
                case FORBIDDEN, UNAUTHENTICATED, RATE_LIMITED, NOT_FOUND -> 1008;
                case TOO_LARGE -> 1009;
                case INTERNAL -> 1011;
                case OVERLOADED, UNAVAILABLE -> 1013;
                case INVALID_ARGS, REJECTED, CONFLICT, KEY_CONFLICT, STALE_CURSOR -> 1008;
            };
        }

        @Override
        public String closeReason(Refusal why) {
            return why.code().wire();
        }
    };

    private final Shared shared;
    private final String workspace;
    private final Verified who;
    private final Address address;
    private final SocketPort port;
    private final RateLimit rate;
    /** Of what costs others a frame each. */
    private final RateLimit signals;

    /** Frames of the one read that may be under way before the workspace is known. */
    private final List<byte[]> early = new ArrayList<>();

    private @Nullable Socket socket;
    private @Nullable NativePermit permit;
    private @Nullable ActorRef<Relay.Command> relay;
    private @Nullable NativeRequests requests;
    private boolean greeted;
    /** Whether the session has said something of itself. */
    private boolean present;

    /**
     * @param who has a token that may be used to read this workspace
     * @param address where they come from
     */
    public NativeSession(Shared shared, String workspace, Verified who, Address address) {
        this.shared = shared;
        this.workspace = workspace;
        this.who = who;
        this.address = address;
        this.port = new SocketPort(
                WIRE,
                shared.format(),
                shared.format(),
                shared.settings(),
                shared.engine().relayCounters().atSession(),
                call -> shared.guard().call(address, call),
                shared.engine().tracing());
        this.rate = new RateLimit(
                shared.settings().messagesPerSecond(), shared.settings().messageBurst());
        this.signals = new RateLimit(
                shared.settings().signalsPerSecond(), shared.settings().signalBurst());
    }

    // ---- the socket

    @Override
    public void opened(Socket opened) {
        socket = opened;
        port.opened(opened);
        permit = new NativePermit(
                shared.permits().open(who, opened.loop(), port::cutOff), shared.authenticator(), workspace, port);
        opened.setReading(false); // nothing can be read before it is known what module this is
        CompletableFuture.delayedExecutor(shared.helloTimeout().toMillis(), TimeUnit.MILLISECONDS, opened.loop())
                .execute(this::requireHello);
        Entrance.of(shared.engine(), workspace).thenAcceptAsync(this::entered, opened.loop());
    }

    private void entered(Entrance entrance) {
        Socket open = socket;
        if (open == null) {
            return;
        }
        switch (entrance) {
            case Entrance.Open(var to, var found) -> {
                relay = to;
                requests = new NativeRequests(
                        shared.json(),
                        found,
                        who.identity(),
                        shared.settings().maxFilterTerms(),
                        shared.settings().maxSubscriptions(),
                        shared.settings().maxSignalBytes());
                early.forEach(this::message);
                early.clear();
                readComplete();
                open.setReading(true);
            }
            case Entrance.Shut(var why) -> port.end(why);
        }
    }

    @Override
    public void message(byte[] frame) {
        if (port.isEnded() || permit().isOver()) {
            return;
        }
        if (requests == null) {
            early.add(frame); // a read may already be under way when reading is turned off; the hello is in it
            return;
        }
        for (ClientMessage message : requests.read(frame)) {
            if (!rate.take()) {
                refuse(message, Refusal.later(ErrorCode.RATE_LIMITED, "too many messages", rate.waitMillis()));
            } else if (isSignal(message) && !signals.take()) {
                refuse(message, Refusal.later(ErrorCode.RATE_LIMITED, "too many signals", signals.waitMillis()));
            } else {
                handle(message);
            }
        }
    }

    private static boolean isSignal(ClientMessage message) {
        return message instanceof ClientMessage.Emit || message instanceof ClientMessage.Present;
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
    public void heartbeat() {
        port.announcePosition();
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

    // ---- messages

    private void handle(ClientMessage message) {
        if (!greeted && !(message instanceof ClientMessage.Hello) && !(message instanceof ClientMessage.Bad)) {
            refuse(message, Refusal.of(ErrorCode.INVALID_ARGS, "the first message is a hello"));
            return;
        }
        Optional<Refusal> lack =
                permit().lack(message, Objects.requireNonNull(requests).schema());
        if (lack.isPresent()) {
            refuse(message, lack.get());
            return;
        }
        long number = port.number();
        switch (message) {
            case ClientMessage.Hello hello -> hello(hello);
            case ClientMessage.Subscribe(var id, var added) ->
                port.tell(new Relay.Subscribe(number, id, List.of(added)));
            case ClientMessage.Unsubscribe(var id, var gone) ->
                port.tell(new Relay.Unsubscribe(number, id, gone, false));
            case ClientMessage.Request(var id, var call, var traceparent) ->
                port.call(id, call.by(permit().origin(address)), traceparent);
            case ClientMessage.Emit(var id, var name, var payload, var target) ->
                port.tell(new Relay.Emit(number, id, name, payload, target));
            case ClientMessage.Present(var id, var request) -> present(id, request);
            case ClientMessage.Renew renew -> permit().renew(renew, port.eventLoop());
            case ClientMessage.Ping(var id) -> port.say(new ServerMessage.Pong(id));
            case ClientMessage.Bad bad -> refuse(bad, bad.refusal());
        }
    }

    private void hello(ClientMessage.Hello hello) {
        if (greeted) {
            refuse(hello, Refusal.of(ErrorCode.INVALID_ARGS, "a session says hello once"));
            return;
        }
        greeted = true;
        var open = new Relay.Open(
                port.number(),
                port.name(),
                hello.id(),
                port,
                who.identity(),
                hello.subscriptions().orElse(List.of()),
                hello.subscriptions().isPresent(),
                hello.resume());
        port.enter(Objects.requireNonNull(relay), open);
        hello.presence().ifPresent(request -> present(hello.id(), request));
    }

    /** The first word about presence is one for the list, unless it says otherwise. */
    private void present(long id, PresenceRequest request) {
        PresenceRequest.Watch unsaid = new PresenceRequest.Watch.With(NativePresence.LIST);
        boolean first = !present;
        present = true;
        port.tell(new Relay.Present(port.number(), id, first ? request.orWatch(unsaid) : request, false));
    }

    private NativePermit permit() {
        return Objects.requireNonNull(permit, "a session has a permit once its socket is open");
    }

    private void refuse(ClientMessage message, Refusal refusal) {
        boolean isCall =
                message instanceof ClientMessage.Request || (message instanceof ClientMessage.Bad bad && bad.call());
        if (isCall) {
            port.refuseCall(message.id(), refusal);
        } else {
            port.refuse(message.id(), refusal);
        }
    }

    private void requireHello() {
        if (!greeted && socket != null) {
            port.end(Refusal.of(
                    ErrorCode.INVALID_ARGS,
                    "no hello within " + shared.helloTimeout().toSeconds() + " s"));
        }
    }
}
