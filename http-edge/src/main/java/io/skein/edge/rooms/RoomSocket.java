package io.skein.edge.rooms;

import io.skein.cluster.SkeinSettings;
import io.skein.edge.auth.Auth;
import io.skein.edge.auth.Authenticator;
import io.skein.edge.auth.Verification.Verified;
import io.skein.edge.guard.Address;
import io.skein.edge.guard.Guard;
import io.skein.edge.http.ProblemException;
import io.skein.edge.http.Request;
import io.skein.edge.http.Router;
import io.skein.edge.http.SocketRoute;
import io.skein.edge.http.SocketRoute.Decision;
import io.skein.engine.module.Access;
import io.skein.engine.runtime.Engine;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Where clients of Yjs connect: {@code /rooms/} and a room's name with y-websocket, any path that begins so with Hocuspocus, whose frames
 * name the room. Every socket is opened; who may not enter hears so in the words of its wire, because an HTTP answer makes these clients try for
 * ever.
 */
public final class RoomSocket {
    /** What clients of y-websocket put into the query, as they can send nothing else. */
    private static final String TOKEN = "token";

    private final RoomConnection.Shared shared;
    private final Authenticator authenticator;

    public RoomSocket(Engine engine, SkeinSettings settings, Auth auth, Guard guard) {
        this.shared = new RoomConnection.Shared(
                new Rooms(engine, guard, newRooms(settings)),
                settings.session(),
                settings.http().helloTimeout(),
                auth.permits(),
                engine.relayCounters().atSession(),
                engine.tracing());
        this.authenticator = auth.authenticator();
    }

    private static Optional<Access> newRooms(SkeinSettings settings) {
        boolean development = settings.auth().mode() == SkeinSettings.AuthMode.DEVELOPMENT;
        return switch (settings.rooms().newRooms()) {
            case AUTO -> Optional.of(development ? Access.PUBLIC_WRITE : Access.PRIVATE);
            case NONE -> Optional.empty();
            case PRIVATE -> Optional.of(Access.PRIVATE);
            case PUBLIC_READ -> Optional.of(Access.PUBLIC_READ);
            case PUBLIC_WRITE -> Optional.of(Access.PUBLIC_WRITE);
        };
    }

    public void addTo(Router.Builder router) {
        router.socket(route("/rooms")).socket(route("/rooms/{room*}"));
    }

    private SocketRoute route(String template) {
        return new SocketRoute(
                template,
                List.of(),
                SocketRoute.Payload.BINARY,
                RoomSession.maxMessageBytes(),
                (request, _) -> accept(request, template.endsWith("*}") ? request.parameter("room") : ""));
    }

    private CompletionStage<Decision> accept(Request request, String room) {
        var caller = new RoomConnection.Caller() {
            @Override
            public Address address() {
                return request.address();
            }

            @Override
            public CompletionStage<Verified> opener() {
                String token = request.query(TOKEN);
                try {
                    return token == null || token.isEmpty()
                            ? authenticator.socketCaller(request, "ticket")
                            : authenticator.holder(token);
                } catch (ProblemException e) {
                    // The socket is open already: what is wrong with its request is told on it.
                    return CompletableFuture.failedFuture(e);
                }
            }

            @Override
            public CompletionStage<Verified> holder(String token) {
                return authenticator.holder(token);
            }
        };
        return CompletableFuture.completedFuture(new Decision.Open(new RoomConnection(shared, room, caller)));
    }
}
