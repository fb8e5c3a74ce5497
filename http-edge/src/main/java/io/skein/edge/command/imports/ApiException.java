package io.skein.edge.command.imports;

/** The API did not do what was asked. The message is a sentence for whoever runs the command. */
public final class ApiException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Whether going on with anything else makes sense. */
    public enum Kind {
        /** What was sent is refused; something else may not be. */
        REFUSED,
        /** Nothing more can be done now: no server, or not for this caller. */
        HOPELESS
    }

    private final Kind kind;

    public ApiException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public ApiException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
