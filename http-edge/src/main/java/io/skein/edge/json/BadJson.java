package io.skein.edge.json;

/**
 * Says why a document is refused. The message is meant for whoever sent the document: it names the place and what is wrong,
 * and never repeats more than a few characters of it.
 */
public final class BadJson extends Exception {
    /** What is wrong, for those who answer differently by kind. */
    public enum Kind {
        /** Not JSON, or not UTF-8, or with something behind the end. */
        MALFORMED,
        /** Correct JSON beyond a limit: nesting, the length of a string, name or number, or what its reader bounds. */
        TOO_LARGE,
        /** Correct JSON of another shape than asked for: a wrong type, an unknown or a missing member. */
        UNEXPECTED
    }

    private final Kind kind;

    BadJson(Kind kind, String message) {
        // No stack trace: this is an answer to bad input, and bad input may come fast.
        super(message, null, false, false);
        this.kind = kind;
    }

    /** A document of another shape than asked for; {@code message} names the member and what was expected. */
    public static BadJson unexpected(String message) {
        return new BadJson(Kind.UNEXPECTED, message);
    }

    /** A document that asks for more than it may; {@code message} says what and how much. */
    public static BadJson tooLarge(String message) {
        return new BadJson(Kind.TOO_LARGE, message);
    }

    public Kind kind() {
        return kind;
    }
}
