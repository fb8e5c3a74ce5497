package io.skein.edge.spacetime;

/** Bytes that are not what they should be. The message is for whoever sent them. */
final class BsatnException extends Exception {
    private static final long serialVersionUID = 1L;

    BsatnException(String message) {
        super(message, null, false, false);
    }
}
