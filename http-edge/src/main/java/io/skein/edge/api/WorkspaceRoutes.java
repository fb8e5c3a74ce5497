package io.skein.edge.api;

import io.skein.edge.auth.Scope;
import io.skein.edge.http.Request;
import io.skein.edge.http.Response;
import io.skein.edge.http.Router;
import io.skein.engine.membership.Membership;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Reducer;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.runtime.Engine;
import io.skein.engine.schema.Default;
import io.skein.engine.schema.Identity;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The life of workspaces. */
final class WorkspaceRoutes {
    private final Door door;
    private final Bodies bodies;
    private final Commands commands;

    WorkspaceRoutes(Door door, Bodies bodies, Commands commands) {
        this.door = door;
        this.bodies = bodies;
        this.commands = commands;
    }

    void addTo(Router.Builder router) {
        router.post("/v1/workspaces", this::create)
                .get("/v1/workspaces/{workspace}", this::show)
                .patch("/v1/workspaces/{workspace}", this::change)
                .delete("/v1/workspaces/{workspace}", this::delete);
    }

    /**
     * @param id what the workspace will be called; chosen by the server if absent
     * @param access the module's choice if absent
     * @param displayName how the first owner is shown to other members
     */
    record NewWorkspace(
            Optional<String> id,
            String module,
            String name,
            Optional<String> access,
            @Default("") String displayName) {}

    private CompletionStage<Response> create(Request request) {
        return door.somebody(request).thenCompose(who -> {
            NewWorkspace wanted = bodies.read(request, NewWorkspace.class);
            door.require(who, wanted.id().map(Scope::admin).orElse(Scope.adminAny()));
            Identity sender = who.identity();
            ModuleSchema schema = door.modules()
                    .find(wanted.module())
                    .orElseThrow(() -> Bodies.invalid("no module " + Texts.shown(wanted.module())));
            String id = wanted.id().orElseGet(() -> newId(sender, Keys.header(request)));
            if (!Engine.isWorkspaceId(id)) {
                throw Bodies.invalid(
                        "an id has 1 to 128 letters, digits, hyphens and underscores, first a letter or digit");
            }
            Door.permit(door.guard().newWorkspace(sender));
            return Door.accepted(door.engine()
                            .create(
                                    id,
                                    sender,
                                    wanted.name(),
                                    schema.name(),
                                    wanted.access().map(Bodies::access).orElse(schema.access()),
                                    wanted.displayName(),
                                    Keys.of(request, Membership.CREATE, NewWorkspace.class, wanted),
                                    who.origin(request.address())))
                    .thenApply(accepted -> created(id, accepted));
        });
    }

    /** With a key, the same again for the same sender and key: a repetition must find the workspace it made. */
    private static String newId(Identity sender, Optional<String> key) {
        return key.map(text -> Texts.hex128(sender + " " + text)).orElseGet(Texts::randomHex128);
    }

    private static Response created(String id, Outcome.Accepted accepted) {
        return Response.json(201, out -> {
                    out.writeStartObject();
                    out.writeStringField("id", id);
                    Answers.outcome(out, accepted);
                    out.writeEndObject();
                })
                .withHeader("location", "/v1/workspaces/" + id);
    }

    private CompletionStage<Response> show(Request request) {
        String workspace = Door.workspace(request);
        return door.reader(request, workspace)
                .thenCompose(viewer -> door.read(workspace, viewer, List.of()))
                .thenApply(found -> Tags.matches(request, found)
                        ? Tags.notModified(found)
                        : Tags.tagged(found, Response.json(200, out -> {
                            out.writeStartObject();
                            Answers.about(out, found);
                            out.writeEndObject();
                        })));
    }

    /** What is absent stays as it is. */
    record Changes(Optional<String> name, Optional<String> access) {}

    private CompletionStage<Response> change(Request request) {
        return commands.answer(request, Membership.CHANGE, _ -> {
            Changes changes = bodies.read(request, Changes.class);
            if (changes.name().isEmpty() && changes.access().isEmpty()) {
                throw Bodies.invalid("name, access, or both");
            }
            return new Membership.Change(changes.name(), changes.access().map(Bodies::access));
        });
    }

    private CompletionStage<Response> delete(Request request) {
        return commands.answer(request, Membership.DELETE, _ -> new Reducer.None());
    }
}
