package io.skein.edge.rooms;

import io.skein.edge.auth.Scope;
import io.skein.edge.auth.Verification.Verified;
import io.skein.edge.guard.Address;
import io.skein.edge.guard.Guard;
import io.skein.edge.session.Entrance;
import io.skein.engine.module.Access;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.runtime.Engine;
import io.skein.modules.rooms.RoomsModule;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Which workspace a room is, and how a room comes to be. */
final class Rooms {
    /** Of a name, in bytes of UTF-8. */
    static final int MAX_NAME_BYTES = 512;

    private static final int DIGEST_BYTES = 16;
    /** Of what a workspace is called. */
    private static final int MAX_SHOWN_CHARS = 200;

    private final Engine engine;
    private final Guard guard;
    private final Optional<Access> newRooms;

    /** @param newRooms who may enter a room that somebody's coming makes; empty: coming makes none */
    Rooms(Engine engine, Guard guard, Optional<Access> newRooms) {
        this.engine = engine;
        this.guard = guard;
        this.newRooms = newRooms;
    }

    /**
     * The workspace's id: the room's name, where that could be one. Applications call rooms anything ({@code team/plan.md}): other names
     * become {@code room-} and 128 bits of their SHA-256 in base64url.
     */
    static String workspace(String name) {
        if (Engine.isWorkspaceId(name)) {
            return name;
        }
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return "room-"
                    + Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, DIGEST_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** The way into a room, which is made if there is none and the settings allow that. */
    CompletionStage<Entrance> enter(String name, Verified who, Address from) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > MAX_NAME_BYTES) {
            return CompletableFuture.completedFuture(new Entrance.Shut(
                    Refusal.of(ErrorCode.INVALID_ARGS, "a room has a name of 1 to " + MAX_NAME_BYTES + " bytes")));
        }
        String workspace = workspace(name);
        Optional<Refusal> lack = who.scopes().lack(Scope.read(workspace));
        if (lack.isPresent()) {
            return CompletableFuture.completedFuture(new Entrance.Shut(lack.get()));
        }
        boolean mayMake = who.scopes().lack(Scope.admin(workspace)).isEmpty();
        return Entrance.of(engine, workspace).thenCompose(entrance -> switch (entrance) {
            case Entrance.Shut(var why)
            when why.code() == ErrorCode.NOT_FOUND && newRooms.isPresent() && mayMake ->
                make(workspace, name, who, from, newRooms.get());
            default -> CompletableFuture.completedFuture(requireRoom(entrance));
        });
    }

    private CompletionStage<Entrance> make(String workspace, String name, Verified who, Address from, Access access) {
        Optional<Refusal> objection = guard.newWorkspace(who.identity());
        if (objection.isPresent()) {
            return CompletableFuture.completedFuture(new Entrance.Shut(objection.get()));
        }
        String shown = name.isBlank() ? workspace : name.substring(0, Math.min(name.length(), MAX_SHOWN_CHARS));
        return engine.create(
                        workspace,
                        who.identity(),
                        shown,
                        RoomsModule.NAME,
                        access,
                        "",
                        Optional.empty(),
                        who.origin(from))
                .thenCompose(outcome -> switch (outcome) {
                    // Somebody else may have made it meanwhile: whether that is so, the second look says.
                    case Outcome.Refused(var why, var _)
                    when why.retryAfterMillis() > 0 -> CompletableFuture.completedFuture(new Entrance.Shut(why));
                    case Outcome _ -> Entrance.of(engine, workspace).thenApply(Rooms::requireRoom);
                });
    }

    private static Entrance requireRoom(Entrance entrance) {
        return switch (entrance) {
            case Entrance.Open(var _, var schema)
            when !schema.name().equals(RoomsModule.NAME) ->
                new Entrance.Shut(Refusal.of(ErrorCode.NOT_FOUND, "this workspace is no room"));
            case Entrance _ -> entrance;
        };
    }
}
