package io.skein.engine.codec;

/** Stored bytes are not what this version, or any before it, writes. */
public final class CorruptException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CorruptException(String message) {
        super(message);
    }

    public CorruptException(String message, Throwable cause) {
        super(message, cause);
    }
}
