package io.skein.edge.auth;

import com.fasterxml.jackson.core.JsonGenerator;
import io.skein.edge.auth.Verification.Verified;
import io.skein.edge.http.ProblemException;
import io.skein.edge.http.Request;
import io.skein.edge.http.Response;
import io.skein.edge.http.Router;
import io.skein.edge.json.Json;
import io.skein.engine.module.ErrorCode;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;

/** Who somebody is, and tickets; for tokens and revocations see the API. */
public final class IdentityRoutes {
    private final AuthSettings settings;
    private final Authenticator authenticator;
    private final TokenIssuer issuer;
    private final Tickets tickets;
    private final InstantSource clock;

    IdentityRoutes(
            AuthSettings settings,
            Authenticator authenticator,
            TokenIssuer issuer,
            Tickets tickets,
            InstantSource clock) {
        this.clock = clock;
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
        return authenticator
                .anonymous(request)
                .thenApply(somebody -> secret(201, out -> {
                    out.writeStartObject();
                    out.writeStringField("identity", somebody.identity().toString());
                    out.writeStringField(
                            "token", issuer.issue(somebody.subject()).token());
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
                    writeToken(out, who);
                    out.writeEndObject();
                }));
    }

    /** What a token is bound to and what it may be used for; null: nothing, and everything. */
    public static void writeToken(JsonGenerator out, Verified who) throws IOException {
        Binding bound = who.binding();
        writeText(out, "id", bound.tokenId());
        writeText(out, "device", bound.device());
        writeText(out, "session", bound.session());
        if (who.scopes().unlimited() && !who.scopes().operator()) {
            out.writeNullField("scopes");
        } else {
            out.writeArrayFieldStart("scopes");
            for (String word : who.scopes().words()) {
                out.writeString(word);
            }
            out.writeEndArray();
        }
    }

    private static void writeText(JsonGenerator out, String name, String text) throws IOException {
        if (text.isEmpty()) {
            out.writeNullField(name);
        } else {
            out.writeStringField(name, text);
        }
    }

    private long leftMillis(Verified who) {
        return Math.max(0, Duration.between(clock.instant(), who.expiresAt()).toMillis());
    }

    /**
     * A ticket for the caller's token, and for how much longer that is good, in milliseconds: a socket ends with it. The member's name is what clients
     * of the SpacetimeDB wire expect, too.
     */
    private CompletionStage<Response> ticket(Request request) {
        return authenticator
                .caller(request)
                .thenApply(who -> secret(200, out -> {
                    out.writeStartObject();
                    out.writeStringField("token", tickets.issue(who));
                    out.writeNumberField("expiresIn", leftMillis(who));
                    out.writeEndObject();
                }));
    }

    private static Response secret(int status, Json.Writer writer) {
        return Response.json(status, writer).withHeader("cache-control", "no-store");
    }
}
