package io.skein.edge.api;

import io.skein.edge.http.Problem;
import io.skein.edge.http.ProblemException;
import io.skein.edge.http.Request;
import io.skein.edge.http.Response;
import io.skein.edge.http.Router;
import io.skein.edge.json.BadJson;
import io.skein.edge.session.CallJson;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Reducer;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Expectation;
import io.skein.engine.schema.Identity;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Commands. The body is the reducer's arguments and nothing else; what concerns the request stands in headers: {@code Idempotency-Key}
 * (rule I1) and {@code Skein-Expect} (rule V2), whose value is the JSON that the native wire has in {@code expect}.
 */
final class CallRoutes {
    static final String EXPECT = "skein-expect";

    private final Door door;

    CallRoutes(Door door) {
        this.door = door;
    }

    void addTo(Router.Builder router) {
        router.post("/v1/workspaces/{workspace}/calls/{reducer}", this::call);
    }

    private CompletionStage<Response> call(Request request) {
        String workspace = Door.workspace(request);
        return door.caller(request)
                .thenCompose(sender -> door.schema(workspace)
                        .thenCompose(schema -> door.call(workspace, read(request, sender, schema))))
                .thenApply(Answers::outcome);
    }

    private static Call read(Request request, Identity sender, ModuleSchema schema) {
        String name = request.parameter("reducer");
        Reducer<?> reducer = CallJson.reducer(schema, name)
                .orElseThrow(() -> new ProblemException(ErrorCode.NOT_FOUND, "no reducer " + Texts.shown(name)));
        Object args = Bodies.read(request, reducer.args());
        try {
            return CallJson.call(
                    sender, reducer, args, Keys.header(request), expectations(request, schema), request.body().length);
        } catch (BadJson e) {
            throw new ProblemException(Problem.of(e));
        } catch (IllegalArgumentException e) {
            throw Bodies.invalid(e);
        }
    }

    private static List<Expectation> expectations(Request request, ModuleSchema schema) {
        List<String> headers = request.headers(EXPECT);
        if (headers.isEmpty()) {
            return List.of();
        }
        if (headers.size() > 1) {
            throw new ProblemException(ErrorCode.INVALID_ARGS, "one Skein-Expect header; it may hold an array");
        }
        return Bodies.json(
                headers.getFirst().getBytes(StandardCharsets.ISO_8859_1),
                parser -> CallJson.expectations(parser, schema));
    }
}
