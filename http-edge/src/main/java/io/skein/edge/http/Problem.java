package io.skein.edge.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.json.BadJson;
import io.skein.edge.json.Json;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An error as an RFC 9457 problem document, {@code application/problem+json}.
 *
 * @param status the HTTP status
 * @param code what kind of error; also the document's {@code type} and {@code title}
 * @param detail what happened this time, for a person
 * @param retryAfter when it makes sense to come back; in the document in milliseconds, in the {@code Retry-After} header in whole seconds
 * @param reason the reducer's own code, with {@link ErrorCode#REJECTED}
 * @param current what stands where the caller expected something else, with {@link ErrorCode#CONFLICT}
 */
public record Problem(
        int status,
        ErrorCode code,
        String detail,
        @Nullable Duration retryAfter,
        @Nullable String reason,
        @Nullable JsonNode current) {
    /** A problem with its code's usual status. */
    public static Problem of(ErrorCode code, String detail) {
        return new Problem(code.status(), code, detail, null, null, null);
    }

    /** A problem with a more exact status. */
    public static Problem of(int status, ErrorCode code, String detail) {
        return new Problem(status, code, detail, null, null, null);
    }

    /** The answer to a document that could not be read. */
    public static Problem of(BadJson bad) {
        return switch (bad.kind()) {
            case MALFORMED, UNEXPECTED -> of(ErrorCode.INVALID_ARGS, "JSON: " + bad.getMessage());
            case TOO_LARGE -> of(ErrorCode.TOO_LARGE, "JSON: " + bad.getMessage());
        };
    }

    public Problem withRetryAfter(Duration after) {
        return new Problem(status, code, detail, after, reason, current);
    }

    public Problem withReason(String newReason) {
        return new Problem(status, code, detail, retryAfter, newReason, current);
    }

    public Problem withCurrent(JsonNode newCurrent) {
        return new Problem(status, code, detail, retryAfter, reason, newCurrent);
    }

    /** The response that carries this problem. */
    public Response.Full toResponse() {
        Response.Full response = Response.of(status, "application/problem+json", Json.DEFAULT.write(this::write));
        if (retryAfter != null) response = response.withHeader("retry-after", Long.toString(wholeSeconds(retryAfter)));
        if (code == ErrorCode.UNAUTHENTICATED) response = response.withHeader("www-authenticate", "Bearer");
        return response.withHeader("cache-control", "no-store");
    }

    private void write(JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeStringField("type", "urn:skein:error:" + code.wireName());
        out.writeStringField("title", code.title());
        out.writeNumberField("status", status);
        out.writeStringField("detail", detail);
        out.writeStringField("code", code.wireName());
        if (retryAfter != null) out.writeNumberField("retryAfter", retryAfter.toMillis());
        if (reason != null) out.writeStringField("reason", reason);
        if (current != null) {
            out.writeFieldName("current");
            out.writeTree(current);
        }
        out.writeEndObject();
    }

    private static long wholeSeconds(Duration duration) {
        return Math.ceilDiv(duration.toMillis(), 1000);
    }
}
