package io.skein.engine.module;

/** The stable codes of everything that can be refused, the same on every wire. */
public enum ErrorCode {
    /** No identity, or a token that is forged, expired or meant for somebody else. */
    UNAUTHENTICATED(401),
    /** The identity's role does not allow this. */
    FORBIDDEN(403),
    /** No such workspace, reducer, table or row, or none that the caller may know of. */
    NOT_FOUND(404),
    /** The request cannot be understood. */
    INVALID_ARGS(400),
    /** The reducer said no; its reason says why. */
    REJECTED(422),
    /** The caller expected something that is not so; the current value is in the answer. */
    CONFLICT(409),
    /** The idempotency key was used before for something else. */
    KEY_CONFLICT(409),
    /** The position to resume from cannot be served; start from a snapshot. */
    STALE_CURSOR(410),
    /** Over a size limit. */
    TOO_LARGE(413),
    /** Over a rate limit; {@code retryAfter} says when to try again. */
    RATE_LIMITED(429),
    /** More work is waiting than may; nothing was done; {@code retryAfter} says when to try again. */
    OVERLOADED(503),
    /** Cannot be served now, and whether it was done may be unknown; repeat it with the same key. */
    UNAVAILABLE(503),
    /** A mistake in the server or in a module. */
    INTERNAL(500);

    private final int httpStatus;

    ErrorCode(int httpStatus) {
        this.httpStatus = httpStatus;
    }

    /** The HTTP status that goes with the code. */
    public int httpStatus() {
        return httpStatus;
    }

    /** Lower case, as on the wires. */
    public String wire() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /**
     * @throws IllegalArgumentException if there is no such code
     */
    public static ErrorCode ofWire(String text) {
        for (ErrorCode code : values()) {
            if (code.wire().equals(text)) {
                return code;
            }
        }
        throw new IllegalArgumentException("'" + text + "' is no error code");
    }
}
