package io.skein.edge.auth;

import io.skein.edge.auth.Verification.Refused;
import io.skein.edge.auth.Verification.Verified;
import io.skein.edge.http.Problem;
import io.skein.edge.http.ProblemException;
import io.skein.edge.http.Request;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.schema.Identity;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Finds out who sends a request. Its stages fail with the {@link ProblemException} to answer with. */
public final class Authenticator {
    private static final String SCHEME = "bearer ";
    /** The scope, in a token's {@code scope} claim (RFC 8693), of who may look at the whole cluster. */
    static final String OPERATOR = "skein:operator";

    private final AuthSettings settings;
    private final TokenVerifier verifier;
    private final Tickets tickets;
    private final InstantSource clock;

    public Authenticator(AuthSettings settings, TokenVerifier verifier, Tickets tickets, InstantSource clock) {
        this.settings = settings;
        this.verifier = verifier;
        this.tickets = tickets;
        this.clock = clock;
    }

    /** Who calls over plain HTTP: by the {@code Authorization} header and nothing else. */
    public CompletionStage<Verified> caller(Request request) {
        String token = bearer(request);
        if (token == null) return refused("an Authorization header with a Bearer token is needed");
        return verifier.verify(token).thenCompose(Authenticator::verifiedOrFailed);
    }

    /** Who calls, if that is an operator; else {@code forbidden}. */
    public CompletionStage<Verified> operator(Request request) {
        return caller(request).thenApply(who -> {
            if (!isOperator(who)) {
                throw new ProblemException(
                        ErrorCode.FORBIDDEN, "this is for operators: who has a token with the scope " + OPERATOR);
            }
            return who;
        });
    }

    /**
     * Whether somebody may look at the whole cluster. In development mode everybody may. It is not written into the tokens of that mode: whoever has
     * one must not be an operator any more once the mode is another.
     */
    boolean isOperator(Verified who) {
        if (settings.development()) return true;
        return switch (who.claims().get("scope")) {
            case String scopes -> List.of(scopes.split(" ", -1)).contains(OPERATOR);
            case List<?> scopes -> scopes.contains(OPERATOR);
            case null, default -> false;
        };
    }

    /**
     * Who opens a socket: by the header; else by the ticket in the query parameter of that name; else, in development mode, a
     * new anonymous identity.
     */
    public CompletionStage<Verified> socketCaller(Request request, String ticketParameter) {
        if (bearer(request) != null) return caller(request);
        String ticket = request.query(ticketParameter);
        if (ticket != null) return verifiedOrFailed(tickets.redeem(ticket));
        if (settings.development()) return CompletableFuture.completedFuture(anonymous());
        return refused("a Bearer token or a ticket is needed");
    }

    /** Who shows this, a token or a ticket, where a wire has one place for either. */
    public CompletionStage<Verified> holder(String tokenOrTicket) {
        return switch (tickets.redeem(tokenOrTicket)) {
            case Verified verified -> CompletableFuture.completedFuture(verified);
            case Refused _ -> verifier.verify(tokenOrTicket).thenCompose(Authenticator::verifiedOrFailed);
        };
    }

    /**
     * The same, with the token that the caller may come back with: the one in the header, or a new one for somebody new; empty for
     * who came by a ticket and has a token.
     */
    public CompletionStage<Guest> guest(Request request, String ticketParameter, TokenIssuer issuer) {
        String bearer = bearer(request);
        boolean unknown = bearer == null && request.query(ticketParameter) == null;
        return socketCaller(request, ticketParameter).thenApply(who -> {
            String token = unknown ? issuer.issue(who.subject()) : bearer == null ? "" : bearer;
            return new Guest(who.identity(), token);
        });
    }

    /** Who came, and what to come back with. */
    public record Guest(Identity identity, String token) {}

    /** Somebody new. */
    Verified anonymous() {
        return new Verified(
                settings.issuer(), Randoms.hex128(), clock.instant().plus(settings.tokenLifetime()), Map.of());
    }

    private static @Nullable String bearer(Request request) {
        List<String> headers = request.headers("authorization");
        if (headers.isEmpty()) return null;
        String only = headers.getFirst();
        if (headers.size() > 1 || !only.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw new ProblemException(ErrorCode.UNAUTHENTICATED, "the Authorization header is not one Bearer token");
        }
        return only.substring(SCHEME.length()).strip();
    }

    private static CompletionStage<Verified> verifiedOrFailed(Verification verification) {
        return switch (verification) {
            case Verified verified -> CompletableFuture.completedFuture(verified);
            case Refused(Problem problem) -> CompletableFuture.failedFuture(new ProblemException(problem));
        };
    }

    private static CompletionStage<Verified> refused(String detail) {
        return verifiedOrFailed(Refused.because(detail));
    }
}
