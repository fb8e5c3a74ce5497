package io.skein.edge.session;

import io.skein.engine.reducer.Call;
import io.skein.engine.relay.PresenceRequest;
import io.skein.engine.relay.Relay;
import io.skein.engine.schema.Json;
import io.skein.engine.view.Subscription;
import io.skein.engine.workspace.Signal;
import java.util.List;
import java.util.Optional;

/** What a client of the native wire says; see {@code docs/native-wire.md}. */
sealed interface ClientMessage {
    long id();

    /** @param subscriptions empty optional: none were asked for */
    record Hello(
            long id,
            Optional<List<Subscription>> subscriptions,
            Optional<Relay.Resume> resume,
            Optional<PresenceRequest> presence)
            implements ClientMessage {}

    record Subscribe(long id, Subscription subscription) implements ClientMessage {}

    record Unsubscribe(long id, long subscription) implements ClientMessage {}

    /** @param traceparent of the span that the client's call is part of; empty: it says none */
    record Request(long id, Call call, String traceparent) implements ClientMessage {}

    record Emit(long id, String name, Json payload, Signal.Target to) implements ClientMessage {}

    record Present(long id, PresenceRequest request) implements ClientMessage {}

    /** @param token that takes the place of the one the session came by */
    record Renew(long id, String token) implements ClientMessage {
        /** Without the token. */
        @Override
        public String toString() {
            return "Renew[" + id + "]";
        }
    }

    record Ping(long id) implements ClientMessage {}

    /**
     * Something that could not be understood.
     *
     * @param id -1 if it could not be read
     * @param call whether it was meant as a call, whose answer is an outcome
     */
    record Bad(long id, boolean call, io.skein.engine.module.Refusal refusal) implements ClientMessage {}
}
