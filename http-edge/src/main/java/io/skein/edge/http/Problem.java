package io.skein.edge.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.skein.edge.json.BadJson;
import io.skein.edge.json.Json;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import java.io.IOException;

/**
 * An error as an RFC 9457 problem document, {@code application/problem+json}. Beside the standard members it has {@code code}, and
 * where they say something {@code retryAfter} (milliseconds; the {@code Retry-After} header has it in whole seconds),
 * {@code reason}, {@code current} and {@code details}.
 *
 * @param status the HTTP status, which may be more exact than the code's own
 */
public record Problem(int status, Refusal refusal) {
    /** A problem with its code's own status. */
    public static Problem of(Refusal refusal) {
        return new Problem(refusal.code().httpStatus(), refusal);
    }

    /** A problem that its code and a sentence describe. */
    public static Problem of(ErrorCode code, String detail) {
        return of(Refusal.of(code, detail));
    }

    /** A problem with a more exact status. */
    public static Problem of(int status, ErrorCode code, String detail) {
        return new Problem(status, Refusal.of(code, detail));
    }

    /** The answer to a document that could not be read. */
    public static Problem of(BadJson bad) {
        ErrorCode code = switch (bad.kind()) {
            case MALFORMED, UNEXPECTED -> ErrorCode.INVALID_ARGS;
            case TOO_LARGE -> ErrorCode.TOO_LARGE;
        };
        return of(code, "JSON: " + bad.getMessage());
    }

    /** The response that carries this problem. */
    public Response.Full toResponse() {
        Response.Full response = Response.of(status, "application/problem+json", Json.DEFAULT.write(this::write))
                .withHeader("cache-control", "no-store");
        if (refusal.retryAfterMillis() > 0) {
            response =
                    response.withHeader("retry-after", Long.toString(Math.ceilDiv(refusal.retryAfterMillis(), 1000L)));
        }
        return status == 401 ? response.withHeader("www-authenticate", "Bearer") : response;
    }

    private void write(JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeStringField("type", "urn:skein:error:" + refusal.code().wire());
        out.writeStringField("title", title(refusal.code()));
        out.writeNumberField("status", status);
        out.writeStringField("detail", refusal.message());
        out.writeStringField("code", refusal.code().wire());
        if (refusal.retryAfterMillis() > 0) out.writeNumberField("retryAfter", refusal.retryAfterMillis());
        if (!refusal.reason().isEmpty()) out.writeStringField("reason", refusal.reason());
        if (refusal.current() >= 0) out.writeNumberField("current", refusal.current());
        if (refusal.details().isPresent()) {
            out.writeFieldName("details");
            out.writeRawValue(refusal.details().get().text());
        }
        out.writeEndObject();
    }

    /** The same sentence for every occurrence of a code, as the RFC wants it. */
    private static String title(ErrorCode code) {
        return switch (code) {
            case UNAUTHENTICATED -> "Who you are is not known";
            case FORBIDDEN -> "You may not do this";
            case NOT_FOUND -> "There is no such thing";
            case INVALID_ARGS -> "The request is not understood";
            case REJECTED -> "The command was rejected";
            case CONFLICT -> "Something else came first";
            case KEY_CONFLICT -> "The idempotency key was used for something else";
            case STALE_CURSOR -> "The position is no longer kept";
            case TOO_LARGE -> "The request is too large";
            case RATE_LIMITED -> "Too many requests";
            case OVERLOADED -> "The server has too much to do";
            case UNAVAILABLE -> "The server cannot answer now";
            case INTERNAL -> "The server failed";
        };
    }
}
