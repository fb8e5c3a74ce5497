package io.skein.edge.api;

import io.skein.edge.bindings.ClientTypes;
import io.skein.edge.bindings.TypeScriptBindings;
import io.skein.edge.http.ProblemException;
import io.skein.edge.http.Request;
import io.skein.edge.http.Response;
import io.skein.edge.http.Router;
import io.skein.engine.Modules;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.ModuleSchema;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What modules a node has and what they consist of. Open to everybody: tools that generate code have no token. */
final class ModuleRoutes {
    private final Modules modules;

    ModuleRoutes(Modules modules) {
        this.modules = modules;
    }

    void addTo(Router.Builder router) {
        router.get("/v1/modules", this::list)
                .get("/v1/modules/{module}/schema", this::schema)
                .get("/v1/modules/{module}/types.ts", this::types)
                .get("/v1/modules/{module}/bindings.ts", this::bindings);
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
        ModuleSchema schema = module(request);
        return CompletableFuture.completedFuture(Response.json(200, out -> SchemaJson.write(out, schema)));
    }

    private CompletionStage<Response> types(Request request) {
        return CompletableFuture.completedFuture(Response.text(200, ClientTypes.of(module(request))));
    }

    private CompletionStage<Response> bindings(Request request) {
        ModuleSchema schema = module(request);
        boolean withSystem = switch (Objects.requireNonNullElse(request.query("system"), "false")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new ProblemException(ErrorCode.INVALID_ARGS, "system is true or false");
        };
        return CompletableFuture.completedFuture(Response.text(200, TypeScriptBindings.of(schema, withSystem)));
    }

    private ModuleSchema module(Request request) {
        String name = request.parameter("module");
        return modules.find(name)
                .orElseThrow(() -> new ProblemException(ErrorCode.NOT_FOUND, "no module " + Texts.shown(name)));
    }
}
