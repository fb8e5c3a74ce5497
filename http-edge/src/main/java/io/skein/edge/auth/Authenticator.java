package io.skein.edge.auth;

import io.skein.edge.auth.Verification.Refused;
import io.skein.edge.auth.Verification.Verified;
import io.skein.edge.guard.Guard;
import io.skein.edge.http.Lease;
import io.skein.edge.http.Problem;
import io.skein.edge.http.ProblemException;
import io.skein.edge.http.Request;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.schema.Identity;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds out who sends a request. Its stages fail with the {@link ProblemException} to answer with. */
public final class Authenticator {
    private static final String SCHEME = "bearer ";

    private final AuthSettings settings;
    private final TokenVerifier verifier;
    private final Tickets tickets;
    private final Standing standing;
    private final Function<Verified, Lease> leases;
    private final Guard guard;
    private final AuthMeters meters;
    private final InstantSource clock;

    Authenticator(
            AuthSettings settings,
            TokenVerifier verifier,
            Tickets tickets,
            Standing standing,
            Function<Verified, Lease> leases,
            Guard guard,
            AuthMeters meters,
            InstantSource clock) {
        this.settings = settings;
        this.verifier = verifier;
        this.tickets = tickets;
        this.standing = standing;
        this.leases = leases;
        this.guard = guard;
        this.meters = meters;
        this.clock = clock;
    }

    /** Who calls over plain HTTP: by the {@code Authorization} header and nothing else. */
    public CompletionStage<Verified> caller(Request request) {
        String token = bearer(request);
        if (token == null) {
            return refused(Failure.MISSING, "an Authorization header with a Bearer token is needed");
        }
        return verify(token).thenApply(who -> {
            request.restsOn(leases.apply(who));
            return who;
        });
    }

    /** Who calls, if their token may be used for this; else {@code forbidden}. */
    public CompletionStage<Verified> caller(Request request, Scope needed) {
        return caller(request).thenApply(who -> {
            require(who, needed);
            return who;
        });
    }

    /**
     * Whether a token may be used for something. Every wire asks before it asks the engine.
     *
     * @throws ProblemException {@code forbidden} with reason {@code scope}, where it may not
     */
    public void require(Verified who, Scope needed) {
        who.scopes().lack(needed).ifPresent(lack -> {
            meters.count(Failure.SCOPE);
            throw new ProblemException(Problem.of(lack));
        });
    }

    /** Whose token this is. */
    public CompletionStage<Verified> verify(String token) {
        return verifier.verify(token).thenCompose(this::verifiedOrFailed);
    }

    /** Who calls, if that is an operator; else {@code forbidden}. */
    public CompletionStage<Verified> operator(Request request) {
        return caller(request).thenApply(who -> {
            if (!isOperator(who)) {
                throw new ProblemException(
                        ErrorCode.FORBIDDEN,
                        "this is for operators: who has a token with the scope " + Scopes.OPERATOR);
            }
            return who;
        });
    }

    /**
     * Whether somebody may look at the whole cluster. In development mode everybody may whose token is not limited. It is not written into the tokens
     * of that mode: whoever has one must not be an operator any more once the mode is another.
     */
    public boolean isOperator(Verified who) {
        return who.scopes().operator()
                || (settings.development() && who.scopes().unlimited());
    }

    /**
     * Who opens a socket: by the header; else by the ticket in the query parameter of that name; else, in development mode, a
     * new anonymous identity.
     */
    public CompletionStage<Verified> socketCaller(Request request, String ticketParameter) {
        if (bearer(request) != null) return caller(request);
        String ticket = request.query(ticketParameter);
        if (ticket != null) return verifiedOrFailed(tickets.redeem(ticket));
        if (settings.development()) return anonymous(request);
        return refused(Failure.MISSING, "a Bearer token or a ticket is needed");
    }

    /** Who shows this, a token or a ticket, where a wire has one place for either. */
    public CompletionStage<Verified> holder(String tokenOrTicket) {
        return switch (tickets.redeem(tokenOrTicket)) {
            case Verified verified -> verifiedOrFailed(verified);
            case Refused _ -> verify(tokenOrTicket);
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
            if (unknown) {
                TokenIssuer.Issued issued = issuer.issue(who.subject());
                return new Guest(issued.says(), issued.token());
            }
            return new Guest(who, bearer == null ? "" : bearer);
        });
    }

    /** Who came, and what to come back with. */
    public record Guest(Verified who, String token) {
        public Identity identity() {
            return who.identity();
        }
    }

    /** Somebody new, unless too many of them come from where this one does. */
    CompletionStage<Verified> anonymous(Request request) {
        Optional<Refusal> refusal = guard.newIdentity(request.address());
        if (refusal.isPresent()) {
            return CompletableFuture.failedFuture(new ProblemException(Problem.of(refusal.get())));
        }
        Instant now = clock.instant();
        return CompletableFuture.completedFuture(new Verified(
                settings.issuer(),
                Randoms.hex128(),
                now.plus(settings.tokenLifetime()),
                Binding.none(now),
                Scopes.EVERYTHING));
    }

    private @Nullable String bearer(Request request) {
        List<String> headers = request.headers("authorization");
        if (headers.isEmpty()) return null;
        String only = headers.getFirst();
        if (headers.size() > 1 || !only.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            meters.count(Failure.MALFORMED);
            throw new ProblemException(ErrorCode.UNAUTHENTICATED, "the Authorization header is not one Bearer token");
        }
        return only.substring(SCHEME.length()).strip();
    }

    /** What is genuine may have been revoked. */
    private CompletionStage<Verified> verifiedOrFailed(Verification verification) {
        Verification judged = switch (verification) {
            case Verified verified ->
                standing.objection(verified)
                        .<Verification>map(objection -> objection)
                        .orElse(verified);
            case Refused refused -> refused;
        };
        return switch (judged) {
            case Verified verified -> CompletableFuture.completedFuture(verified);
            case Refused(var failure, var problem) -> {
                meters.count(failure);
                yield CompletableFuture.failedFuture(new ProblemException(problem));
            }
        };
    }

    private CompletionStage<Verified> refused(Failure failure, String detail) {
        return verifiedOrFailed(Refused.because(failure, detail));
    }
}
