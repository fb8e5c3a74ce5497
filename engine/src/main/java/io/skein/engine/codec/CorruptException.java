package io.skein.engine.codec;

/** Stored bytes are not what this version, or any before it, writes. */
public sealed class CorruptException extends RuntimeException permits SealedException {
    private static final long serialVersionUID = 1L;

    public CorruptException(String message) {
        super(message);
    }

    public CorruptException(String message, Throwable cause) {
        super(message, cause);
    }
}
