package io.skein.edge.api;

import io.skein.edge.http.Request;
import io.skein.edge.http.Response;
import io.skein.edge.http.Router;
import io.skein.edge.session.FilterJson;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.schema.Identity;
import io.skein.engine.view.Filter;
import io.skein.engine.view.Subscription;
import io.skein.engine.workspace.Workspace.ReadAnswer;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Rows as the caller sees them, in the form of the native wire's snapshots. */
final class SnapshotRoutes {
    private final Door door;
    private final Bodies bodies;
    private final int maxFilterTerms;

    SnapshotRoutes(Door door, Bodies bodies, int maxFilterTerms) {
        this.door = door;
        this.bodies = bodies;
        this.maxFilterTerms = maxFilterTerms;
    }

    void addTo(Router.Builder router) {
        router.get("/v1/workspaces/{workspace}/snapshot", this::snapshot);
    }

    private CompletionStage<Response> snapshot(Request request) {
        String workspace = Door.workspace(request);
        return door.caller(request)
                .thenCompose(viewer -> door.schema(workspace)
                        .thenCompose(schema -> snapshot(request, workspace, viewer, wanted(request, schema))));
    }

    private CompletionStage<Response> snapshot(
            Request request, String workspace, Identity viewer, Subscription wanted) {
        // Who has a copy asks whether it is still good: that must not cost what a new one costs.
        CompletionStage<Boolean> has = request.headers("if-none-match").isEmpty()
                ? CompletableFuture.completedFuture(false)
                : door.read(workspace, viewer, List.of()).thenApply(found -> Tags.matches(request, found));
        return has.thenCompose(known -> door.read(workspace, viewer, known ? List.of() : List.of(wanted))
                .thenApply(found -> Tags.matches(request, found) ? Tags.notModified(found) : rows(found)));
    }

    /**
     * What is asked for: {@code query} as the native wire's {@code tables}, or {@code tables} as names with commas between them, or
     * everything.
     */
    Subscription wanted(Request request, ModuleSchema schema) {
        String query = request.query("query");
        String tables = request.query("tables");
        if (query != null && tables != null) {
            throw Bodies.invalid("either tables or query");
        }
        var filters = new FilterJson(schema, maxFilterTerms);
        if (tables != null) {
            return named(tables, schema);
        }
        return bodies.document(query == null ? "[\"*\"]" : query, parser -> filters.tables(parser, 0));
    }

    private static Subscription named(String tables, ModuleSchema schema) {
        SortedMap<String, Filter> named = new TreeMap<>();
        for (String name : tables.split(",", -1)) {
            if (schema.ordinal(name) < 0) {
                throw Bodies.invalid("no table \"" + Texts.shown(name) + "\"");
            }
            named.put(name, new Filter.All());
        }
        return new Subscription(0, named);
    }

    private static Response rows(ReadAnswer.Found found) {
        return Tags.tagged(
                found,
                RowsAnswer.of(
                        out -> {
                            out.writeStartObject();
                            out.writeStringField("workspace", found.about().id());
                            out.writeStringField("module", found.about().module());
                            out.writeStringField("role", found.role().wire());
                            out.writeStringField("epoch", found.about().epoch());
                            out.writeNumberField("seq", found.seq());
                            out.writeStringField("hash", found.hash().toHex());
                            out.writeEndObject();
                        },
                        found.rows()));
    }
}
