package io.skein.edge.spacetime;

import io.skein.cluster.SkeinSettings;
import io.skein.edge.auth.Auth;
import io.skein.edge.auth.Authenticator;
import io.skein.edge.auth.Scope;
import io.skein.edge.auth.TokenIssuer;
import io.skein.edge.guard.Guard;
import io.skein.edge.http.Problem;
import io.skein.edge.http.Request;
import io.skein.edge.http.SocketRoute;
import io.skein.edge.http.SocketRoute.Decision;
import io.skein.edge.session.Entrance;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.runtime.Engine;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Where clients of the SpacetimeDB wire connect. Who may not, or to what is not there, hears it as the answer to the upgrade. */
public final class SpacetimeSocket {
    private static final String PATH = "/v1/database/{workspace}/subscribe";
    private static final String V3 = "v3.bsatn.spacetimedb";
    private static final String V2 = "v2.bsatn.spacetimedb";

    private final SpacetimeSession.Shared shared;
    private final Authenticator authenticator;
    private final TokenIssuer issuer;
    private final int maxMessageBytes;

    public SpacetimeSocket(Engine engine, SkeinSettings settings, Auth auth, Guard guard, InstantSource clock) {
        this.shared = new SpacetimeSession.Shared(engine, settings.session(), auth.permits(), guard, clock);
        this.authenticator = auth.authenticator();
        this.issuer = auth.issuer();
        this.maxMessageBytes = settings.http().maxBodyBytes();
    }

    public SocketRoute route() {
        return new SocketRoute(
                PATH, List.of(V3, V2), SocketRoute.Payload.BINARY, OptionalInt.of(maxMessageBytes), this::accept);
    }

    private CompletionStage<Decision> accept(Request request, String subprotocol) {
        String workspace = request.parameter("workspace");
        if (!Engine.isWorkspaceId(workspace)) {
            return refuse(Problem.of(ErrorCode.NOT_FOUND, "no database is called so"));
        }
        String named = request.query("connection_id");
        Optional<ConnectionId> connection =
                named == null ? Optional.of(ConnectionId.random()) : ConnectionId.parse(named);
        if (connection.isEmpty()) {
            return refuse(Problem.of(ErrorCode.INVALID_ARGS, "connection_id is 32 hex digits, and not zero"));
        }
        SpacetimeFormat format = subprotocol.equals(V3) ? SpacetimeFormat.V3 : SpacetimeFormat.V2;
        return authenticator
                .guest(request, "token", issuer)
                .thenApply(guest -> {
                    authenticator.require(guest.who(), Scope.read(workspace));
                    return guest;
                })
                .thenCompose(guest -> Entrance.of(shared.engine(), workspace).thenApply(entrance -> switch (entrance) {
                    case Entrance.Open open ->
                        new Decision.Open(new SpacetimeSession(
                                shared, workspace, guest, open, connection.get(), format, request.address()));
                    case Entrance.Shut(var why) -> new Decision.Refuse(Problem.of(why));
                }));
    }

    private static CompletionStage<Decision> refuse(Problem problem) {
        return CompletableFuture.completedFuture(new Decision.Refuse(problem));
    }
}
