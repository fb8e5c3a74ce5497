package io.skein.edge.api;

import io.skein.edge.http.ProblemException;
import io.skein.edge.http.Request;
import io.skein.edge.http.Response;
import io.skein.edge.http.Router;
import io.skein.edge.json.Json;
import io.skein.edge.session.RowJson;
import io.skein.engine.membership.Imports;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Role;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Table;
import io.skein.engine.state.Stored;
import io.skein.engine.view.Filter;
import io.skein.engine.view.Subscription;
import io.skein.engine.view.TableRows;
import io.skein.engine.workspace.ReadAnswer;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;

/**
 * A workspace as lines of JSON, of one moment, for admins and owners: first what it is, then its members and its module's rows, one
 * a line. Made while it is sent, so that it costs references to immutable rows and a piece of text. Rule M2 holds here too: what
 * the module hides from the caller is not in it, and {@code complete} says whether there may be such rows.
 */
final class ExportRoutes {
    /** Of the lines; another one when an older reader would not understand them. */
    static final int FORMAT = 1;

    private final Door door;

    ExportRoutes(Door door) {
        this.door = door;
    }

    void addTo(Router.Builder router) {
        router.get("/v1/workspaces/{workspace}/export", this::export);
    }

    private CompletionStage<Response> export(Request request) {
        String workspace = Door.workspace(request);
        return door.reader(request, workspace)
                .thenCompose(viewer -> door.schema(workspace)
                        .thenCompose(schema -> door.read(workspace, viewer, List.of(all(schema)))
                                .thenApply(found -> answer(found, schema, viewer))));
    }

    private static Subscription all(ModuleSchema schema) {
        SortedMap<String, Filter> tables = new TreeMap<>();
        Imports.tables(schema).forEach(table -> tables.put(table.name(), new Filter.All()));
        return new Subscription(0, tables);
    }

    private static Response answer(ReadAnswer.Found found, ModuleSchema schema, Identity viewer) {
        if (!found.role().atLeast(Role.ADMIN)) {
            throw new ProblemException(
                    ErrorCode.FORBIDDEN,
                    "admins and owners export a workspace, you are "
                            + found.role().wire());
        }
        Pieces lines = new Pieces().add(List.of(head(found, schema, viewer)).iterator());
        for (TableRows rows : found.rows()) {
            lines.add(new Pieces.Rows(rows.rows(), row -> line(rows.table(), row)));
        }
        return Tags.tagged(found, Response.ndjson(lines))
                .withHeader(
                        "content-disposition",
                        "attachment; filename=\"%s-%d.ndjson\""
                                .formatted(found.about().id(), found.seq()));
    }

    private static byte[] head(ReadAnswer.Found found, ModuleSchema schema, Identity viewer) {
        boolean complete = !schema.hasRowRules()
                && Imports.tables(schema).stream()
                        .allMatch(table -> found.role()
                                .atLeast(schema.rule(schema.ordinal(table)).minimum()));
        long rows = found.rows().stream()
                .flatMap(table -> table.rows().stream())
                .mapToLong(Stored::copies)
                .sum();
        return Json.DEFAULT.write(out -> {
            out.writeStartObject();
            out.writeStringField("skein", "export");
            out.writeNumberField("format", FORMAT);
            out.writeStringField("module", found.about().module());
            out.writeNumberField("moduleVersion", found.about().moduleVersion());
            out.writeStringField("workspace", found.about().id());
            out.writeStringField("name", found.about().name());
            out.writeStringField("access", found.about().access().wire());
            out.writeStringField("epoch", found.about().epoch());
            out.writeNumberField("seq", found.seq());
            out.writeStringField("hash", found.hash().toHex());
            out.writeStringField("exportedBy", viewer.toString());
            out.writeBooleanField("complete", complete);
            out.writeNumberField("rows", rows);
            out.writeEndObject();
        });
    }

    private static byte[] line(Table<?> table, Object row) {
        return Json.DEFAULT.write(out -> {
            out.writeStartObject();
            out.writeStringField("table", table.name());
            out.writeFieldName("row");
            RowJson.writeSealedRow(out, table.shape(), row);
            out.writeEndObject();
        });
    }
}
