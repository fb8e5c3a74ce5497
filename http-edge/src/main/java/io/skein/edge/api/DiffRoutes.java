package io.skein.edge.api;

import com.fasterxml.jackson.core.JsonGenerator;
import io.skein.edge.http.ProblemException;
import io.skein.edge.http.Request;
import io.skein.edge.http.Response;
import io.skein.edge.http.Router;
import io.skein.edge.json.Json;
import io.skein.edge.session.RowJson;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Table;
import io.skein.engine.state.WorkspaceState;
import io.skein.engine.view.Audience;
import io.skein.engine.view.CompiledView;
import io.skein.engine.view.Subscription;
import io.skein.engine.view.TableRows;
import io.skein.engine.view.View;
import io.skein.engine.view.Visibility;
import io.skein.engine.workspace.ReadAnswer;
import io.skein.persistence.history.History;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** What is other after one transaction than it was after an earlier one, as far as the caller may know; see {@link Past}. */
final class DiffRoutes {
    private final Door door;
    private final History history;
    private final Past past;
    private final SnapshotRoutes snapshots;

    /** @param snapshots know which rows a request asks for */
    DiffRoutes(Door door, History history, Past past, SnapshotRoutes snapshots) {
        this.door = door;
        this.history = history;
        this.past = past;
        this.snapshots = snapshots;
    }

    void addTo(Router.Builder router) {
        router.get("/v1/workspaces/{workspace}/history/diff", this::diff);
    }

    private CompletionStage<Response> diff(Request request) {
        String workspace = Door.workspace(request);
        long from = Bodies.integer(request, "from", -1, 1, Long.MAX_VALUE);
        long to = Bodies.integer(request, "to", -1, 1, Long.MAX_VALUE);
        if (from < 0 || to < from) {
            throw Bodies.invalid("from and to are transactions, from not behind to");
        }
        return door.reader(request, workspace)
                .thenCompose(viewer -> door.schema(workspace)
                        .thenCompose(schema -> diff(workspace, viewer, snapshots.wanted(request, schema), from, to)));
    }

    /** Both states are in memory for this answer alone. */
    private CompletionStage<Response> diff(String workspace, Identity viewer, Subscription wanted, long from, long to) {
        Runnable places = past.places(2);
        return door.read(workspace, viewer, List.of())
                .thenCompose(now -> door.found(history.between(workspace, from, to))
                        .thenApply(between -> answer(now, between, viewer, wanted, places)))
                .whenComplete((_, failure) -> {
                    if (failure != null) {
                        places.run();
                    }
                });
    }

    private static Response answer(
            ReadAnswer.Found now, History.Between between, Identity viewer, Subscription wanted, Runnable whenSent) {
        List<TableRows> before = rows(now, between.before(), viewer, wanted);
        List<TableRows> after = rows(now, between.after(), viewer, wanted);
        Pieces pieces = new Pieces()
                .open(
                        out -> {
                            out.writeStartObject();
                            out.writeStringField("workspace", now.about().id());
                            out.writeStringField("module", now.about().module());
                            out.writeStringField("epoch", now.about().epoch());
                            out.writeNumberField("from", between.before().seq());
                            out.writeNumberField("to", between.after().seq());
                            out.writeEndObject();
                        },
                        "tables")
                .add("{");
        String separator = "";
        for (int i = 0; i < after.size(); i++) {
            Table<?> table = after.get(i).table();
            RowDiff diff = RowDiff.of(table, before.get(i).rows(), after.get(i).rows());
            if (!diff.isEmpty()) {
                pieces.add(separator + "\"" + table.name() + "\":{\"insert\":")
                        .array(
                                diff.inserted().size(),
                                n -> row(table, diff.inserted().get(n)))
                        .add(",\"update\":")
                        .array(
                                diff.updated().size(),
                                n -> out -> write(out, table, diff.updated().get(n)))
                        .add(",\"delete\":")
                        .array(
                                diff.deleted().size(),
                                n -> row(table, diff.deleted().get(n)))
                        .add("}");
                separator = ",";
            }
        }
        return Response.lines("application/json", pieces.add("}}").whenClosed(whenSent))
                .withHeader("cache-control", "private, no-cache");
    }

    /** The same tables in the same order for every state of a workspace. */
    private static List<TableRows> rows(
            ReadAnswer.Found now, WorkspaceState state, Identity viewer, Subscription wanted) {
        Audience audience = Past.audience(state, viewer, now.role())
                .orElseThrow(() -> new ProblemException(
                        ErrorCode.FORBIDDEN, "you were no member of this workspace after transaction " + state.seq()));
        return new CompiledView(state.schema(), new View(audience, List.of(wanted)))
                .snapshot(state, new Visibility(state.schema()));
    }

    private static Json.Writer row(Table<?> table, Object row) {
        return out -> RowJson.writeRow(out, table.shape(), row);
    }

    private static void write(JsonGenerator out, Table<?> table, RowDiff.Update update) throws IOException {
        out.writeStartObject();
        out.writeFieldName("before");
        RowJson.writeRow(out, table.shape(), update.before());
        out.writeFieldName("after");
        RowJson.writeRow(out, table.shape(), update.after());
        out.writeEndObject();
    }
}
