package io.skein.edge.api;

import io.skein.edge.http.ProblemException;
import io.skein.edge.http.Request;
import io.skein.edge.http.Response;
import io.skein.edge.http.Router;
import io.skein.edge.json.Json;
import io.skein.edge.session.FilterJson;
import io.skein.engine.membership.SystemTables;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Role;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Identity;
import io.skein.engine.state.WorkspaceState;
import io.skein.engine.view.Audience;
import io.skein.engine.view.CompiledView;
import io.skein.engine.view.Filter;
import io.skein.engine.view.Subscription;
import io.skein.engine.view.View;
import io.skein.engine.view.Visibility;
import io.skein.engine.workspace.ReadAnswer;
import io.skein.persistence.history.History;
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
    private final History history;
    private final Past past;

    SnapshotRoutes(Door door, Bodies bodies, int maxFilterTerms, History history, Past past) {
        this.door = door;
        this.bodies = bodies;
        this.maxFilterTerms = maxFilterTerms;
        this.history = history;
        this.past = past;
    }

    void addTo(Router.Builder router) {
        router.get("/v1/workspaces/{workspace}/snapshot", this::snapshot);
    }

    private CompletionStage<Response> snapshot(Request request) {
        String workspace = Door.workspace(request);
        long seq = Bodies.integer(request, "seq", -1, 1, Long.MAX_VALUE);
        return door.reader(request, workspace)
                .thenCompose(viewer -> door.schema(workspace).thenCompose(schema -> {
                    Subscription wanted = wanted(request, schema);
                    return seq < 0 ? present(request, workspace, viewer, wanted) : past(workspace, viewer, wanted, seq);
                }));
    }

    private CompletionStage<Response> present(Request request, String workspace, Identity viewer, Subscription wanted) {
        if (request.headers("if-none-match").isEmpty()) {
            return rows(workspace, viewer, wanted);
        }
        // Who has a copy asks whether it is still good: that must not cost what a new one costs.
        return door.read(workspace, viewer, List.of())
                .thenCompose(found -> Tags.matches(request, found)
                        ? CompletableFuture.completedFuture(Tags.notModified(found))
                        : rows(workspace, viewer, wanted));
    }

    private CompletionStage<Response> rows(String workspace, Identity viewer, Subscription wanted) {
        return door.read(workspace, viewer, List.of(wanted))
                .thenApply(found -> Tags.tagged(
                        found,
                        RowsAnswer.of(head(found.about(), found.role(), found.seq(), found.hash()), found.rows())));
    }

    /** The workspace after an earlier transaction. It is in memory for this answer alone, so such answers are few at once. */
    private CompletionStage<Response> past(String workspace, Identity viewer, Subscription wanted, long seq) {
        Runnable place = past.place();
        return door.read(workspace, viewer, List.of())
                .thenCompose(now -> door.found(history.stateAt(workspace, seq))
                        .thenApply(state -> past(now, state, viewer, wanted, place)))
                .whenComplete((_, failure) -> {
                    if (failure != null) {
                        place.run();
                    }
                });
    }

    private static Response past(
            ReadAnswer.Found now, WorkspaceState state, Identity viewer, Subscription wanted, Runnable whenSent) {
        Audience audience = Past.audience(state, viewer, now.role())
                .orElseThrow(() -> new ProblemException(
                        ErrorCode.FORBIDDEN, "you were no member of this workspace after transaction " + state.seq()));
        var view = new CompiledView(state.schema(), new View(audience, List.of(wanted)));
        return RowsAnswer.of(
                        head(now.about(), audience.role(), state.seq(), Bytes.of(state.hash())),
                        view.snapshot(state, new Visibility(state.schema())),
                        whenSent)
                .withHeader("cache-control", "private, no-cache");
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

    static Json.Writer head(SystemTables.Workspace about, Role role, long seq, Bytes hash) {
        return out -> {
            out.writeStartObject();
            out.writeStringField("workspace", about.id());
            out.writeStringField("module", about.module());
            out.writeStringField("role", role.wire());
            out.writeStringField("epoch", about.epoch());
            out.writeNumberField("seq", seq);
            out.writeStringField("hash", hash.toHex());
            out.writeEndObject();
        };
    }
}
