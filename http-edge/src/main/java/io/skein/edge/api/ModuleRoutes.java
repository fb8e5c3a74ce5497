package io.skein.edge.api;

import io.skein.edge.http.ProblemException;
import io.skein.edge.http.Request;
import io.skein.edge.http.Response;
import io.skein.edge.http.Router;
import io.skein.engine.Modules;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.ModuleSchema;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What modules a node has and what they consist of. Open to everybody: tools that generate code have no token. */
final class ModuleRoutes {
    private final Modules modules;

    ModuleRoutes(Modules modules) {
        this.modules = modules;
    }

    void addTo(Router.Builder router) {
        router.get("/v1/modules", this::list).get("/v1/modules/{module}/schema", this::schema);
    }

    private CompletionStage<Response> list(Request request) {
        return CompletableFuture.completedFuture(Response.json(200, out -> {
            out.writeStartObject();
            out.writeArrayFieldStart("modules");
            for (ModuleSchema schema : modules.all()) {
                out.writeStartObject();
                out.writeStringField("name", schema.name());
                out.writeNumberField("version", schema.version());
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeEndObject();
        }));
    }

    private CompletionStage<Response> schema(Request request) {
        String name = request.parameter("module");
        ModuleSchema schema = modules.find(name)
                .orElseThrow(() -> new ProblemException(ErrorCode.NOT_FOUND, "no module " + Texts.shown(name)));
        return CompletableFuture.completedFuture(Response.json(200, out -> SchemaJson.write(out, schema)));
    }
}
