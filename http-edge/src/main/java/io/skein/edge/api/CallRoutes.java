package io.skein.edge.api;

import io.skein.edge.http.Request;
import io.skein.edge.http.Response;
import io.skein.edge.http.Router;
import java.util.concurrent.CompletionStage;

/** The commands of a workspace's module, and the engine's own under their names. The body is the arguments and nothing else. */
final class CallRoutes {
    private final Commands commands;
    private final Bodies bodies;

    CallRoutes(Commands commands, Bodies bodies) {
        this.commands = commands;
        this.bodies = bodies;
    }

    void addTo(Router.Builder router) {
        router.post("/v1/workspaces/{workspace}/calls/{reducer}", this::call);
    }

    private CompletionStage<Response> call(Request request) {
        return commands.answer(request, request.parameter("reducer"), reducer -> bodies.read(request, reducer.args()));
    }
}
