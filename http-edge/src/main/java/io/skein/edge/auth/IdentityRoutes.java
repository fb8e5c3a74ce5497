package io.skein.edge.auth;

import io.skein.edge.auth.Verification.Verified;
import io.skein.edge.http.ProblemException;
import io.skein.edge.http.Request;
import io.skein.edge.http.Response;
import io.skein.edge.http.Router;
import io.skein.edge.json.Json;
import io.skein.engine.module.ErrorCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The routes below {@code /v1/identity}. */
public final class IdentityRoutes {
    private final AuthSettings settings;
    private final Authenticator authenticator;
    private final TokenIssuer issuer;
    private final Tickets tickets;

    public IdentityRoutes(AuthSettings settings, Authenticator authenticator, TokenIssuer issuer, Tickets tickets) {
        this.settings = settings;
        this.authenticator = authenticator;
        this.issuer = issuer;
        this.tickets = tickets;
    }

    public void addTo(Router.Builder router) {
        router.post("/v1/identity", this::create)
                .get("/v1/identity", this::show)
                .post("/v1/identity/websocket-token", this::ticket);
    }

    /** A new identity and its token, in development mode. */
    private CompletionStage<Response> create(Request request) {
        if (!settings.development()) {
            throw new ProblemException(ErrorCode.FORBIDDEN, "identities are given away in development mode only");
        }
        Verified somebody = authenticator.anonymous();
        return CompletableFuture.completedFuture(secret(201, out -> {
            out.writeStartObject();
            out.writeStringField("identity", somebody.identity().toString());
            out.writeStringField("token", issuer.issue(somebody.subject()));
            out.writeEndObject();
        }));
    }

    /** Who the caller is. */
    private CompletionStage<Response> show(Request request) {
        return authenticator
                .caller(request)
                .thenApply(who -> secret(200, out -> {
                    out.writeStartObject();
                    out.writeStringField("identity", who.identity().toString());
                    out.writeStringField("issuer", who.issuer());
                    out.writeStringField("subject", who.subject());
                    out.writeStringField("expiresAt", who.expiresAt().toString());
                    out.writeBooleanField("operator", authenticator.isOperator(who));
                    out.writeEndObject();
                }));
    }

    /** A ticket for the caller's token. The member's name is what clients of the SpacetimeDB wire expect, too. */
    private CompletionStage<Response> ticket(Request request) {
        return authenticator
                .caller(request)
                .thenApply(who -> secret(200, out -> {
                    out.writeStartObject();
                    out.writeStringField("token", tickets.issue(who));
                    out.writeEndObject();
                }));
    }

    private static Response secret(int status, Json.Writer writer) {
        return Response.json(status, writer).withHeader("cache-control", "no-store");
    }
}
