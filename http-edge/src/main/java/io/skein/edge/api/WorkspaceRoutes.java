package io.skein.edge.api;

import io.skein.edge.http.ProblemException;
import io.skein.edge.http.Request;
import io.skein.edge.http.Response;
import io.skein.edge.http.Router;
import io.skein.engine.membership.Membership;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.runtime.Engine;
import io.skein.engine.schema.Default;
import io.skein.engine.schema.Identity;
import io.skein.engine.state.CallKey;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The life of workspaces. */
final class WorkspaceRoutes {
    private final Door door;

    WorkspaceRoutes(Door door) {
        this.door = door;
    }

    void addTo(Router.Builder router) {
        router.post("/v1/workspaces", this::create).get("/v1/workspaces/{workspace}", this::show);
    }

    /**
     * @param id what the workspace will be called; chosen by the server if absent
     * @param displayName how the first owner is shown to other members
     */
    record NewWorkspace(
            Optional<String> id,
            String module,
            String name,
            @Default("private") String access,
            @Default("") String displayName) {}

    private CompletionStage<Response> create(Request request) {
        return door.caller(request).thenCompose(sender -> {
            NewWorkspace wanted = Bodies.record(request, NewWorkspace.class);
            ModuleSchema schema = door.modules()
                    .find(wanted.module())
                    .orElseThrow(() ->
                            new ProblemException(ErrorCode.INVALID_ARGS, "no module " + Texts.shown(wanted.module())));
            String key = Keys.header(request);
            String id = wanted.id().orElseGet(() -> newId(sender, key));
            if (!Engine.isWorkspaceId(id)) {
                throw new ProblemException(
                        ErrorCode.INVALID_ARGS,
                        "an id has 1 to 128 letters, digits, hyphens and underscores and begins with a letter or"
                                + " digit");
            }
            var access = Bodies.access(wanted.access());
            // Without what the owner adds by itself, so that a repetition is the same.
            var args = new Membership.Create(wanted.name(), schema.name(), 0, access, "", wanted.displayName());
            Optional<CallKey> callKey = Keys.of(key, schema, Membership.CREATE, args);
            return Door.accepted(door.engine()
                            .create(id, sender, wanted.name(), schema.name(), access, wanted.displayName(), callKey))
                    .thenApply(accepted -> created(id, accepted));
        });
    }

    /** With a key, the same again for the same sender and key: a repetition must find the workspace it made. */
    private static String newId(Identity sender, @Nullable String key) {
        return key == null ? Texts.randomHex128() : Texts.hex128(sender + " " + key);
    }

    private static Response created(String id, Outcome.Accepted accepted) {
        return Response.json(201, out -> {
                    out.writeStartObject();
                    out.writeStringField("id", id);
                    out.writeNumberField("seq", accepted.seq());
                    out.writeBooleanField("repeated", accepted.repeated());
                    out.writeEndObject();
                })
                .withHeader("location", "/v1/workspaces/" + id);
    }

    private CompletionStage<Response> show(Request request) {
        String workspace = Door.workspace(request);
        return door.caller(request)
                .thenCompose(viewer -> door.read(workspace, viewer, java.util.List.of()))
                .thenApply(found -> Tags.tagged(
                        request,
                        found,
                        () -> Response.json(200, out -> {
                            out.writeStartObject();
                            Answers.about(out, found);
                            out.writeEndObject();
                        })));
    }
}
