package io.skein.edge.http;

import java.util.Locale;

/** Every error code a client can meet, on every wire, with the HTTP status it has where nothing more exact is known. */
public enum ErrorCode {
    UNAUTHENTICATED(401, "Who you are is not known"),
    FORBIDDEN(403, "You may not do this"),
    NOT_FOUND(404, "There is no such thing"),
    INVALID_ARGS(400, "The request is not understood"),
    REJECTED(422, "The command was rejected"),
    CONFLICT(409, "Something else came first"),
    KEY_CONFLICT(422, "The idempotency key was used for something else"),
    STALE_CURSOR(410, "The position is no longer kept"),
    TOO_LARGE(413, "The request is too large"),
    RATE_LIMITED(429, "Too many requests"),
    OVERLOADED(503, "The server has too much to do"),
    UNAVAILABLE(503, "The server cannot answer now"),
    INTERNAL(500, "The server failed");

    private final int status;
    private final String title;
    private final String wireName;

    ErrorCode(int status, String title) {
        this.status = status;
        this.title = title;
        this.wireName = name().toLowerCase(Locale.ROOT);
    }

    /** The usual HTTP status. */
    public int status() {
        return status;
    }

    /** The problem document's title: the same sentence for every occurrence. */
    public String title() {
        return title;
    }

    /** As it stands on every wire: {@code key_conflict}. */
    public String wireName() {
        return wireName;
    }
}
