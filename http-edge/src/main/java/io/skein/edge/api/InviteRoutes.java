package io.skein.edge.api;

import com.fasterxml.jackson.core.JsonGenerator;
import io.skein.edge.auth.Scope;
import io.skein.edge.http.Request;
import io.skein.edge.http.Response;
import io.skein.edge.http.Router;
import io.skein.engine.membership.Membership;
import io.skein.engine.membership.SystemTables;
import io.skein.engine.membership.SystemTables.Invite;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Default;
import io.skein.engine.schema.Identity;
import io.skein.engine.state.CallKey;
import io.skein.engine.view.Filter;
import io.skein.engine.view.Subscription;
import io.skein.engine.workspace.InviteAnswer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Invitations (rule M4). A token is made here and told to the caller alone; the workspace gets its SHA-256, whose hex digits are the
 * invitation's id.
 */
final class InviteRoutes {
    private static final Duration MAX_LIFE = Duration.ofDays(3_653);

    private final Door door;
    private final Bodies bodies;
    private final Commands commands;
    private final InviteTokens tokens;
    private final InstantSource clock;

    InviteRoutes(Door door, Bodies bodies, Commands commands, InviteTokens tokens, InstantSource clock) {
        this.door = door;
        this.bodies = bodies;
        this.commands = commands;
        this.tokens = tokens;
        this.clock = clock;
    }

    void addTo(Router.Builder router) {
        router.get("/v1/workspaces/{workspace}/invites", this::list)
                .post("/v1/workspaces/{workspace}/invites", this::create)
                .delete("/v1/workspaces/{workspace}/invites/{invite}", this::revoke)
                .post("/v1/workspaces/{workspace}/join/preview", this::preview);
    }

    /**
     * @param role what who joins becomes
     * @param expiresIn in seconds; not both this and {@code expiresAt}; without either it does not expire
     * @param uses how often it can be redeemed
     */
    record NewInvite(
            String role,
            Optional<Instant> expiresAt,
            Optional<Long> expiresIn,
            @Default("1") int uses) {}

    private CompletionStage<Response> create(Request request) {
        String workspace = Door.workspace(request);
        return door.somebody(request).thenCompose(who -> {
            door.require(who, Scope.admin(workspace));
            Identity sender = who.identity();
            NewInvite wanted = bodies.read(request, NewInvite.class);
            String token = tokens.make(workspace, sender, Keys.header(request));
            Bytes hash = Membership.tokenHash(token);
            var args = new Membership.CreateInvite(hash, Bodies.role(wanted.role()), expiry(wanted), wanted.uses());
            Call call = Call.of(sender, Membership.CREATE_INVITE, args)
                    .by(who.origin(request.address()))
                    .withTrace(request.trace());
            // The key is bound to what was asked for: the time of expiry may have been computed from now.
            Optional<CallKey> key = Keys.of(request, Membership.CREATE_INVITE, NewInvite.class, wanted);
            return door.call(request, workspace, key.map(call::withKey).orElse(call))
                    .thenCompose(accepted -> show(workspace, sender, hash)
                            .thenApply(row -> created(workspace, token, hash, accepted, row)));
        });
    }

    private Optional<Instant> expiry(NewInvite wanted) {
        if (wanted.expiresAt().isPresent() && wanted.expiresIn().isPresent()) {
            throw Bodies.invalid("either expiresAt or expiresIn");
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        Optional<Instant> end = wanted.expiresAt()
                .or(() -> wanted.expiresIn().map(seconds -> {
                    if (seconds < 1 || seconds > MAX_LIFE.toSeconds()) {
                        throw Bodies.invalid("expiresIn is 1 to " + MAX_LIFE.toSeconds() + " seconds");
                    }
                    return now.plusSeconds(seconds);
                }));
        if (end.isPresent() && !end.get().isAfter(now)) {
            throw Bodies.invalid("expiresAt is in the past");
        }
        return end;
    }

    /** The invitation as it is kept: a repetition tells what the first request made. */
    private CompletionStage<Optional<Invite>> show(String workspace, Identity sender, Bytes hash) {
        var only = new Filter.Compare("token_hash", Filter.Operator.EQUAL, hash);
        return door.read(workspace, sender, List.of(Subscription.of(0, Map.of(SystemTables.INVITE.name(), only))))
                .thenApply(found -> SystemRows.rows(found).stream()
                        .map(stored -> (Invite) stored.row())
                        .findFirst());
    }

    private static Response created(
            String workspace, String token, Bytes hash, Outcome.Accepted accepted, Optional<Invite> row) {
        String id = hash.toHex();
        return Response.json(201, out -> {
                    out.writeStartObject();
                    out.writeStringField("token", token);
                    if (row.isPresent()) {
                        write(out, row.get());
                    } else {
                        out.writeStringField("id", id); // revoked and forgotten meanwhile
                    }
                    Answers.outcome(out, accepted);
                    out.writeEndObject();
                })
                .withHeader("location", "/v1/workspaces/" + workspace + "/invites/" + id)
                .withHeader("cache-control", "no-store");
    }

    private CompletionStage<Response> list(Request request) {
        return SystemRows.list(door, request, SystemTables.INVITE, "invites", InviteRoutes::write);
    }

    private static void write(JsonGenerator out, Invite invite) throws IOException {
        out.writeStringField("id", invite.tokenHash().toHex());
        out.writeStringField("role", invite.role().wire());
        out.writeStringField("createdBy", invite.createdBy().toString());
        out.writeStringField("createdAt", invite.createdAt().toString());
        writeTime(out, "expiresAt", invite.expiresAt());
        out.writeNumberField("usesLeft", invite.usesLeft());
        writeTime(out, "revokedAt", invite.revokedAt());
    }

    private static void writeTime(JsonGenerator out, String name, Optional<Instant> time) throws IOException {
        if (time.isPresent()) {
            out.writeStringField(name, time.get().toString());
        } else {
            out.writeNullField(name);
        }
    }

    record Token(String token) {}

    /** What somebody would join; the token is in the body, where nobody logs it. */
    private CompletionStage<Response> preview(Request request) {
        String workspace = Door.workspace(request);
        return door.reader(request, workspace)
                .thenCompose(guest -> {
                    Door.permit(door.guard().invitation(request.address(), guest));
                    return Door.inTime(door.engine()
                            .invite(workspace, bodies.read(request, Token.class).token()));
                })
                .thenApply(answer -> switch (answer) {
                    case InviteAnswer.Open open -> opened(workspace, open);
                    case InviteAnswer.Refused(var refusal) -> throw Door.problem(refusal);
                });
    }

    private static Response opened(String workspace, InviteAnswer.Open open) {
        return Response.json(200, out -> {
                    out.writeStartObject();
                    out.writeStringField("workspace", workspace);
                    out.writeStringField("name", open.name());
                    out.writeStringField("module", open.module());
                    out.writeStringField("role", open.role().wire());
                    writeTime(out, "expiresAt", open.expiresAt());
                    out.writeNumberField("usesLeft", open.usesLeft());
                    out.writeEndObject();
                })
                .withHeader("cache-control", "no-store");
    }

    private CompletionStage<Response> revoke(Request request) {
        return commands.answer(
                request,
                Membership.REVOKE_INVITE,
                _ -> new Membership.RevokeInvite(Bodies.parsed(
                        request.parameter("invite"),
                        id -> Bytes.of(HexFormat.of().parseHex(id)))));
    }
}
