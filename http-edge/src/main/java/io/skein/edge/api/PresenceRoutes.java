package io.skein.edge.api;

import io.skein.edge.http.Request;
import io.skein.edge.http.Response;
import io.skein.edge.http.Router;
import io.skein.edge.json.Json;
import io.skein.edge.session.NativePresence;
import io.skein.engine.presence.Mode;
import io.skein.engine.presence.PresenceAnswer;
import io.skein.engine.presence.Update;
import java.util.concurrent.CompletionStage;

/** Who is in a workspace now. */
final class PresenceRoutes {
    private final Door door;

    PresenceRoutes(Door door) {
        this.door = door;
    }

    void addTo(Router.Builder router) {
        router.get("/v1/workspaces/{workspace}/presence", this::presence);
    }

    private CompletionStage<Response> presence(Request request) {
        String workspace = Door.workspace(request);
        return door.reader(request, workspace)
                .thenCompose(viewer -> Door.inTime(door.engine().presence(workspace, viewer)))
                .thenApply(answer -> switch (answer) {
                    case PresenceAnswer.Here(var update) -> Response.json(200, body(update));
                    case PresenceAnswer.Refused(var refusal) -> throw Door.problem(refusal);
                });
    }

    private static Json.Writer body(Update update) {
        return out -> {
            out.writeStartObject();
            out.writeStringField("mode", update.mode().wire());
            out.writeNumberField("users", update.users());
            out.writeNumberField("sessions", update.sessions());
            if (update.mode() != Mode.COUNTS) {
                out.writeFieldName("list");
                NativePresence.people(out, update.put());
            }
            out.writeEndObject();
        };
    }
}
