package io.skein.edge.api;

import io.skein.edge.http.Problem;
import io.skein.edge.http.ProblemException;
import io.skein.edge.http.Request;
import io.skein.edge.json.BadJson;
import io.skein.edge.json.Json;
import io.skein.edge.session.RowJson;
import io.skein.engine.module.Access;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Role;
import io.skein.engine.schema.Shape;
import java.nio.charset.StandardCharsets;

/** What requests carry, read strictly. A record stands for a JSON object, with either spelling of its members. */
final class Bodies {
    private static final byte[] NO_MEMBERS = "{}".getBytes(StandardCharsets.US_ASCII);

    private Bodies() {}

    /** The body as a record; no body is an object without members. */
    static <R extends Record> R record(Request request, Class<R> type) {
        return read(request, Shape.of(type));
    }

    static <R> R read(Request request, Shape<R> shape) {
        byte[] body = request.body();
        return json(body.length == 0 ? NO_MEMBERS : body, parser -> RowJson.readRow(parser, shape));
    }

    /** Reads a document; what is wrong with it is a problem. */
    static <T> T json(byte[] document, Json.Reader<T> reader) {
        try {
            return Json.DEFAULT.read(document, reader);
        } catch (BadJson e) {
            throw new ProblemException(Problem.of(e));
        }
    }

    static Access access(String text) {
        try {
            return Access.ofWire(text);
        } catch (IllegalArgumentException e) {
            throw invalid(e);
        }
    }

    static Role role(String text) {
        try {
            return Role.ofWire(text);
        } catch (IllegalArgumentException e) {
            throw invalid(e);
        }
    }

    static ProblemException invalid(Exception e) {
        return new ProblemException(ErrorCode.INVALID_ARGS, String.valueOf(e.getMessage()));
    }
}
