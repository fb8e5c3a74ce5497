package io.skein.edge.api;

import io.skein.edge.http.ProblemException;
import io.skein.edge.http.Request;
import io.skein.edge.http.Response;
import io.skein.edge.http.Router;
import io.skein.edge.json.Json;
import io.skein.edge.session.RowJson;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Query;
import io.skein.engine.module.Rejection;
import io.skein.engine.module.Viewer;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Shape;
import io.skein.engine.view.Questions;
import io.skein.engine.workspace.ReadAnswer;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The questions that a workspace's module answers (rule Q1). The body is the arguments and nothing else. Nothing is written. */
final class QueryRoutes {
    private final Door door;
    private final Bodies bodies;

    QueryRoutes(Door door, Bodies bodies) {
        this.door = door;
        this.bodies = bodies;
    }

    void addTo(Router.Builder router) {
        router.post("/v1/workspaces/{workspace}/queries/{query}", this::ask);
    }

    private CompletionStage<Response> ask(Request request) {
        String workspace = Door.workspace(request);
        String name = request.parameter("query");
        return door.reader(request, workspace)
                .thenCompose(viewer -> door.schema(workspace).thenCompose(schema -> {
                    Query<?, ?> query = schema.query(name);
                    if (query == null) {
                        throw new ProblemException(
                                ErrorCode.NOT_FOUND,
                                "module " + schema.name() + " has no query \"" + Texts.shown(name) + "\"");
                    }
                    return ask(query, request, workspace, viewer);
                }));
    }

    private <A extends Record, R extends Record> CompletionStage<Response> ask(
            Query<A, R> query, Request request, String workspace, Identity viewer) {
        A args = bodies.read(request, query.args());
        return door.read(workspace, viewer, List.of(Questions.rows(query, args)))
                .thenApply(found -> answer(found, query.answer(), answers(query, args, viewer, found)));
    }

    private static <A extends Record, R extends Record> Iterator<R> answers(
            Query<A, R> query, A args, Identity viewer, ReadAnswer.Found found) {
        try {
            return Questions.answers(query, args, new Viewer(viewer, found.role()), found.rows());
        } catch (Rejection rejection) {
            throw Door.problem(rejection.refusal());
        }
    }

    /** Made while it is sent: an answer of a hundred thousand rows holds references and a few kilobytes of text. */
    private static <R> Response answer(ReadAnswer.Found found, Shape<R> shape, Iterator<R> answers) {
        Iterator<byte[]> lines = new Iterator<>() {
            @Override
            public boolean hasNext() {
                return answers.hasNext();
            }

            @Override
            public byte[] next() {
                R answer = answers.next();
                return Json.DEFAULT.write(out -> RowJson.writeRow(out, shape, answer));
            }
        };
        var head = SnapshotRoutes.head(found.about(), found.role(), found.seq(), found.hash());
        return Response.lines(
                "application/json",
                new Pieces().open(head, "answers").array(lines).add("}"));
    }
}
