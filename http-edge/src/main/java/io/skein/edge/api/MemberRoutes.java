package io.skein.edge.api;

import com.fasterxml.jackson.core.JsonGenerator;
import io.skein.edge.http.Request;
import io.skein.edge.http.Response;
import io.skein.edge.http.Router;
import io.skein.engine.membership.Membership;
import io.skein.engine.membership.SystemTables;
import io.skein.engine.membership.SystemTables.Member;
import io.skein.engine.module.Reducer;
import io.skein.engine.schema.Default;
import java.io.IOException;
import java.util.concurrent.CompletionStage;

/** Who belongs to a workspace. */
final class MemberRoutes {
    private final Door door;
    private final Bodies bodies;
    private final Commands commands;

    MemberRoutes(Door door, Bodies bodies, Commands commands) {
        this.door = door;
        this.bodies = bodies;
        this.commands = commands;
    }

    void addTo(Router.Builder router) {
        router.get("/v1/workspaces/{workspace}/members", this::list)
                .put("/v1/workspaces/{workspace}/members/{identity}", this::setRole)
                .delete("/v1/workspaces/{workspace}/members/{identity}", this::remove)
                .post("/v1/workspaces/{workspace}/join", this::join)
                .post("/v1/workspaces/{workspace}/leave", this::leave);
    }

    private CompletionStage<Response> list(Request request) {
        return SystemRows.list(door, request, SystemTables.MEMBER, "members", MemberRoutes::write);
    }

    private static void write(JsonGenerator out, Member member) throws IOException {
        out.writeStringField("identity", member.identity().toString());
        out.writeStringField("displayName", member.displayName());
        out.writeStringField("role", member.role().wire());
        out.writeStringField("joinedAt", member.joinedAt().toString());
    }

    record NewRole(String role) {}

    private CompletionStage<Response> setRole(Request request) {
        return commands.answer(
                request,
                Membership.SET_ROLE,
                _ -> new Membership.SetRole(
                        Bodies.identity(request.parameter("identity")),
                        Bodies.role(bodies.read(request, NewRole.class).role())));
    }

    private CompletionStage<Response> remove(Request request) {
        return commands.answer(
                request,
                Membership.REMOVE_MEMBER,
                _ -> new Membership.RemoveMember(Bodies.identity(request.parameter("identity"))));
    }

    /** @param token of an invitation */
    record Joining(String token, @Default("") String displayName) {}

    private CompletionStage<Response> join(Request request) {
        return commands.answer(request, Membership.JOIN, _ -> {
            Joining joining = bodies.read(request, Joining.class);
            return new Membership.Join(joining.token(), joining.displayName());
        });
    }

    private CompletionStage<Response> leave(Request request) {
        return commands.answer(request, Membership.LEAVE, _ -> new Reducer.None());
    }
}
