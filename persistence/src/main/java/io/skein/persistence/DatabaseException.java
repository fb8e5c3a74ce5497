package io.skein.persistence;

/** PostgreSQL cannot be opened, or must not be used as it is. The message is for the operator: what is wrong, what to do. */
public final class DatabaseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DatabaseException(String message) {
        super(message);
    }

    public DatabaseException(String message, Throwable cause) {
        super(message, cause);
    }
}
