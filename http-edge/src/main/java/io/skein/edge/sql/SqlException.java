package io.skein.edge.sql;

/** A query that cannot be understood, or asks for what is not there. The message is for its author. */
public final class SqlException extends Exception {
    private static final long serialVersionUID = 1L;

    public SqlException(String message) {
        super(message, null, false, false);
    }
}
