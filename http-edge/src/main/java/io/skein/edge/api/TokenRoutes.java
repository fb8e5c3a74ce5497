package io.skein.edge.api;

import io.skein.edge.auth.Auth;
import io.skein.edge.auth.IdentityRoutes;
import io.skein.edge.auth.Revocations;
import io.skein.edge.auth.Scope;
import io.skein.edge.auth.Scopes;
import io.skein.edge.auth.TokenIssuer.Issued;
import io.skein.edge.auth.TokenIssuer.Wish;
import io.skein.edge.auth.Verification.Verified;
import io.skein.edge.http.ProblemException;
import io.skein.edge.http.Request;
import io.skein.edge.http.Response;
import io.skein.edge.http.Router;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.schema.Default;
import io.skein.engine.schema.Identity;
import io.skein.persistence.auth.Revocation;
import io.skein.persistence.auth.Revocation.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;

/** Narrower tokens from the one that somebody has (rules K1 and K2), and the end of tokens before they expire (K3). */
final class TokenRoutes {
    private static final Pattern NAME = Pattern.compile("[!-~]{1,128}");

    private final Door door;
    private final Bodies bodies;
    private final Auth auth;
    private final InstantSource clock;

    TokenRoutes(Door door, Bodies bodies, Auth auth, InstantSource clock) {
        this.door = door;
        this.bodies = bodies;
        this.auth = auth;
        this.clock = clock;
    }

    void addTo(Router.Builder router) {
        router.post("/v1/identity/tokens", this::make).post("/v1/identity/revocations", this::revoke);
    }

    // ---- tokens

    /**
     * @param scopes absent: those of the caller's token
     * @param lifetime in seconds; absent: as the settings say, and no longer than the caller's token has left
     */
    record NewToken(
            @Default("") String device,
            @Default("") String session,
            Optional<List<String>> scopes,
            Optional<Long> lifetime) {}

    private CompletionStage<Response> make(Request request) {
        return door.somebody(request)
                .thenCompose(who -> {
                    Door.permit(door.guard().newToken(who.identity()));
                    Issued issued = auth.issuer().make(who, wish(bodies.read(request, NewToken.class)));
                    requireCounts(issued.says());
                    return door.found(auth.trail().made(who, request.address(), issued.says()))
                            .thenApply(_ -> made(issued));
                })
                .whenComplete((_, failure) -> {
                    if (failure != null) {
                        auth.meters().countFailed();
                    }
                });
    }

    private static Wish wish(NewToken wanted) {
        return new Wish(
                wanted.device().isEmpty() ? "" : named("device", wanted.device()),
                wanted.session().isEmpty() ? "" : named("session", wanted.session()),
                wanted.scopes().map(words -> Bodies.parsed(words, Scopes::asked)),
                wanted.lifetime().map(seconds -> {
                    if (seconds < 1 || seconds > Integer.MAX_VALUE) {
                        throw Bodies.invalid("lifetime is in seconds, and at least 1");
                    }
                    return Duration.ofSeconds(seconds);
                }));
    }

    private static String named(String what, String text) {
        if (!NAME.matcher(text).matches()) {
            throw Bodies.invalid("a " + what + " has 1 to 128 visible ASCII characters");
        }
        return text;
    }

    /** One that would be refused wherever it is shown is not made. */
    private void requireCounts(Verified says) {
        auth.revocations().objection(says).ifPresent(objection -> {
            throw new ProblemException(ErrorCode.FORBIDDEN, "the device or session of this token was revoked");
        });
    }

    private Response made(Issued issued) {
        Verified says = issued.says();
        auth.meters().countMade();
        return Response.json(201, out -> {
                    out.writeStartObject();
                    out.writeStringField("token", issued.token());
                    out.writeStringField("identity", says.identity().toString());
                    out.writeStringField("expiresAt", says.expiresAt().toString());
                    IdentityRoutes.writeToken(out, says);
                    out.writeEndObject();
                })
                .withHeader("cache-control", "no-store");
    }

    // ---- revocations

    /**
     * One of the first four.
     *
     * @param token the id of one, which ends those made from it, too
     * @param all every token that was issued up to now
     * @param identity whose, if it is not the caller
     */
    record NewRevocation(
            @Default("") String token,
            @Default("") String session,
            @Default("") String device,
            @Default("false") boolean all,
            Optional<String> identity) {}

    private CompletionStage<Response> revoke(Request request) {
        return door.somebody(request).thenCompose(who -> {
            NewRevocation wanted = bodies.read(request, NewRevocation.class);
            Identity user = wanted.identity().map(Bodies::identity).orElse(who.identity());
            Revocation revocation = revocation(wanted, user, who.identity());
            requireMay(who, revocation);
            boolean isOperators = auth.authenticator().isOperator(who);
            return door.found(auth.revocations().revoke(revocation, who, request.address(), isOperators))
                    .thenApply(TokenRoutes::answer);
        });
    }

    private Revocation revocation(NewRevocation wanted, Identity user, Identity by) {
        var found = new ArrayList<Revocation>();
        Instant now = clock.instant();
        // Tokens say in whole seconds when they were issued: those of this second are among them.
        Instant until = now.truncatedTo(ChronoUnit.SECONDS);
        Revocations kept = auth.revocations();
        for (Kind kind : Kind.values()) {
            String value = switch (kind) {
                case TOKEN -> wanted.token();
                case SESSION -> wanted.session();
                case DEVICE -> wanted.device();
                case ALL -> "";
            };
            if (kind == Kind.ALL ? wanted.all() : !value.isEmpty()) {
                String valid = kind == Kind.ALL ? "" : shortened(value);
                found.add(new Revocation(
                        user,
                        kind,
                        valid,
                        until,
                        by,
                        now.truncatedTo(ChronoUnit.MICROS),
                        now.plus(kept.kept()).truncatedTo(ChronoUnit.MICROS)));
            }
        }
        if (found.size() != 1) {
            throw Bodies.invalid("one of token, session, device, and all: true");
        }
        return found.getFirst();
    }

    /** Ids of other issuers may be anything, but not long. */
    private static String shortened(String value) {
        if (value.length() > 1_000 || value.chars().anyMatch(Character::isISOControl)) {
            throw Bodies.invalid("an id has at most 1000 characters, none of them control characters");
        }
        return value;
    }

    /**
     * Operators may end anybody's tokens, and whoever may administer, their own user's. A token that is limited may end itself, and its session: so whoever
     * has it can always sign out.
     */
    private void requireMay(Verified who, Revocation revocation) {
        if (!revocation.identity().equals(who.identity())) {
            if (!auth.authenticator().isOperator(who)) {
                throw new ProblemException(ErrorCode.FORBIDDEN, "only operators revoke the tokens of others");
            }
            return;
        }
        boolean isItself = switch (revocation.kind()) {
            case TOKEN -> revocation.value().equals(who.binding().tokenId());
            case SESSION -> revocation.value().equals(who.binding().session());
            case DEVICE, ALL -> false;
        };
        if (!isItself) {
            door.require(who, Scope.adminAny());
        }
    }

    private static Response answer(Revocation revocation) {
        return Response.json(201, out -> {
                    out.writeStartObject();
                    out.writeStringField("identity", revocation.identity().toString());
                    out.writeStringField("kind", revocation.kind().wire());
                    if (revocation.kind() != Kind.ALL) {
                        out.writeStringField("value", revocation.value());
                    }
                    out.writeStringField("revokedAt", revocation.revokedAt().toString());
                    out.writeStringField("keptUntil", revocation.expiresAt().toString());
                    out.writeEndObject();
                })
                .withHeader("cache-control", "no-store");
    }
}
