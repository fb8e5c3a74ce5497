package io.skein.edge.api;

import io.skein.edge.auth.Scope;
import io.skein.edge.auth.Verification.Verified;
import io.skein.edge.http.Problem;
import io.skein.edge.http.ProblemException;
import io.skein.edge.http.Request;
import io.skein.edge.http.Response;
import io.skein.edge.json.BadJson;
import io.skein.edge.session.CallJson;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Reducer;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Expectation;
import io.skein.engine.reducer.Outcome;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Turns requests into calls. What concerns the request and not the command stands in headers: {@code Idempotency-Key} (rule I1) and
 * {@code Skein-Expect} (rule V2), whose value is the JSON that the native wire has in {@code expect}.
 */
final class Commands {
    static final String EXPECT = "skein-expect";

    private final Door door;
    private final Bodies bodies;

    Commands(Door door, Bodies bodies) {
        this.door = door;
        this.bodies = bodies;
    }

    /** Makes the arguments of a command once the caller's workspace is known. */
    @FunctionalInterface
    interface Arguments {
        Object read(Reducer<?> reducer);
    }

    /** Calls the reducer in the route's workspace, as whoever sent the request; answers with what came of it. */
    CompletionStage<Response> answer(Request request, String reducer, Arguments arguments) {
        return send(request, reducer, arguments).thenApply(Answers::outcome);
    }

    CompletionStage<Outcome.Accepted> send(Request request, String reducer, Arguments arguments) {
        String workspace = Door.workspace(request);
        return door.somebody(request)
                .thenCompose(sender -> door.schema(workspace).thenCompose(schema -> {
                    Reducer<?> named = CallJson.reducer(schema, reducer)
                            .orElseThrow(() ->
                                    new ProblemException(ErrorCode.NOT_FOUND, "no reducer " + Texts.shown(reducer)));
                    door.require(sender, Scope.call(workspace, named));
                    Call call = call(request, sender, schema, named, arguments);
                    return door.call(request, workspace, call.withTrace(request.trace()));
                }));
    }

    private Call call(Request request, Verified sender, ModuleSchema schema, Reducer<?> reducer, Arguments arguments) {
        Object args = arguments.read(reducer);
        try {
            return CallJson.call(
                            sender.identity(),
                            reducer,
                            args,
                            Keys.header(request).orElse(null),
                            expectations(request, schema),
                            request.body().length)
                    .by(sender.origin(request.address()));
        } catch (BadJson e) {
            throw new ProblemException(Problem.of(e));
        } catch (IllegalArgumentException e) {
            throw Bodies.invalid(String.valueOf(e.getMessage()));
        }
    }

    private List<Expectation> expectations(Request request, ModuleSchema schema) {
        List<String> headers = request.headers(EXPECT);
        if (headers.isEmpty()) {
            return List.of();
        }
        if (headers.size() > 1) {
            throw Bodies.invalid("one Skein-Expect header; it may hold an array");
        }
        return bodies.document(headers.getFirst(), parser -> CallJson.expectations(parser, schema));
    }
}
