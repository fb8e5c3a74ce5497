package io.skein.engine.codec;

/** A secret cannot be kept, because this process has no key to seal it with. */
public final class NoSecretKeyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NoSecretKeyException() {
        super("this server has no key to seal secrets with (skein.secrets.keys)");
    }
}
