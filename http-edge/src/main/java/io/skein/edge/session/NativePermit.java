package io.skein.edge.session;

import io.skein.edge.auth.Authenticator;
import io.skein.edge.auth.Permit;
import io.skein.edge.auth.Scope;
import io.skein.edge.auth.Verification.Verified;
import io.skein.edge.guard.Address;
import io.skein.edge.http.ProblemException;
import io.skein.engine.audit.Origin;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Reducer;
import io.skein.engine.module.Refusal;
import io.skein.engine.relay.PresenceRequest;
import io.skein.engine.relay.ServerMessage;
import io.skein.engine.workspace.RateLimit;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** What a session of the native wire may do with its token, and how it takes a fresh one. Lives on the socket's event loop. */
final class NativePermit {
    /** Checking a signature costs what hundreds of calls do. */
    private static final int RENEWALS_PER_SECOND = 1;

    private static final int RENEWAL_BURST = 4;

    private final Permit permit;
    private final Authenticator authenticator;
    private final String workspace;
    private final SocketPort port;
    private final RateLimit renewals = new RateLimit(RENEWALS_PER_SECOND, RENEWAL_BURST);

    NativePermit(Permit permit, Authenticator authenticator, String workspace, SocketPort port) {
        this.permit = permit;
        this.authenticator = authenticator;
        this.workspace = workspace;
        this.port = port;
    }

    /** Whether nothing that the client says counts any more. */
    boolean isOver() {
        return permit.isOver();
    }

    void close() {
        permit.close();
    }

    /** What the audit log says of what comes now, from there. */
    Origin origin(Address from) {
        return permit.who().origin(from);
    }

    /** Why the token may not be used for this message; empty: it may. */
    Optional<Refusal> lack(ClientMessage message, ModuleSchema schema) {
        return switch (message) {
            case ClientMessage.Request(var _, var call, var _) -> {
                Reducer<?> reducer = Objects.requireNonNull(schema.reducer(call.reducer()), "it was read as one");
                yield permit.lack(Scope.call(workspace, reducer));
            }
            case ClientMessage.Emit _ -> permit.lack(Scope.tell(workspace));
            case ClientMessage.Present(var _, var request) -> lack(request);
            case ClientMessage.Hello hello -> hello.presence().flatMap(this::lack);
            case ClientMessage.Subscribe _,
                    ClientMessage.Unsubscribe _,
                    ClientMessage.Renew _,
                    ClientMessage.Ping _,
                    ClientMessage.Bad _ -> Optional.empty();
        };
    }

    /** Being seen is part of reading; what one says of oneself is not. */
    private Optional<Refusal> lack(PresenceRequest request) {
        boolean tells = !request.state().isEmpty() || request.active().isPresent();
        return tells ? permit.lack(Scope.tell(workspace)) : Optional.empty();
    }

    /** Checks a fresh token, puts it in the place of the one there was, and says so; or why not. */
    void renew(ClientMessage.Renew message, Executor loop) {
        if (!renewals.take()) {
            refuse(message.id(), Refusal.later(ErrorCode.RATE_LIMITED, "too many tokens", renewals.waitMillis()));
            return;
        }
        var _ = authenticator
                .verify(message.token())
                .handleAsync(
                        (next, failure) -> {
                            renewed(message.id(), next, failure);
                            return next;
                        },
                        loop);
    }

    private void renewed(long id, @Nullable Verified next, @Nullable Throwable failure) {
        if (permit.isOver()) {
            return;
        }
        if (next == null) {
            refuse(id, refusal(failure));
        } else {
            permit.renew(next, Scope.read(workspace))
                    .ifPresentOrElse(
                            why -> refuse(id, why),
                            () -> port.say(
                                    NativeFormat.renewed(id, permit.left().toMillis())));
        }
        port.drain();
    }

    private void refuse(long id, Refusal refusal) {
        port.say(new ServerMessage.Failed(id, refusal));
    }

    private static Refusal refusal(@Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof ProblemException refused
                ? refused.problem().refusal()
                : Refusal.of(ErrorCode.INTERNAL, "the token could not be checked");
    }
}
