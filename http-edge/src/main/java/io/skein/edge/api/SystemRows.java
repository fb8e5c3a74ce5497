package io.skein.edge.api;

import com.fasterxml.jackson.core.JsonGenerator;
import io.skein.edge.http.ProblemException;
import io.skein.edge.http.Request;
import io.skein.edge.http.Response;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Role;
import io.skein.engine.schema.Table;
import io.skein.engine.state.Stored;
import io.skein.engine.view.Filter;
import io.skein.engine.view.Subscription;
import io.skein.engine.view.TableRows;
import io.skein.engine.workspace.ReadAnswer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** The rows of a table that every workspace has, as a list of objects in the API's own words. */
final class SystemRows {
    private SystemRows() {}

    /** Writes a row's members. */
    @FunctionalInterface
    interface RowWriter<R> {
        void write(JsonGenerator out, R row) throws IOException;
    }

    /** The whole table under {@code member}; who may not read the table is told so, and not that it is empty. */
    static <R> CompletionStage<Response> list(
            Door door, Request request, Table<R> table, String member, RowWriter<R> writer) {
        String workspace = Door.workspace(request);
        return door.reader(request, workspace)
                .thenCompose(viewer -> door.schema(workspace).thenCompose(schema -> {
                    Role minimum = schema.rule(schema.ordinal(table)).minimum();
                    var all = Subscription.of(0, Map.of(table.name(), new Filter.All()));
                    return door.read(workspace, viewer, List.of(all)).thenApply(found -> {
                        requireRole(found, minimum);
                        return Tags.matches(request, found)
                                ? Tags.notModified(found)
                                : Tags.tagged(found, answer(found, table, member, writer));
                    });
                }));
    }

    private static void requireRole(ReadAnswer.Found found, Role minimum) {
        if (!found.role().atLeast(minimum)) {
            throw new ProblemException(
                    ErrorCode.FORBIDDEN,
                    "this needs role %s, you have %s"
                            .formatted(minimum.wire(), found.role().wire()));
        }
    }

    private static <R> Response answer(ReadAnswer.Found found, Table<R> table, String member, RowWriter<R> writer) {
        List<Stored<?>> rows = rows(found);
        return Response.lines(
                "application/json",
                new Pieces()
                        .open(
                                out -> {
                                    out.writeStartObject();
                                    out.writeStringField("epoch", found.about().epoch());
                                    out.writeNumberField("seq", found.seq());
                                    out.writeEndObject();
                                },
                                member)
                        .array(rows.size(), i -> out -> {
                            out.writeStartObject();
                            writer.write(
                                    out, table.shape().type().cast(rows.get(i).row()));
                            out.writeEndObject();
                        })
                        .add("}"));
    }

    /** The rows of the one table that was read. */
    static List<Stored<?>> rows(ReadAnswer.Found found) {
        return found.rows().stream().map(TableRows::rows).findFirst().orElse(List.of());
    }
}
