package io.skein.edge.command.load;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Why a call was not done, as an {@code outcome} of the native wire says it.
 *
 * @param waitMillis until another attempt: what the server asks for, or a moment
 */
record Refused(String code, long waitMillis) {
    private static final long MOMENT_MILLIS = 10;

    static Refused of(JsonNode outcome) {
        JsonNode error = outcome.path("error");
        return new Refused(
                error.path("code").asText("unknown"), error.path("retryAfter").asLong(MOMENT_MILLIS));
    }
}
