package io.skein.edge.api;

import com.fasterxml.jackson.core.JsonGenerator;
import io.skein.edge.auth.Authenticator;
import io.skein.edge.auth.Authenticator.Guest;
import io.skein.edge.auth.Scope;
import io.skein.edge.auth.TokenIssuer;
import io.skein.edge.http.Problem;
import io.skein.edge.http.ProblemException;
import io.skein.edge.http.Request;
import io.skein.edge.http.Response;
import io.skein.edge.http.Router;
import io.skein.edge.json.BadJson;
import io.skein.edge.session.CallJson;
import io.skein.edge.spacetime.ModuleDef;
import io.skein.edge.spacetime.SatsJson;
import io.skein.edge.sql.SqlException;
import io.skein.edge.sql.SqlQueries;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Reducer;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.state.Stored;
import io.skein.engine.view.Subscription;
import io.skein.engine.view.TableRows;
import io.skein.engine.workspace.ReadAnswer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Workspaces as SpacetimeDB's HTTP interface has databases: calls, queries and the schema, with that interface's own answers. */
final class DatabaseRoutes {
    /** What SpacetimeDB answers where a module rejects a call. */
    private static final int REJECTED = 530;

    private final Door door;
    private final Bodies bodies;
    private final Authenticator authenticator;
    private final TokenIssuer issuer;
    private final int maxFilterTerms;

    DatabaseRoutes(Door door, Bodies bodies, Authenticator authenticator, TokenIssuer issuer, int maxFilterTerms) {
        this.door = door;
        this.bodies = bodies;
        this.authenticator = authenticator;
        this.issuer = issuer;
        this.maxFilterTerms = maxFilterTerms;
    }

    void addTo(Router.Builder router) {
        router.get("/v1/ping", _ -> CompletableFuture.completedFuture(Response.empty(200)))
                .post("/v1/database/{workspace}/call/{reducer}", this::call)
                .post("/v1/database/{workspace}/sql", this::sql)
                .get("/v1/database/{workspace}/schema", this::schema);
    }

    private CompletionStage<Guest> guest(Request request) {
        return authenticator.guest(request, "token", issuer);
    }

    /** Who calls without a token learns who it was, and how to be it again. */
    private static Response told(Response response, Guest guest) {
        Response named = response.withHeader(
                        "spacetime-identity", guest.identity().toString())
                .withHeader("cache-control", "no-store");
        return guest.token().isEmpty() ? named : named.withHeader("spacetime-identity-token", guest.token());
    }

    // ---- calls

    private CompletionStage<Response> call(Request request) {
        String workspace = Door.workspace(request);
        return guest(request)
                .thenCompose(guest -> door.schema(workspace)
                        .thenCompose(schema -> door.call(
                                request,
                                workspace,
                                call(request, workspace, guest, schema).withTrace(request.trace())))
                        .<Response>thenApply(DatabaseRoutes::done)
                        .exceptionally(DatabaseRoutes::rejected)
                        .thenApply(response -> told(response, guest)));
    }

    private Call call(Request request, String workspace, Guest guest, ModuleSchema schema) {
        String name = request.parameter("reducer");
        Reducer<?> reducer = CallJson.reducer(schema, name)
                .orElseThrow(() -> new ProblemException(ErrorCode.NOT_FOUND, "no such reducer: " + Texts.shown(name)));
        door.require(guest.who(), Scope.call(workspace, reducer));
        byte[] body = request.body().length == 0 ? "[]".getBytes(StandardCharsets.US_ASCII) : request.body();
        Object args = bodies.document(body, parser -> SatsJson.readRow(parser, reducer.args()));
        try {
            return CallJson.call(
                            guest.identity(),
                            reducer,
                            args,
                            Keys.header(request).orElse(null),
                            List.of(),
                            request.body().length)
                    .by(guest.who().origin(request.address()));
        } catch (BadJson e) {
            throw new ProblemException(Problem.of(e));
        }
    }

    /** What a reducer or a query answers is the body, as SpacetimeDB's procedures have it. */
    private static Response done(Outcome.Accepted accepted) {
        return accepted.answer()
                .<Response>map(answer ->
                        Response.of(200, "application/json", answer.text().getBytes(StandardCharsets.UTF_8)))
                .orElseGet(() -> Response.empty(200));
    }

    /** A rejection's text is the answer's body; all else is a problem as anywhere. */
    private static Response rejected(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        if (!(cause instanceof ProblemException refused)) {
            throw new java.util.concurrent.CompletionException(cause);
        }
        Problem problem = refused.problem();
        return problem.refusal().code() == ErrorCode.REJECTED
                ? Response.text(REJECTED, problem.refusal().message())
                : problem.toResponse();
    }

    // ---- rows

    private CompletionStage<Response> sql(Request request) {
        String workspace = Door.workspace(request);
        long startedNanos = System.nanoTime();
        return guest(request)
                .thenCompose(guest -> door.schema(workspace).thenCompose(schema -> {
                    door.require(guest.who(), Scope.read(workspace));
                    List<Subscription> statements = statements(request, schema);
                    return door.read(workspace, guest.identity(), statements)
                            .thenApply(found -> told(answer(statements, found, startedNanos), guest));
                }));
    }

    private List<Subscription> statements(Request request, ModuleSchema schema) {
        try {
            return new SqlQueries(schema, maxFilterTerms).script(new String(request.body(), StandardCharsets.UTF_8));
        } catch (SqlException e) {
            throw Bodies.invalid(String.valueOf(e.getMessage()));
        }
    }

    private static Response answer(List<Subscription> statements, ReadAnswer.Found found, long startedNanos) {
        return Response.json(200, out -> {
            out.writeStartArray();
            for (Subscription statement : statements) {
                for (TableRows rows : found.rows()) {
                    if (rows.subscription() == statement.number()) {
                        result(out, rows, (System.nanoTime() - startedNanos) / 1_000);
                    }
                }
            }
            out.writeEndArray();
        });
    }

    private static void result(JsonGenerator out, TableRows rows, long micros) throws IOException {
        out.writeStartObject();
        out.writeFieldName("schema");
        SatsJson.writeProductType(out, rows.table().shape());
        out.writeArrayFieldStart("rows");
        for (Stored<?> stored : rows.rows()) {
            for (int copy = 0; copy < stored.copies(); copy++) {
                SatsJson.writeRow(out, rows.table().shape(), stored.row());
            }
        }
        out.writeEndArray();
        out.writeNumberField("total_duration_micros", micros);
        out.writeObjectFieldStart("stats");
        out.writeNumberField("rows_inserted", 0);
        out.writeNumberField("rows_deleted", 0);
        out.writeNumberField("rows_updated", 0);
        out.writeEndObject();
        out.writeEndObject();
    }

    private CompletionStage<Response> schema(Request request) {
        if (Bodies.integer(request, "version", 9, 1, 100) != 9) {
            throw Bodies.invalid("version 9 of the schema is what there is");
        }
        String workspace = Door.workspace(request);
        return guest(request)
                .thenCompose(guest -> door.schema(workspace)
                        .thenApply(schema -> told(Response.json(200, out -> ModuleDef.write(out, schema)), guest)));
    }
}
