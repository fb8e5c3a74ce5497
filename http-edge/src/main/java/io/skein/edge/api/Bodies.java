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
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Shape;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/**
 * What requests carry, read strictly: a record stands for a JSON object with either spelling of its members, and whatever does not
 * fit is a problem that names the place.
 */
final class Bodies {
    private static final byte[] NO_MEMBERS = "{}".getBytes(StandardCharsets.US_ASCII);

    private final Json json;

    Bodies(Json json) {
        this.json = json;
    }

    /** The body as a record; no body is an object without members. */
    <R> R read(Request request, Class<R> type) {
        return read(request, Shape.of(type));
    }

    <R> R read(Request request, Shape<R> shape) {
        byte[] body = request.body();
        return document(body.length == 0 ? NO_MEMBERS : body, parser -> RowJson.readRow(parser, shape));
    }

    /** The one JSON document that {@code bytes} hold. */
    <T> T document(byte[] bytes, Json.Reader<T> reader) {
        try {
            return json.read(bytes, reader);
        } catch (BadJson e) {
            throw new ProblemException(Problem.of(e));
        }
    }

    /** The JSON document in a header or query parameter. */
    <T> T document(String text, Json.Reader<T> reader) {
        return document(text.getBytes(StandardCharsets.UTF_8), reader);
    }

    static Access access(String text) {
        return parsed(text, Access::ofWire);
    }

    static Role role(String text) {
        return parsed(text, Role::ofWire);
    }

    static Identity identity(String text) {
        return parsed(text, Identity::parse);
    }

    /** What {@code parser} makes of a text; its IllegalArgumentException becomes a problem. */
    static <S, T> T parsed(S text, Function<S, T> parser) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw invalid(String.valueOf(e.getMessage()));
        }
    }

    /** A query parameter that is an integer from {@code min} to {@code max}. */
    static long integer(Request request, String name, long fallback, long min, long max) {
        String text = request.query(name);
        if (text == null) {
            return fallback;
        }
        try {
            long value = Long.parseLong(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw invalid(name + " is no integer");
        }
        throw invalid("%s is an integer from %d to %d".formatted(name, min, max));
    }

    static ProblemException invalid(String detail) {
        return new ProblemException(ErrorCode.INVALID_ARGS, detail);
    }
}
