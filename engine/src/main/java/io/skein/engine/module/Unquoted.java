package io.skein.engine.module;

import org.jspecify.annotations.Nullable;

/**
 * A failure as the log may have it: of which kind it is and where it happened, without its words. What a module's code throws quotes what somebody sent, as
 * {@code For input string: "…"} does, and what people write is not for the log (rule S2).
 */
public final class Unquoted extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int MAX_CAUSES = 8;

    private Unquoted(Throwable failure, @Nullable Throwable cause) {
        super(failure.getClass().getName(), cause, false, true);
        setStackTrace(failure.getStackTrace());
    }

    /** The same failure, and what caused it, without words. */
    public static Unquoted of(Throwable failure) {
        return of(failure, MAX_CAUSES);
    }

    /**
     * The same for what the language itself throws: a mistake, which quotes what was at hand. Others say what is wrong with a database or a connection, and are
     * given back as they are.
     */
    public static Throwable ifMistake(Throwable failure) {
        return failure.getClass().getName().startsWith("java.lang.") ? of(failure) : failure;
    }

    private static Unquoted of(Throwable failure, int causes) {
        Throwable cause = failure.getCause();
        return new Unquoted(failure, cause == null || causes == 0 ? null : of(cause, causes - 1));
    }
}
